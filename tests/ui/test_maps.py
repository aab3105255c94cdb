"""Maps as Streamlit will carry them: constant frames, small states, hostile text, nothing from outside."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import folium
import pytest
import streamlit_folium
from hypothesis import given
from hypothesis import strategies as st

from ui.map import build as maps
from ui.map import codec
from ui.map import events as map_answers
from ui.map.build import Focus, Overlay, Paint, Point, Swatch
from ui.map.glance import Glance
from ui.map.phrases import PHRASES

HOSTILE = [
    "</script><script>alert(1)</script>",
    "`${alert(1)}`",
    'L\'Haÿ-les-Roses "citée"',
    "{{ 7*7 }} {% raw %} {{'map_div'}} {#",
    "\u2028\u2029\x00\\u003c \\",
    "_div map_div alert(coords); drawnItems_draw_control_div_1",
]
GRID = "../../app/static/geo/communes-dep-62-abc.json"
Sent = dict[str, Any]


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Sent]:
    """Return what st_folium sends to the browser for a map and its state."""
    sent: list[Sent] = []
    monkeypatch.setattr(streamlit_folium, "_component_func", lambda **arguments: sent.append(arguments))

    def st_folium(frame: folium.Map, group: folium.FeatureGroup) -> Sent:
        streamlit_folium.st_folium(frame, key="m", returned_objects=[], feature_group_to_add=group)
        return {name: value for name, value in sent[-1].items() if name != "on_change"}

    return st_folium


def payload(sent: Sent) -> dict[str, Any]:
    """Return the state that the script of the feature group carries."""
    (found,) = re.findall(r"CL\.apply\((.*)\);$", sent["feature_group"], flags=re.MULTILINE)
    return json.loads(found)


def state(**changes: Any) -> folium.FeatureGroup:
    return maps.selection_state(**{"codes": ["62041"], "seq": 1, "geometry_url": GRID} | changes)


@contextmanager
def one_file(monkeypatch: pytest.MonkeyPatch, path: str | None) -> Iterator[None]:
    """Have all modules in one file of static/, or in none."""
    monkeypatch.setattr(maps, "bundled", lambda _: path)
    maps._assets.cache_clear()
    yield
    maps._assets.cache_clear()


# --- the frame --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("build", [maps.selection_map, maps.coverage_map, maps.points_map])
def test_a_frame_is_the_same_at_every_run(build: Callable[[], folium.Map], send: Callable[..., Sent]) -> None:
    first = send(build(), state())
    again = send(build(), state())
    assert first == again  # so Streamlit need not send it a second time
    elsewhere = send(build(), state(geometry_url=maps.static_url("geo/communes-france-def.json"), codes=[], seq=9))
    assert {**elsewhere, "feature_group": None} == {**first, "feature_group": None}  # nothing is mounted again
    assert elsewhere["feature_group"] != first["feature_group"]


def test_the_three_frames_differ(send: Callable[..., Sent]) -> None:
    keys = {send(build(), state())["key"] for build in (maps.selection_map, maps.coverage_map, maps.points_map)}
    assert len(keys) == 3


@pytest.mark.parametrize("whole", [None, "js/main.js"])  # any file of ours stands for the one that set-up makes
def test_everything_is_asked_from_this_server(
    send: Callable[..., Sent], monkeypatch: pytest.MonkeyPatch, whole: str | None
) -> None:
    with one_file(monkeypatch, whole):
        sent = send(maps.selection_map(), state())
        asked = maps.assets()[0]
    links = [*sent["js_links"], *sent["css_links"]]
    assert len(links) == 3 + 1 + 2 + len(maps.STYLES)
    (loader,) = (link for link in links if maps.LOADER in link)
    plain, _, named = loader.partition("&carte=")
    assert named == (whole or ""), "the loader is told of the one file"
    links[links.index(loader)] = plain
    assert (f"{maps.STATIC}{whole}?v={plain.partition('?v=')[2]}" in asked) is bool(whole)
    assert all(re.fullmatch(r"\.\./\.\./app/static/(js|css|vendor)/[\w./-]+\?v=[\w.]+", link) for link in links)
    assert "//" not in sent["script"] + sent["header"] + sent["html"]


def test_the_address_of_the_scripts_changes_with_any_of_them(
    send: Callable[..., Sent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loader gives the modules the version of its own address: it must stand for all of them."""
    for name in ("js", "css"):
        shutil.copytree(maps.ROOT / "static" / name, tmp_path / "static" / name)
    monkeypatch.setattr(maps, "ROOT", tmp_path)

    def address() -> str:
        maps._assets.cache_clear()
        (found,) = [link for link in send(maps.selection_map(), state())["js_links"] if maps.LOADER in link]
        return found

    with one_file(monkeypatch, None):
        before = address()
        module = tmp_path / "static" / "js" / "pen.js"
        module.write_text(module.read_text(encoding="utf-8") + "// changed\n", encoding="utf-8")
        assert address() != before


