"""The panel: how many CLSM, of which sizes, what stays whole; then what is found and proven, a map, a table, others as good."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.coverage import Scope
from geo.divide import BODIES, CONTIGUITY, SECTORS, Board, Divided, Plan, Terms, board_of, sectors_known, usual_parts
from geo.errors import GeoInputError
from geo.layers import LayerId
from geo.scenarios import in_communes
from ui import frame, html, loaders, passage, reading_desk
from ui import map as maps
from ui.cache import keyed_on_data, token
from ui.choices import distinct, pick_one
from ui.division import desk

OPEN, ASKED = "division-ouvert", "division-demande"
UNITS = {"communes": "des communes entières", "epci": "des intercommunalités entières"}
KEPT = {"epci": "le moins d’intercommunalités", "secteurs": "le moins de secteurs adultes"}
LEAST, MOST, MOST_PARTS = 100_000, 300_000, 40
FILLS = ("#1f7a6d", "#efc36b", "#7d6bb5", "#f3ddd4", "#2a7fb0", "#cfe3b4", "#a8483a", "#d9dee1")
MOTIFS = ("oblique", "points", "lignes")
Asked = tuple[int, int, int, str, str]


def division_panel(scope: Scope, back: passage.WayBack) -> None:
    """Show the panel for a département; for another territory, what to choose. Nothing is computed while it is closed."""
    box = st.expander("Diviser le département", icon=":material/call_split:", key=OPEN, on_change="rerun")
    if not box.open:
        return
    with box:
        if scope.kind != "departement":
            st.info("Choisissez un département comme territoire : c’est lui qui est divisé.")
            return
        _inside(scope, back)


def _inside(scope: Scope, back: passage.WayBack) -> None:
    asked = _choices(scope)
    key, held = (token(), scope.code), st.session_state.get(ASKED)
    if st.button("Diviser", key="division-lancer", icon=":material/play_arrow:", type="primary"):
        held = st.session_state[ASKED] = (key, asked)
        desk.desk().clear()
    if held is None or held[0] != key:
        return
    parts, least, most, units, kept = held[1]
    try:
        board, terms = _board(scope.code, units, kept), Terms(parts, least, most)
        reading = reading_desk.read(held, desk.search(board, terms), at=desk.desk, cancel="Annuler")
        if reading is None:
            return
        found: Divided = reading.result()
    except GeoInputError as error:
        for problem in error.problems:
            st.info(html.literal(problem))
        return
    if held[1] != asked:
        st.caption("Ce qui suit répond à la demande précédente ; « Diviser » répond aux choix ci-dessus.")
    _answer(found, scope, back)


@keyed_on_data(max_entries=16, stated=False)
def _board(departement: str, units: str, kept: str) -> Board:
    sectors = loaders.crosswalk().layers[LayerId.ADULT_SECTORS] if kept == "secteurs" else None
    return board_of(loaders.atlas(), departement, by_body=units == "epci", sectors=sectors)


@keyed_on_data(max_entries=128, stated=False)
def _sectors_here(departement: str) -> bool:
    atlas = loaders.atlas()
    return sectors_known(
        atlas, atlas.members("departement", departement), loaders.crosswalk().layers[LayerId.ADULT_SECTORS]
    )


def _choices(scope: Scope) -> Asked:
    usual = usual_parts(_board(scope.code, "communes", "epci"))
    number, whole = st.columns(2, gap="small")
    parts = number.number_input("Combien de CLSM", 1, MOST_PARTS, usual, key=f"division-nombre-{scope.code}")
    with whole:
        units = pick_one("Chaque CLSM réunit", list(UNITS), format_func=UNITS.get, key="division-entiers")
    least, most = st.columns(2, gap="small")
    small = least.number_input("Habitants, au moins", 0, 5_000_000, LEAST, step=10_000, key="division-moins")
    large = most.number_input("Habitants, au plus", 1, 5_000_000, MOST, step=10_000, key="division-plus")
    offered = [k for k in KEPT if k != "secteurs" or _sectors_here(scope.code)]
    kept = pick_one("En coupant", offered, format_func=KEPT.get, key=f"division-garde-{len(offered)}")
    if len(offered) < len(KEPT):
        st.caption("Les secteurs adultes ne sont pas tous connus ici : ils ne peuvent pas être gardés entiers.")
    return int(parts), int(small), int(large), str(units), str(kept)


# --- the answer -------------------------------------------------------------------------------------------------------
def _answer(found: Divided, scope: Scope, back: passage.WayBack) -> None:
    st.html(f'<p class="clsm-answer"><b>{html.escape(found.sentence)}</b></p>')
    if found.plans:
        for text in _own(found):
            st.caption(html.literal(text))
        titles = distinct({str(i): _title(found, i) for i in range(len(found.plans))})
        chosen = 0
        if len(found.plans) > 1:
            chosen = int(
                pick_one(
                    "Divisions aussi bonnes, qui diffèrent", list(titles), format_func=titles.get, key="division-choix"
                )
            )
        plan = found.plans[min(chosen, len(found.plans) - 1)]
        _map(found.board, plan, scope)
        st.html(parts_table(found, plan))
        _open(found, plan, back)
    st.caption(html.literal(fr.typeset(f"{CONTIGUITY} Une commune au-dessus du maximum à elle seule fait un CLSM.")))


def _title(found: Divided, place: int) -> str:
    plan = found.plans[place]
    sizes = f"de {fr.number(min(plan.people))} à {fr.inhabitants(max(plan.people))}"
    return fr.typeset(f"Division {place + 1} : CLSM {sizes}")


def _own(found: Divided) -> tuple[str, ...]:
    """Say what the user's own perimeters are worth beside it, when several of them lie in the département."""
    atlas = loaders.opened_atlas()
    inside = frozenset().union(*found.board.codes)
    sets = [in_communes(s.codes, atlas) for s in frame.workbook().scenarios]
    mine = [codes for codes in sets if codes and codes <= inside]
    return found.compared(mine) if len(mine) > 1 else ()


