"""Cities opened into IRIS in a workbook: opening, closing, and the few characters of a link that carry them.

A link's text is that of the workbook in whole communes, then, when cities are opened, a dot and a text of its own: the cities, and the
IRIS of each scenario by their numbers in the commune, so that it stays short and depends on no vintage. A city that a scenario has
whole is among the communes of the first text.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from geo import french as fr
from geo.communes import SHAPE_OF_IRIS, Atlas
from geo.errors import GeoInputError
from geo.scenarios.bitcode import BROKEN, BitReader, BitWriter, read_codes, read_numbers, write_codes, write_numbers
from geo.scenarios.scenario import Scenario, Workbook

MARK = "."
MOST_OPENED = 200
_FORM = "1"
_WIDTH, _MOST = 14, 9_999
_CHECK = 4
# Given the cities that a link or a file opens, the communes with those that can be, and what is said of the others.
Opening = Callable[[frozenset[str]], tuple[Atlas, tuple[str, ...]]]


def open_cities(workbook: Workbook, atlas: Atlas) -> Workbook:
    """Return the workbook with the cities that `atlas` has opened, those it has whole by all their IRIS."""
    opened = frozenset(atlas.opened)
    scenarios = (
        replace(s, codes=_fine(s.codes, atlas), locked=_fine(s.locked, atlas)) if s.codes & opened else s
        for s in workbook.scenarios
    )
    return replace(workbook, scenarios=tuple(scenarios), opened=opened)


def close_city(workbook: Workbook, city: str, atlas: Atlas) -> Workbook:
    """Return the workbook with a city whole again; `atlas` has it opened.

    Raises
    ------
    GeoInputError
        When a scenario has a part of it only: nothing is added nor taken away in silence.
    """
    pieces = frozenset(atlas.opened.get(city, ()))
    cut = [s for s in workbook.scenarios if s.codes & pieces and not pieces <= s.codes]
    if cut:
        raise GeoInputError(
            f"{atlas.label(city)} : « {s.name} » en a {fr.number(len(s.codes & pieces))} IRIS sur {fr.number(len(pieces))} ; prenez-la "
            "entière ou retirez-la avant de la refermer."
            for s in cut
        )
    scenarios = (
        replace(s, codes=_coarse(s.codes, {city: pieces}), locked=_coarse(s.locked, {city: pieces}))
        for s in workbook.scenarios
    )
    return replace(workbook, scenarios=tuple(scenarios), opened=workbook.opened - {city})


def followed(workbook: Workbook, atlas: Atlas) -> tuple[Workbook, tuple[str, ...]]:
    """Return a workbook on data that changed since it was drawn, and what is said of it: `atlas` has opened those of its cities that can
    be today, and the IRIS that are no more are left out."""
    lost = {
        code for s in workbook.scenarios for code in s.codes if SHAPE_OF_IRIS.fullmatch(code) and code not in atlas.row
    }
    if not lost and workbook.opened == frozenset(atlas.opened):
        return workbook, ()
    scenarios = tuple(replace(s, codes=s.codes - lost, locked=s.locked - lost) for s in workbook.scenarios)
    made = replace(workbook, scenarios=scenarios, opened=frozenset(atlas.opened))
    return open_cities(made, atlas), tuple(_said_of_gone(lost, atlas))


def _said_of_gone(lost: Iterable[str], atlas: Atlas) -> Iterable[str]:
    for city, number in sorted(Counter(code[:5] for code in lost).items()):
        verb, left = ("n’est", "laissé") if number == 1 else ("ne sont", "laissés")
        yield f"{atlas.label(city)} : {fr.count(number, 'IRIS', 'IRIS')} de vos scénarios {verb} plus dans les données, {left} de côté."


def in_communes(codes: Iterable[str], atlas: Atlas) -> frozenset[str]:
    """Return codes where each opened city that is there with all its IRIS is one commune again."""
    return _coarse(frozenset(codes), {city: frozenset(pieces) for city, pieces in atlas.opened.items()})


def _fine(codes: frozenset[str], atlas: Atlas) -> frozenset[str]:
    return frozenset(piece for code in codes for piece in atlas.opened.get(code, (code,)))


def _coarse(codes: frozenset[str], cities: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return codes where each city that is there with all its IRIS is one code again."""
    for city, pieces in cities.items():
        if pieces and pieces <= codes:
            codes = (codes - pieces) | {city}
    return codes


