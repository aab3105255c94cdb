"""Small pieces of HTML for what Streamlit has no widget for. Every text is escaped here, once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape as escape_markup

from geo import french as fr
from geo.exports import zone_cells
from geo.guidance import Finding
from geo.layers import Overlap
from geo.visible import visible


def escape(text: str) -> str:
    """Return a text as it may stand in HTML: hostile characters escaped, French spaces kept with their signs."""
    return escape_markup(fr.typeset(visible(text)))


# Streamlit's Markdown makes a link of every address it finds, once escapes are undone: only a break in it stops that.
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
WORD_JOINER = "\u2060"  # takes no room


def literal(text: str) -> str:
    """Return a text as Streamlit's Markdown will show it, sign for sign: links, addresses, colours and formulas stay dead letters."""
    broken = _ADDRESS.sub(WORD_JOINER, visible(text))
    return re.sub(r"([\\`*_{}\[\]()#+!|$:~<>^&])", r"\\\1", broken)


STYLE = """
<style>
.clsm-recherche {min-height:4.1rem;}
h1 {font-size:2rem !important; padding:.2rem 0 .4rem !important;}
.clsm-checks b {display:inline-block; padding:.05rem .5rem; border-radius:1rem; font-size:.78rem; font-weight:600;
  border:1px solid currentColor; white-space:nowrap;}
.clsm-checks .f b {color:#1b6e3c; background:#edf7f0;} .clsm-checks .r b {color:#1b6e3c; background:#fff; border-style:dashed;}
.clsm-checks .d b {color:#7a5200; background:#fff6e3;}
.clsm-checks .v b {color:#a02a1c; background:#fdefec;} .clsm-checks .n b {color:#55606a; background:#f1f3f4;}
.clsm-checks .i b {color:#0b5a86; background:#eaf4fa;} .clsm-checks .s b {color:#55606a; background:#fff;}
.clsm-checks .f b::before {content:"✓ " / "";} .clsm-checks .r b::before {content:"(✓) " / "";}
.clsm-checks .d b::before {content:"? " / "";}
.clsm-checks .v b::before {content:"! " / "";} .clsm-checks .n b::before {content:"– " / "";}
.clsm-checks .i b::before {content:"i " / "";} .clsm-checks .s b::before {content:"· " / "";}
.clsm-checks article {border:1px solid #dde3e6; border-left:5px solid #dde3e6; border-radius:6px; padding:.55rem .8rem;
  margin:0 0 .55rem; font-size:.93rem; line-height:1.45; color:#1d2a30;}
.clsm-checks article.f {border-left-color:#1b6e3c;} .clsm-checks article.r {border-left:5px dashed #1b6e3c;}
.clsm-checks article.d {border-left-color:#c98a00;}
.clsm-checks article.v {border-left-color:#b93a2a;} .clsm-checks article.n {border-left-color:#8a949b;}
.clsm-checks article.i {border-left-color:#2a7fb0;}
.clsm-checks h3 {margin:0 .5rem 0 0; font-size:.98rem; font-weight:600; display:inline; padding:0;}
.clsm-checks article > p {margin:.3rem 0 0;} .clsm-checks summary {cursor:pointer; color:#0b5a86; margin-top:.25rem; font-size:.86rem;}
.clsm-checks details p {margin:.25rem 0 0 1rem; font-size:.88rem;} .clsm-checks article details p:last-child {color:#55606a; font-size:.8rem;}
.clsm-checks.index {font-size:.92rem; border-top:1px solid #e8edef; margin-top:.2rem;}
.clsm-checks.index > div {display:flex; flex-wrap:wrap; justify-content:space-between; align-items:center; padding:.16rem .1rem; border-bottom:1px solid #e8edef;}
@media (max-width:1000px) {[data-testid="stMain"] [data-testid="stColumn"] {min-width:min(100%, 12rem);}
  [data-testid="stMain"] [data-testid="stColumn"]:has(iframe) {min-width:min(100%, 24rem);}
  [data-testid="stHtml"]:has(> .clsm-table) {overflow-x:auto;}}
@media (pointer:coarse) {button:is([aria-label^="Help for"],[aria-label^="Aide"]) {min-width:24px; min-height:24px;}}
.clsm-legend {display:flex; flex-wrap:wrap; gap:.25rem 1.1rem; font-size:.86rem; margin:.1rem 0;}
.clsm-legend i {display:inline-block; width:1rem; height:.8rem; margin-right:.4rem; border:1px solid #555; border-radius:2px; vertical-align:-1px;}
.clsm-table {width:100%; border-collapse:collapse; font-size:.87rem; line-height:1.35;}
.clsm-table small {display:block; color:#55606a; font-size:.8rem;}
.clsm-table th {text-align:left; vertical-align:bottom; line-height:1.2; font-weight:600; color:#3a474e; border-bottom:2px solid #dde3e6; padding:.25rem .4rem;}
.clsm-table td {border-bottom:1px solid #e8edef; padding:.28rem .4rem; vertical-align:top;}
.clsm-table .num {text-align:right;} .clsm-table td.num {white-space:nowrap; font-variant-numeric:tabular-nums;}
.clsm-table tr.group td {background:#f3f6f7; font-weight:600;} .clsm-table tr.group small {display:inline; font-weight:400; margin-left:.6rem;}
h2 {font-size:1.45rem !important; padding:.6rem 0 .4rem !important;}
.clsm-section {font-size:1.3rem !important; padding:.3rem 0 .5rem !important; margin:0;}
.clsm-muted {color:#55606a;} .clsm-figures {display:flex; flex-wrap:wrap; gap:.4rem 1.6rem; margin:.1rem 0 .6rem;}
.clsm-figure b {display:block; font-size:1.45rem; line-height:1.15; font-weight:650; font-variant-numeric:tabular-nums;}
.clsm-figure span {font-size:.83rem; color:#3a474e;}
[data-testid=stFileUploaderDropzone] button [data-testid=stMarkdownContainer] p {display:none;}
[data-testid=stFileUploaderDropzone] button [data-testid=stMarkdownContainer]::after {content:"Choisir un fichier";}
[data-testid=stFileUploaderDropzoneInstructions] > div > span {display:none;}
[data-testid=stFileUploaderDropzoneInstructions] > div::after {content:"ou déposez-le ici"; color:#55606a; font-size:.9rem;}
[data-testid=stCaptionContainer] {color:#55606a !important; opacity:1 !important;}
[data-testid=stCaptionContainer] * {color:#55606a !important; opacity:1 !important;}
</style>
"""


