"""What is to be told of a table as a whole: encoding, sheet, header, the column of names."""

from __future__ import annotations

from collections.abc import Sequence

from geo.french import count, listing
from geo.import_columns import Layout
from geo.import_draft import Remark
from geo.import_rows import Grid


def file_remarks(grid: Grid, grids: Sequence[Grid], layout: Layout) -> list[Remark]:
    """Tell what was understood of the file as a whole."""
    told = []
    if grid.twice:
        told.append(Remark("réparé", "", f"{count(grid.twice, 'lettre accentuée', 'lettres accentuées')} illisible"
                           f"{'s' if grid.twice > 1 else ''} (UTF-8 lu comme du Windows-1252), rétablie{'s' if grid.twice > 1 else ''}."))  # fmt: skip
    if grid.encoding not in ("", "UTF-8"):
        told.append(Remark("à savoir", "", f"texte lu en {grid.encoding}."))
    if len(grids) > 1:
        rest = listing([f"« {g.name} »" for g in grids if g is not grid], 6)
        told.append(Remark("à savoir", "", f"seule la feuille « {grid.name} » est lue ; laissées : {rest}."))
    if layout.header > 0:
        told.append(
            Remark(
                "à savoir", "", f"en-tête trouvé ligne {layout.header + 1} ; ce qui est au-dessus est laissé de côté."
            )
        )
    if layout.header < 0:
        told.append(Remark("à savoir", "", "pas d’en-tête : la première ligne est prise comme une donnée.",
                           "Ajoutez une ligne de titres de colonnes si ce n’est pas le cas."))  # fmt: skip
    guessed = next((c for c in layout.columns if c.role == "nom" and c.confidence < 0.5), None)
    if guessed is not None and layout.header >= 0:
        told.append(Remark("à savoir", f"colonne « {guessed.name} »", "prise comme nom du territoire d’après son seul contenu.",
                           "Vérifiez, ou choisissez une autre colonne."))  # fmt: skip
    if "nom" not in layout.roles and "id" not in layout.roles:
        told.append(Remark("à savoir", "", "aucune colonne ne nomme le territoire : tout le fichier est pris comme un seul "
                           "territoire, du nom du fichier.", "Indiquez la colonne du nom s’il y en a une."))  # fmt: skip
    return told
