"""Bring the commune codes of a published file to the communes of today, and say all that was done to them.

A code that leads nowhere is never dropped in silence: a few of them in a large file are left out and named, more make the
file refused with its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from geo.codes import read_code
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, listing

TOLERATED = 0.01
SHOWN = 12


@dataclass
class Codes:
    """What became of the codes of a column: `code` per row, "" where the row is to be left out.

    `code` is a commune of today (Paris, Lyon and Marseille whole) or one of their arrondissements; `own` tells the rows
    whose code was not changed.
    """

    code: list[str] = field(default_factory=list)
    own: list[bool] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def bring_to_today(texts: Sequence[str], lines: Sequence[int], atlas: Atlas, *, file: str) -> Codes:
    """Read a column of codes.

    Codes of merged communes go to the commune of today; a lost leading zero is put back where the result is a known code;
    communes of the overseas collectivities, which have no outline here, are left out and counted.

    Raises
    ------
    GeoInputError
        When 1 % of the rows or more hold a code that leads nowhere.
    """
    result = Codes()
    known: dict[str, tuple[str, str, str]] = {}
    groups: dict[str, list[str]] = {kind: [] for kind in ("former", "zero", "no_outline")}
    bad: list[str] = []
    for text, line in zip(texts, lines, strict=True):
        if text not in known:
            known[text] = _today(text, atlas)
        code, kind, message = known[text]
        result.code.append(code)
        result.own.append(kind == "own")
        if kind in groups:
            groups[kind].append(message)
        elif kind == "bad":
            bad.append(f"{file}, ligne {line} : {message}")
    if bad and len(bad) >= TOLERATED * len(result.code):
        raise GeoInputError(refused(bad, file))
    result.notes += _notes(groups, file)
    if bad:
        result.notes.append(
            f"{file} : {count(len(bad), 'ligne laissée', 'lignes laissées')} de côté. {listing(bad, SHOWN)}"
        )
    return result


def refused(problems: Sequence[str], file: str) -> list[str]:
    """Cut a long list of problems: the first ones, then how many are left."""
    rest = len(problems) - 20
    return (
        [*problems[:20], f"{file} : … et {count(rest, 'autre ligne', 'autres lignes')} du même ordre."]
        if rest > 0
        else list(problems)
    )


def _today(text: str, atlas: Atlas) -> tuple[str, str, str]:
    """Return the code of today, what was done to get it, and its message."""
    reading = read_code(text.removesuffix(".0"), atlas)
    if reading.kind in ("atom", "city"):
        return reading.text, "own", ""
    if reading.kind == "former":
        current = atlas.former[reading.text][0]
        return current, "former", f"{reading.text} → {current}"
    if reading.kind == "no_outline":
        return "", "no_outline", reading.text
    if reading.text.isdigit() and len(reading.text) == 4:
        padded = read_code(reading.text.zfill(5), atlas)
        if padded.kind in ("atom", "city", "former"):
            current = atlas.former[padded.text][0] if padded.kind == "former" else padded.text
            return current, "zero", f"{reading.text} → {current}"
    return "", "bad", reading.message


def _notes(groups: dict[str, list[str]], file: str) -> Iterable[str]:
    former, zero, far = (list(dict.fromkeys(groups[kind])) for kind in ("former", "zero", "no_outline"))
    if former:
        moved = count(len(former), "ancien code de commune ramené", "anciens codes de communes ramenés")
        yield f"{file} : {moved} à la commune d’aujourd’hui ({listing(former, SHOWN)})."
    if zero:
        yield f"{file} : zéro de tête rétabli sur {count(len(zero), 'code')} ({listing(zero, 3)})."
    if far:
        yield (
            f"{file} : {count(len(far), 'commune')} des collectivités d’outre-mer, sans contour ici, "
            f"{'laissée' if len(far) < 2 else 'laissées'} de côté."
        )


def one_per_commune(frame: pd.DataFrame, columns: Sequence[str], *, file: str) -> tuple[pd.DataFrame, list[str]]:
    """Keep one row a code; `frame` has `code`, `own`, `line` and the `columns` that hold what is known of it.

    The row that bears today's code itself wins over those of communes merged into it; merged communes that disagree
    among themselves keep the first row, and a note says so.

    Raises
    ------
    GeoInputError
        When two rows bear the same code and differ.
    """
    notes: list[str] = []
    own = frame[frame["own"]]
    doubled = own[own.duplicated("code", keep=False)]
    clashes = doubled.drop_duplicates(["code", *columns])
    clashes = clashes[clashes.duplicated("code", keep=False)]
    if not clashes.empty:
        lines = clashes.groupby("code")["line"].agg(list)
        raise GeoInputError(
            refused([f"{file}, lignes {listing(map(str, at))} : {code} figure plusieurs fois, avec des valeurs "
                     "différentes ; gardez une seule ligne." for code, at in lines.items()], file)
        )  # fmt: skip
    if not doubled.empty:
        repeated = doubled["code"].nunique()
        notes.append(
            f"{file} : {count(repeated, 'code répété', 'codes répétés')} à l’identique, une seule ligne gardée."
        )
    ordered = frame.sort_values(["code", "own", "line"], ascending=[True, False, True], kind="stable")
    merged = ordered[~ordered["code"].isin(ordered.loc[ordered["own"], "code"])]
    mixed = merged.drop_duplicates(["code", *columns])
    mixed = mixed.loc[mixed.duplicated("code", keep=False), "code"].unique().tolist()
    if mixed:
        notes.append(
            f"{file} : {count(len(mixed), 'commune')} dont les anciennes communes diffèrent ; la première de la liste "
            f"est retenue ({listing(mixed, SHOWN)})."
        )
    return ordered.drop_duplicates("code").reset_index(drop=True), notes


def absent_communes(codes: Iterable[str], atlas: Atlas, *, file: str) -> list[str]:
    """Name the communes of today that a national list lacks; nothing for a list of a few départements."""
    table = atlas.table
    present = set(codes)
    held = table["commune"].isin(present) | table["code"].isin(present)
    if held.mean() < 0.9 or held.all():
        return []
    lacking = table.loc[~held, "commune"].unique().tolist()
    return [
        f"{file} : {count(len(lacking), 'commune')} d’aujourd’hui n’y figurent pas ({listing(map(atlas.label, lacking), 6)})."
    ]
