"""Rows of several years about one territory: the last year counts, the others are told; where rows may be something else, it is asked.

A year beside each commune may also be that of its joining. That the same commune comes back in another year tells that it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.communes import Atlas, is_year
from geo.french import count, fold, listing
from geo.imports.settling import NO, YEARS, YES, Answers, Doubt
from geo.imports.tables.where import Item, single
from geo.imports.vocabulary import YEAR, year_of
from geo.remarks import Remark

SOURCE = "annee_source"
ROLES = (SOURCE, "annee")
BOTH = "ensemble"  # rows of one year that differ: all their communes
MOST_ROWS = 200


@dataclass(frozen=True)
class Dated:
    """What became of territories whose rows are of several years: the rows kept of each, those left, what is said and asked."""

    territories: Sequence[list[Item]]
    left: tuple[Item, ...] = ()
    remarks: tuple[Remark, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def of_last_years(territories: Sequence[list[Item]], answers: Answers, atlas: Atlas) -> Dated:
    """Keep, of the rows of each territory, those of its last year; asked where no commune comes back from year to year."""
    dated = {n: years for n, items in enumerate(territories) if (years := _years(items, atlas))}
    if not dated:
        return Dated(territories)
    yearly = any(_comes_back(territories[n], years, atlas) for n, years in dated.items())
    answer = answers.get(YEARS)
    lines = [item.record.line for n in dated for item in territories[n]]
    doubts = [_asked(answer or (NO if yearly else YES), lines, blocking=not yearly and answer is None)]
    if (answer or (NO if yearly else YES)) != NO:
        return Dated(territories, doubts=tuple(doubts))
    kept, left, remarks = list(territories), list[Item](), list[Remark]()
    for n, years in dated.items():
        items, last = territories[n], max(years)
        # A row without a year may be of any: it stays.
        now = [item for item, year in zip(items, years, strict=True) if year in ("", last)]
        gone = [(item, year) for item, year in zip(items, years, strict=True) if year not in ("", last)]
        remarks.append(_told(items[0].record.cells["nom"], last, gone, undated="" in years))
        kept[n], asked = _settled(now, answers, atlas)
        doubts += asked
        left += [item for item in items if item not in kept[n]]
    return Dated(kept, tuple(left), tuple(remarks), tuple(doubts))


def _years(items: Sequence[Item], atlas: Atlas) -> list[str]:
    """Return the year of each row, "" where it states none; nothing where no column of years differs.

    The year of a source tells of another state of the territory only where a commune comes back under another.
    """
    for role in ROLES:
        years = [_year(item.record.cells.get(role, "")) for item in items]
        if len(set(years) - {""}) > 1 and (role != SOURCE or _comes_back(items, years, atlas)):
            return years
    return []


def _year(text: str) -> str:
    """Return a year, or a period as « 2020-2022 », "" for any other text."""
    said = YEAR.findall(text)
    year = "-".join(said) if len(said) == 2 else year_of(text)
    return year if year and all(map(is_year, year.split("-"))) else ""


def _places(item: Item, atlas: Atlas) -> frozenset[int]:
    return frozenset((*item.reading.sure, *single(item.reading.loose, atlas)))


def _comes_back(items: Sequence[Item], years: Sequence[str], atlas: Atlas) -> bool:
    """Tell whether a commune of the last year was given in another: then a year is that of a state of the territory.

    Of rows of one commune each, the last year must hold half of them: where it holds fewer, some may only have joined again.
    """
    last = max(years)
    now = {row for item, year in zip(items, years, strict=True) if year == last for row in _places(item, atlas)}
    before = {
        row for item, year in zip(items, years, strict=True) if year not in ("", last) for row in _places(item, atlas)
    }
    lists = all(item.reading.listed for item in items)
    return bool(now & before) and (lists or 2 * len(now) >= len(now | before))


def _asked(proposal: str, lines: Sequence[int], *, blocking: bool) -> Doubt:
    options = (
        ("seulement la dernière année de chaque territoire", NO),
        ("toutes les lignes, quelle que soit l’année", YES),
    )
    said = "Des territoires ont des lignes de plusieurs années : seules celles de la dernière comptent-elles, ou l’année est-elle celle de l’arrivée de chaque commune ?"
    return Doubt(
        "feuille", YEARS, said, proposal=proposal, candidates=options, rows=tuple(lines[:MOST_ROWS]), blocking=blocking
    )


def _told(name: str, last: str, gone: Iterable[tuple[Item, str]], *, undated: bool) -> Remark:
    lines: dict[str, list[str]] = {}
    first = 0
    for item, year in gone:
        lines.setdefault(year, []).append(str(item.record.line))
        first = first or item.record.line
    rows = listing(
        [f"{year} (ligne{'s' if len(lines[year]) > 1 else ''} {listing(lines[year], 6)})" for year in sorted(lines)], 8
    )
    also = " ; ses lignes sans année sont lues aussi" if undated else ""
    message = f"l’année {last} est retenue ; laissées : {rows}{also}."
    return Remark("à savoir", f"territoire « {name[:60]} »", message, "Dites si toutes les lignes comptent.", first)


def _settled(items: list[Item], answers: Answers, atlas: Atlas) -> tuple[list[Item], list[Doubt]]:
    """Ask which of several lists of the same year is right, where they differ; meanwhile all their communes are taken."""
    lists = [item for item in items if item.reading.listed]
    if len(lists) < 2 or len({_places(item, atlas) for item in lists}) < 2:
        return items, []
    name = items[0].record.cells["nom"]
    key = f"ligne/{fold(name)}/annee"[:200]
    answer = answers.get(key)
    options = [
        (f"la ligne {item.record.line} ({count(len(_places(item, atlas)), 'commune')})", str(item.record.line))
        for item in lists[:10]
    ]
    said = f"« {name[:60]} » : {count(len(lists), 'ligne')} de la même année, de composition différente ; laquelle est juste ?"
    doubt = Doubt("ligne", key, said, value=name, proposal=answer or BOTH, rows=tuple(item.record.line for item in lists[:MOST_ROWS]), zone=name,
                  candidates=(("toutes ensemble", BOTH), *options), blocking=answer is None)  # fmt: skip
    chosen = [item for item in items if item not in lists or str(item.record.line) == answer]
    return (chosen if answer and answer != BOTH and chosen else items), [doubt]
