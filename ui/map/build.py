"""Build the maps: a tiny constant frame, and a tiny state that changes.

Geometry never travels through Streamlit: the browser fetches it by URL from static/geo, and what is sent at each
run is a few kilobytes of codes and colours. The frame (`*_map`) must come out identical at every run, whatever the
scope, or the component would be mounted again, blank and with its view lost; all that varies is in the state
(`*_state`), handed to st_folium as `feature_group_to_add` with `returned_objects=[]`.

Names, labels and codes are hostile until escaped: the state is JSON in which every character that a script, a
template or streamlit-folium's own rewriting could take for something else is written as an escape.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import folium
from folium.elements import JSCSSMixin
from folium.template import Template

from geo.paths import ROOT
from ui.map.codec import Bounds, pack_codes, script_json
from ui.map.glance import Glance
from ui.map.phrases import PHRASES
from ui.map.tooltips import Preview
from ui.setup import MAP, bundled, versions

STATIC = "../../app/static/"  # as seen from the component's frame; holds under any server.baseUrlPath
SCRIPTS = "js"  # the folder of the modules, and of the script that loads them
LOADER = "js/loader.js"
STYLES = ("css/map.css",)
METROPOLE = ((41.3, -5.2), (51.15, 9.6))  # south-west and north-east corners, for a scope that holds overseas too
ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*", re.ASCII)
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
MOTIFS = ("oblique", "points", "lignes", "fines", "bandes", "semis", "traits")  # as static/js/motifs.js draws them


@dataclass(frozen=True)
class Swatch:
    """One status of a painted map: its fill (#rrggbb), its French label; `hatch` draws it with a motif of MOTIFS."""

    fill: str
    label: str
    hatch: bool = False
    motif: str = "oblique"


@dataclass(frozen=True)
class Paint:
    """One status per commune, in the order of the scope's file: runs made by `paint_runs`, and the palette.

    `over` is what the colours tell of the communes chosen, in a word (« Réponse »): these are then outlined, not filled.
    `title` is written over the legend.
    """

    runs: str
    palette: tuple[Swatch, ...]
    over: str = ""
    title: str = ""


@dataclass(frozen=True)
class Overlay:
    """Outlines of the zones of one layer; `dash`, `weight` and `core` as those of a geo.display.LineStyle."""

    id: str
    url: str
    label: str
    color: str
    dash: tuple[float, ...] = ()
    weight: float = 2.0
    core: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Point:
    """A round mark, with a name and a second line of text; `id` comes back when it is clicked."""

    id: str
    lat: float
    lon: float
    name: str
    detail: str = ""
    fill: str = "#0b6e75"
    radius: float = 6.0


@dataclass(frozen=True)
class Focus:
    """A commune to bring to the middle; `n` must change for the same commune to be shown again."""

    code: str
    n: int


# --- addresses --------------------------------------------------------------------------------------------------
def static_url(path: str) -> str:
    """Return the address of a file of static/, seen from the component's frame (`geo/communes-dep-62-x.json`).

    Raises
    ------
    ValueError
        When the path is not made of plain names.
    """
    if not ADDRESS.fullmatch(path) or ".." in path:
        raise ValueError(f"not a path under static/: {path!r}")
    return STATIC + path


@cache
def _assets() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the scripts and styles of every map, in loading order, named so that browsers see a change.

    Only the loader is named here, by the digest of all our modules; it gives their addresses the same, or that of the one file that set-up
    made of them.
    """
    pinned = versions()
    whole = bundled(MAP)

    def ours(path: str, *content: Path) -> tuple[str, str]:
        digest = hashlib.sha256(b"".join(file.read_bytes() for file in content)).hexdigest()[:10]
        return path, f"{STATIC}{path}?v={digest}"

    def theirs(package: str, name: str) -> tuple[str, str]:
        return f"{package}/{name}", f"{STATIC}vendor/{package}/{name}?v={pinned[package]}"

    loader, address = ours(LOADER, *sorted((ROOT / "static" / SCRIPTS).glob("*.js")))
    scripts = [
        theirs("leaflet", "leaflet.js"),
        (loader, f"{address}&carte={whole}" if whole else address),
        theirs("leaflet.fullscreen", "Control.FullScreen.js"),
        theirs("topojson-client", "topojson-client.min.js"),
    ]
    styles = [
        theirs("leaflet", "leaflet.css"),
        theirs("leaflet.fullscreen", "Control.FullScreen.css"),
        *(ours(path, ROOT / "static" / path) for path in STYLES),
    ]
    return scripts, styles


def assets() -> tuple[list[str], list[str]]:
    """Return the addresses of all scripts of a map, its modules included, and of its styles."""
    scripts, styles = _assets()
    addresses = [address for _, address in scripts]
    loader = next(address for address in addresses if LOADER in address)
    plain, _, whole = loader.partition("&carte=")
    names = (
        [whole] if whole else [f"{SCRIPTS}/{path.name}" for path in sorted((ROOT / "static" / SCRIPTS).glob("*.js"))]
    )
    modules = [plain.replace(LOADER, name) for name in names if name != LOADER]
    return [*addresses, *modules], [address for _, address in styles]


# --- the frame --------------------------------------------------------------------------------------------------
class _Written(folium.Element):
    """A text as it is. As a template, each would be compiled again at every click, at the cost of a tenth of the run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **kwargs: Any) -> str:
        return self.text


