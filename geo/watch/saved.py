"""Saved perimeters against the data of today: what moved behind each, in sentences that a planner can send on."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from geo import french as fr
from geo.communes import Atlas, history, read_code
from geo.dataset import Dataset, opening_of
from geo.errors import GeoInputError
from geo.exports import open_exported
from geo.scenarios import Opened, Scenario, Vintage, from_file, unpack, vintage_of
from geo.visible import one_line
from geo.watch.news import News, inside

LARGEST = 50_000_000  # bytes of a file
LINK = "lien="
_MOST_SHOWN = 80
_NOT_A_CHANGE = "(panneau Secteurs)"  # ends what a reopening says of claims: they came with the file, nothing moved


@dataclass(frozen=True)
class Saved:
    """What one file or link holds, reopened today: where it comes from, its scenarios, what a reopening says, and the names that
    its communes had (by code; a link has none)."""

    where: str
    opened: Opened
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The perimeters of the file."""
        return self.opened.workbook.scenarios


@dataclass(frozen=True)
class Seen:
    """What is to be said of one perimeter, or of the whole file (`name` is then ""); nothing where nothing changed."""

    where: str
    name: str
    said: tuple[str, ...]


def read_saved_perimeters(given: Sequence[str], world: Dataset) -> list[Saved]:
    """Read files and links: those of scenarios, and every form of perimeter that this dashboard exports.

    Raises
    ------
    GeoInputError
        With a sentence for each that cannot be read; none is then returned.
    """
    found, problems = list[Saved](), list[str]()
    for text in given:
        where = _where(text)
        try:
            found.append(_read(text, where, world))
        except GeoInputError as error:
            problems += [f"{where} : {problem}" for problem in error.problems]
    if problems:
        raise GeoInputError(problems)
    return found


def _where(text: str) -> str:
    shown = text.partition(LINK)[0] + LINK + "…" if LINK in text else Path(text).name
    return one_line(fr.shortened(shown or "lien", _MOST_SHOWN))


def _read(text: str, where: str, world: Dataset) -> Saved:
    atlas, here = world.atlas, vintage_of(world)
    if LINK in text:
        return Saved(where, unpack(_packed(text), atlas, here))
    path = Path(text)
    try:
        if path.stat().st_size > LARGEST:
            raise GeoInputError(f"trop gros ({fr.megabytes(LARGEST)} au plus).")
        body = path.read_bytes()
    except (OSError, ValueError) as error:
        raise GeoInputError(
            "fichier introuvable ou illisible ; donnez un fichier de périmètres, ou un lien."
        ) from error
    if LINK.encode() in body[:4_000] and not body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"PK", b"SQLite")):
        return Saved(where, unpack(_packed(body.decode("utf-8", "replace").split()[0]), atlas, here))
    if body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") and b'"FeatureCollection"' not in body[:2_000]:
        return Saved(where, from_file(body, atlas, here, opening_of(world)), _names(body))
    return Saved(where, _exported(body, path.name, world, here))


def _packed(link: str) -> str:
    """Return the text that a link carries for its perimeters."""
    query = urlsplit(link).query or link
    return parse_qs(query).get("lien", [""])[0]


def _exported(body: bytes, name: str, world: Dataset, here: Vintage) -> Opened:
    return open_exported(body, name, world.atlas, here, opening_of(world), lambda *_: None, threading.Event())


def _names(body: bytes) -> dict[str, str]:
    """Return the names that a file of scenarios gives its communes; it was checked before."""
    content = json.loads(body.decode("utf-8-sig"))
    communes = [c for s in content["scenarios"] for c in s["communes"] if isinstance(c, dict)]
    return {str(c["code"]): str(c["nom"]) for c in communes if isinstance(c.get("nom"), str)}


# --- what moved -------------------------------------------------------------------------------------------------
def watch(saved: Iterable[Saved], news: Sequence[News], world: Dataset, since: dt.date) -> list[Seen]:
    """Return what changed behind each perimeter, file by file; `news` is what `layer_news` found since that day."""
    found = []
    for one in saved:
        whole = tuple(n for n in one.opened.notices if _NOT_A_CHANGE not in n)
        found.append(Seen(one.where, "", tuple(fr.typeset(n) for n in whole)))
        found += [Seen(one.where, s.name, tuple(_behind(s, one.names, news, world, since))) for s in one.scenarios]
    return found


def _behind(
    scenario: Scenario, names: Mapping[str, str], news: Sequence[News], world: Dataset, since: dt.date
) -> list[str]:
    atlas = world.atlas
    codes = sorted(code for code in scenario.codes if code in atlas.row)
    said = [*_renamed(codes, names, atlas, since), *_merged(codes, names, atlas)]
    rows = atlas.rows(codes)
    for one in news:
        said += inside(one, rows, atlas)
    return [fr.typeset(text) for text in dict.fromkeys(said)]


def _renamed(codes: Sequence[str], names: Mapping[str, str], atlas: Atlas, since: dt.date) -> list[str]:
    """Say which communes have another name than in the file, or took theirs since the day."""
    said, held = [], set(codes)
    for code in codes:
        today = str(atlas.names[atlas.row[code]])
        if code in names and fr.fold(names[code]) != fr.fold(today):
            said.append(
                f"Commune renommée : {one_line(names[code])[:_MOST_SHOWN]} ({code}) s’appelle maintenant {today}."
            )
    for name, code, day in history(atlas).old_names:
        if code in held and len(day) == 10 and day >= since.isoformat() and code not in names:
            said.append(
                f"Commune renommée : {name} ({code}) s’appelle {atlas.names[atlas.row[code]]} depuis le {fr.day(day)}."
            )
    return said


def _merged(codes: Sequence[str], names: Mapping[str, str], atlas: Atlas) -> list[str]:
    """Say when a commune of the file that is no more was merged; the reopening itself said into which."""
    said, dates = [], history(atlas).since
    for code, name in names.items():
        reading = read_code(code, atlas) if code not in atlas.row else None
        if (
            reading is not None
            and reading.kind == "former"
            and set(reading.atoms) & set(codes)
            and len(dates.get(code, "")) == 10
        ):
            said.append(
                f"Fusion : {one_line(name)[:_MOST_SHOWN]} ({code}) n’est plus une commune depuis le {fr.day(dates[code])}."
            )
    return said
