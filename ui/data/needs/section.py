"""The section itself: the sets and their versions, then a table brought step by step; nothing is kept before the last."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo import imports, register
from geo.errors import GeoInputError
from geo.imports import NeedsDraft, NeedsStatement
from geo.register import ConflictError, NeedSet
from geo.rights import Act
from ui import acts, html, identity, loaders
from ui.cache import look_again
from ui.choices import distinct, pick_one
from ui.data import versions
from ui.data.needs import columns, preview, reading

TYPES = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods"]
KEEP = "besoins"  # the kind of act (ui/acts.py): a set kept, made active or not
WHO, NAME = "besoins-qui", "besoins-nom"
YEAR, PROPOSED = "besoins-annee", "besoins-annee-proposee"
WORDS = (
    "Un tableau par commune, IRIS, EPCI, département ou région : des nombres, des taux, autant d’indicateurs que de colonnes. Une case "
    "vide, « s », « nd » ou « < 6 » reste secrète ou inconnue, jamais zéro ; un taux dont le dénominateur n’est pas connu n’est jamais moyenné."
)


def show_needs() -> None:
    """Show the sets of indicators, and what brings another."""
    st.html(html.section("Indicateurs de besoin"))
    st.caption(WORDS)
    try:
        sets = register.need_sets()
    except GeoInputError as error:
        for problem in error.problems:
            st.error(html.literal(problem))
        return
    _sets(sets)
    st.html(html.section("Apporter un tableau"))
    if st.toggle("Choisir un tableau à apporter", key="besoins-apporter"):
        _bring(sets)
    else:
        reading.forget()


# --- the sets ---------------------------------------------------------------------------------------------------
def _sets(sets: tuple[NeedSet, ...]) -> None:
    if not sets:
        st.info("Aucun jeu d’indicateurs n’a encore été apporté.")
        return
    for notice in loaders.official().needs.notices:
        st.warning(html.literal(notice))
    st.html(html.table([("Jeu", False), ("En service", False), ("Indicateurs", True), ("Territoires chiffrés", True), ("Source", False)],
                       [_line(one) for one in sets], caption="Jeux d’indicateurs"))  # fmt: skip
    by_kind = {one.kind: one for one in sets}
    if not st.toggle("Versions, retour et retrait", key="besoins-versions"):
        return
    names = distinct({kind: one.name for kind, one in by_kind.items()})
    chosen = by_kind[pick_one("Jeu", list(by_kind), format_func=names.get, key="besoins-jeu")]
    versions.show_kind(chosen.kind, list(chosen.versions), chosen.head)


def _line(one: NeedSet) -> tuple[str, ...]:
    used = one.head.version
    said = used or one.versions[0]
    state = (
        f"version {used.number}\nle {fr.day(used.created)}, par {used.statement.who}"
        if used
        else "aucune version\nrien n’est montré"
    )
    return (
        one.name,
        state,
        fr.number(said.zones),
        fr.number(said.communes),
        f"{said.statement.source}\n{said.statement.date}",
    )


# --- a table ----------------------------------------------------------------------------------------------------
def _bring(sets: tuple[NeedSet, ...]) -> None:
    st.html(html.section("1. Tableau"))
    file = st.file_uploader(
        "Tableau (CSV, XLSX, ODS), jusqu’à 200 Mo", type=TYPES, key=f"besoins-fichier-{acts.count(KEEP)}"
    )
    if file is None:
        reading.forget()
        return
    draft = reading.read(file)
    if draft is None:
        return
    reading.say_known(draft)
    if len(draft.sheets) > 1:
        widget = f"besoins-feuille-{file.file_id}"
        st.session_state[widget] = draft.sheet
        pick_one(
            "Feuille",
            list(draft.sheets),
            format_func=html.literal,
            key=widget,
            on_change=lambda: reading.take_sheet(st.session_state[widget]),
        )
    columns.ask(draft)
    preview.show(draft)
    _publish(draft, _statement(draft, sets))


def _statement(draft: NeedsDraft, sets: tuple[NeedSet, ...]) -> NeedsStatement:
    st.html(html.section("4. Déclaration"))
    known = reading.known()
    if known and not st.session_state.get(NAME):
        st.session_state[NAME] = known[1].statement.remark
        st.session_state["besoins-source"] = known[1].statement.source
    written, proposed = st.session_state.get(YEAR), st.session_state.get(PROPOSED)
    if draft.plan.year and written in (None, "", proposed):  # that of the rows kept, until another is written
        st.session_state[YEAR] = st.session_state[PROPOSED] = draft.plan.year
    left, right = st.columns(2, gap="medium")
    with left:
        name = st.text_input("Nom du jeu (obligatoire)", key=NAME, max_chars=100, placeholder="Besoins 2023, ORS")
        source = st.text_input(
            "Source (obligatoire)", key="besoins-source", max_chars=300, placeholder="ORS, CPAM, Assurance maladie…"
        )
    with right:
        year = st.text_input(
            "Année des chiffres (obligatoire)", key=YEAR, max_chars=40, placeholder="2023, ou 2021-2023"
        )
        actor = identity.ask_name("Votre nom (obligatoire)", WHO)
    said = NeedsStatement(name, source, year, actor.name)
    if any(one.kind == said.kind for one in sets):
        st.caption("Ce jeu existe : le tableau en sera une nouvelle version.")
    confirmed = st.checkbox("J’ai vérifié ce que dit chaque colonne.", key=f"besoins-verifie-{draft.sha256[:12]}")
    return NeedsStatement(name, source, year, actor.name, confirmed)


def _publish(draft: NeedsDraft, said: NeedsStatement) -> None:
    st.html(html.section("5. Publication"))
    actor = identity.acting(WHO)
    if not identity.offers(actor, Act.BRING_DRAFT, draft.departements or None):
        return
    seen = _seen(said)
    left = [question.said for question in draft.questions]
    if left or said.problems:
        lacking = f"il manque {fr.listing(said.problems)}" if said.problems else ""
        open_ones = fr.count(len(left), "question à régler", "questions à régler") if left else ""
        st.info(html.literal(f"Publication fermée : {' ; '.join(filter(None, (open_ones, lacking)))}."))
    closed = bool(left or said.problems)
    with st.container(horizontal=True, gap="small"):
        if identity.offers(actor, Act.PUT_IN_USE, draft.departements or None):
            st.button("Publier ces indicateurs", type="primary", disabled=closed, icon=":material/publish:", key="besoins-publier",
                      on_click=_done, args=(draft, said, seen, True))  # fmt: skip
        st.button(
            "Garder en brouillon",
            disabled=closed,
            key="besoins-garder",
            on_click=_done,
            args=(draft, said, seen, False),
        )


def _seen(said: NeedsStatement) -> int:
    """Return the revision of the set when its name was first given here: somebody who publishes meanwhile is not written over."""
    held: tuple[str, int] | None = st.session_state.get(reading.SEEN)
    if held is None or held[0] != said.kind:
        try:
            held = (said.kind, register.head(said.kind).revision)
        except GeoInputError:
            held = (said.kind, 0)
        st.session_state[reading.SEEN] = held
    return held[1]


def _done(draft: NeedsDraft, said: NeedsStatement, seen: int, publish: bool) -> None:
    """Keep the table, once for each file, and make its set active unless somebody moved it since."""
    actor = identity.acting(WHO)

    def act() -> str:
        try:
            if publish:
                imports.publish_needs(draft, said, seen=seen, by=actor)
                return f"{said.name.strip()} : {fr.count(len(draft.series), 'indicateur')} en service."
            imports.keep_needs(draft, said, by=actor)
            return f"{said.name.strip()} : la version est gardée en brouillon."
        except ConflictError as error:
            raise ConflictError([*error.problems, "Relisez la liste des jeux avant de publier."]) from error
        finally:
            look_again()

    token = (KEEP, said.kind, acts.count(KEEP))
    acts.once(token, act)
    st.session_state.pop(reading.SEEN, None)
    if acts.done(token):
        reading.forget()
        for key in (NAME, "besoins-source", YEAR, PROPOSED):
            st.session_state.pop(key, None)
