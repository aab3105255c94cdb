"""What the headers and the cells of a table propose of each of its columns: a count, a rate, a denominator; the person confirms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from geo.french import fold, number
from geo.imports.headers import role_of
from geo.imports.needs.places import grain_of_header
from geo.imports.needs.plan import Item, NeedColumn, Way
from geo.indicators import Cell, CellKind, read_cells

EXAMPLES = 4
_COUNT = re.compile(
    r"(?:nb|nbre|nbr|nombre|effectifs?|eff|total|n|personnes|patients|deces|sejours|hospitalisations|beneficiaires|allocataires)\b.*"
)
_BELOW = re.compile(
    r"(?:denominateur|den|population|pop|p\d\d (?:pop|men|log)|habitants|pmun|ptot|(?:nb|nbre|nombre) (?:d )?hab(?:itants)?|menages|logements|effectif total)\b.*"
)
_RATE = re.compile(
    r".*\b(?:taux|tx|part|parts|pct|pourcentage|proportion|prevalence|incidence|indice|score|ratio|mediane?|moyenne?|niveau de vie|revenus?"
    r"|densite|standardise|standardisee|smr|ismm?|apl|fdep|accessibilite)\b.*"
)
_YEAR = re.compile(r"(?:annees?|millesime|periode|an|date)\b.*")
_TOP = re.compile(r"(?:numerateur|num)\b\s*(.*)")
_PER = re.compile(r"(?:pour|p|/)\s*(1(?:[\s\u00a0\u202f.]?0{3}|0{1,2})(?:[\s\u00a0\u202f.]?0{3})*)(?!\d)")
_ASIDE = re.compile(r"(?<!\s)\s*+\([^()]*\)$")
_PERIOD = re.compile(r"(?<!\d)(?:19|20)\d\d(?:\s?[-–/]\s?(?:19|20)\d\d)?(?!\d)")
_EVOLVES = re.compile(r"\b(?:evolution|variation|croissance|ecart|solde|tendance)\b")
_COUNTED = re.compile(
    r"^(?:nb|nbre|nbr|nombre|effectifs?|total|numerateur|num|n)\s*(?:de\s+|d['’]|des\s+|du\s+)?", re.IGNORECASE
)


def describe(name: str, texts: Sequence[str]) -> tuple[NeedColumn, list[Cell]]:
    """Return what a column holds, and its cells read."""
    cells = read_cells(texts)
    kinds = [cell.kind for cell in cells]
    shown = tuple(dict.fromkeys(text.strip()[:40] for text in texts if text.strip()))[:EXAMPLES]
    found = NeedColumn(
        name, shown, kinds.count(CellKind.NUMBER), kinds.count(CellKind.SECRET), kinds.count(CellKind.UNKNOWN), kinds.count(CellKind.UNREADABLE),
        _threshold(cells),
    )  # fmt: skip
    return found, cells


def _threshold(cells: Sequence[Cell]) -> int:
    """Return the threshold that hidden figures are written under: of several, the largest that no figure shown is under."""
    written = sorted({cell.under for cell in cells if cell.under}, reverse=True)
    least = min(
        (cell.number for cell in cells if cell.kind is CellKind.NUMBER and cell.number > 0), default=float("inf")
    )
    return next((under for under in written if under <= least), written[-1] if written else 0)


def years_of(names: Sequence[str]) -> dict[str, str]:
    """Return the year of each column whose header differs from another's by its year alone: « Nb patients 2021 », « Nb patients 2022 »."""
    found = {name: told[0] for name in names if len(told := [match[0] for match in _PERIOD.finditer(name)]) == 1}
    groups = Counter(fold(_PERIOD.sub(" ", name)) for name in found)
    return {name: year for name, year in found.items() if groups[fold(_PERIOD.sub(" ", name))] > 1}


def evolves(name: str) -> bool:
    """Tell whether a header is that of a change, which may be under zero or over 100 %."""
    return bool(_EVOLVES.search(fold(name)))


