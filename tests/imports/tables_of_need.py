"""Reading tables of need in a test: a table from its lines, its first series, what the report tells."""

from __future__ import annotations

from geo.communes import Atlas
from geo.imports import NeedsDraft, Plan, read_needs_draft
from geo.indicators import Series
from tests.support.grid import draw, plain

DRAWN = draw(
    [[100, 200, 300], [400, 500, 600]], former={"01900": ("01002", "Vieux-Bourg"), "01901": ("01002", "Autre-Bourg")}
)


def table(
    header: str, *rows: str, name: str = "besoins.csv", plan: Plan | None = None, atlas: Atlas = DRAWN
) -> NeedsDraft:
    """Read a table of these lines."""
    return read_needs_draft("\n".join([header, *rows]).encode(), atlas, name=name, plan=plan)


def one(draft: NeedsDraft, place: int = 0) -> Series:
    """Return a series of a reading, the first unless told otherwise."""
    return draft.series[place]


def told(draft: NeedsDraft, kind: str = "refusé") -> str:
    """Return what the report tells of one kind, with plain spaces."""
    return plain(" | ".join(str(remark) for remark in draft.remarks if remark.kind == kind))
