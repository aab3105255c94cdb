"""The whole file as one HTML page that opens without any network: map, figures, checks, questions, sources. Read only, no script.

Its policy refuses everything but its own style sheet, named by its digest. Every text is escaped here, in one place.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from geo.dossier.blocks import pieces
from geo.dossier.facts import Dossier
from geo.exports import Point, SvgMap, Table
from geo.visible import printable

STYLE = """
:root{color-scheme:light}body{font:17px/1.55 "Liberation Sans",Arial,sans-serif;color:#1d2a30;background:#fff;margin:0 auto;max-width:60rem;padding:1.5rem}
h1{color:#0b6e75;font-size:1.9rem;margin:.2rem 0}h2{color:#0b6e75;font-size:1.3rem;margin:2rem 0 .6rem}h3{font-size:1.05rem;margin:1.2rem 0 .2rem}
.muted{color:#55606a;font-size:.9rem}.lead{font-weight:700;font-size:1.1rem}.question{background:#eef5f5;border-radius:.4rem;padding:1rem;font-weight:700}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:1rem;margin:1rem 0}dl div{border-left:3px solid #0b6e75;padding-left:.7rem}
dt{font-size:1.5rem;font-weight:700}dd{margin:0;color:#55606a}figure{margin:1rem 0}figure svg{width:100%;max-width:46rem;height:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}caption{text-align:left;font-weight:700;padding:.4rem 0}
th,td{text-align:left;vertical-align:top;border-bottom:1px solid #c9d2d6;padding:.35rem .5rem}td.n,th.n{text-align:right;white-space:nowrap}
.wide{overflow-x:auto}mark{background:#fff0b3}.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:1.5rem}
@media print{body{max-width:none;font-size:11pt}h2{break-after:avoid}tr{break-inside:avoid}}
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
_ESCAPES = {ord(sign): f"&#{ord(sign)};" for sign in "&<>\"'`="}
_ID = re.compile(r"\b(id|aria-labelledby|href)=\"(#?)([A-Za-z][\w-]*)\"|url\(#([\w-]+)\)")


def page(dossier: Dossier) -> bytes:
    """Write the page."""
    note, front = dossier.note, dossier.note.front
    parts = [
        f'<p class="muted">{say(note.title)}</p><h1>{say(note.name)}</h1><p class="lead">{say(front.proposal)}</p>',
        _figures(dossier.figures),
        _drawing(note.map, "carte"),
        f'<p class="muted">{say(note.unnamed)}</p>' if note.unnamed else "",
        f'<div class="two">{_points("Forces", front.strengths, front.no_strength)}{_points("À discuter", front.points, front.no_point)}</div>',
        _section("Question posée au conseil", f'<p class="question">{say(front.question)}</p>'),
        _section("Calendrier", _table(Table("", ("Étape", "Quand"), front.calendar))),
        _section("Coût", f"<p>{say(front.cost)}</p>"),
        _section("Le périmètre", f"<p>{say(note.lead)}</p>{_remark(note.remark)}{_drawing(note.gauge, 'jauge')}<p>{say(note.communes)}</p>"),
        _section("Ce que le guide invite à regarder", f"<p>{say(note.summary)}</p>{_checks(dossier)}"),
        _section("Les questions du guide, sans chiffre", _questions(dossier)),
        *(_section(t.caption, _table(t)) for t in (note.zones, *note.needs, note.guests, *note.noted, note.staffing, *note.budget, *note.comparison)),
        _section("Méthode et limites", f"<ul>{''.join(f'<li>{say(t)}</li>' for t in note.limits)}</ul><p>{say(note.settings_text)}</p>"),
        _section(note.sources.caption, _table(note.sources)),
        _section("Vérifier ou reprendre ce périmètre", _link(dossier)) if note.link_text else "",
    ]  # fmt: skip
    return _whole(f"{note.name} : dossier pour le conseil", "".join(parts), dossier.made).encode()


def say(text: str) -> str:
    """Return a text as dead letters, its blanks marked and its lines kept."""
    said = ""
    for piece, waiting in pieces(text):
        dead = _dead(piece)
        said += f"<mark>{dead}</mark>" if waiting else dead
    return said


def _dead(text: str) -> str:
    return printable(text, lines=True).translate(_ESCAPES).replace("\n", "<br>")


def _whole(title: str, body: str, made: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="fr"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        f"<title>{_dead(title)}</title><style>{STYLE}</style></head>\n<body><main>{body}</main>"
        f'<footer><p class="muted">{_dead(made)}. Page à lire, sans script ni appel au réseau.</p></footer></body></html>\n'
    )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{say(title)}</h2>{body}</section>"


def _figures(figures: Iterable[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<div><dt>{say(v)}</dt><dd>{say(label)}</dd></div>' for v, label in figures)}</dl>"


def _points(title: str, points: Iterable[Point], none_found: str) -> str:
    said = "".join(
        f'<h3>{say(p.title)} <span class="muted">({say(p.badge)})</span></h3><p>{say(p.text)}<br><span class="muted">{say(p.source)}</span></p>'
        for p in points
    )
    return f"<section><h2>{title}</h2>{said or f'<p>{say(none_found)}</p>'}</section>"


def _remark(remark: str) -> str:
    return f"<blockquote>{say(remark)}</blockquote>" if remark else ""


def _drawing(drawn: SvgMap, name: str) -> str:
    """Return a drawing of ours with names of its own for what it refers to within itself: two on a page share none."""

    def renamed(found: re.Match[str]) -> str:
        if found[4]:
            return f"url(#{name}-{found[4]})"
        if found[1] == "href" and not found[2]:
            return ""
        return f'{found[1]}="{found[2]}{name}-{found[3]}"'

    return f"<figure>{_ID.sub(renamed, drawn.svg)}</figure>"


def _checks(dossier: Dossier) -> str:
    rows = []
    for check in dossier.note.checks:
        more = [*check.details, *(f"Il manque : {m}." for m in check.missing)]
        text = "<br>".join(say(t) for t in (check.sentence, *more))
        source = f"{f'Réglages : {check.settings}. ' if check.settings else ''}Source : {check.source}."
        rows.append(
            f'<tr><th scope="row">{say(check.title)}</th><td>{say(check.badge)}</td><td>{text}<br><span class="muted">{say(source)}</span></td></tr>'
        )
    head = (
        '<tr><th scope="col">Repère</th><th scope="col">Issue</th><th scope="col">Ce que disent les chiffres</th></tr>'
    )
    return f'<div class="wide"><table><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table></div>'


def _questions(dossier: Dossier) -> str:
    rows = tuple(
        (q.theme, f"{q.question}\n{q.data}".strip(), q.answer or "[à compléter]") for q in dossier.note.questions
    )
    return f"<p>{say(dossier.note.questions_text)}</p>" + _table(
        Table("", ("Thème", "Question, et ce que disent les données", "Réponse"), rows)
    )


def _table(table: Table) -> str:
    def mark(place: int) -> str:
        return ' class="n"' if place in table.numeric else ""

    head = "".join(f'<th scope="col"{mark(i)}>{say(h)}</th>' for i, h in enumerate(table.headers))
    rows = "".join(
        f"<tr>{''.join(f'<td{mark(i)}>{say(c)}</td>' for i, c in enumerate(row))}</tr>" for row in table.rows
    )
    note = f'<p class="muted">{say(table.note)}</p>' if table.note else ""
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{note}'


def _link(dossier: Dossier) -> str:
    """Return the link as text to copy: the page leads nowhere by itself."""
    link = dossier.note.link
    return f"<p>{say(dossier.note.link_text)}</p>" + (f"<p><code>{_dead(link)}</code></p>" if link else "")
