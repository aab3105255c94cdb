"""France ruralités revitalisation (FRR): the zoning that replaced the ZRR on 1 July 2024.

Product `frr.parquet`: code (communes of today), statut, one of STATUSES.
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
    covered,
    one_per_commune,
    refused,
    vintage,
    write,
)
from geo.sources.readers.tables import Form, Source, read_table

STATUSES = (
    "FRR socle",
    "FRR+",
    "FRR bénéficiaire",
    "FRR bénéficiaire partiellement",
    "Classée FRR partiellement",
    "FRR à La Réunion",
    "Non classée",
)
# The Observatoire des territoires writes the classification in figures, with this legend; a commune that is not classified
# has no figure, or -9999.
FIGURES = {
    "4": "FRR socle",
    "5": "FRR+",
    "1": "FRR bénéficiaire",
    "2": "Classée FRR partiellement",
    "3": "FRR à La Réunion",
    "-9999": "Non classée",
    "": "Non classée",
}
KNOWN = {fold(name.replace("+", " plus")): name for name in STATUSES} | {
    "frr": "FRR socle",
    "non classe": "Non classée",
}
CODE = "codeinsee codgeo insee inseecom codecommune inseecode codeinseecommune codeinseedelacommune depcom code"
WORDS = (
    r"(?i)frr( socle| ?\+| plus)?|class[ée]e frr partiellement|frr b[ée]n[ée]ficiaire( partiellement)?|non class[ée]e?"
)
REPEALED = "zones de revitalisation rurale (ZRR), abrogées le 1er juillet 2024 ; prenez la liste France ruralités revitalisation (FRR)."
CODES = r"[0-9AB]{4,5}(\.0)?|=\"[0-9AB]{5}\""
IN_FIGURES = "FRR de l’Observatoire des territoires (codgeo, codefrr)"
FORMS = (
    Form(
        "liste des communes FRR (code de la commune et classement FRR)",
        {"code": CODE, "statut": ".*frr.* .*class.* .*statut.* .*"},
        values={"statut": WORDS, "code": CODES},
        text="(?i)frr|ruralit",
    ),
    Form(
        "ZRR",
        {"code": CODE, "statut": "zrrsimp zonagezrr classementzrr zrr status"},
        values={"statut": r"(?i)(nc|pc|c|p)( ?- ?.*)?|(non |partiellement )?class[ée]e.*"},
        refusal=REPEALED,
    ),
    Form(IN_FIGURES, {"code": CODE, "statut": "codefrr"}, values={"code": CODES}),
)


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read the classification of each commune."""
    source = sources[0]
    table = read_table(source)
    table["statut"] = _statuses(table, source.name, in_figures=source.form.name == IN_FIGURES)
    read = codes_of_today(table["code"].tolist(), table["line"].tolist(), atlas, file=source.name)
    table = table.assign(code=read.code, own=read.own)
    kept, said = one_per_commune(table[table["code"] != ""], ["statut"], file=source.name)
    notes = [*read.notes, *said, *absent_communes(kept["code"], atlas, file=source.name)]
    file = write(kept[["code", "statut"]], destination, "frr.parquet")
    return ReadReport(len(kept), vintage([source]), covered(kept["code"], atlas), tuple(notes), (file,))


def _statuses(table: pd.DataFrame, file: str, *, in_figures: bool) -> pd.Series:
    texts = table["statut"].str.removesuffix(".0") if in_figures else table["statut"]
    meant = FIGURES.get if in_figures else lambda text: KNOWN.get(fold(text.replace("+", " plus")))
    found = texts.map({text: meant(text) for text in texts.unique()})
    wrong = table[found.isna()]
    if not wrong.empty:
        raise GeoInputError(
            refused([f"{file}, ligne {line} : classement « {text} » non reconnu ; attendu : {', '.join(FIGURES if in_figures else STATUSES)}."
                     for text, line in zip(wrong["statut"], wrong["line"], strict=True)], file)
        )  # fmt: skip
    return found


READERS = (Reader("frr", FORMS, parse),)
