"""Tables → the draft of a layer: grids opened, columns understood, rows read, zones drawn up.

Apart because the stages are then read at a glance, in their order.
"""

from __future__ import annotations

from pathlib import Path

from geo.communes import Atlas
from geo.files import FileForm
from geo.imports.draft import ImportDraft, Progress
from geo.imports.settling import Answers
from geo.imports.tables.grid import open_grids
from geo.imports.tables.rows import read_rows
from geo.imports.tables.sheets import understood
from geo.imports.tables.zones import draft_of


def read_tables(
    path: Path,
    kind: str,
    *,
    filename: str,
    form: FileForm,
    atlas: Atlas,
    answers: Answers | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    progress: Progress | None = None,
) -> ImportDraft:
    """Read a table into a draft.

    Raises
    ------
    GeoInputError
        When the file cannot be opened, when no column of communes, EPCI or départements is found, or when no row is kept.
    """
    say = progress or (lambda _done, _what: None)
    say(0.05, "Ouverture du fichier")
    grids = open_grids(path, form, filename, encoding=encoding)
    say(0.25, "Lecture des colonnes")
    table = understood(grids, kind, filename, atlas, answers or Answers(), sheet)
    say(0.4, "Lecture des lignes")
    table = read_rows(table, atlas, table.layout.answers)
    say(0.8, "Mise en forme")
    draft = draft_of(table, path, atlas)
    say(1.0, "Fichier lu")
    return draft
