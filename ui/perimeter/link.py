"""The state in the page's address: read once when it changes, written after each move.

An address carries the map shown (`carte`) and a workbook (`lien`, see geo.scenarios.link): perimeters, names, notes, settings,
vintage. A list of codes written by hand (`communes=94028,94081`) is read too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

import streamlit as st

from geo import french as fr
from geo.communes import read_code, split_codes
from geo.errors import GeoInputError
from geo.scenarios import MAIL_LENGTH, Workbook, pack, unpack, vintage_of
from ui import frame, html, loaders
from ui.cache import keyed_on_data

MOST_PROBLEMS = 5  # shown of a bad link
MOST_TYPED = 800  # codes read in an address written by hand


@dataclass(frozen=True)
class Reading:
    """What to say of an address: what could not be understood, and what changed since it was made (as Markdown)."""

    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def read() -> Reading:
    """Take the state that the page's address carries, when it is not the one last written there."""
    query = {name: st.query_params.get(name, "") for name in ("carte", "lien", "communes")}
    signature = _signature(query)
    if not any(query.values()) or signature == st.session_state[frame.LINK]:
        return Reading()
    st.session_state[frame.LINK] = signature
    problems = _take_map(query["carte"])
    notices: tuple[str, ...] = ()
    if query["lien"]:
        try:
            opened = unpack(query["lien"], loaders.atlas(), vintage_of(loaders.world()))
            _open(opened.workbook)
            notices = opened.notices
        except GeoInputError as error:
            problems += [*error.problems, "Le périmètre affiché reste celui d’avant."]
    elif query["communes"] or not query["carte"]:
        problems += _take_codes(query["communes"])
    elif frame.selection():
        frame.choose(())  # « retour » of the browser, to the address of an empty perimeter
    if frame.selection() and not query["carte"]:
        _show_map_of(frame.selection())
    return Reading(_shown(problems), _shown(list(notices)))


def _open(workbook: Workbook) -> None:
    frame.hold(workbook)
    st.session_state[frame.START] = workbook.codes


def _take_map(scope: str) -> list[str]:
    if scope in loaders.every_scope():
        st.session_state[frame.PERIMETER_SCOPE] = scope
    elif scope:
        return [f"Carte « {scope[:20]} » inconnue : la carte par défaut est affichée."]
    return []


def _take_codes(text: str) -> list[str]:
    readings = [read_code(code, loaders.atlas()) for code in split_codes(text)[:MOST_TYPED]]
    atoms = {atom for r in readings if r.kind in ("atom", "city") for atom in r.atoms}
    if atoms or not text:
        frame.start_from(atoms)
    return [r.message for r in readings if r.kind not in ("atom", "city")]


def _show_map_of(codes: frozenset[str]) -> None:
    atlas = loaders.atlas()
    st.session_state[frame.PERIMETER_SCOPE] = f"dep-{atlas.table['departement'].iat[atlas.row[min(codes)]]}"


def _shown(problems: list[str]) -> tuple[str, ...]:
    shown = [html.literal(problem) for problem in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        shown.append(f"Et {fr.count(len(problems) - MOST_PROBLEMS, 'autre message', 'autres messages')}.")
    return tuple(shown)


def write() -> None:
    """Put the state in the page's address."""
    wanted = _query()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    st.session_state[frame.LINK] = _signature(wanted)


def _query() -> dict[str, str]:
    wanted = {"carte": st.session_state[frame.PERIMETER_SCOPE]}
    workbook = frame.workbook()
    if workbook != Workbook():
        wanted["lien"] = packed(workbook)
    return wanted


@keyed_on_data(max_entries=256)
def packed(workbook: Workbook) -> str:
    """Return a workbook as the text of a link, with the vintage of the data in use."""
    return pack(replace(workbook, vintage=vintage_of(loaders.world())), loaders.atlas())


def address(page: str = "Perimetre") -> str:
    """Return the whole address that reopens this state on a page of the dashboard."""
    here = urlsplit(st.context.url or "")
    folder = here.path.rstrip("/").rpartition("/")[0]
    words = "&".join(f"{name}={quote(value, safe='')}" for name, value in _query().items())
    return f"{here.scheme}://{here.netloc}{folder}/{page}?{words}" if here.netloc else f"/{page}?{words}"


def too_long(link: str) -> bool:
    """Tell whether some mail programs may cut a link."""
    return len(link) > MAIL_LENGTH


def _signature(query: dict[str, str]) -> str:
    return "|".join(query.get(name, "") for name in ("communes", "lien", "carte"))
