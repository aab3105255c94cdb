"""A file that a user holds becomes a draft, in a process of its own or in this one: the door of the import.

The contract of the import of files, whatever reads them:

1. `read_import(source, filename, kind, atlas=…)` looks at the first bytes of a file and gives it to one of two readers:
   `geo.imports.tables.read.read_tables` (CSV, XLSX, ODS) or `geo.imports.shapes.read.read_shapes` (polygons). It returns an
   `ImportDraft`, or raises `GeoInputError` when nothing at all can be had from the file.
2. The screen or the command line shows the draft and its doubts. The caller adds to `draft.answers` and passes them to a second
   `read_import` of the same file, until `draft.settled`; they are kept with the import, for the next file of the same shape.
3. `geo.imports.publish.layer_from(draft, statement)` makes the `Layer` that is kept: what the planner states (source, date, état, where the list
   is complete) fills what the file does not say.

A row is accepted or refused, never dropped in silence: `rows == accepted + refused`. A refusal loses its row only. A repair
and a choice worth knowing are remarks too. Nothing is decided by contents alone: what they propose is asked (`draft.doubts`).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo import isolation
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.files import MAX_BYTES, inspect, safe_name, too_heavy
from geo.imports.draft import ImportDraft, Progress, known_kind
from geo.imports.exported import PERIMETER
from geo.imports.settling import Answers
from geo.isolation import Stop, Tell
from geo.paths import home

if TYPE_CHECKING:
    from geo.imports.shapes.pieces import PiecesOfCities
    from geo.imports.shapes.squares import Squares


def read_import(
    source: Path | bytes,
    filename: str,
    kind: str,
    *,
    atlas: Atlas,
    answers: Answers | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    squares: Squares | None = None,
    pieces: PiecesOfCities | None = None,
    progress: Progress | None = None,
) -> ImportDraft:
    """Read a file that a planner holds; it is judged by its content, its name only serves in messages.

    Parameters
    ----------
    source
        The file, or its bytes (as an upload gives them).
    answers
        What the planner settled, of columns, values, rows and the file (`geo.imports.settling`); everything else is found as without
        it. Those that were given for a file of another shape are left aside.
    encoding
        Python name of the encoding of a text table; found by itself when None.
    sheet
        Sheet of a workbook or layer of a spatial file; the most likely one when None.
    squares
        The population grid, to share the inhabitants of communes that polygons cut; their area does when None.
    pieces
        The IRIS, by which cities that polygons cut are measured first; None when they are not here.
    progress
        Called with the part that is done (0 to 1) and what is being done, in French.

    Raises
    ------
    GeoInputError
        When the file is refused whole: empty, too heavy, of an unknown form, without a usable column or row.
    """
    known_kind(kind)
    if isinstance(source, bytes):
        if len(source) > MAX_BYTES:
            raise GeoInputError(too_heavy(filename, len(source)))
        with tempfile.TemporaryDirectory(prefix="clsm-import-") as folder:
            path = Path(folder) / safe_name(filename)
            path.write_bytes(source)
            return read_import(path, filename, kind, atlas=atlas, answers=answers, encoding=encoding, sheet=sheet,
                               squares=squares, pieces=pieces, progress=progress)  # fmt: skip
    if _is_scenario(source):
        raise GeoInputError(f"{filename} : {PERIMETER}")
    form = inspect(source, filename)
    if form.spatial:
        from geo.imports.shapes.read import read_shapes

        return read_shapes(source, kind, filename=filename, answers=answers, atlas=atlas, layer=sheet, squares=squares, pieces=pieces,
                           progress=progress)  # fmt: skip
    from geo.imports.tables.read import read_tables

    return read_tables(
        source,
        kind,
        filename=filename,
        form=form,
        answers=answers,
        atlas=atlas,
        encoding=encoding,
        sheet=sheet,
        progress=progress,
    )


def _is_scenario(path: Path) -> bool:
    """Tell whether a file is one of the page Périmètre, which opens there."""
    try:
        with path.open("rb") as file:
            start = file.read(4_000).lstrip(b"\xef\xbb\xbf \r\n\t")
    except OSError:
        return False
    return start.startswith(b"{") and b'"perimetres-clsm"' in start


def read_file(
    source: Path | bytes,
    name: str,
    kind: str,
    *,
    atlas: Atlas,
    answers: Answers | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    progress: Tell | None = None,
    stop: Stop | None = None,
) -> ImportDraft:
    """Read a file as `read_import` does, in a process of its own; whatever a parser is surprised by becomes a sentence.

    `stop` ends the reading when it is set.

    Raises
    ------
    StoppedError
        When the reading was cancelled.
    GeoInputError
        When nothing can be taken from the file.
    """
    if isinstance(source, bytes) and len(source) > MAX_BYTES:  # not even written
        raise GeoInputError(too_heavy(name, len(source)))
    options = {
        "name": name,
        "kind": kind,
        "answers": answers,
        "encoding": encoding,
        "sheet": sheet,
        "home": home(),
    }
    draft: ImportDraft = isolation.read(
        read_draft, source, name, atlas=atlas, options=options, tell=progress, stop=stop
    ).result()
    return draft


def read_draft(
    path: Path, atlas: Atlas, tell: Tell, *, name: str, kind: str, home: Path, **options: Any
) -> ImportDraft:
    """Read a file in this process, with the population grid of `home` where outlines may cut communes.

    Raises
    ------
    GeoInputError
        As `read_import`.
    """
    squares, pieces = None, None
    if inspect(path, name).spatial:
        from geo.imports.shapes.pieces import load_pieces
        from geo.imports.shapes.squares import load_squares  # with GeoPandas, which tables need not wait for

        squares, pieces = load_squares(home), load_pieces(atlas, home)
    return read_import(path, name, kind, atlas=atlas, squares=squares, pieces=pieces, progress=tell, **options)
