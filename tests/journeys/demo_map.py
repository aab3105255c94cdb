"""A page with one map, for tests/test_journey_component.py: its address says what it shows.

`mode` is select, paint or points; `scope` names the file communes-<scope>.json; `slow` is a number of milliseconds that
each answer of the server takes, and with `held` it waits for as long as there is a file of that name beside the script; `two` shows two
outlines where there is one else.
"""

import json
import time
from pathlib import Path

import streamlit as st
from streamlit_folium import st_folium

from ui import map as maps

GEO = Path(__file__).parent / "static" / "geo"
HOSTILE = "`${alert(1)}` </script><img src=x onerror=alert(1)> {{ 7*7 }} {% x %} 'l'' \"q\" \\ _div \u2028 &amp;"
HELD = Path(__file__).with_name("held")
KEY = "carte"
query, state = st.query_params, st.session_state
state.setdefault("codes", [])
state.setdefault("seq", 0)
state.setdefault("clicks", [])
state.setdefault("past", [])
state.setdefault("future", [])


def take() -> None:
    """Keep what the map sent."""
    selection, click = maps.read_selection(state[KEY]), maps.read_click(state[KEY])
    if selection and selection[1] > state["seq"]:
        state["past"].append(state["codes"])
        state["codes"], state["seq"] = selection
    step = maps.read_step(state[KEY])
    if step and step[1] == state["seq"]:
        here, there = ("past", "future") if step[0] == "undo" else ("future", "past")
        state[there].append(state["codes"])
        replace(state[here].pop())
    if click:
        state["clicks"].append(click)


def replace(codes: list[str]) -> None:
    """Change the selection on the server."""
    state["codes"] = codes
    state["seq"] += 1


scopes = query.get("scope", "grille").split(",")
scope = st.radio("Territoire", scopes, horizontal=True)
st.button("Tout retirer", on_click=replace, args=([],))
st.button("Imposer", on_click=replace, args=(["62001", "62003", "2A004"],))
zones = st.checkbox("Zones")
under = st.checkbox("Couleurs")
focus = st.text_input("Commune")


@st.fragment
def board() -> None:
    """Draw the map and say what the server holds."""
    time.sleep(int(query.get("slow", "0")) / 1000)
    while "held" in query and HELD.exists():
        time.sleep(0.02)
    mode = query.get("mode", "select")
    url = maps.static_url(f"geo/communes-{scope}.json")
    file = GEO / f"communes-{scope}.json"
    count = len(json.loads(file.read_text())["objects"]["communes"]["geometries"]) if file.is_file() else 0
    colours = (
        ("#eef3f4", f"Non couverte {HOSTILE}"),
        ("#f2c46d", "Couverte par un CLSM"),
        ("#6aaed6", "En projet", True),
    )
    paint = maps.Paint(maps.paint_runs(rank % 3 for rank in range(count)), tuple(maps.Swatch(*c) for c in colours))
    address = maps.static_url(f"geo/zones-{scope}.json")
    overlays = [maps.Overlay("zones", address, f"Zones {HOSTILE}", "#b4540a", (6, 4))] if zones else []
    if zones and "two" in query:
        overlays.append(maps.Overlay("autres", address, "Autres", "#1566a8", (), 4.0, ()))
    shown = maps.Focus(focus, 1) if focus else None
    glance = maps.Glance(
        (f"{len(state['codes'])} communes", HOSTILE),
        ("Taille\u00a0: favorable → à discuter",) if state["codes"] else (),
        undo=bool(state["past"]),
        redo=bool(state["future"]),
    )
    if mode == "select":
        frame = maps.selection_map()
        group = maps.selection_state(
            codes=state["codes"], seq=state["seq"], geometry_url=url, overlays=overlays, paint=paint if under else None,
            focus=shown, glance=glance,
        )  # fmt: skip
    elif mode == "paint":
        frame = maps.coverage_map()
        group = maps.coverage_state(geometry_url=url, paint=paint, overlays=overlays, focus=shown, glance=glance)
    else:
        frame = maps.points_map()
        points = [maps.Point("clsm-1", 50.05, 2.1, HOSTILE, "12 communes"), maps.Point("clsm-2", 50.1, 2.2, "Liévin")]
        group = maps.points_state(outlines_url=url, points=points)
    st_folium(
        frame, key=KEY, height=480, use_container_width=True, returned_objects=[], feature_group_to_add=group,
        on_change=take,
    )  # fmt: skip
    st.code(json.dumps({"codes": state["codes"], "seq": state["seq"], "clicks": state["clicks"]}))


board()