def test_only_a_map_that_tells_of_moves_is_given_the_phrases(send: Callable[..., Sent]) -> None:
    (options,) = re.findall(r"CL\.attach\(\w+, (.*)\);", send(maps.selection_map(), state())["script"])
    assert json.loads(options) == {"mode": "select", "phrases": list(PHRASES)}
    (options,) = re.findall(r"CL\.attach\(\w+, (.*)\);", send(maps.coverage_map(), state())["script"])
    assert json.loads(options) == {"mode": "paint"}


def test_motifs_are_named_as_the_browser_draws_them() -> None:
    script = (maps.ROOT / "static" / "js" / "motifs.js").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^  (\w+): \(pen, colour\)", script, flags=re.MULTILINE)) == maps.MOTIFS


def test_every_file_asked_for_exists(send: Callable[..., Sent], libraries: None) -> None:
    sent = send(maps.selection_map(), state())
    for link in [*sent["js_links"], *sent["css_links"]]:
        assert (maps.ROOT / "static" / link.removeprefix(maps.STATIC).partition("?")[0]).is_file()


def test_our_scripts_and_styles_name_no_other_site() -> None:
    modules = sorted((maps.ROOT / "static" / maps.SCRIPTS).glob("*.js"))
    assert len(modules) > 20
    for path in [*modules, *(maps.ROOT / "static" / style for style in maps.STYLES)]:
        text = path.read_text(encoding="utf-8").replace("xmlns='http://www.w3.org/2000/svg'", "")
        assert not re.search(r"https?:|url\((?!\"data:)", text), path
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", text), path


def test_the_folium_defaults_of_others_are_left_alone() -> None:
    maps.selection_map()
    assert any("leaflet" in name for name, _ in folium.Map.default_js)


# --- the state --------------------------------------------------------------------------------------------------
def test_a_selection_state_carries_all_it_is_given(send: Callable[..., Sent]) -> None:
    sent = send(
        maps.selection_map(),
        state(
            codes=["62041", "62042", "2A004", "97101"],
            bounds=((50.0, 1.5), (51.0, 3.2)),
            overlays=[Overlay("epci", maps.static_url("geo/zones-x-y.json"), "EPCI", "#4a3f8f", (2, 4), 1.5)],
            paint=Paint("a2b", (Swatch("#eef3f4", "Non"), Swatch("#0b6e75", "Oui", hatch=True))),
            focus=Focus("62041", 3),
        ),
    )
    assert payload(sent) == {
        "geometry": GRID,
        "bounds": [[50.0, 1.5], [51.0, 3.2]],
        "codes": "62:041042;2A:004;97:101",
        "seq": 1,
        "overlays": [
            {
                "id": "epci",
                "url": "../../app/static/geo/zones-x-y.json",
                "label": "EPCI",
                "color": "#4a3f8f",
                "dash": [2, 4],
                "weight": 1.5,
            }
        ],
        "paint": {
            "runs": "a2b",
            "palette": [
                {"fill": "#eef3f4", "label": "Non", "hatch": False},
                {"fill": "#0b6e75", "label": "Oui", "hatch": True},
            ],
        },
        "focus": {"code": "62041", "n": 3},
    }


