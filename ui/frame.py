"""The frame of every page: title, menu, the perimeter being drawn, and the session keys that pages share, with their defaults.

A key that one page alone knows is declared in the package of that page. Session state holds immutable values: codes, a
scope, numbers. A page replaces them, never edits them in place; `ui.acts` is the one exception, and says why.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import streamlit as st

from geo import french as fr
from geo.claims import Claim
from geo.communes import SHAPE_OF_IRIS
from geo.comparison import Candidate
from geo.errors import GeoInputError
from geo.guidance import Settings
from geo.perimeters import Perimeter
from geo.scenarios import Workbook, followed, in_communes, open_cities
from ui import html, layout, loaders, setup
from ui.cache import COMPLETE, WORKBOOK
from ui.server import begin_sync, sync_sentence, sync_status

PAGES = (
    ("dashboard.py", "Accueil", ":material/home:"),
    ("pages/1_Couverture.py", "Couverture", ":material/map:"),
    ("pages/6_Ma_region.py", "Ma région", ":material/monitoring:"),
    ("pages/2_Perimetre.py", "Périmètre", ":material/draw:"),
    ("pages/3_Comparaison.py", "Comparaison", ":material/compare:"),
    ("pages/4_Donnees.py", "Données", ":material/database:"),
    ("pages/5_Methode.py", "Méthode et sources", ":material/menu_book:"),
)
MARKED = "marked"  # communes marked for a claim, while the gestures of the page mark instead of drawing; None else
SEQUENCE = "sequence"  # number of the selection last held, shared with the browser
LIFE = "life"  # names this session to the browser: when a server stops, another one numbers anew
HISTORY = "history"  # steps that « Annuler » takes back, the newest last (`Step`)
FUTURE = "future"  # steps undone, the next to do again last
MESSAGES = "messages"  # what the last move has to say, shown once
OPENED = "files-opened"  # a number: the field that takes a file is a new one after each
START = "start"  # the communes to go back to: those of a link or of « Partir de »
PERIMETER_SCOPE = "perimeter-scope"  # "" until a place is chosen: no département is assumed
TARGET = "target"  # what was searched last on the page Périmètre: an id, "" for nothing
ASKED_PERIMETER = "asked-perimeter"  # ids chosen on another page, which the page named takes when it opens
ASKED_COVERAGE = "asked-coverage"
COVERAGE_SCOPE = "coverage-scope"
COMPARED = "compared"  # the comparison last shown (`Compared`), which a note may join
HISTORY_LENGTH = 50
DEFAULTS: dict[str, object] = {
    WORKBOOK: Workbook(),
    MARKED: None,
    SEQUENCE: 0,
    HISTORY: (),
    FUTURE: (),
    START: frozenset(),
    MESSAGES: (),
    OPENED: 0,
    PERIMETER_SCOPE: "",
    TARGET: "",
    COVERAGE_SCOPE: "france",
    COMPLETE: (),
    COMPARED: None,
}


@dataclass(frozen=True)
class Compared:
    """A comparison: the commune its candidates come from, those chosen, and the id of the reference."""

    commune: str
    chosen: tuple[Candidate, ...]
    reference: str


def open_page(title: str, heading: str = "") -> None:
    """Set up a page: browser title, menu, style, defaults of the session; `heading` is its title, unless the page shows it itself."""
    st.set_page_config(page_title=f"{title} · CLSM", page_icon="🗺️", layout="wide")
    begin_sync()
    _data_or_stop()
    for key, value in DEFAULTS.items():
        st.session_state.setdefault(key, value)
    _follow_data()
    if title != "Périmètre":
        st.session_state[MARKED] = None  # marks are made on its map alone
    st.html(html.STYLE + layout.STYLE)
    layout.menu(PAGES)
    for notice in loaders.official().notices:
        st.warning(html.literal(notice))
    if heading:
        st.title(fr.typeset(heading))
    if not setup.ready():
        st.error(
            "Les bibliothèques de la carte ne sont pas installées : demandez à qui a installé le tableau de bord de terminer "
            "l’installation (README), puis rechargez la page. Les tableaux et les listes fonctionnent sans elles."
        )


def close_page(remark: str = "") -> None:
    """Say, under a page, which data it is made of and where more comes from; `remark` is what the page itself has to add."""
    atlas = loaders.atlas()
    line = layout.foot(
        remark,
        f"Communes au 1er janvier {atlas.year}, populations municipales {atlas.population_year}. "
        "Rien de ce que vous saisissez ne sort de cette machine.",
        loaders.synchronised_text(),
        sync_sentence(sync_status()),
        _claimed(),
    )
    if loaders.waiting_sources():
        line.page_link(
            "pages/4_Donnees.py", label="Synchroniser (page Données)", icon=":material/sync:", width="content"
        )


def _data_or_stop() -> None:
    """Open the data, or say in French what is missing and what to do, and show nothing else."""
    try:
        loaders.official()
    except GeoInputError as error:
        for problem in error.problems:
            st.error(html.literal(problem))
        st.stop()


def _follow_data() -> None:
    """Have the scenarios follow the data when the IRIS that they have are no more those of today: what is left out is said, and no step of
    before can be gone back to."""
    if not workbook().opened:
        return
    book, said = followed(workbook(), loaders.opened_atlas())
    if book is not workbook():
        known = frozenset(loaders.opened_atlas().row)
        st.session_state.update(
            {WORKBOOK: book, HISTORY: (), FUTURE: (), START: st.session_state[START] & known, MARKED: None}
        )
        st.session_state[SEQUENCE] += 1
        say(*said)


def _claimed() -> str:
    """Say how many claims count in the figures of this session; nothing while there are none."""
    many = len(workbook().claims)
    said = fr.count(many, "déclaration locale compte", "déclarations locales comptent")
    return f"{said} dans les chiffres de cette session." if many else ""


# --- the perimeter being drawn ----------------------------------------------------------------------------------
def workbook() -> Workbook:
    """Return the scenarios and settings of the session."""
    return st.session_state[WORKBOOK]


def marked() -> frozenset[str] | None:
    """Return the communes marked for a claim, while gestures mark them; None while they draw the perimeter."""
    return st.session_state[MARKED]


def mark(codes: Iterable[str] | None) -> None:
    """Have every gesture mark communes for a claim, from these on; None goes back to the perimeter. The map follows."""
    st.session_state[MARKED] = None if codes is None else frozenset(codes)
    st.session_state[SEQUENCE] += 1


def selection() -> frozenset[str]:
    """Return the communes that gestures act on: those of the perimeter, or those being marked for a claim."""
    held = marked()
    return workbook().codes if held is None else held


def drawn() -> Perimeter:
    """Return what gestures act on, as a perimeter, possibly empty."""
    held = marked()
    return perimeter() if held is None else Perimeter(held, "", loaders.atlas().year)  # type: ignore[arg-type]


def by_commune() -> frozenset[str]:
    """Return what is drawn in whole communes, for pages that count by commune; empty when it has a part only of a city."""
    book = workbook()
    codes = in_communes(book.codes, loaders.atlas_of(book.opened))
    return frozenset() if any(map(SHAPE_OF_IRIS.fullmatch, codes)) else codes


def locked() -> frozenset[str]:
    """Return the communes that stay in the perimeter, whatever is clicked."""
    return workbook().scenario.locked if marked() is None else frozenset()


def perimeter() -> Perimeter:
    """Return the current perimeter, possibly empty."""
    return workbook().scenario.perimeter(loaders.atlas())


def settings() -> Settings:
    """Return what the perimeter is judged by: the thresholds of the session, for the project of the current scenario."""
    return workbook().judged_by


def thresholds() -> Settings:
    """Return the thresholds of the session, those of the guide until someone changes them."""
    return workbook().settings


def set_settings(changed: Settings | None = None) -> None:
    """Replace the thresholds; without an argument, go back to the guide’s."""
    st.session_state[WORKBOOK] = workbook().with_settings(changed)


def hold(changed: Workbook, *, sequence: int | None = None) -> None:
    """Replace the workbook in a move that « Annuler » takes back; `sequence` as in `choose`."""
    changed = fine(changed)
    if changed == workbook():
        st.session_state[SEQUENCE] = max(st.session_state[SEQUENCE], sequence or 0)
        return
    step = Step.between(workbook(), changed)
    st.session_state[HISTORY] = (*st.session_state[HISTORY], step)[-HISTORY_LENGTH:]
    st.session_state[FUTURE] = ()
    st.session_state[SEQUENCE] = st.session_state[SEQUENCE] + 1 if sequence is None else sequence
    st.session_state[WORKBOOK] = changed  # last: a run stopped before this word has changed nothing


@dataclass(frozen=True)
class Step:
    """The workbook on the other side of a move, with the claims that the move brought and those that it put aside.

    Words written since a move outlive its undoing, and so do claims; but what a colleague's link or file brought leaves with it.
    """

    book: Workbook
    brought: frozenset[Claim] = frozenset()
    aside: frozenset[Claim] = frozenset()

    @classmethod
    def between(cls, before: Workbook, after: Workbook) -> Step:
        """Return the step that leads back from a workbook to the one before."""
        were, are = frozenset(before.claims), frozenset(after.claims)
        return cls(before, are - were, were - are)

    def back_from(self, now: Workbook) -> Workbook:
        """Return the workbook that the step leads to, with what was written since."""
        brought = {replace(claim, prevails=False) for claim in self.brought}
        leaving = [claim for claim in now.claims if replace(claim, prevails=False) in brought]
        return replace(self.book.with_words_of(now), claims=now.claims.without(*leaving).merged(self.aside))

    def other_way(self, now: Workbook) -> Step:
        """Return the step that leads from there to where one is now."""
        return Step(now, self.aside, self.brought)


def past() -> tuple[Workbook, ...]:
    """Return the workbooks that « Annuler » goes back to, the newest last."""
    return tuple(step.book for step in st.session_state[HISTORY])


def fine(book: Workbook) -> Workbook:
    """Return a workbook where no scenario has an opened city whole: what pages and lists name by its commune is all its IRIS."""
    return open_cities(book, loaders.atlas_of(book.opened)) if book.opened else book


def life() -> str:
    """Return the name of this session."""
    return str(st.session_state.setdefault(LIFE, secrets.token_hex(4)))


def still(seen: int) -> bool:
    """Tell whether the selection is the one a button was drawn for: a second click made before the page follows is not."""
    return bool(st.session_state[SEQUENCE] == seen)


def merged(other: Workbook) -> Workbook:
    """Return the workbook with the scenarios of another one, which replace it while nothing was drawn in it."""
    mine = workbook()
    return other.with_settings(mine.settings) if mine == Workbook().with_settings(mine.settings) else mine.merge(other)


def amend(changed: Workbook) -> None:
    """Replace the workbook in a move that is no step of the drawing: a name, a note, a lock, the project, an answer."""
    st.session_state[WORKBOOK] = fine(changed)


def attempt(change: Callable[[Workbook], Workbook], hold: Callable[[Workbook], None] = amend) -> None:
    """Change the workbook, by `amend` unless told otherwise; what is refused is said, and nothing changes."""
    try:
        hold(change(workbook()))
    except GeoInputError as error:
        say(*error.problems)


def choose(codes: Iterable[str], *, sequence: int | None = None) -> None:
    """Replace the selection; `sequence` is the browser's number when the change comes from the map.

    Locked communes stay. While communes are marked for a claim, they are what is replaced.
    """
    if marked() is not None:
        st.session_state[SEQUENCE] = st.session_state[SEQUENCE] + 1 if sequence is None else sequence
        st.session_state[MARKED] = frozenset(codes)
        return
    hold(workbook().replace_codes(codes), sequence=sequence)


def start_from(codes: Iterable[str]) -> None:
    """Replace the selection by a new start, which « Revenir au départ » comes back to; earlier locks are let go."""
    if marked() is not None:
        choose(codes)
        return
    hold(workbook().unlock().replace_codes(codes))
    st.session_state[START] = selection()


def show_map_of(codes: Iterable[str]) -> None:
    """Have the map of the page Périmètre show all of some communes: their département, else their region, else the country."""
    atlas = loaders.opened_atlas()
    here = atlas.table.iloc[atlas.rows(codes)]
    for column, prefix in (("departement", "dep"), ("region", "reg")):
        if here[column].nunique() == 1:
            st.session_state[PERIMETER_SCOPE] = f"{prefix}-{here[column].iloc[0]}"
            return
    st.session_state[PERIMETER_SCOPE] = "france"


def bring(codes: frozenset[str]) -> None:
    """Have the map of the page Périmètre show the département where most people of some communes live, when it shows none of them."""
    atlas = loaders.opened_atlas()
    scope = loaders.every_scope().get(st.session_state[PERIMETER_SCOPE])
    if codes and (scope is None or len(scope.on(atlas).outside(codes)) == len(codes)):
        here = atlas.table.iloc[atlas.rows(codes)]
        st.session_state[PERIMETER_SCOPE] = f"dep-{here.groupby('departement')['population'].sum().idxmax()}"


def clear() -> None:
    """Take everything out, locked communes too."""
    if marked() is not None:
        choose(())
        return
    hold(workbook().unlock().replace_codes(()))


def move_key(codes: Iterable[str]) -> str:
    """Return a short name for a move of communes: its button is another one as soon as the move is another."""
    return hashlib.sha256(",".join(sorted(codes)).encode()).hexdigest()[:10]


def say(*texts: str) -> None:
    """Have the page show a message at its next run, once."""
    st.session_state[MESSAGES] = (*st.session_state[MESSAGES], *texts)


def undo(seen: int) -> None:
    """Go back to the workbook before, for a button drawn at selection number `seen`; settings and texts stay those of today."""
    if still(seen):
        _step(HISTORY, FUTURE)


def back(moves: int, seen: int) -> None:
    """Take several moves back at once; `seen` as in `undo`."""
    if still(seen):
        for _ in range(moves):
            _step(HISTORY, FUTURE)


def redo(seen: int) -> None:
    """Do again what was undone last; `seen` as in `undo`."""
    if still(seen):
        _step(FUTURE, HISTORY)


def _step(source: str, target: str) -> None:
    pile = st.session_state[source]
    if pile:
        changed = pile[-1].back_from(workbook()).with_settings(thresholds())
        st.session_state[target] = (*st.session_state[target], pile[-1].other_way(workbook()))[-HISTORY_LENGTH:]
        st.session_state[source] = pile[:-1]
        st.session_state[WORKBOOK] = changed
        st.session_state[SEQUENCE] += 1


def reset() -> None:
    """Go back to where this perimeter started, unlocked, with the cities opened that it had IRIS of; « Annuler » comes back from it."""
    start = st.session_state[START]
    book = workbook().unlock().replace_codes(start)
    hold(replace(book, opened=book.opened | {code[:5] for code in start if SHAPE_OF_IRIS.fullmatch(code)}))
