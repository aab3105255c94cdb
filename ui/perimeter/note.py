"""The files of a perimeter: the note for a council, the sheet of a service that examines it, and the files of its data.

Each file is made when its button is clicked, by the core; nothing is computed before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from geo import french as fr
from geo.agreements import NO_AGREEMENTS, Agreements
from geo.budget import NO_BUDGET
from geo.claims import NO_CLAIMS, Claims
from geo.comparison import Candidate, SideBySide, evaluate, every_candidate, scale_of
from geo.exports import MAP_LINES, TYPES, Export, MapChoice, file_name, make, perimeter_map, speaks, title_of
from geo.guidance import Settings, used_text
from geo.perimeters import Perimeter
from geo.scenarios import NAME_LENGTH, Scenario, Workbook
from ui import frame, html, loaders
from ui import map as maps
from ui.address import COMPLETE_PART, packed
from ui.cache import cities, declared_complete, under
from ui.cache import claims as claimed
from ui.perimeter.link import ADDRESS
from ui.server import export_lane

LABELS = {
    "xlsx": ("Classeur (XLSX)", "une feuille par tableau"),
    "gpkg": ("Carte (GeoPackage)", "périmètre, communes, zones"),
    "geojson": ("Carte (GeoJSON)", "les mêmes, pour le web"),
    "csv": ("Communes (CSV)", "une ligne par commune"),
}
COMPARE = "note-compare"
REMARK = "note-remark"


def panel(perimeter: Perimeter) -> None:
    """Show the files of the current scenario."""
    take_away(frame.workbook().scenario, held_comparison())
    _map(frame.workbook().scenario)


def take_away(scenario: Scenario, comparison: SideBySide | None) -> None:
    """Show the buttons for one scenario; a comparison that is at hand can go into the note."""
    left, right = st.columns([11, 9], gap="large")
    with left:
        st.html(
            html.section(
                "La note",
                "Deux à huit pages A4, sans la comparaison : carte, repères, questions du guide, chiffres et sources, qui inviter, limites, lien.",
            )
        )
        titled(scenario)
        compared = comparison is not None and st.checkbox(
            html.literal(f"Joindre la comparaison ({fr.listing(comparison.titles, most=3)})"), value=True, key=COMPARE
        )
        remark = bool(scenario.note) and st.checkbox(
            "Joindre ma remarque",
            value=False,
            key=REMARK,
            help=f"La note du scénario : « {html.literal(scenario.note)} »",
        )
        asked = asked_of(scenario if remark else replace(scenario, note=""), comparison if compared else None)
        with st.container(horizontal=True, gap="small"):
            _button("Note (PDF)", "pdf", asked, primary=True)
            _button("Note à modifier (DOCX)", "docx", asked)
        st.html(
            html.section(
                "Fiche d’instruction",
                "Pour un service qui examine une demande : les mêmes chiffres, l’avis laissé en blanc.",
            )
        )
        with st.container(horizontal=True, gap="small"):
            _button("Fiche (PDF)", "pdf", asked, instruction=True)
            _button("Fiche à remplir (DOCX)", "docx", asked, instruction=True)
        st.caption(_settings_text())
    with right:
        st.html(
            html.section(
                "Les données", "Ces fichiers se rouvrent sur la page Comparaison : même périmètre, mêmes chiffres."
            )
        )
        for kind, (label, what) in LABELS.items():
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                _button(label, kind, asked)
                st.caption(what)


@st.fragment
def _map(scenario: Scenario) -> None:
    """Offer the map as it is shown, on a page."""
    lines = st.session_state.get(f"perimeter-lines-{st.session_state[frame.PERIMETER_SCOPE]}") or ()
    st.html(html.section("La carte", "Une page à afficher ou à projeter, le lien et l’image à coller ailleurs."))
    maps.offer("carte-perimetre", map_file(scenario, tuple(lines)), ADDRESS.url())


def map_file(scenario: Scenario, lines: tuple[str, ...]) -> maps.MapFile:
    """Return what makes the map of a scenario, with the limits shown; nothing of it holds the data."""
    title = title_of(scenario.name, scenario.codes, loaders.opened_atlas())
    outlined = tuple(i for i in lines if i in MAP_LINES)
    held, opened = claimed(), cities()

    def make(kind: str, paper: str, rivers: bool) -> bytes:
        with under(held, opened):
            facts = loaders.facts(scenario.perimeter(loaders.atlas()))
        return perimeter_map(facts, kind, paper, MapChoice(outlined, "qpv" in lines, rivers), title=title)

    return maps.MapFile(file_name(f"carte {title}", "x").removesuffix(".x"), title, make)


def titled(scenario: Scenario) -> None:
    """Ask for a title when the scenario's name says nothing to a meeting; its towns stand for it until then."""
    if speaks(scenario.name):
        return
    proposed = title_of(scenario.name, scenario.codes, loaders.opened_atlas())
    key = f"titre-{frame.move_key([scenario.name, proposed])}"
    st.text_input(
        "Titre de la note", key=key, max_chars=NAME_LENGTH, placeholder=proposed, on_change=_title, args=(key, scenario.name),
        help="Sans titre, la note porte le nom des communes. Le titre donné devient celui du scénario.",
    )  # fmt: skip


