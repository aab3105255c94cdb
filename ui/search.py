"""One field to find a place by its name, the same on every page: a component of ours (static/js/search/field.js).

The names are not sent: the browser fetches them once, from two files of static/geo whose names their content gives, and
searches them by itself. What comes back is the id of what was chosen: the code of a commune or of a city, « dep-79 »,
« reg-75 », « france », or « layer/zone ».
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import Any

import streamlit as st

from geo.communes import Atlas
from geo.display import compact_json, in_place, write_by_content
from geo.kept import kept_on_subject
from geo.layers import Crosswalk
from geo.paths import ROOT
from geo.search import KINDS, Index, commune_table, layer_table, open_index
from ui import loaders
from ui.cache import keyed_on_data
from ui.setup import SEARCH, bundled

SCRIPTS = ROOT / "static" / "js" / "search"
EVERYTHING = KINDS
COMMUNES = ("ville", "commune", "arrondissement", "ancien")
LONGEST_ID = 120
# All that Streamlit sends at each run: our module is at an address that its content gives.
# Every run sends these again, for each field: as short as can be.
BOOT = (
    "export default (c) => import(new URL(c.data.script, document.baseURI)).then((f) => f.show(c), "
    '() => c.parentElement.append("Recherche indisponible : rechargez la page."))'
)
PLACE = '<div class="clsm-recherche"></div>'
_mount = st.components.v2.component("clsm_recherche", html=PLACE, js=BOOT, isolate_styles=False)


def find(
    label: str,
    *,
    key: str,
    on_choose: Callable[[str], object],
    placeholder: str = "Nom, code postal ou code INSEE",
    kinds: Collection[str] = EVERYTHING,
    here: Iterable[str] = (),
    only: str | None = None,
    held: str = "",
) -> None:
    """Show the field; `on_choose` is given the id of what is chosen, "" when the field was emptied.

    `kinds` says what may be found, `here` the départements whose places come first among like ones, `only` packs the codes
    that are offered (`pack_codes`), `held` is the name of what is held.
    """

    def heard() -> None:
        chosen = read_choice(st.session_state.get(key))
        if chosen is not None and (not chosen or _offered(chosen, kinds)):
            on_choose(chosen)

    data: dict[str, Any] = {
        "script": address(_script()),
        "files": list(files()),
        "label": label,
        "placeholder": placeholder,
    }
    data |= {"kinds": list(kinds)} if tuple(kinds) != KINDS else {}
    data |= {"here": list(here)} if here else {}
    data |= {"only": only} if only is not None else {}
    data |= {"held": held} if held else {}
    _mount(key=key, data=data, on_chosen_change=heard)


def read_choice(value: object) -> str | None:
    """Return the id that the browser sent, None when the value is not one."""
    chosen = value.get("chosen") if isinstance(value, Mapping) else None
    if not isinstance(chosen, Mapping) or set(chosen) != {"id", "n"}:
        return None
    identifier = chosen["id"]
    return identifier if isinstance(identifier, str) and len(identifier) <= LONGEST_ID else None


@keyed_on_data(max_entries=1, stated=False)
def index() -> Index:
    """Return the index of the active data, for texts that are read here: a pasted list."""
    atlas = loaders.atlas()
    return open_index(commune_table(atlas), layer_table(loaders.official().crosswalk.layers, atlas))


def kind_of(identifier: str) -> str | None:
    """Return what an id names today, one of KINDS, or None when it names nothing; no index is opened for it."""
    atlas, layers = loaders.atlas(), loaders.crosswalk().layers
    layer_id, sign, zone = identifier.partition("/")
    if sign:
        return layer_id if layer_id in KINDS and layer_id in layers and zone in layers[layer_id].zones.index else None
    if identifier in atlas.row:
        return str(atlas.table["niveau"].iat[atlas.row[identifier]])
    if identifier in atlas.parts:
        return "ville"
    scope = loaders.every_scope().get(identifier)
    return scope.kind if scope else None


def _offered(identifier: str, kinds: Collection[str]) -> bool:
    """Tell whether a field may send an id: a name of before sends the commune of today."""
    kind = kind_of(identifier)
    return kind in kinds or (kind in ("commune", "ville") and "ancien" in kinds)


def _there(addresses: tuple[str, str]) -> bool:
    return all(in_place(loaders.GEO, one.rpartition("/")[2]) for one in addresses)


@keyed_on_data(max_entries=1, stated=False, still=_there)
def files() -> tuple[str, str]:
    """Return the addresses of the two tables, written once under names that their content gives.

    A layer that somebody publishes makes a new file of the second, forty kilobytes; the first changes with the communes.
    """
    return _written("communes", _of_communes(loaders.atlas())), _written(
        "couches", _of_layers(loaders.official().crosswalk)
    )


@kept_on_subject
def _of_communes(atlas: Atlas) -> bytes:
    return _packed(commune_table(atlas))


@kept_on_subject
def _of_layers(crosswalk: Crosswalk) -> bytes:
    return _packed(layer_table(crosswalk.layers, crosswalk.atlas))


def _packed(table: dict[str, Any]) -> bytes:
    return gzip.compress(compact_json(table).encode(), 6, mtime=0)


def _written(name: str, packed: bytes) -> str:
    return address(f"geo/{write_by_content(loaders.GEO, f'noms-{name}', packed)}")


def address(path: str) -> str:
    """Return the address of a file of static/, from a page: pages are one level deep, under any prefix."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/app/static/{path}" if base else f"app/static/{path}"


@cache
def _script() -> str:
    """Return the path of our module under static/, with the version that its content gives."""
    whole = bundled(SEARCH)
    scripts = [*sorted(SCRIPTS.glob("*.js")), SCRIPTS.parent / "decode.js"]
    digest = hashlib.sha256(b"".join(script.read_bytes() for script in scripts)).hexdigest()[:10]
    return f"{whole or 'js/search/field.js'}?v={digest}"
