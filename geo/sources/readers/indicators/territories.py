"""Rows of published tables on the communes, bodies, départements and regions of today, and counts added up on communes merged since.

A rate of a merged commune is of no commune of today, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from geo.communes import SHAPE_OF_IRIS, Atlas, history
from geo.french import count, fold, listing, noun
from geo.indicators import State
from geo.sources.readers.base import SHOWN, TOLERATED, codes_of_today
from geo.sources.readers.indicators.figures import refuse_repeats, settle

TOTALS = r"total.*|ensemble.*|france.*"
TOTAL = re.compile(rf"(?i)|{TOTALS}|9{{5}}|x+|zz+|fr|nr|non (localis|renseign).*")
ELSEWHERE = {"975", "977", "978", "984", "986", "987", "988", "989", "99", "00", "98"}


GRAVITY = (State.SECRET, State.ABSENT, State.KNOWN)  # a sum is as little known as the least known of its parts


def on_communes(table: pd.DataFrame, atlas: Atlas, notes: list[str], *, file: str) -> pd.DataFrame:
    """Return the rows that are of a commune or an arrondissement of today, with `code`, `was` (the code written, its zero put back) and
    `own` (True when that is the code of today). Rows of totals and of nowhere are left out and counted.

    Raises
    ------
    GeoInputError
        When a code comes twice, or too many lead nowhere.
    """
    texts = table["code"].str.removesuffix(".0").str.upper()
    nowhere = texts.map(lambda text: bool(TOTAL.fullmatch(text)))
    if nowhere.any():
        notes.append(f"{file} : {count(int(nowhere.sum()), 'ligne')} sans commune, de côté.")
    table, texts = table[~nowhere], texts[~nowhere]
    short = texts.str.fullmatch(r"\d{4}")
    if short.any():
        notes.append(f"{file} : zéro de tête rétabli sur {count(int(short.sum()), 'code')}.")
    table = table.assign(was=texts.where(~short, "0" + texts))
    refuse_repeats(table, ["was"], file, "commune")
    read = codes_of_today(table["was"].tolist(), table["line"].tolist(), atlas, file=file)
    notes += read.notes
    placed = table.assign(code=read.code, own=read.own)
    return placed[placed["code"] != ""]


def on_departements(
    table: pd.DataFrame, atlas: Atlas, notes: list[str], *, file: str, regions: bool = False
) -> pd.DataFrame:
    """Return the rows that are of a département (or a region) of today, `code` written as the official code; a region may be named.

    Raises
    ------
    GeoInputError
        When too many codes are of no département.
    """
    bodies = atlas.regions if regions else atlas.departements
    known = {str(code): str(code) for code in bodies.index}
    known |= {str(code).lstrip("0"): str(code) for code in bodies.index if str(code).lstrip("0")}
    known |= {fold(name): str(code) for code, name in bodies["nom"].items()}
    texts = table["code"].str.removesuffix(".0").str.upper()
    code = texts.map(lambda text: known.get(text) or known.get(fold(text), ""))
    lost = table[(code == "") & ~texts.isin(ELSEWHERE) & ~texts.map(lambda text: bool(TOTAL.fullmatch(text)))]
    word = "région" if regions else "département"
    problems = [f"{file}, ligne {line} : « {text[:40]} » n’est pas {'une' if regions else 'un'} {word}."
                for text, line in zip(lost["code"], lost["line"], strict=True)]  # fmt: skip
    if len(lost) >= max(1.0, TOLERATED * len(table)):
        settle(problems, file)
    left = int((code == "").sum())
    if left:
        notes.append(f"{file} : {count(left, 'ligne')} hors des {word}s d’ici, de côté.")
    return table.assign(code=code)[code != ""]


def on_bodies(table: pd.DataFrame, atlas: Atlas, notes: list[str], *, file: str) -> pd.DataFrame:
    """Return the rows that are of an EPCI or an EPT of today, by its SIREN number; the others are left out and named."""
    texts = table["code"].str.removesuffix(".0")
    here = texts.isin(atlas.epci.index.union(atlas.ept.index).astype(str))
    gone = texts[~here].unique().tolist()
    if gone:
        notes.append(
            f"{file} : {count(len(gone), 'EPCI inconnu aujourd’hui', 'EPCI inconnus aujourd’hui')}, de côté ({listing(gone, SHOWN)})."
        )
    return table.assign(code=texts)[here]


def on_iris(table: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return the rows by code of IRIS, each there once.

    Raises
    ------
    GeoInputError
        When a code comes twice, or is of no IRIS.
    """
    table = table.assign(code=table["code"].str.upper())
    wrong = table[~table["code"].str.fullmatch(SHAPE_OF_IRIS.pattern)]
    settle([f"{file}, ligne {line} : « {code[:20]} » n’est pas un code d’IRIS (neuf caractères)."
            for code, line in zip(wrong["code"], wrong["line"], strict=True)], file)  # fmt: skip
    refuse_repeats(table, ["code"], file, "IRIS")
    return table.set_index("code")