def propose(column: NeedColumn, cells: Sequence[Cell], names: Sequence[str]) -> Item:
    """Propose what a column is, from its header (`names`: those of all columns) and its cells; its way is None when nothing tells."""
    numbers = [cell.number for cell in cells if cell.kind is CellKind.NUMBER]
    made = Item(column.name, label=label_of(column.name), secrecy=column.under)
    if not column.is_figures or _is_key(column.name, numbers):
        return replace(made, way=Way.UNUSED)
    word = fold(column.name)
    percent = "%" in column.name or sum(cell.percent for cell in cells) > len(numbers) / 2
    if (top := _TOP.fullmatch(word)) and (below := _below_of(top[1], names)):
        return replace(_with_unit(made, percent=True), way=Way.RATIO, denominator=below)
    if _BELOW.fullmatch(word) and not percent:
        return replace(made, way=Way.BELOW)
    if percent or _RATE.fullmatch(word):
        made = replace(_with_unit(made, percent=percent or "part" in word.split()), way=Way.RATE)
        bare = [cell.number for cell in cells if cell.kind is CellKind.NUMBER and not cell.percent]
        small = made.unit == "%" and all(0 <= n <= 1 for n in bare) and any(0 < n < 1 for n in bare)
        return replace(made, scale=None) if small else made
    if _COUNT.fullmatch(word):
        return replace(made, way=Way.COUNT, unit=_counted(column.name), counted=_counted(column.name))
    return made


def _is_key(name: str, numbers: Sequence[float]) -> bool:
    """Tell whether a column names or dates the rows more than it measures them."""
    years = _YEAR.fullmatch(fold(name)) and all(1990 <= n <= 2050 for n in numbers)
    return bool(years) or grain_of_header(name) is not None or role_of(name, "clsm") in ("id", "code_postal")


def label_of(name: str) -> str:
    """Return the wording of an indicator that a header proposes."""
    bare = " ".join(name.replace("_", " ").split())
    short = re.match(r"(?:nb|nbre|nbr)\b\.?\s*(.*)", bare, flags=re.IGNORECASE)
    if short and not short[1]:
        bare = "Nombre"
    elif short and not short[1][0].isalpha():
        bare = f"Nombre {short[1]}"
    elif short:
        linked = re.match(r"(?:de |des |du |d['’])", short[1], flags=re.IGNORECASE)
        link = "" if linked else "d’" if fold(short[1])[0] in "aeiouyh" else "de "
        bare = f"Nombre {link}{short[1]}"
    return bare[:1].upper() + bare[1:200]


def _counted(name: str) -> str:
    bare = " ".join(name.replace("_", " ").split())
    rest = _COUNTED.sub("", bare).strip()
    rest = (_ASIDE.sub("", rest) or rest.strip("()")).strip()[:80] or "personnes"
    rest = rest if any(sign.isalpha() for sign in rest) else "personnes"
    return rest if rest[1:2].isupper() else rest[:1].lower() + rest[1:]


def _below_of(rest: str, names: Sequence[str]) -> str:
    """Return the denominator that goes with a numerator of the same words."""
    wanted = {f"denominateur {rest}".strip(), f"den {rest}".strip()}
    return next((name for name in names if fold(name) in wanted), "")


def _with_unit(item: Item, *, percent: bool) -> Item:
    """Return an item with the multiplier and the unit that its header names: « pour 100 000 habitants », « % »."""
    name, word = item.column, fold(item.column)
    match = _PER.search(name.replace("pour mille", "pour 1000")) or _PER.search(word)
    base = int(re.sub(r"\D", "", match[1])) if match else 0
    if base > 100:
        people = "hab" in word
        unit = f"pour {number(base)}{' habitants' if people else ''}"
        return replace(item, multiplier=float(base), unit=unit, among="habitants" if people else "")
    if "‰" in name:
        return replace(item, multiplier=1000.0, unit=f"pour {number(1000)}")
    if percent or base == 100:
        return replace(item, multiplier=100.0, unit="%")
    return replace(item, unit="€" if "€" in name or re.search(r"\b(?:euros?|revenus?|niveau de vie)\b", word) else "")
