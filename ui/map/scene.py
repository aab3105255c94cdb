"""The content of the maps: colours of statuses, outlines of layers, addresses of geometry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import folium
import numpy as np
import streamlit as st
from streamlit_folium import st_folium

from geo.coverage import STATUS_LABELS, CoverageView, Scope, Situation, Status, situations_of
from geo.dataset import city_map
from geo.display import LINES, compact_json
from ui import loaders
from ui.cache import Cities, cities, keyed_on_data
from ui.map import build
from ui.map.codec import Bounds, paint_runs

HEIGHT = 560
FOCUS = "commune-focus"  # (code, number) of the commune to bring to the middle of the map
# Colour-blind safe; text always stands beside colour (legend, tooltip, table).
# A motif too, for who does not tell the colours: what is plain is known whole, dark for covered, pale for unknown. What is
# not covered is pale and finely hatched, for outlines and names must be read over it. Each fill is either dark enough for the
# white casing of a boundary, or pale enough for its line.
PALETTE = {
    Status.COUVERT: build.Swatch("#1f7a6d", STATUS_LABELS[Status.COUVERT]),
    Status.SUPPOSE: build.Swatch("#459787", STATUS_LABELS[Status.SUPPOSE], hatch=True),
    Status.PARTIEL: build.Swatch("#7d6bb5", STATUS_LABELS[Status.PARTIEL], hatch=True, motif="lignes"),
    Status.PROJET: build.Swatch("#efc36b", STATUS_LABELS[Status.PROJET], hatch=True, motif="points"),
    Status.NON_COUVERT: build.Swatch("#f8e9e4", STATUS_LABELS[Status.NON_COUVERT], hatch=True, motif="fines"),
    Status.INCONNU: build.Swatch("#e3e8ea", STATUS_LABELS[Status.INCONNU]),
}
# Covered, but only by extension to the communes of an EPCI: a lighter motif of the same green.
EXTENDED = build.Swatch("#4b9c8f", Situation(Status.COUVERT, extended=True).label, hatch=True, motif="lignes")
# The same, pale: what is known lies under the perimeter being drawn, and must not compete with it.
PALE = {
    Status.COUVERT: "#a5d0c8",
    Status.SUPPOSE: "#d2e8e3",
    Status.PARTIEL: "#cbc2e4",
    Status.PROJET: "#f2d9a6",
    Status.NON_COUVERT: "#fbefeb",
    Status.INCONNU: "#f1f4f5",
}
LINE_LABELS = {
    "epci": "EPCI",
    "ept": "EPT",
    "secteurs-adultes": "Secteurs adultes",
    "secteurs-enfants": "Secteurs infanto-juvéniles",
    "clsm": "CLSM",
    "cls": "CLS",
    "cpts": "CPTS",
    "dac": "DAC",
    "qpv": "Communes avec QPV",
}
MARK_LABELS = {"quartiers": "QPV", "lieux": "Lieux de santé mentale"}  # drawn as marks on the map of coverage


def draw(
    frame: folium.Map, *, state: folium.FeatureGroup, key: str, on_change: Callable[[], None] | None = None
) -> None:
    """Show a map. Nothing is returned by the library itself: our script sends what is clicked, and `on_change` reads it."""
    st_folium(
        frame,
        key=key,
        height=HEIGHT,
        use_container_width=True,
        returned_objects=[],
        on_change=on_change,
        feature_group_to_add=state,
    )


def look_at(code: str) -> None:
    """Bring a commune to the middle of the map at the next run."""
    _, number = st.session_state.get(FOCUS) or ("", 0)
    st.session_state[FOCUS] = (code, number + 1)


def focus(scope: Scope) -> build.Focus | None:
    """Return the commune to bring to the middle, when it was chosen by name and lies in the scope."""
    held = st.session_state.get(FOCUS)
    return build.Focus(*held) if held and scope.holds(held[0]) else None


# --- cities opened into IRIS --------------------------------------------------------------------------------------------
def opened_in(scope: Scope) -> Cities:
    """Return the cities that the session opens, when the map of a scope shows one of them: what it is then drawn with; none else."""
    wanted = cities()
    return wanted if wanted and any(ground(scope).holds(city) for city in wanted) else ()


def city_files(scope: Scope) -> list[str]:
    """Return the addresses of the outlines of the opened cities that a scope shows."""
    here, known = ground(scope), loaders.opened_atlas().opened
    return [_city_file(city) for city in opened_in(scope) if here.holds(city) and city in known]


def there(address: str | None) -> bool:
    """Tell whether the file that an address names is still written: those unused for long are swept."""
    from geo.display import in_place

    return address is None or in_place(loaders.GEO, address.rpartition("/")[2])


@keyed_on_data(max_entries=64, stated=False, still=there)
def _city_file(city: str) -> str:
    return build.static_url(f"geo/{city_map(loaders.GEO, loaders.official(), city)}")


def ground(scope: Scope) -> Scope:
    """Return the territory whose outlines are drawn for a scope: itself, or for an EPCI or an EPT the smallest that
    holds it whole: its département, else its région, else France. The rest of it is drawn in grey around."""
    if scope.kind not in ("epci", "ept"):
        return scope
    here = loaders.atlas().table.iloc[scope.rows]
    every = loaders.every_scope()
    for column, prefix in (("departement", "dep"), ("region", "reg")):
        codes = here[column].unique()
        if len(codes) == 1:
            return every[f"{prefix}-{codes[0]}"]
    return every["france"]


def geometry_url(scope: Scope) -> str:
    """Return the address of the outlines of a scope."""
    return build.static_url(f"geo/{loaders.display_index().scopes[ground(scope).id].file}")


def credit() -> str | None:
    """Return who drew the outlines, None for those that come with the app, which the map names by itself."""
    said = loaders.atlas().manifest.get("contours_credit")
    return str(said) if said else None


def around_file() -> str:
    """Return the file of the outlines of all départements, beside that of the communes, drawn in grey around a scope."""
    return f"outlines-departements-{loaders.display_index().version}.json"


def names_file(scope: Scope, shown: Sequence[str], wanted: Cities = ()) -> str | None:
    """Return the file, beside that of the communes, of the EPCI of each, to name them from afar; None when their outlines say
    them already, and for the whole country, where towns and départements are named."""
    if scope.kind == "france" or "epci" in shown:
        return None
    return overlay(scope, "epci", wanted).url.rpartition("/")[2]


def around_url() -> str:
    """Return the address of the outlines of all départements, of the map of home."""
    return build.static_url(f"geo/{around_file()}")


@keyed_on_data(max_entries=64)
def local_bounds(scope: Scope) -> Bounds:
    """Return the corners around an EPCI or an EPT, from the inner points of its communes and their size."""
    here = loaders.atlas().table.iloc[scope.rows]
    here = here[here["lon"].notna()]
    half_m = (here["area_m2"].fillna(0.0).clip(lower=1.0) ** 0.5 / 1.6).to_numpy()
    tall = half_m / 111_000.0
    wide = tall / np.cos(np.radians(here["lat"].to_numpy()))
    lat, lon = here["lat"].to_numpy(), here["lon"].to_numpy()
    return (
        (round(float((lat - tall).min()), 4), round(float((lon - wide).min()), 4)),
        (round(float((lat + tall).max()), 4), round(float((lon + wide).max()), 4)),
    )


def bounds(scope: Scope) -> Bounds:
    """Return where the view starts: south-west and north-east corners."""
    if scope.kind in ("epci", "ept"):
        return local_bounds(scope)
    west, south, east, north = loaders.display_index().scopes[scope.id].bbox
    return (south, west), (north, east)


def overlay(scope: Scope, layer_id: str, wanted: Cities = ()) -> build.Overlay:
    """Return the outlines of a layer in a scope; the zones of each commune, and of each IRIS of the cities named, are written once as
    a static file."""
    return _overlay(ground(scope), layer_id, wanted)


@keyed_on_data(max_entries=256, still=lambda overlay: there(overlay.url))
def _overlay(scope: Scope, layer_id: str, wanted: Cities) -> build.Overlay:
    from geo.display import write_zone_index

    crosswalk = loaders.opened_world(wanted).crosswalk
    layer, rows = crosswalk.layers[layer_id], scope.on(crosswalk.atlas).rows
    members = layer.members[np.isin(layer.members["row"], rows)]
    zones_of: dict[int, list[int]] = {}
    for zone, row in zip(members["zone"].tolist(), members["row"].tolist(), strict=True):
        zones_of.setdefault(row, []).append(zone)
    met = sorted({z for row in rows for z in zones_of.get(row, ())})
    number = {zone: i for i, zone in enumerate(met)}
    zones = layer.zones.iloc[met]
    names = [(str(name), str(title)) for name, title in zip(zones.index, zones["nom"], strict=True)]
    membership = [[number[z] for z in zones_of.get(row, ())] for row in rows]
    file = write_zone_index(loaders.GEO, scope.id, layer_id, names, membership)
    line = LINES[layer_id]
    return build.Overlay(
        layer_id, build.static_url(f"geo/{file}"), LINE_LABELS[layer_id], line.colour, line.dash, line.width, line.core
    )


def status_paint(view: CoverageView, wanted: Cities = (), *, pale: bool = False) -> build.Paint:
    """Return the colours of a scope's communes by coverage, and of the IRIS of the cities named."""
    found = loaders.scope_coverage(view, wanted)
    here = ground(view.scope)
    drawn, known = (here.on(loaders.opened_world(wanted).atlas) if wanted else here).rows, situations_of(found)
    inside = np.isin(drawn, found.rows)
    drawn_as = tuple(_pale(kind) if pale else swatch(kind) for kind in known.kinds)
    return build.Paint(paint_runs(np.where(inside, known.of[drawn], -1).tolist()), drawn_as)