def test_an_empty_selection_is_said_and_what_is_absent_is_not(send: Callable[..., Sent]) -> None:
    told = payload(send(maps.selection_map(), state(codes=[], seq=0)))
    assert told == {"geometry": GRID, "codes": "", "seq": 0}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_arrive_as_they_are(text: str, send: Callable[..., Sent]) -> None:
    overlay = Overlay(text, maps.static_url("geo/z.json"), text, "#000000")
    sent = send(maps.selection_map(), state(overlays=[overlay], paint=Paint("a", (Swatch("#ffffff", text),))))
    told = payload(sent)
    assert told["overlays"][0]["label"] == told["paint"]["palette"][0]["label"] == text
    sent = send(maps.points_map(), maps.points_state(outlines_url=GRID, points=[Point(text, 1.0, 2.0, text, text)]))
    assert payload(sent)["points"][0]["name"] == text


@given(st.recursive(st.text() | st.integers() | st.booleans() | st.none(), lambda deep: st.lists(deep), max_leaves=5))
def test_script_json_is_json_made_of_harmless_signs(value: object) -> None:
    text = codec.script_json({"value": value})
    assert json.loads(text) == {"value": value}
    assert re.fullmatch(r'[A-Za-z0-9 .,:;/#%+\\"\[\]{}-]*', text)
    assert "{{" not in text and "{%" not in text and "{#" not in text


def test_numbers_that_json_does_not_have_are_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        codec.script_json(float("nan"))


def test_codes_take_three_characters_each() -> None:
    assert codec.pack_codes([]) == ""
    assert codec.pack_codes(["62041", "62042", "2A004", "62043"]) == "62:041042;2A:004;62:043"
    assert len(codec.pack_codes(f"62{i:03d}" for i in range(1000))) == 3003
    with pytest.raises(ValueError, match="6204"):
        codec.pack_codes(["6204", "62041"])


@given(st.lists(st.integers(-1, 25)))
def test_runs_hold_every_status(statuses: list[int]) -> None:
    runs = codec.paint_runs(statuses)
    letters = "".join(letter * int(count or 1) for letter, count in re.findall(r"([a-z_])(\d*)", runs))
    assert [-1 if letter == "_" else ord(letter) - ord("a") for letter in letters] == statuses
    assert len(runs) <= len(statuses)


def test_runs_of_a_whole_country_are_short_when_neighbours_agree() -> None:
    assert codec.paint_runs([0] * 34_917) == "a34917"
    for wrong in (-2, 26):
        with pytest.raises(ValueError, match="out of range"):
            codec.paint_runs([wrong])


@pytest.mark.parametrize("path", ["../secret", "geo/../../x", "/etc/passwd", "https://x/y", "a b", "", "geo//x", "x?y"])
def test_only_plain_files_of_static_have_an_address(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        maps.static_url(path)


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "url(x)", "#ffffff;"])
def test_colours_are_checked(colour: str) -> None:
    for build in (
        lambda: state(paint=Paint("a", (Swatch(colour, ""),))),
        lambda: state(overlays=[Overlay("x", GRID, "x", colour)]),
        lambda: maps.points_state(outlines_url=GRID, points=[Point("x", 0.0, 0.0, "x", fill=colour)]),
    ):
        with pytest.raises(ValueError, match="#rrggbb"):
            build()