# --- in a link ----------------------------------------------------------------------------------------------------
def whole_communes(workbook: Workbook, atlas: Atlas) -> tuple[Workbook, list[frozenset[str]]]:
    """Return the workbook in whole communes, and the IRIS left of each scenario: all of them, then those locked."""
    cities = {city: frozenset(atlas.opened.get(city, ())) for city in workbook.opened}
    scenarios: list[Scenario] = []
    left: list[frozenset[str]] = []
    for scenario in workbook.scenarios:
        codes, locked = _coarse(scenario.codes, cities), _coarse(scenario.locked, cities)
        fine, held = (frozenset(filter(SHAPE_OF_IRIS.fullmatch, some)) for some in (codes, locked))
        scenarios.append(replace(scenario, codes=(codes - fine) | (locked - held), locked=locked - held))
        left += [fine, held]
    return replace(workbook, scenarios=tuple(scenarios), opened=frozenset()), left


def write_opened(text: str, opened: Iterable[str], left: list[frozenset[str]]) -> str:
    """Return a link's text with the opened cities and the IRIS behind it."""
    writer = BitWriter()
    write_codes(writer, opened, {})
    for codes in left:
        heads = sorted({code[:5] for code in codes})
        write_codes(writer, heads, {})
        for head in heads:
            write_numbers(writer, sorted(int(code[5:]) for code in codes if code[:5] == head), _WIDTH)
    body = writer.data()
    return f"{text}{MARK}{_FORM}{_plain64(_checksum(text, body) + body)}"


def read_opened(text: str, fine: str, scenarios: int) -> tuple[frozenset[str], list[frozenset[str]]]:
    """Read what `write_opened` wrote behind a link's text: the cities, and the IRIS of so many scenarios.

    Raises
    ------
    GeoInputError
        When it was cut, changed, or is of another version.
    """
    if fine[:1] != _FORM:
        raise GeoInputError("Ce lien ouvre des villes d’une façon que cette version du tableau de bord ne connaît pas.")
    try:
        data = base64.b64decode((fine[1:] + "=" * (-len(fine[1:]) % 4)).encode("ascii"), b"-_", validate=True)
    except ValueError as error:
        raise GeoInputError(BROKEN) from error
    body = data[_CHECK:]
    if not body or data[:_CHECK] != _checksum(text, body) or _FORM + _plain64(data) != fine:
        raise GeoInputError(BROKEN)
    reader = BitReader(body)
    opened = read_codes(reader, {})[0]
    left = []
    for _ in range(2 * scenarios):
        heads = sorted(read_codes(reader, {})[0])
        left.append(
            frozenset(f"{head}{number:04d}" for head in heads for number in read_numbers(reader, _WIDTH, _MOST))
        )
    if len(opened) > MOST_OPENED or len(reader.bits) - reader.at >= 8 or "1" in reader.bits[reader.at :]:
        raise GeoInputError(BROKEN)
    return opened, left


def with_iris(workbook: Workbook, atlas: Atlas, left: list[frozenset[str]]) -> tuple[Workbook, list[str]]:
    """Return a workbook read in whole communes with the IRIS of each scenario, and a sentence about those that are not here."""
    scenarios, lost = [], set[str]()
    for at, scenario in enumerate(workbook.scenarios):
        here, held = (frozenset(code for code in left[2 * at + i] if code in atlas.row) for i in (0, 1))
        lost |= (left[2 * at] | left[2 * at + 1]) - here - held
        locked = scenario.locked | held
        scenarios.append(replace(scenario, codes=scenario.codes | here | locked, locked=locked))
    return replace(workbook, scenarios=tuple(scenarios), opened=frozenset(atlas.opened)), list(
        said_of_lost(lost, atlas)
    )


def said_of_lost(lost: Iterable[str], atlas: Atlas) -> Iterable[str]:
    """Say which IRIS a workbook has that cannot be chosen here."""
    cities: dict[str, int] = {}
    for code in lost:
        cities[code[:5]] = cities.get(code[:5], 0) + 1
    for city, number in sorted(cities.items()):
        left = "laissé" if number == 1 else "laissés"
        yield f"{atlas.label(city)} : {fr.count(number, 'IRIS', 'IRIS')} de cet envoi ne peuvent être choisis ici, {left} de côté."


def _plain64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _checksum(text: str, body: bytes) -> bytes:
    return hashlib.blake2b(text.encode() + body, digest_size=_CHECK, person=b"clsm-iris").digest()
