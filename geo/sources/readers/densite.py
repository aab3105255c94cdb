"""The density grid of INSEE: 7 levels a commune, grouped in 3 classes.

Product `densite.parquet`: code (communes of today, Paris, Lyon and Marseille whole), niveau (1 to 7, null when the file
has only the classes), classe (1 dense urban, 2 intermediate, 3 rural).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import fold
from geo.sources.readers.base import (
    Reader,
    ReadReport,
    absent_communes,
    codes_of_today,
    one_per_commune,
    present,
    refused,
    vintage,
    write,
)
from geo.sources.readers.tables import Form, Source, read_table

CODE = "codgeo inseecom codecommune codeinsee codecommuneinsee depcom"
LABELS = {
    fold(name): level
    for level, name in enumerate(
        (
            "Grands centres urbains",
            "Centres urbains intermédiaires",
            "Petites villes",
            "Ceintures urbaines",
            "Bourgs ruraux",
            "Rural à habitat dispersé",
            "Rural à habitat très dispersé",
        ),
        start=1,
    )
}
CLASSES = {
    **dict.fromkeys(map(fold, ("Urbain dense", "Communes densément peuplées", "Villes")), 1),
    **dict.fromkeys(map(fold, ("Urbain intermédiaire", "Urbain densité intermédiaire")), 2),
    **dict.fromkeys(map(fold, ("Rural", "Rural dense")), 3),
}
CLASS_OF = {1: 1, 2: 2, 3: 2, 4: 2, 5: 3, 6: 3, 7: 3}
SEVEN = "dens7 densite7 codedens7 niveau7 gd7 grilledensite7 grilledensite7niveaux degrededensite7niveaux"
WORDS = (
    "niveaudensite libelledegredensite libelledegrededensite libelledudegrededensite libdens7 libdens libelledens "
    "libelledensite libgrilledensite7niveaux"
)
FORMS = (
    Form(
        "grille de densité de l’INSEE (CODGEO, DENS et niveau de 1 à 7)",
        needed={"code": CODE, "niveau": SEVEN},
        useful={"classe": "dens dens3"},
    ),
    Form("libellés de niveau (insee_com, niveau_densite)", needed={"code": CODE, "niveau": WORDS}),
    Form(
        "grille de densité en trois classes (CODGEO, DENS)",
        needed={"code": CODE, "niveau": "dens densite degrededensite degrededensitedelacommune degredensite dens3"},
        values={"niveau": "[1-7]"},
    ),
)


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read the grid from one file."""
    source = sources[0]
    table = read_table(source)
    codes = codes_of_today(table["code"].tolist(), table["line"].tolist(), atlas, file=source.name)
    table["code"], table["own"] = codes.code, codes.own
    table = table[table["code"] != ""].reset_index(drop=True)
    table = _levels(table, source)
    kept, repeats = one_per_commune(_whole_cities(table, atlas), ["niveau", "classe"], file=source.name)
    product = kept[["code", "niveau", "classe"]].astype({"niveau": "Int8", "classe": "int8"})
    notes = [*codes.notes, *repeats, *absent_communes(product["code"], atlas, file=source.name)]
    if product["niveau"].isna().any():
        notes.append(f"{source.name} : seules les trois classes y sont, sans les sept niveaux.")
    file = write(product, destination, "densite.parquet")
    return ReadReport(len(product), vintage([source]), present(product["code"], atlas), tuple(notes), (file,))


def _levels(table: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Turn numbers and labels into levels and classes; numbers that never pass 3 are classes."""
    folded = {text: fold(text) for text in table["niveau"].unique()}
    level = {text: int(key) if key in set("1234567") else LABELS.get(key) for text, key in folded.items()}
    classes = {text: CLASS_OF[n] if (n := level[text]) else CLASSES.get(key) for text, key in folded.items()}
    numbers = {key for key in folded.values() if key.isdigit()}
    if source.form is FORMS[2] and numbers <= set("123"):
        classes = {text: level[text] for text in folded}
        level = dict.fromkeys(folded)
    table = table.assign(niveau=table["niveau"].map(level).astype("Float64"), classe=table["niveau"].map(classes))
    wrong = table[table["classe"].isna()]
    if not wrong.empty:
        original = {text for text, value in classes.items() if value is None}
        raise GeoInputError(
            refused([f"{source.name}, ligne {line} : {code}, niveau de densité non reconnu ; attendu : un nombre de 1 à 7 "
                     f"ou le libellé de l’INSEE (trouvé : {', '.join(sorted(original)[:3]) or 'vide'})."
                     for code, line in zip(wrong["code"], wrong["line"], strict=True)], source.name)
        )  # fmt: skip
    return table


def _whole_cities(table: pd.DataFrame, atlas: Atlas) -> pd.DataFrame:
    """Bring arrondissements to their city, which the grid classes whole."""
    city = {atom: name for name, atoms in atlas.parts.items() for atom in atoms}
    inside = table["code"].isin(city)
    return table.assign(code=table["code"].map(lambda c: city.get(c, c)), own=table["own"] & ~inside)


READERS = (Reader("densite", FORMS, parse),)
