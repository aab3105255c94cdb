"""What INSEE publishes of each priority quarter (QPV): poverty, median income, AAH; facts of the quarter, and of nothing around it.

Product `quartiers.parquet`: code (QN…), fait (one of FACTS), valeur, annee. What is secret or absent has no row.
See docs/decisions/0024.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, listing
from geo.indicators import State
from geo.sources.readers.base import Reader, ReadReport, vintage, write
from geo.sources.readers.indicators.benefits import AAH, SECRECY
from geo.sources.readers.indicators.figures import read_column, refuse_repeats, settle
from geo.sources.readers.tables import Form, Source, read_table

PRODUCT = "quartiers.parquet"
FACTS = {
    "pauvrete": r"(disp)?tp60(\d\d)?.* (tx|taux(de)?)pauvrete.* prmd60.*",
    "mediane": r"(disp)?med(\d\d|sl)? (nivvie|niveaudevie|revenu)median.*",
    "aah": AAH,
}
QUARTER = r"(?i)QN[0-9AB]{5}[A-Z]"
FORMS = tuple(
    Form(f"indicateurs des quartiers prioritaires ({word})", {"code": ".*", fact: FACTS[fact]}, {f: p for f, p in FACTS.items() if f != fact}, values={"code": QUARTER})
    for fact, word in (("pauvrete", "taux de pauvreté"), ("mediane", "niveau de vie médian"), ("aah", "allocataires de l’AAH"))
)  # fmt: skip


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read every file together; of two years of a fact, the later is kept for each quarter.

    Raises
    ------
    GeoInputError
        With every problem: a figure that is none, a quarter given twice.
    """
    del atlas  # a quarter is in the layer of quarters, which says its communes
    notes: list[str] = []
    every = pd.concat([_read(source, notes) for source in sorted(sources, key=lambda s: s.name)], ignore_index=True)
    if every.empty:
        raise GeoInputError(f"{listing(s.name for s in sources)} : aucun chiffre connu n’y a été trouvé.")
    every = every.sort_values(["code", "fait", "annee"], kind="stable").drop_duplicates(["code", "fait"], keep="last")
    file = write(every, destination, PRODUCT)
    years = listing(sorted({year for year in every["annee"] if year}, reverse=True))
    return ReadReport(every["code"].nunique(), years, (), tuple(dict.fromkeys(notes)), (file,))


def _read(source: Source, notes: list[str]) -> pd.DataFrame:
    table = read_table(source)
    table = table.assign(code=table["code"].str.upper())
    refuse_repeats(table, ["code"], source.name, "quartier")
    problems: list[str] = []
    frames = [pd.DataFrame({"code": [], "fait": [], "valeur": [], "annee": []}).astype({"valeur": float})]
    for fact in (fact for fact in FACTS if fact in source.columns):
        read = read_column(table, fact, problems, file=source.name, name=source.header_of(fact))
        small = (read["value"] < SECRECY) if fact == "aah" else pd.Series(False, index=read.index)
        known = (read["state"] == State.KNOWN) & ~small
        if not known.all():
            notes.append(
                f"{source.name} : « {source.header_of(fact)} » inconnu ou secret pour {count(int((~known).sum()), 'quartier')}."
            )
        frames.append(pd.DataFrame({"code": table.loc[known, "code"], "fait": fact, "valeur": read.loc[known, "value"],
                                    "annee": _year(source, fact)}))  # fmt: skip
    settle(problems, source.name)
    return pd.concat([frame for frame in frames if not frame.empty] or frames[:1], ignore_index=True)


def _year(source: Source, fact: str) -> str:
    written = re.search(r"(?:20)?([12]\d)$", re.sub(r"(?i)tp60", "tp", source.header_of(fact)))
    if written:
        return f"20{written[1]}"
    return vintage([source]) or max(re.findall(r"(?<!\d)20[0-4]\d(?!\d)", source.path.stem), default="")


READERS = (Reader("quartiers", FORMS, parse, several=True),)
