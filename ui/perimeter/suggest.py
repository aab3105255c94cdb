"""The panel of suggestions: moves with a meaning, each with what speaks for and against it; divisions; what was set aside.

Apart because each panel of the page is a module.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo import french as fr
from geo.errors import GeoInputError
from geo.perimeters import Perimeter
from geo.scenarios import MOST_SCENARIOS, NAME_LENGTH, Scenario
from geo.suggest import FAR, RANKING_IN_BRIEF, Aside, Division, Part, Suggestion, Suggestions
from ui import frame, html, loaders
from ui.perimeter import judge

BEYOND = "suggestions-au-dela"
NOTHING_AGAINST = "rien de mesuré ici"
MOST_ASIDE = 8


def panel(perimeter: Perimeter) -> None:
    """Show the moves on the left, divisions and what was set aside on the right; nothing is applied without a click."""
    beyond = st.toggle(
        "Chercher aussi hors du département",
        key=BEYOND,
        help="Un autre département est souvent une autre ARS, une autre sectorisation, d’autres partenaires : c’est alors écrit.",
    )
    found = loaders.suggestions(perimeter, frame.settings(), frame.locked(), beyond=beyond)
    left, right = st.columns([11, 9], gap="large")
    with left:
        _moves(found)
        st.caption(RANKING_IN_BRIEF)
    with right:
        _divisions(found)
        _aside(found.aside)


def _moves(found: Suggestions) -> None:
    st.html(html.section("À compléter ou à rejoindre"))
    if found.nothing:
        st.html(_said(found.nothing))
    elif not found.add:
        st.caption("Rien à ajouter ne ferait un gain net sur ce que le guide demande.")
    _several("a", found.add)
    if found.drop:
        with st.expander(f"Retirer ({fr.number(len(found.drop))})"):
            _several("r", found.drop)


def _said(text: str) -> str:
    return f'<p class="clsm-effet">{html.escape(text)}</p>'


def _several(way: str, suggestions: Sequence[Suggestion]) -> None:
    with st.container(key=f"lignes-{way}"):
        for suggestion in suggestions:
            move = suggestion.effect.move
            st.html(_described(suggestion))
            key = f"sugg-{way}-{frame.move_key(move.added | move.removed)}"
            st.button("Appliquer", key=key, on_click=_apply, args=(move.added, move.removed))


def _described(suggestion: Suggestion) -> str:
    effect, words = suggestion.effect, suggestion.words
    sign = "+" if effect.people >= 0 else fr.MINUS
    share = fr.percent(effect.after.population / frame.settings().marker, 0)
    people = f"{sign} {fr.inhabitants(abs(effect.people))}, soit {fr.number(effect.after.population)} au total ({share} du repère)"
    lines = [
        ("Pour", " ; ".join(words.pros)),
        ("Contre", " ; ".join(words.cons) or NOTHING_AGAINST),
        ("Habitants", people),
        ("Change aussi, sans peser", " ; ".join(words.besides)),
    ]
    said = "".join(
        f"<li><b>{html.escape(fr.typeset(f'{title} :'))}</b> {html.escape(text)}</li>" for title, text in lines if text
    )
    name = judge.montrer(effect.move.added | effect.move.removed, effect.move.label, named=True)
    return f'<div class="clsm-effet">{name} <span class="clsm-muted">· {html.escape(suggestion.kind)}</span><ul>{said}</ul></div>'


def _divisions(found: Suggestions) -> None:
    if not found.divisions and not found.uncut:
        return
    st.html(html.section("Diviser"))
    for number, division in enumerate(found.divisions):
        st.html(_divided(division))
        st.button(
            "En faire des scénarios",
            key=f"diviser-{number}-{frame.move_key(p.name for p in division.parts)}",
            on_click=_take,
            args=(division.parts, st.session_state[frame.SEQUENCE]),
            icon=":material/content_cut:",
        )
    for text in found.uncut:
        st.html(_said(text))
    if found.divisions:
        st.caption(
            f"Proposé au-delà de {fr.percent(FAR, 0)} du repère (réglage de l’outil), ou au-delà du repère dans une ville de plus de "
            f"{fr.inhabitants(frame.settings().big_city)}, ou ouverte en IRIS."
        )


def _divided(division: Division) -> str:
    parts = "".join(
        f"<li>{judge.montrer(p.codes, p.name, named=True)} {html.escape(_part(p))}</li>" for p in division.parts
    )
    title = html.escape(f"{division.title}, {fr.count(len(division.parts), 'périmètre')}")
    return f'<div class="clsm-effet"><b>{title}</b><br>{html.escape(division.manner)}<ul>{parts}</ul></div>'


def _part(part: Part) -> str:
    marker = frame.settings().marker
    over = ", encore au-dessus" if part.population > marker else ""
    return f"{fr.inhabitants(part.population)} ({fr.percent(part.population / marker, 0)} du repère{over})"


def _aside(aside: Sequence[Aside]) -> None:
    abroad = sum(a.abroad for a in aside)
    if abroad and not st.session_state.get(BEYOND):
        st.caption(f"{fr.count(abroad, 'geste écarté', 'gestes écartés')} parce que dans un autre département.")
    if not aside:
        return
    with st.expander(f"Étudié et écarté ({fr.number(len(aside))})"):
        lines = [f"{a.label} : {a.reason}." for a in aside[:MOST_ASIDE]]
        if len(aside) > MOST_ASIDE:
            lines.append(f"Et {fr.count(len(aside) - MOST_ASIDE, 'autre')}.")
        st.html(
            f'<div class="clsm-effet"><ul>{"".join(f"<li>{html.escape(fr.typeset(t))}</li>" for t in lines)}</ul></div>'
        )


def _apply(added: frozenset[str], removed: frozenset[str]) -> None:
    frame.choose((frame.selection() | added) - removed)


def _take(parts: Sequence[Part], seen: int) -> None:
    """Add each part of a division as a scenario; the one on screen stays on screen."""
    if not frame.still(seen):
        return
    book = frame.workbook()
    if len(book.scenarios) + len(parts) > MOST_SCENARIOS:
        frame.say(
            f"Il y aurait plus de {MOST_SCENARIOS} scénarios : supprimez-en d’abord dans l’onglet Scénarios, puis recommencez."
        )
        return
    try:
        for part in parts:
            book = book.add(Scenario(part.name[:NAME_LENGTH], part.codes))
    except GeoInputError as error:
        frame.say(*error.problems)
        return
    frame.hold(book.select(frame.workbook().current))
    frame.say(
        f"{fr.count(len(parts), 'scénario ajouté', 'scénarios ajoutés')} : à ouvrir dans l’onglet Scénarios, ou à mettre côte à côte page "
        "Comparaison."
    )