class _LocalMap(folium.Map):
    """A map that asks nothing of another site."""

    default_js = ()  # type: ignore[assignment]
    default_css = ()  # type: ignore[assignment]

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Render as folium does, without the blanks of its template: every click sends it again."""
        super().render(**kwargs)
        header: Any = self.get_root().header  # type: ignore[attr-defined]
        for name, child in list(header._children.items()):
            header.add_child(_Written(" ".join(child.render().split())), name=name)


class _Attach(JSCSSMixin):
    """Hand the map over to static/js/loader.js, with what is said once for all states."""

    _template = Template(
        "{% macro script(this, kwargs) %}CL.attach({{ this._parent.get_name() }}, {{ this.options }});{% endmacro %}"
    )

    def __init__(self, mode: Literal["select", "paint", "points"]) -> None:
        super().__init__()
        self._name = "Attach"
        self.options = script_json({"mode": mode} | ({"phrases": PHRASES} if mode == "select" else {}))
        self.default_js, self.default_css = _assets()


def _frame(mode: Literal["select", "paint", "points"]) -> folium.Map:
    frame = _LocalMap(
        location=[46.6, 2.4],
        zoom_start=5,
        tiles=None,
        prefer_canvas=True,
        zoom_control=False,
        attribution_control=False,
        font_size="14px",
    )
    frame.add_child(_Attach(mode))
    return frame


def selection_map() -> folium.Map:
    """Return the frame of a map on which communes are chosen by a click. Build a new one at each run."""
    return _frame("select")


def coverage_map() -> folium.Map:
    """Return the frame of a painted map, on which a click names a commune. Build a new one at each run."""
    return _frame("paint")


def points_map() -> folium.Map:
    """Return the frame of a map of marks on outlines, on which a click names a mark. Build a new one at each run."""
    return _frame("points")


# --- the state --------------------------------------------------------------------------------------------------
class _State(folium.MacroElement):
    """Carry the state to the map (static/js/api.js), as one line of JSON."""

    _template = Template("{% macro script(this, kwargs) %}CL.apply({{ this.payload }});{% endmacro %}")

    def __init__(self, payload: str) -> None:
        super().__init__()
        self._name = "State"
        self.payload = payload


def _state(state: Mapping[str, object]) -> folium.FeatureGroup:
    kept = {key: value for key, value in state.items() if value not in (None, (), [])}
    group = folium.FeatureGroup(name="etat")
    group.add_child(_State(script_json(kept)))
    return group


def _check_colours(colours: Iterable[str]) -> None:
    wrong = [colour for colour in colours if not COLOUR.fullmatch(colour)]
    if wrong:
        raise ValueError(f"colours must be #rrggbb: {wrong[:5]}")


def paint_payload(paint: Paint) -> dict[str, object]:
    """Return the colours as the browser takes them: in the state, or in a file whose address is in the state."""
    _check_colours(swatch.fill for swatch in paint.palette)
    wrong = [swatch.motif for swatch in paint.palette if swatch.motif not in MOTIFS]
    if wrong:
        raise ValueError(f"unknown motifs: {wrong[:5]}")
    told: dict[str, object] = {"runs": paint.runs, "palette": [_swatch(swatch) for swatch in paint.palette]}
    return told | {key: text for key, text in (("over", paint.over), ("title", paint.title)) if text}


def _swatch(swatch: Swatch) -> dict[str, object]:
    """Leave the motif out of what travels where it says nothing."""
    kept = asdict(swatch)
    if not swatch.hatch or swatch.motif == "oblique":
        del kept["motif"]
    return kept


def _overlays(overlays: Sequence[Overlay]) -> list[dict[str, object]]:
    _check_colours(overlay.color for overlay in overlays)
    return [{key: value for key, value in asdict(overlay).items() if value is not None} for overlay in overlays]


def selection_state(
    *,
    codes: Iterable[str],
    seq: int,
    geometry_url: str,
    life: str | None = None,
    bounds: Bounds | None = None,
    overlays: Sequence[Overlay] = (),
    paint: Paint | str | None = None,
    focus: Focus | None = None,
    preview: Preview | None = None,
    around: str | None = None,
    names: str | None = None,
    credit: str | None = None,
    glance: Glance | None = None,
    opened: Sequence[str] = (),
) -> folium.FeatureGroup:
    """Return the state of a selection map.

    `codes` is the whole selection, communes outside the scope included; `seq` its number: the one last read from
    the browser, or a greater one when the server changed the selection. The browser drops a state older than its
    own clicks. `life` names the session: the numbers of another begin again. `bounds` is where the view starts for this scope (the whole of it by default). `paint` may be the
    address of a file that holds it (see `scene.backdrop`): colours that a click never changes then travel once.
    `around` is the file of the outlines of all départements, beside that of the geometry (see `scene.around_file`), `credit`
    who drew the outlines when it is not who drew those that come with the app; `names` the file of the EPCI of each commune,
    named where communes are small, and `glance` what is said in full screen. `opened` are the files of the cities opened into IRIS:
    `paint`, `overlays` and `names` are then of the communes and IRIS, in the order of their codes.
    """
    return _state(
        {
            "geometry": geometry_url,
            "opened": tuple(opened),
            "bounds": bounds,
            "codes": pack_codes(codes),
            "seq": seq,
            "life": life,
            "overlays": _overlays(overlays),
            "paint": paint_payload(paint) if isinstance(paint, Paint) else paint,
            "focus": asdict(focus) if focus else None,
            "preview": preview.payload() if preview else None,
            "around": around,
            "names": names,
            "credit": credit,
            "glance": glance.payload() if glance else None,
        }
    )


def coverage_state(
    *,
    geometry_url: str,
    paint: Paint,
    bounds: Bounds | None = None,
    overlays: Sequence[Overlay] = (),
    focus: Focus | None = None,
    over: Mapping[str, object] | None = None,
    around: str | None = None,
    names: str | None = None,
    credit: str | None = None,
    glance: Glance | None = None,
) -> folium.FeatureGroup:
    """Return the state of a painted map; `over` is what ui.map.overlays says to draw over it.

    Leave the clicked commune out of it (the browser outlines it by itself): a state that does not change between
    two runs costs nothing to send again.
    """
    return _state(
        {
            "geometry": geometry_url,
            "bounds": bounds,
            "paint": paint_payload(paint),
            "overlays": _overlays(overlays),
            "focus": asdict(focus) if focus else None,
            "around": around,
            "names": names,
            "credit": credit,
            "glance": glance.payload() if glance else None,
            **(over or {}),
        }
    )


def points_state(*, outlines_url: str, points: Sequence[Point], bounds: Bounds | None = None) -> folium.FeatureGroup:
    """Return the state of a map of marks on the outlines of a file (départements)."""
    _check_colours(point.fill for point in points)
    return _state({"geometry": outlines_url, "bounds": bounds, "points": [asdict(point) for point in points]})