def badge(finding: Finding) -> str:
    """Return the badge of a finding: its outcome, or its reach when it does not judge. Text, sign and colour agree."""
    return f"<b>{escape(finding.badge)}</b>"


def section(title: str, note: str = "") -> str:
    """Return a section's title, with a line under it."""
    return f'<h2 class="clsm-section">{escape(title)}</h2>' + (
        f'<p class="clsm-muted">{escape(note)}</p>' if note else ""
    )


def figures(pairs: Iterable[tuple[str, str]]) -> str:
    """Return large figures with their captions."""
    cells = "".join(
        f'<div class="clsm-figure"><b>{escape(value)}</b><span>{escape(label)}</span></div>' for value, label in pairs
    )
    return f'<div class="clsm-figures">{cells}</div>'


def legend(entries: Iterable[tuple[str, str]]) -> str:
    """Return a legend from (colour, text)."""
    items = "".join(
        f'<span role="listitem"><i style="background:{escape(colour)}"></i>{escape(text)}</span>'
        for colour, text in entries
    )
    return f'<div class="clsm-legend" role="list" aria-label="Légende de la carte">{items}</div>'


def table(headers: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]], *, caption: str) -> str:
    """Return a plain table; a header is (text, numeric).

    A row of one cell is a group title. In a cell, what follows a line end is written small below.
    """
    head = "".join(f'<th scope="col"{_num(numeric)}>{escape(text)}</th>' for text, numeric in headers)
    lines = []
    for row in rows:
        if len(row) == 1:
            lines.append(f'<tr class="group"><td colspan="{len(headers)}">{_cell(row[0])}</td></tr>')
            continue
        cells = "".join(
            f"<td{_num(numeric)}>{_cell(cell)}</td>" for cell, (_, numeric) in zip(row, headers, strict=True)
        )
        lines.append(f"<tr>{cells}</tr>")
    return (
        f'<table class="clsm-table" aria-label="{escape(caption)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


def _cell(text: str) -> str:
    main, _, note = text.partition("\n")
    return escape(main) + (f"<small>{escape(note)}</small>" if note else "")


def _num(numeric: bool) -> str:
    return ' class="num"' if numeric else ""


def overlap_cells(overlap: Overlap) -> tuple[str, str, str, str]:
    """Return the cells of one overlap: name with state and relation, people in common, two shares."""
    name, people, share, zone, _ = zone_cells(overlap)
    relation = "arrondissement inconnu" if overlap.somewhere else overlap.relation
    return f"{name}\n{relation}", people, share, zone
