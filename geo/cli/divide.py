"""The command `python -m geo divide`: a département divided into CLSM that cut the fewest intercommunal bodies, or adult sectors."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from geo import french as fr
from geo.cli.terminal import as_json, warn
from geo.dataset import open_dataset
from geo.divide import CONTIGUITY, SECONDS, Divided, Plan, Terms, board_of, divide, usual_parts
from geo.layers import LayerId

LEAST, MOST = 100_000, 300_000


def add_parser(commands: Any) -> None:
    """Add the command to a parser."""
    cut = commands.add_parser("divide", help="diviser un département en CLSM")
    cut.add_argument("departement", help="code du département (62, 2A, 971)")
    cut.add_argument(
        "--into",
        type=int,
        default=0,
        metavar="K",
        help="nombre de CLSM (par défaut, un pour environ 200 000 habitants)",
    )
    cut.add_argument("--least", type=int, default=LEAST, metavar="HABITANTS", help="habitants au moins par CLSM")
    cut.add_argument("--most", type=int, default=MOST, metavar="HABITANTS", help="habitants au plus par CLSM")
    cut.add_argument("--whole", choices=("communes", "epci"), default="communes", help="ce qui n’est jamais coupé")
    cut.add_argument("--keep", choices=("epci", "secteurs"), default="epci", help="ce qu’il faut couper le moins")
    cut.add_argument("--seconds", type=float, default=SECONDS, metavar="S", help="temps donné à la recherche")
    cut.add_argument("--json", action="store_true", help="écrire du JSON")


def run(options: argparse.Namespace) -> Iterable[str]:
    """Run the command.

    Raises
    ------
    GeoInputError
        On a département, sizes or a number that cannot be.
    """
    world = open_dataset()
    warn(*world.notices)
    sectors = world.crosswalk.layers[LayerId.ADULT_SECTORS] if options.keep == "secteurs" else None
    board = board_of(world.atlas, options.departement.upper(), by_body=options.whole == "epci", sectors=sectors)
    terms = Terms(options.into or usual_parts(board), options.least, options.most)
    found = divide(board, terms, seconds=options.seconds)
    if options.json:
        return [as_json(division_data(found))]
    lines = [found.sentence]
    for number, plan in enumerate(found.plans, 1):
        lines += ["", f"Division {number} : {found.cut_text(plan)}", *_parts(found, plan)]
    return [*lines, "", CONTIGUITY]


def _parts(found: Divided, plan: Plan) -> list[str]:
    sets = plan.perimeters(found.board)
    return [
        fr.typeset(f"  {name} : {fr.inhabitants(people)}, {fr.count(len(codes), 'commune')}")
        for name, people, codes in zip(plan.part_names(found.board), plan.people, sets, strict=True)
    ]


def division_data(found: Divided) -> dict[str, Any]:
    """Return what was found as plain values: bound, proof, and each division by codes."""
    board = found.board
    return {
        "territoire": board.name,
        "clsm": found.terms.parts,
        "tailles": list(found.terms.sizes),
        "entiers": board.units,
        "a_ne_pas_couper": board.kept,
        "minimum_demontre": found.bound,
        "demontre": found.proven,
        "impossible": found.impossible,
        "secondes": round(found.seconds, 1),
        "phrase": found.sentence,
        "divisions": [
            {
                "coupes": [board.bodies[b].name for b in plan.cut],
                "parties": [
                    {"nom": name, "habitants": people, "communes": sorted(codes)}
                    for name, people, codes in zip(plan.part_names(board), plan.people, plan.perimeters(board), strict=True)
                ],
            }
            for plan in found.plans
        ],
    }  # fmt: skip
