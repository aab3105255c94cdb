"""Polygons of a planner's file → the draft of a layer: `Features` opened, understood, cleaned, assigned to communes, drawn up.

Every feature is accepted or refused with its reason. Apart because the stages are then read at a glance, in their order.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from geo.communes import Atlas
from geo.imports.draft import ImportDraft, Progress
from geo.imports.settling import Answers
from geo.imports.shapes.assign import assign
from geo.imports.shapes.attributes import understand
from geo.imports.shapes.clean import clean
from geo.imports.shapes.open import open_features
from geo.imports.shapes.pieces import PiecesOfCities
from geo.imports.shapes.squares import Squares
from geo.imports.shapes.zones import draft_of


def read_shapes(
    path: Path,
    kind: str,
    *,
    filename: str,
    atlas: Atlas,
    answers: Answers | None = None,
    layer: str | None = None,
    squares: Squares | None = None,
    pieces: PiecesOfCities | None = None,
    progress: Progress | None = None,
) -> ImportDraft:
    """Read a file of polygons; parameters are those of `geo.imports.read_import`.

    With the answer WHOLE_COMMUNES, the planner states that territories are made of whole communes, coarsely drawn; each commune
    then goes whole to the territory that holds more than half of it.

    Raises
    ------
    GeoInputError
        When the file is refused whole, or when no territory can be had from it; every reason is then listed.
    """
    tell = progress or (lambda _share, _text: None)
    settled = answers or Answers()
    tell(0.0, "Lecture du fichier")
    with tempfile.TemporaryDirectory(prefix="clsm-import-") as folder:
        features = open_features(path, filename, Path(folder), layer)
    features = understand(features, kind, settled)
    tell(0.15, "Contrôle des contours")
    features = clean(features, atlas, features.answers)
    features = assign(
        features, atlas, kind, features.answers, squares, lambda done, text: tell(0.3 + 0.6 * done, text), pieces
    )
    tell(0.92, "Préparation de l’aperçu")
    draft = draft_of(features, kind, path, atlas)
    tell(1.0, "Fichier lu")
    return draft