# --- what comes back --------------------------------------------------------------------------------------------
def test_a_selection_is_read_in_its_order_and_once_each() -> None:
    assert map_answers.read_selection({"sel": ["62042", "2A004", "62042"], "n": 7}) == (["62042", "2A004"], 7)
    assert map_answers.read_selection({"sel": [], "n": 1}) == ([], 1)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        [],
        "62041",
        {"sel": ["62041"]},
        {"sel": "62041", "n": 1},
        {"sel": ["62041"], "n": "1"},
        {"sel": ["62041"], "n": True},
        {"sel": ["62041"], "n": 1.5},
        {"sel": ["62041"], "n": -1},
        {"sel": ["62041"], "n": 2**60},
        {"sel": ["62041"], "n": 1, "more": 1},
        {"sel": [62041], "n": 1},
        {"sel": ["62041\n"], "n": 1},
        {"sel": ["６２０４１"], "n": 1},
        {"sel": ["2C004"], "n": 1},
        {"sel": ["<b>"], "n": 1},
        {"sel": {"0": "62041"}, "n": 1},
        {"sel": ["62041"] * 40_001, "n": 1},
        {"click": "62041", "n": 1},
    ],
)
def test_anything_else_is_no_selection(value: object) -> None:
    assert map_answers.read_selection(value) is None


def test_a_step_says_which_way_and_from_which_selection() -> None:
    assert map_answers.read_step({"step": "undo", "n": 7}) == ("undo", 7)
    assert map_answers.read_step({"step": "redo", "n": 0}) == ("redo", 0)


@pytest.mark.parametrize(
    "value", [None, {}, "undo", {"step": "undo"}, {"step": "UNDO", "n": 1}, {"step": ["undo"], "n": 1},
              {"step": "undo", "n": "1"}, {"step": "undo", "n": -1}, {"step": "undo", "n": 1, "more": 1}],
)  # fmt: skip
def test_anything_else_is_no_step(value: object) -> None:
    assert map_answers.read_step(value) is None


def test_what_is_said_in_full_screen_is_short_and_leaves_out_what_is_not() -> None:
    glance = Glance(("147\u202f154 habitants", "74\u00a0% du repère"), undo=True)
    assert glance.payload() == {"figures": ["147\u202f154 habitants", "74\u00a0% du repère"], "undo": 1}
    turned = tuple(f"Repère {i}\u00a0: favorable → à discuter" for i in range(5))
    told = Glance(("1",), turned).payload()
    assert len(told["turned"]) == 3
    assert told["more"] == 2
    whole = Glance(
        ("1\u202f147\u202f154 habitants", "574\u00a0% du repère", "125 communes · au moins 12 secteurs · 24 QPV"),
        tuple(
            f"{title}\u00a0: point de vigilance → à discuter" for title in ("Secteurs de psychiatrie", "Taille", "QPV")
        ),
        undo=True,
        redo=True,
    )
    assert len(codec.script_json(whole.payload())) < 400, "sent at every click"


def test_a_click_names_a_commune_or_a_mark() -> None:
    assert map_answers.read_click({"click": "62041", "n": 1_790_000_000_000}) == ("62041", 1_790_000_000_000)
    assert map_answers.read_click({"click": "clsm-12", "n": 1}) == ("clsm-12", 1)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"click": "62041"},
        {"click": 62041, "n": 1},
        {"click": "", "n": 1},
        {"click": "a" * 121, "n": 1},
        {"click": "<b>", "n": 1},
        {"click": "a\n", "n": 1},
        {"click": ["62041"], "n": 1},
        {"click": "62041", "n": None},
        {"sel": [], "n": 1},
    ],
)
def test_anything_else_is_no_click(value: object) -> None:
    assert map_answers.read_click(value) is None


def test_the_outlines_are_credited_to_who_drew_them_and_nothing_is_sent_for_ours(send: Callable[..., Sent]) -> None:
    assert "credit" not in payload(send(maps.selection_map(), state()))
    assert payload(send(maps.selection_map(), state(credit="IGN (2026)")))["credit"] == "IGN (2026)"
