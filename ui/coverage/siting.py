"""The next CLSM: what to choose among, how many, what to serve, under which size; the answer, its gains, figures after."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo import french as fr
from geo.coverage import (
    CANDIDATE_KINDS,
    GAP_LEVELS,
    NEEDS,
    CoverageView,
    Division,
    Figure,
    Mix,
    Pick,
    Scope,
    Siting,
    SitingQuestion,
)
from geo.errors import GeoInputError
from geo.regret import REGRET_TITLES, SitingRegret
from ui import choices, frame, html
from ui.choices import pick_one
from ui.coverage import gaps, opening
from ui.coverage import link as coverage_link
from ui.coverage import loaders as coverage_loaders
from ui.coverage.link import (
    CEILINGS,
    DEFAULTS,
    LEVEL,
    MOST_NEXT,
    MOST_WEIGHT,
    NEED_MIX,
    NEXT_CEILING,
    NEXT_KIND,
    NEXT_MIX,
    NEXT_NEED,
    NEXT_NUMBER,
)

MOST_DIVISIONS = 5
SLOW_S = 2.0  # the greedy answer is shown beside an exact one that took longer, or differs
OWN = "own-perimeters"  # {name: codes} the user gave in this session
AFTER = ("habitants", "qpv", "qpv-habitants", "rural", "epci", "cls")


@st.fragment
def panel(view: CoverageView) -> None:
    """Show the choices and the answer; only this part of the page is run again when one changes."""
    coverage_link.set_defaults()
    _choices(view.scope)
    coverage_link.ADDRESS.write()
    question = question_asked()
    if question is None:
        st.info("Aucun besoin n’est à servir : donnez du poids à l’un au moins.")
        return
    try:
        found = coverage_loaders.next_clsm(view, question)
    except GeoInputError as error:
        for problem in error.problems:
            st.info(html.literal(problem))
        return
    _answer(found, view)
    if found.picks:
        _unknown(view, question, found)


def _choices(scope: Scope) -> None:
    offered = [k for k in CANDIDATE_KINDS if coverage_loaders.candidates_here(k, scope)]
    if coverage_link.value(NEXT_KIND) not in offered:
        st.session_state[NEXT_KIND] = offered[0]
    kind_box, number_box, need_box, ceiling_box = st.columns([3, 2, 4, 3], gap="small")
    with kind_box:
        kind = pick_one(
            "Parmi", offered, format_func=CANDIDATE_KINDS.get, key=NEXT_KIND, persist_state="session",
            help="Chaque candidat est pris avec toutes ses communes.",
        )  # fmt: skip
    with number_box:
        st.number_input("Combien de CLSM", 1, MOST_NEXT, key=NEXT_NUMBER, persist_state="session")
    with need_box:
        need = pick_one(
            "Qui servir d’abord", [*NEEDS, NEED_MIX], format_func=need_label, key=NEXT_NEED, persist_state="session"
        )
    with ceiling_box:
        pick_one(
            "Plafond d’habitants à servir par CLSM", CEILINGS, format_func=ceiling_label, key=NEXT_CEILING,
            persist_state="session",
            help=fr.typeset("Le guide 2025 donne environ 200 000 habitants comme repère, sans en faire une limite."),
        )  # fmt: skip
    if need == NEED_MIX:
        for column, (name, key) in zip(st.columns(len(NEXT_MIX)), NEXT_MIX.items(), strict=True):
            label = {"habitants": "Habitants", "qpv": "Habitants de QPV", "rural": "Habitants ruraux"}[name]
            column.slider(f"Part : {label}", 0, MOST_WEIGHT, key=key, persist_state="session")
    if kind == "libre":
        _own_perimeters()


def need_label(need: str) -> str:
    """Return how a need is listed."""
    if need == NEED_MIX:
        return "Un mélange des trois"
    text = NEEDS[need]
    return text[0].upper() + text[1:]


def ceiling_label(ceiling: int) -> str:
    """Return how a ceiling is listed."""
    if not ceiling:
        return "Sans plafond"
    near = " (repère + 10 %)" if ceiling == DEFAULTS[NEXT_CEILING] else " (repère)" if ceiling == 200_000 else ""
    return fr.typeset(f"{fr.number(ceiling)}{near}")


def question_asked() -> SitingQuestion | None:
    """Return what is asked of the next CLSM, None when nothing is to serve."""
    mix = mix_chosen()
    if mix is None:
        return None
    kind = str(coverage_link.value(NEXT_KIND))
    number, ceiling = int(coverage_link.value(NEXT_NUMBER)), int(coverage_link.value(NEXT_CEILING)) or None
    return SitingQuestion(kind, number, mix, ceiling, _own() if kind == "libre" else ())


def question_offered(scope: Scope) -> SitingQuestion | None:
    """Return what is asked of the next CLSM, None when the scope has nothing to choose among or nothing is to serve."""
    question = question_asked()
    if question is None or not coverage_loaders.candidates_here(question.kind, scope):
        return None
    return question


def mix_chosen() -> Mix | None:
    """Return what must be served, None when nothing is."""
    need = str(coverage_link.value(NEXT_NEED))
    if need != NEED_MIX:
        return Mix(**{name: float(name == need) for name in NEEDS})
    try:
        return Mix(**{name: float(coverage_link.value(key)) for name, key in NEXT_MIX.items()})
    except GeoInputError:
        return None


# --- own perimeters -----------------------------------------------------------------------------------------------
def _own() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return st.session_state.get(OWN, ())


def _own_perimeters() -> None:
    """Let the user give perimeters: one a line, a name and its codes; the perimeter being drawn can be added."""
    with st.expander("Vos périmètres", expanded=not _own()):
        text = st.text_area(
            "Un périmètre par ligne : nom, deux-points, codes des communes",
            key="own-text",
            placeholder="Bassin de Niort : 79191, 79003\nNord Deux-Sèvres : 79049, 79062",
        )
        st.caption("Ces périmètres servent dans cette session ; le lien de la page ne les garde pas.")
        held = frame.by_commune()
        if frame.workbook().codes and not held:
            st.caption(
                "Votre périmètre en cours a une partie de ville : ici, où l’on compte par commune, il n’est pas proposé."
            )
        if held:
            st.checkbox(f"Ajouter mon périmètre en cours ({fr.count(len(held), 'commune')})", key="own-current")
        sets: dict[str, tuple[str, ...]] = {}
        for number, line in enumerate(text.splitlines(), 1):
            name, _, codes = line.partition(":")
            if line.strip():
                title = name.strip() or f"Ligne {number}"
                sets[title if title not in sets else f"{title} (ligne {number})"] = tuple(
                    codes.replace(";", " ").replace(",", " ").split()
                )
        if held and st.session_state.get("own-current"):
            sets["Mon périmètre"] = tuple(sorted(held))
        st.session_state[OWN] = tuple(sets.items())


# --- the answer -----------------------------------------------------------------------------------------------------
def _answer(found: Siting, view: CoverageView) -> None:
    st.html(f'<p class="clsm-answer"><b>{html.escape(found.sentence)}</b></p>')
    for text in (found.ties, *found.notices):
        if text:
            st.caption(html.literal(fr.typeset(text)))
    if found.divisions:
        st.html(divisions_list(found.divisions))
    if not found.picks:
        return
    picks_box, after_box = st.columns([6, 5], gap="medium")
    with picks_box:
        st.html(picks_table(found.picks, found))
        _greedy(found)
    with after_box:
        now = coverage_loaders.figures(view)
        st.html(after_table(now, coverage_loaders.figures_after(found, view), view.scope.name))
    _act_on(found, view)


def divisions_list(divisions: Sequence[Division]) -> str:
    """Return what is proposed for the territories with more people to serve than the ceiling."""
    items = "".join(f"<li>{html.escape(d.sentence)}</li>" for d in divisions[:MOST_DIVISIONS])
    more = len(divisions) - MOST_DIVISIONS
    said = f"et {fr.count(more, 'autre territoire', 'autres territoires')}, dans le classeur (onglet Emporter)"
    rest = f"<li>{html.escape(said)}</li>" if more > 0 else ""
    return f'<div class="clsm-order"><h3>À diviser : plus d’habitants à servir que le plafond</h3><ul class="notes">{items}{rest}</ul></div>'


def picks_table(picks: Sequence[Pick], found: Siting) -> str:
    """Return the answer: each CLSM, its size, what it adds to those before it, and the running total."""
    single = found.mix.single
    headers = [("CLSM", False), ("Habitants en tout", True), ("Gain", True), ("Cumul", True)]
    rows = []
    for number, pick in enumerate(picks, 1):
        added = [
            f"{fr.number(pick.added[name])} {short}"
            for name, short in (("habitants", "hab."), ("qpv", "en QPV"), ("rural", "ruraux"))
        ]
        gain = fr.number(pick.gain) if single else fr.percent(pick.gain)
        total = fr.number(pick.total) if single else fr.percent(pick.total)
        size = fr.number(pick.candidate.population)
        rows.append((f"{number}. {pick.candidate.name}\najoute {', '.join(added)}", size, gain, total))
    return html.table(headers, rows, caption="Prochains CLSM, du plus grand gain au plus petit")


def after_table(now: Sequence[Figure], after: Sequence[Figure], place: str) -> str:
    """Return the figures of a place before and after these CLSM."""
    then = {f.id: f for f in after}
    rows = []
    for figure in now:
        if figure.id not in AFTER or figure.id not in then:
            continue
        later = then[figure.id]
        rows.append((f"{figure.label}\naprès : {later.fraction}", figure.amount, later.amount))
    headers = [(place, False), ("Aujourd’hui", True), ("Après", True)]
    return html.table(headers, rows, caption="Chiffres du territoire avant et après ces CLSM")


def _greedy(found: Siting) -> None:
    mine = [p.candidate.code for p in found.picks]
    simple = [p.candidate.code for p in found.greedy]
    shown = fr.number if found.mix.single else fr.percent
    if set(mine) == set(simple):
        if found.seconds > SLOW_S:
            st.caption(fr.typeset("Le choix glouton (le meilleur gain à chaque pas) donne la même réponse."))
        return
    names = fr.listing([p.candidate.name for p in found.greedy], 8)
    text = f"Choix glouton, pour comparer : {names} ; il sert {shown(found.greedy_value)} contre {shown(found.value)}."
    st.caption(html.literal(fr.typeset(text)))


def _unknown(view: CoverageView, question: SitingQuestion, found: Siting) -> None:
    """Show the choice that risks the least while lists are missing; nothing is computed while it is closed."""
    box = st.expander("Et si les listes qui manquent changeaient ce choix ?", key="next-regret", on_change="rerun")
    if not box.open:
        return
    known = coverage_loaders.siting_regret(view, question)
    with box:
        st.html(f"<p>{html.escape(known.sentence)}</p>")
        if known.usual:
            st.html(regret_table(known))
        if known.ask:
            st.caption(html.literal(known.ask))
        st.caption(
            "Là où une liste n’est pas complète, ce qui reste à servir va de zéro (un CLSM que l’on ne connaît pas y sert déjà tout le "
            "monde) à ce qui est compté ci-dessus. Le risque est ce que servirait de plus le meilleur choix, une fois tout connu."
        )


def regret_table(known: SitingRegret) -> str:
    """Return the choice that risks the least: what each CLSM may have to serve by itself, and whether it is in the usual answer."""
    shown = fr.number if known.mix.single else fr.percent
    headers = [(title, name.startswith("au_")) for name, title in REGRET_TITLES.items()]
    rows = [
        (str(row["nom"]), shown(row["au_moins"]), shown(row["au_plus"]), "oui" if row["aussi"] else "non")
        for _, row in known.table.iterrows()
    ]
    return html.table(headers, rows, caption="Le choix qui risque le moins")


def _act_on(found: Siting, view: CoverageView) -> None:
    """Offer to show one of the CLSM proposed on the map, where a table has a line for it, and to draw from it."""
    names = choices.distinct({p.candidate.code: p.candidate.name for p in found.picks})
    place, button = st.columns([5, 2], vertical_alignment="bottom")
    with place:
        code = pick_one("CLSM proposé", list(names), format_func=names.get, key="next-show", persist_state="session")
    if found.kind in GAP_LEVELS and button.button(
        "Montrer sur la carte", key="next-on-map", icon=":material/location_on:", width="stretch"
    ):
        st.session_state[LEVEL] = found.kind
        gaps.choose(code)
        st.rerun()
    opening.offer_pick(next(p for p in found.picks if p.candidate.code == code), view, key="next-open")
