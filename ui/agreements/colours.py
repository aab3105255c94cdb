"""The colours of the map by answer, on demand: a commune of the perimeter by what it answered, the others by none.

Apart because the map needs it where no panel is open. Colours go by code, as all paints do; beside each stands its text, in the legend and
in the tooltip.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from geo.agreements import COMMUNE, DISPUTED, STATUS_LABELS, Status
from geo.coverage import Scope
from ui import frame, loaders
from ui import map as maps
from ui.cache import Cities

COLOURS = "agreements-colours"
WORD = "Réponse"
PALETTE = {
    Status.DELIBERATED: maps.Swatch("#1f7a6d", STATUS_LABELS[Status.DELIBERATED]),
    Status.AGREED: maps.Swatch("#5fae9f", STATUS_LABELS[Status.AGREED], hatch=True),
    Status.ASKED: maps.Swatch("#efc36b", STATUS_LABELS[Status.ASKED], hatch=True, motif="points"),
    Status.TO_ASK: maps.Swatch("#e3e8ea", STATUS_LABELS[Status.TO_ASK]),
    Status.REFUSED: maps.Swatch("#a4442f", STATUS_LABELS[Status.REFUSED], hatch=True, motif="lignes"),
    Status.UNSAID: maps.Swatch("#cbc2e4", DISPUTED, hatch=True, motif="fines"),
}
_RANKS = {status: rank for rank, status in enumerate(PALETTE)}


def paint(scope: Scope, wanted: Cities = ()) -> maps.Paint | None:
    """Return the colours of a scope's communes by answer, and of the IRIS of the cities named; None while they are not asked for, which costs nothing."""
    if not st.session_state.get(COLOURS) or frame.marked() is not None or not frame.workbook().codes:
        return None
    return painted(scope, wanted)


def painted(scope: Scope, wanted: Cities = ()) -> maps.Paint:
    """Return the colours of a scope's communes by what they answered in the workbook of the session; an IRIS has its commune's."""
    book, atlas = frame.workbook(), loaders.atlas_of(wanted)
    drawn = maps.ground(scope).on(atlas).rows
    ranks = np.full(len(drawn), -1)
    inside = np.isin(drawn, [atlas.row[code] for code in book.codes if code in atlas.row])
    towns, which = np.unique(atlas.table["commune"].to_numpy(dtype=str)[drawn[inside]], return_inverse=True)
    said = [_RANKS[book.agreements.standing(f"{COMMUNE}:{town}").status] for town in towns]
    ranks[inside] = np.array(said, dtype=int)[which] if len(towns) else -1
    return maps.Paint(maps.paint_runs(ranks.tolist()), tuple(PALETTE.values()), WORD)
