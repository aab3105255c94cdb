"""The passage table of INSEE: every code of a commune since 2003, and the commune of today that it leads to.

Product `passage.parquet`: ancien, actuel (code of the table's year), for the codes that changed alone.

Apart because each source has a reader of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, listing
from geo.sources.readers.base import SHOWN, Reader, ReadReport, refused, write
from geo.sources.readers.tables import Form, Source, read_table

CODE = r"[0-9][0-9AB]\d{3}"
FORMS = (
    Form(
        "table de passage de l’INSEE (CODGEO_INI, CODGEO_2026)",
        {"ancien": "codgeoini", "actuel": "codgeo20\\d\\d"},
        values={"ancien": CODE, "actuel": CODE},
    ),
)


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read the codes that changed; a code that the communes here do not have is left out and said."""
    source = sources[0]
    table = read_table(source)
    twice = table.drop_duplicates(["ancien", "actuel"])
    twice = twice[twice["ancien"].duplicated(keep=False)]
    if not twice.empty:
        raise GeoInputError(
            refused([f"{source.name}, ligne {line} : {code} mène à deux communes ; gardez une seule ligne par ancien code."
                     for code, line in zip(twice["ancien"], twice["line"], strict=True)], source.name)
        )  # fmt: skip
    moved = table[table["ancien"] != table["actuel"]].drop_duplicates("ancien")
    here = moved["actuel"].isin({*atlas.row, *atlas.villes.index})
    lost = sorted(set(moved.loc[~here, "actuel"]))
    notes = [f"{source.name} : {count(len(lost), 'commune')} d’arrivée sans contour ici, ou d’une autre année "
             f"({listing(lost, SHOWN)})."] if lost else []  # fmt: skip
    kept = pd.DataFrame(moved.loc[here, ["ancien", "actuel"]]).sort_values("ancien")
    if kept.empty:
        raise GeoInputError(f"{source.name} : aucun ancien code n’y mène à une commune d’aujourd’hui.")
    file = write(kept, destination, "passage.parquet")
    year = source.header_of("actuel")[-4:]
    return ReadReport(len(kept), year, (), tuple(notes), (file,))


READERS = (Reader("passage", FORMS, parse),)
