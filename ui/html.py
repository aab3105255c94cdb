"""Small pieces of HTML for what Streamlit has no widget for. Every text is escaped here, once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from geo import french as fr
from geo.crosswalk import Overlap
from geo.findings import Finding, Outcome, Reach, Settings
from geo.guidance import Check
from geo.layers import Etat

TONES = {
    Outcome.FAVORABLE: ("ok", "✓"),
    Outcome.DISCUSS: ("talk", "?"),
    Outcome.VIGILANCE: ("watch", "!"),
    Outcome.UNKNOWN: ("unknown", "–"),
}
REACH_TONES = {Reach.INFORMATION: ("info", "i"), Reach.NOT_CONCERNED: ("none", "·")}

STYLE = """
<style>
.block-container {padding-top: 2.6rem; padding-bottom: 3rem; max-width: 1500px;}
.clsm-badge {display:inline-block; padding:.08rem .5rem; border-radius:1rem; font-size:.78rem; font-weight:600;
  border:1px solid currentColor; white-space:nowrap;}
.clsm-ok {color:#1b6e3c; background:#edf7f0;} .clsm-talk {color:#7a5200; background:#fff6e3;}
.clsm-watch {color:#a02a1c; background:#fdefec;} .clsm-unknown {color:#55606a; background:#f1f3f4;}
.clsm-info {color:#0b5a86; background:#eaf4fa;} .clsm-none {color:#55606a; background:#ffffff;}
.clsm-check {border:1px solid #dde3e6; border-left-width:5px; border-radius:6px; padding:.55rem .8rem; margin:0 0 .55rem;
  background:#fff; font-size:.93rem; line-height:1.45; color:#1d2a30;}
.clsm-check.clsm-ok {border-left-color:#1b6e3c; background:#fff;} .clsm-check.clsm-talk {border-left-color:#c98a00; background:#fff;}
.clsm-check.clsm-watch {border-left-color:#b93a2a; background:#fff;} .clsm-check.clsm-unknown {border-left-color:#8a949b; background:#fff;}
.clsm-check.clsm-info {border-left-color:#2a7fb0; background:#fff;} .clsm-check.clsm-none {border-left-color:#dde3e6; background:#fff;}
.clsm-check h4 {margin:0 .5rem 0 0; font-size:.98rem; font-weight:600; display:inline; padding:0;}
.clsm-check p {margin:.3rem 0 0;} .clsm-check summary {cursor:pointer; color:#0b5a86; margin-top:.25rem; font-size:.86rem;}
.clsm-check ul {margin:.3rem 0 0 1.1rem; padding:0; font-size:.88rem;} .clsm-source {color:#55606a; font-size:.8rem;}
.clsm-legend {display:flex; flex-wrap:wrap; gap:.35rem 1.1rem; font-size:.86rem; margin:.2rem 0 .4rem; padding:0; list-style:none;}
.clsm-legend i {display:inline-block; width:1rem; height:.8rem; margin-right:.4rem; border:1px solid #555; border-radius:2px; vertical-align:-1px;}
.clsm-legend i.line {height:0; border:0; border-top:3px solid; border-radius:0; vertical-align:4px;}
.clsm-table {width:100%; border-collapse:collapse; font-size:.87rem; line-height:1.35;}
.clsm-table th {text-align:left; font-weight:600; color:#3a474e; border-bottom:2px solid #dde3e6; padding:.25rem .4rem;}
.clsm-table td {border-bottom:1px solid #e8edef; padding:.28rem .4rem; vertical-align:top;}
.clsm-table .num {text-align:right; white-space:nowrap; font-variant-numeric:tabular-nums;}
.clsm-table tr.group td {background:#f3f6f7; font-weight:600;}
.clsm-muted {color:#55606a;} .clsm-figures {display:flex; flex-wrap:wrap; gap:.4rem 1.6rem; margin:.1rem 0 .6rem;}
.clsm-figure b {display:block; font-size:1.45rem; line-height:1.15; font-weight:650; font-variant-numeric:tabular-nums;}
.clsm-figure span {font-size:.83rem; color:#3a474e;}
.clsm-gauge {margin:.2rem 0 .7rem;} .clsm-gauge svg {width:100%; height:auto; display:block;}
</style>
"""


def badge(finding: Finding) -> str:
    """Return the badge of a finding: its outcome, or its reach when it does not judge. Text, sign and colour agree."""
    tone, sign = tone_of(finding)
    label = finding.outcome if finding.reach is Reach.FINDING else finding.reach
    return f'<span class="clsm-badge clsm-{tone}"><span aria-hidden="true">{sign}</span> {escape(str(label))}</span>'


def tone_of(finding: Finding) -> tuple[str, str]:
    """Return the style name and the sign of a finding."""
    return TONES[finding.outcome] if finding.reach is Reach.FINDING else REACH_TONES[finding.reach]


def check_card(check: Check, finding: Finding) -> str:
    """Return one check: title, outcome, sentence, details to unfold, what is missing, source."""
    tone, _ = tone_of(finding)
    missing = "".join(f"<li>Il manque : {escape(text)}.</li>" for text in finding.missing)
    details = "".join(f"<li>{escape(text)}</li>" for text in finding.details)
    return (
        f'<article class="clsm-check clsm-{tone}"><h4>{escape(check.title)}</h4>{badge(finding)}'
        f"<p>{escape(finding.sentence)}</p>"
        f"<details><summary>{escape(check.question)}</summary><ul>{details}{missing}</ul>"
        f'<p class="clsm-source">Source : {escape(check.source)}.</p></details></article>'
    )


def check_list(findings: Iterable[tuple[Check, Finding]]) -> str:
    """Return the checks in the order given."""
    return "".join(check_card(check, finding) for check, finding in findings)


def figures(pairs: Iterable[tuple[str, str]]) -> str:
    """Return large figures with their captions."""
    cells = "".join(
        f'<div class="clsm-figure"><b>{escape(value)}</b><span>{escape(label)}</span></div>' for value, label in pairs
    )
    return f'<div class="clsm-figures">{cells}</div>'


def legend(entries: Iterable[tuple[str, str, str]]) -> str:
    """Return a legend from (kind, colour, text); kind is « fill » or « line »."""
    items = "".join(
        f'<li><i class="{kind}" style="{"border-color" if kind == "line" else "background"}:{escape(colour)}"></i>{escape(text)}</li>'
        for kind, colour, text in entries
    )
    return f'<ul class="clsm-legend">{items}</ul>'


def table(headers: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]], *, caption: str) -> str:
    """Return a plain table; a header is (text, numeric). A row of one cell is a group title."""
    head = "".join(f'<th scope="col"{_num(numeric)}>{escape(text)}</th>' for text, numeric in headers)
    lines = []
    for row in rows:
        if len(row) == 1:
            lines.append(f'<tr class="group"><td colspan="{len(headers)}">{escape(row[0])}</td></tr>')
            continue
        cells = "".join(
            f"<td{_num(numeric)}>{escape(cell)}</td>" for cell, (_, numeric) in zip(row, headers, strict=True)
        )
        lines.append(f"<tr>{cells}</tr>")
    return (
        f'<table class="clsm-table" aria-label="{escape(caption)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


def _num(numeric: bool) -> str:
    return ' class="num"' if numeric else ""


def overlap_cells(overlap: Overlap) -> tuple[str, str, str, str, str]:
    """Return the cells of one overlap: name and state, people in common, two shares, relation."""
    state = "" if overlap.etat is Etat.EN_SERVICE else f" ({overlap.etat})"
    people = "inconnu" if overlap.population is None else fr.number(overlap.population)
    if overlap.partial and overlap.population is not None and overlap.layer != "qpv":
        people = f"au moins {people}" if overlap.population else "inconnu"
    share = "–" if overlap.share_of_perimeter is None else fr.percent(overlap.share_of_perimeter)
    zone = "inconnue" if overlap.share_of_zone is None else fr.percent(overlap.share_of_zone)
    return f"{overlap.name}{state}", people, share, zone, str(overlap.relation)


def gauge(population: int, settings: Settings) -> str:
    """Return a bar of inhabitants against the guide's marker, drawn in SVG and described in words."""
    top = max(settings.marker * 1.5, population * 1.05)
    bar, mark = 600 * population / top, 600 * settings.marker / top
    margin = 600 * settings.marker * (1 + settings.around) / top
    over = population > settings.marker
    colour = "#0b6e75" if not over else ("#c98a00" if bar <= margin else "#b93a2a")
    words = (
        f"{fr.inhabitants(population)}, repère du guide environ {fr.inhabitants(settings.marker)} : "
        f"{fr.percent(population / settings.marker, 0)} du repère"
    )
    anchor, text_x = ("end", mark - 5) if mark > 300 else ("start", mark + 5)
    return (
        f'<div class="clsm-gauge"><svg viewBox="0 0 600 62" role="img" aria-label="{escape(words)}">'
        f'<rect x="0" y="10" width="600" height="20" rx="4" fill="#e8edef"/>'
        f'<rect x="{mark:.1f}" y="10" width="{margin - mark:.1f}" height="20" fill="#f3dfb0"/>'
        f'<rect x="0" y="10" width="{bar:.1f}" height="20" rx="4" fill="{colour}"/>'
        f'<line x1="{mark:.1f}" x2="{mark:.1f}" y1="4" y2="38" stroke="#1d2a30" stroke-width="2"/>'
        f'<text x="{text_x:.1f}" y="54" font-size="15" fill="#1d2a30" text-anchor="{anchor}">'
        f"repère : environ {fr.number(settings.marker)}</text></svg></div>"
    )