def _pale(kind: Situation) -> build.Swatch:
    """Return a situation under a perimeter being drawn: plain, but for what is known by extension only and what is not
    covered, which keep their motif."""
    fill = PALE[kind.status]
    if kind.extended or kind.status is Status.NON_COUVERT:
        return replace(swatch(kind), fill=fill)
    return build.Swatch(fill, kind.label)


def swatch(kind: Situation) -> build.Swatch:
    """Return how a situation is drawn and named: as its status, unless it is known by extension only."""
    return EXTENDED if kind.extended else replace(PALETTE[kind.status], label=kind.label)


@keyed_on_data(max_entries=256, still=there)
def backdrop(view: CoverageView, wanted: Cities = ()) -> str:
    """Return the address of the pale colours under a perimeter: no click changes them, so none sends them again."""
    return written(f"fond-{view.scope.id}", build.paint_payload(status_paint(view, wanted, pale=True)))


def written(stem: str, value: object) -> str:
    """Return the address of a file of static/geo that holds a value as JSON, written once under a name its content gives."""
    from geo.display import write_by_content

    return build.static_url(f"geo/{write_by_content(loaders.GEO, stem, compact_json(value))}")


def known_lines(scope: Scope) -> list[str]:
    """Return the layers that have at least one zone in a scope."""
    met = loaders.crosswalk().product(scope.rows)
    columns = loaders.crosswalk().columns
    return [i for i in LINES if (met[1] + met[2])[columns[i]].any()]