# --- figures of the territories of today --------------------------------------------------------------------------
def added_up(
    placed: pd.DataFrame, columns: Iterable[str], atlas: Atlas, notes: list[str], *, file: str, threshold: bool = False
) -> pd.DataFrame:
    """Add counts up by commune of today: `columns` each name a pair `<name>`, `<name>_state` of `placed` (see `on_communes`).

    A sum with a secret part is secret, one with an unknown part unknown. Where what is hidden is said to be under a `threshold`, a sum with a
    secret part is unknown unless the other parts are zero: it may be over it. It is unknown too where a commune merged into it is missing from
    the file, and where a part of its territory has become a commune of its own since. A city whose arrondissements are there is left out:
    it would be counted twice.
    """
    split = [city for city in atlas.parts if placed["code"].isin(atlas.parts[city]).any()]
    if placed["code"].isin(split).any():
        notes.append(f"{file} : {listing(map(atlas.label, split))} par arrondissement ; la ville entière est de côté.")
    placed = placed[~placed["code"].isin(split)]
    grouped = placed.groupby("code")
    result = pd.DataFrame(index=grouped.size().index)
    for name in columns:
        worst = placed[f"{name}_state"].map(GRAVITY.index).astype(int).groupby(placed["code"]).min()
        state = worst.map(dict(enumerate(GRAVITY))).astype(object)
        if threshold:
            state[(state == State.SECRET) & _beyond_threshold(placed, name)] = State.ABSENT
        result[name] = grouped[name].sum(min_count=1).where(state == State.KNOWN)
        result[f"{name}_state"] = state
    holes = _incomplete(placed, atlas) & set(result.index)
    if holes:
        for name in columns:
            result.loc[sorted(holes), [name, f"{name}_state"]] = [np.nan, State.ABSENT]
        shown = listing(map(atlas.label, sorted(holes)), SHOWN)
        notes.append(
            f"{file} : {count(len(holes), 'commune')} d’un autre contour aujourd’hui, en partie absente du fichier : "
            f"valeur inconnue ({shown})."
        )
    return result


def _beyond_threshold(placed: pd.DataFrame, name: str) -> pd.Series:
    """Tell, by code, the sums with a secret part that the threshold does not bound: something may be added to that part."""
    more = (placed[f"{name}_state"] == State.SECRET) | (placed[name] > 0)
    return more.groupby(placed["code"]).sum() > 1


def _incomplete(placed: pd.DataFrame, atlas: Atlas) -> set[str]:
    """Return the communes of today whose territory the rows do not make up."""
    past = history(atlas)
    merged: dict[str, list[str]] = {}
    for old, (today, _) in atlas.former.items():
        merged.setdefault(today, []).append(old)
    given, found = set(placed["was"]), set[str]()
    for today, rows in placed[~placed["own"]].groupby("code"):
        day = min(past.since.get(old, "")[:4] for old in rows["was"])
        lacking = {old for old in merged.get(str(today), ()) if past.since.get(old, "")[:4] >= day} - given
        if day and (lacking or str(today) not in given):
            found.add(str(today))
    for origin, since in past.recreated.items():
        if origin in given and not given.issuperset(since.codes):
            found.add(origin)
    return found


def as_published(placed: pd.DataFrame, notes: list[str], *, file: str) -> pd.DataFrame:
    """Return the rows that bear the code of a commune of today, indexed by it: a rate of a commune that was merged is of none today."""
    left = int((~placed["own"]).sum())
    if left:
        notes.append(
            f"{file} : {count(left, 'taux', 'taux')} de communes fusionnées depuis : "
            f"{noun(left, 'il ne s’ajoute pas, et est', 'ils ne s’ajoutent pas, et sont')} de côté."
        )
    return placed[placed["own"]].set_index("code")
