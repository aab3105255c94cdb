"""How the people covered add up, CLSM after CLSM, each commune counted once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.coverage import Scope, scope_rows
from geo.coverage_people import Board
from geo.layers import Etat


def covered_curve(scope: Scope, board: Board) -> pd.DataFrame:
    """Return the CLSM in service that hold whole communes of a scope, the largest first.

    Indexed by CLSM id: nom, habitants (of its whole communes inside the scope), ajout (those that none before it covers),
    cumul. Parts of communes are left out; equal sizes are in the order of ids.
    """
    layer = board.crosswalk.layers["clsm"]
    inside = np.zeros(len(board.status), dtype=bool)
    inside[scope_rows(scope, board.atlas)] = True
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
    members = layer.members
    zone, row = members["zone"].to_numpy(), members["row"].to_numpy()
    kept = members["whole"].to_numpy() & inside[row] & running[zone]
    rows = {z: np.unique(row[kept & (zone == z)]) for z in np.unique(zone[kept]).tolist()}
    sizes = {z: float(board.population[r].sum()) for z, r in rows.items()}
    seen = np.zeros(len(board.status), dtype=bool)
    lines = []
    total = 0.0
    for z in sorted(rows, key=lambda z: (-sizes[z], str(layer.zones.index[z]))):
        added = float(board.population[rows[z]][~seen[rows[z]]].sum())
        seen[rows[z]] = True
        total += added
        lines.append((str(layer.zones.index[z]), str(layer.zones["nom"].iat[z]), sizes[z], added, total))
    table = pd.DataFrame(lines, columns=["id", "nom", "habitants", "ajout", "cumul"])
    return table.set_index("id")
