"""The frame of every page: title, menu, and every session key with its default.

Session state holds immutable values: codes, a scope, numbers. A page replaces them, never edits them in place.
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from geo import french as fr
from geo.codes import read_code, split_codes
from geo.communes import CommuneCode
from geo.errors import GeoInputError
from geo.findings import Settings
from geo.perimeter import Perimeter
from ui import html, loaders, vendor

PAGES = (
    ("dashboard.py", "Accueil", ":material/home:"),
    ("pages/1_Couverture.py", "Couverture", ":material/map:"),
    ("pages/2_Perimetre.py", "Périmètre", ":material/draw:"),
    ("pages/5_Methode.py", "Méthode et sources", ":material/menu_book:"),
)

SELECTION = "selection"  # frozenset of atom codes
SEQUENCE = "sequence"  # number of the selection last held, shared with the browser
HISTORY = "history"  # earlier selections, the newest last
FUTURE = "future"  # selections undone, the next to do again last
START = "start"  # the selection to go back to: the one a link or « Partir de » brought
LOCKED = "locked"  # communes that stay in the perimeter, whatever is clicked
PERIMETER_SCOPE = "perimeter-scope"
COVERAGE_SCOPE = "coverage-scope"
COMPLETE = "complete"  # départements the user states complete
SETTINGS = "settings"  # thresholds of the checks, as geo.findings.Settings
LINK = "link-read"
HISTORY_LENGTH = 50
MOST_PROBLEMS = 5  # shown of a bad link
LONGEST_LINK = 400  # communes; beyond, browsers and mail programs cut addresses

DEFAULTS = {
    SELECTION: frozenset(),
    SEQUENCE: 0,
    HISTORY: (),
    FUTURE: (),
    START: frozenset(),
    LOCKED: frozenset(),
    PERIMETER_SCOPE: "dep-94",
    COVERAGE_SCOPE: "france",
    COMPLETE: (),
    SETTINGS: Settings(),
    LINK: "",
}


def open_page(title: str, heading: str | None = None) -> None:
    """Set up a page: browser title, menu, style, defaults of the session; `heading` is the title shown, if another."""
    st.set_page_config(page_title=f"{title} · CLSM", page_icon="🗺️", layout="wide")
    _data_or_stop()
    for key, value in DEFAULTS.items():
        st.session_state.setdefault(key, value)
    with st.sidebar:
        st.markdown("**CLSM**  \nCouverture et périmètres")
        for path, label, icon in PAGES:
            st.page_link(path, label=label, icon=icon)
        atlas = loaders.atlas()
        st.caption(
            f"Communes au 1ᵉʳ janvier {atlas.year}, populations municipales {atlas.population_year}. "
            "Rien ne sort de cette machine."
        )
        st.caption(loaders.synchronised_text())
        # Streamlit says the page is in English; screen readers must be told otherwise (RGAA 8.3).
        st.html(html.STYLE + '<script>document.documentElement.lang = "fr"</script>', unsafe_allow_javascript=True)
    st.title(fr.typeset(heading or title))
    if not vendor.ready():
        st.error(
            "Les bibliothèques de la carte ne sont pas installées. Dans le dossier du projet, lancez « python -m ui.vendor », "
            "puis rechargez la page. Les tableaux et les listes fonctionnent sans elles."
        )


def _data_or_stop() -> None:
    """Open the data, or say in French what is missing and what to do, and show nothing else."""
    try:
        loaders.world()
    except GeoInputError as error:
        for problem in error.problems:
            st.error(html.literal(problem))
        st.stop()


def selection() -> frozenset[str]:
    """Return the communes chosen."""
    return st.session_state[SELECTION]


def settings() -> Settings:
    """Return the thresholds of the session, those of the guide until someone changes them."""
    return st.session_state[SETTINGS]


def set_settings(changed: Settings | None = None) -> None:
    """Replace the thresholds; without an argument, go back to the guide’s."""
    st.session_state[SETTINGS] = changed or Settings()


def perimeter() -> Perimeter:
    """Return the current perimeter, possibly empty."""
    return Perimeter(frozenset(CommuneCode(c) for c in selection()), year=loaders.atlas().year)


def choose(codes: Iterable[str], *, sequence: int | None = None) -> None:
    """Replace the selection; `sequence` is the browser's number when the change comes from the map.

    Locked communes stay.
    """
    chosen = frozenset(codes) | locked()
    if chosen == selection():
        st.session_state[SEQUENCE] = max(st.session_state[SEQUENCE], sequence or 0)
        return
    st.session_state[HISTORY] = (*st.session_state[HISTORY], selection())[-HISTORY_LENGTH:]
    st.session_state[FUTURE] = ()
    st.session_state[SELECTION] = chosen
    st.session_state[SEQUENCE] = st.session_state[SEQUENCE] + 1 if sequence is None else sequence


def start_from(codes: Iterable[str]) -> None:
    """Replace the selection by a new start, which « Réinitialiser » comes back to; earlier locks are let go."""
    st.session_state[LOCKED] = frozenset()
    choose(codes)
    st.session_state[START] = selection()


def undo() -> None:
    """Go back to the selection before."""
    _step(HISTORY, FUTURE)


def redo() -> None:
    """Do again what was undone last."""
    _step(FUTURE, HISTORY)


def _step(source: str, target: str) -> None:
    """Move to the last selection of one pile, leaving the present one on the other; what changes nothing is passed over."""
    pile = st.session_state[source]
    while pile:
        *rest, last = pile
        pile, held = tuple(rest), last | locked()
        if held != selection():
            st.session_state[target] = (*st.session_state[target], selection())[-HISTORY_LENGTH:]
            st.session_state[SELECTION] = held
            st.session_state[SEQUENCE] += 1
            break
    st.session_state[source] = pile


def reset() -> None:
    """Go back to where this perimeter started, unlocked; « Annuler » comes back from it."""
    st.session_state[LOCKED] = frozenset()
    choose(st.session_state[START])


def locked() -> frozenset[str]:
    """Return the communes that stay in the perimeter, whatever is clicked."""
    return st.session_state[LOCKED]


def lock(codes: Iterable[str]) -> None:
    """Lock these communes of the perimeter, and no other."""
    st.session_state[LOCKED] = frozenset(codes) & selection()


def read_link() -> tuple[str, ...]:
    """Take the state that the page's address carries, once; return what could not be understood, in French."""
    communes, scope = st.query_params.get("communes", ""), st.query_params.get("carte", "")
    signature = f"{communes}|{scope}"
    if (not communes and not scope) or signature == st.session_state[LINK]:
        return ()
    st.session_state[LINK] = signature
    problems = []
    if scope in loaders.every_scope() and scope != "france":
        st.session_state[PERIMETER_SCOPE] = scope
    elif scope:
        problems.append(f"Carte « {scope[:20]} » inconnue : la carte par défaut est affichée.")
    readings = [read_code(code, loaders.atlas()) for code in split_codes(communes)[: 2 * LONGEST_LINK]]
    problems += [r.message for r in readings if r.kind not in ("atom", "city")]
    atoms = {atom for r in readings if r.kind in ("atom", "city") for atom in r.atoms}
    if atoms or not communes:
        choose(atoms)
    if atoms and not scope:
        first = loaders.atlas().table["departement"].iat[loaders.atlas().row[min(atoms)]]
        st.session_state[PERIMETER_SCOPE] = f"dep-{first}"
    shown = [html.literal(problem) for problem in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        shown.append(f"Et {fr.count(len(problems) - MOST_PROBLEMS, 'autre code refusé', 'autres codes refusés')}.")
    return tuple(shown)


def write_link() -> None:
    """Put the state in the page's address: codes only."""
    codes = sorted(selection())
    wanted = {"carte": st.session_state[PERIMETER_SCOPE]}
    if codes and len(codes) <= LONGEST_LINK:
        wanted["communes"] = ",".join(codes)
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    st.session_state[LINK] = f"{wanted.get('communes', '')}|{wanted['carte']}"
