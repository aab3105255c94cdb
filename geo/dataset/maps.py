"""The display geometry of the active data: made by whoever needs it, or ahead of new outlines."""

from __future__ import annotations

from pathlib import Path

from geo.dataset.dataset import Dataset, open_dataset


def derive_maps(destination: Path, opened: Dataset, *, force: bool = False) -> None:
    """Make the display geometry of the active data in `destination`, unless it is there (or `force`)."""
    from geo.display import derive, up_to_date  # with GeoPandas, which no figure waits for

    people = opened.atlas.population if "populations" in opened.synchronised else None
    if force or not up_to_date(destination, people=people, outlines=opened.atlas.path):
        derive(destination, people=people, outlines=opened.atlas.path)


def prepare_maps(destination: Path, outlines: Path, home: Path | None = None) -> None:
    """Make ready the display geometry that new outlines will need, while the former is still shown."""
    from geo.display import derive

    opened = open_dataset(home)
    people = opened.atlas.population if "populations" in opened.synchronised else None
    derive(destination, people=people, outlines=outlines, ahead=True, progress=lambda _: None)