def parts_table(found: Divided, plan: Plan) -> str:
    """Return the parts of a division: name, communes, inhabitants, and the bodies that it shares with others."""
    board = found.board
    headers = [("CLSM", False), ("Communes", True), ("Habitants", True)]
    cut_of: dict[int, list[str]] = {}
    for body in plan.cut:
        for part in {plan.labels[u] for u in board.bodies[body].units}:
            cut_of.setdefault(part, []).append(board.bodies[body].name)
    word = {BODIES: "intercommunalité partagée", SECTORS: "secteur partagé"}[board.kept]
    rows = []
    for part, (name, codes, people) in enumerate(
        zip(plan.part_names(board), plan.perimeters(board), plan.people, strict=True)
    ):
        shared = f"\n{word} : {fr.listing(cut_of[part], 3)}" if part in cut_of else ""
        rows.append((f"{part + 1}. Autour {fr.of(name)}{shared}", fr.number(len(codes)), fr.number(people)))
    return html.table(headers, rows, caption="CLSM de cette division")


def _map(board: Board, plan: Plan, scope: Scope) -> None:
    atlas, of = loaders.atlas(), {c: part for codes, part in zip(board.codes, plan.labels, strict=True) for c in codes}
    drawn = [of.get(str(atlas.codes[row]), -1) for row in maps.ground(scope).rows]
    names = plan.part_names(board)
    swatches = tuple(
        maps.Swatch(
            FILLS[part % len(FILLS)], f"{part + 1}. Autour {fr.of(name)}", hatch=part >= len(FILLS),
            motif=MOTIFS[part // len(FILLS) % len(MOTIFS)],
        )
        for part, name in enumerate(names)
    )  # fmt: skip
    maps.draw(
        maps.coverage_map(),
        key="carte-division",
        state=maps.coverage_state(
            geometry_url=maps.geometry_url(scope),
            bounds=maps.bounds(scope),
            paint=maps.Paint(maps.paint_runs(drawn), swatches),
            around=maps.around_file(),
            credit=maps.credit(),
        ),
    )


def _open(found: Divided, plan: Plan, back: passage.WayBack) -> None:
    named = list(zip(plan.part_names(found.board), plan.perimeters(found.board), strict=True))
    words = "Chaque CLSM devient un scénario de la page Périmètre, où il se juge et se modifie."
    if st.button("Ouvrir ces périmètres", key="division-ouvrir", icon=":material/draw:", help=words):
        if passage.open_scenarios(named, back):
            st.switch_page(passage.PERIMETER)
        st.info("Il n’y a pas la place d’autant de scénarios : retirez-en sur la page Périmètre, puis revenez.")