def _title(key: str, name: str) -> None:
    names = [scenario.name for scenario in frame.workbook().scenarios]
    if st.session_state.get(key) and name in names:
        frame.attempt(lambda book: book.rename(st.session_state[key], names.index(name)))


def _settings_text() -> str:
    from geo.guidance import changed_labels

    settings = frame.settings()
    changed = changed_labels(settings)
    if not changed:
        return "Tous les seuils sont à leur valeur de départ ; la note les écrit sous chaque repère."
    return html.literal(
        f"Seuils modifiés, écrits dans la note : {used_text(tuple(s.name for s in changed), settings)}."
    )


@dataclass(frozen=True)
class Asked:
    """What a file is made from once somebody asks for it. Nothing here holds the data: a page left open would keep it."""

    scenario: Scenario
    settings: Settings
    link: str
    compared: tuple[Candidate, ...] = ()
    reference: int = 0
    complete: tuple[str, ...] = ()
    claims: Claims = NO_CLAIMS
    agreements: Agreements = NO_AGREEMENTS
    opened: frozenset[str] = frozenset()

    def export(self) -> Export:
        """Return what the files are made of, by the data active today."""
        world, scenario = loaders.as_read(self.complete), self.scenario
        scale = scale_of(scenario.codes, world.atlas)
        candidate = Candidate("note", "Scénario", scenario.name, scenario.codes, scale, project=scenario.project)
        found = evaluate(candidate, world, self.settings)
        side = None
        if self.compared:
            side = loaders.compared(self.compared, self.settings, self.reference, self.complete)
        return Export(found, world, scenario, self.link, side, date.today(), self.agreements)


def asked_of(scenario: Scenario, comparison: SideBySide | None = None) -> Asked:
    """Return what the files of a scenario will be made from, with the link that reopens it alone.

    The link leaves out what its author wrote: the remark is private until it is joined, the answers are on the paper; and the budget,
    which is not settled by who opens it.
    """
    settings = frame.settings()
    shared = replace(scenario, note="", answers=(), budget=NO_BUDGET)
    book, complete = frame.workbook(), declared_complete()  # the figures rest on them
    claims, opened = book.claims, book.opened
    agreements = book.agreements  # printed without their remarks, and left out of the link
    carried = {COMPLETE_PART.name: text} if (text := COMPLETE_PART.text()) else {}
    link = ADDRESS.url({"lien": packed(Workbook((shared,), settings=settings, claims=claims, opened=opened))} | carried)
    if comparison is None:
        return Asked(scenario, settings, link, complete=complete, claims=claims, agreements=agreements, opened=opened)
    every = tuple(e.candidate for e in comparison.every)
    return Asked(scenario, settings, link, every, comparison.reference, complete, claims, agreements, opened)


def held_comparison() -> SideBySide | None:
    """Return the comparison last shown in this session, when it still makes sense."""
    shown: frame.Compared | None = st.session_state[frame.COMPARED]
    if shown is None:
        return None
    found = every_candidate(loaders.opened_world(), shown.commune, frame.workbook().scenarios, frame.settings())
    offered = {c.id: c for c in found}
    chosen = tuple(offered[c.id] for c in shown.chosen if c.id in offered)
    if len(chosen) < 2:
        return None
    ids = [c.id for c in chosen]
    return loaders.compared(chosen, frame.settings(), ids.index(shown.reference) if shown.reference in ids else 0)


def _button(label: str, kind: str, asked: Asked, *, instruction: bool = False, primary: bool = False) -> None:
    title = title_of(asked.scenario.name, asked.scenario.codes, loaders.opened_atlas())
    name = f"{title} instruction" if instruction else title
    st.download_button(
        label, _maker(kind, asked, instruction), file_name=file_name(name, kind), mime=TYPES[kind], on_click="ignore",
        key=f"emporter-{kind}-{instruction}", icon=":material/download:", type="primary" if primary else "secondary",
    )  # fmt: skip


def _maker(kind: str, asked: Asked, instruction: bool) -> Callable[[], bytes]:
    def body() -> bytes:
        with export_lane(), under(asked.claims, asked.opened):
            return make(kind, asked.export(), instruction=instruction)

    return body
