"""Commune codes packed in few bytes, for links: independent of any vintage of the data but for whole départements.

Codes are sorted by département and written as bits; each département takes the shortest of four forms (whole, gaps,
runs, one bit a number), so that any part of the largest région fits in about a kilobyte. EPCI are not written by their code, on
purpose: their composition changes from year to year, and a perimeter must come back commune for commune.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from geo.errors import GeoInputError

DEPARTEMENTS = (
    *(f"{n:02d}" for n in range(1, 20)), "2A", "2B", *(f"{n}" for n in range(21, 97)), *(f"{n}" for n in range(971, 989)),
)  # fmt: skip
_WHOLE, _GAPS, _RUNS, _BITS = range(4)
BROKEN = "Ce lien est incomplet ou a été modifié : demandez-le de nouveau à la personne qui l’a envoyé."


def departement_of(code: str) -> str:
    """Return the département that a commune code begins with: 94 for 94028, 2A for 2A004, 974 for 97411."""
    return code[:3] if code[:2] in ("97", "98") else code[:2]


class BitWriter:
    """Bits put one after the other."""

    def __init__(self) -> None:
        self.bits: list[str] = []

    def put(self, value: int, width: int) -> None:
        """Write a number on so many bits."""
        if width:
            self.bits.append(format(value, f"0{width}b"))

    def gamma(self, value: int) -> None:
        """Write a number from 1 up, the smaller the shorter (Elias gamma code)."""
        text = format(value, "b")
        self.bits.append("0" * (len(text) - 1) + text)

    def rice(self, value: int, k: int) -> None:
        """Write a number from 0 up: quotient by 2^k in ones, rest on k bits."""
        self.bits.append("1" * (value >> k) + "0")
        self.put(value & ((1 << k) - 1), k)

    def text(self) -> str:
        """Return the bits as zeros and ones."""
        return "".join(self.bits)

    def data(self) -> bytes:
        """Return the bits as bytes, completed with zeros."""
        text = self.text()
        text += "0" * (-len(text) % 8)
        return int("1" + text, 2).to_bytes(len(text) // 8 + 1, "big")[1:]


class BitReader:
    """Bits read back; running out of them is an error in French."""

    def __init__(self, data: bytes) -> None:
        self.bits = "".join(format(byte, "08b") for byte in data)
        self.at = 0

    def take(self, width: int) -> int:
        """Read a number written on so many bits."""
        end = self.at + width
        if end > len(self.bits):
            raise GeoInputError(BROKEN)
        value = int(self.bits[self.at : end], 2) if width else 0
        self.at = end
        return value

    def gamma(self) -> int:
        """Read a number written by `gamma`."""
        one = self.bits.find("1", self.at)
        if one < 0 or one - self.at > 24:
            raise GeoInputError(BROKEN)
        width = one - self.at + 1
        self.at = one
        return self.take(width)

    def rice(self, k: int) -> int:
        """Read a number written by `rice`."""
        zero = self.bits.find("0", self.at)
        if zero < 0 or zero - self.at > 1000:
            raise GeoInputError(BROKEN)
        quotient = zero - self.at
        self.at = zero + 1
        return (quotient << k) | self.take(k)


def by_departement(codes: Iterable[str]) -> dict[str, frozenset[str]]:
    """Group codes by département."""
    parts: dict[str, set[str]] = {}
    for code in codes:
        parts.setdefault(departement_of(code), set()).add(code)
    return {departement: frozenset(parts[departement]) for departement in sorted(parts)}


def write_codes(writer: BitWriter, codes: Iterable[str], everyone: Mapping[str, frozenset[str]]) -> None:
    """Write codes; `everyone` gives all the codes of each département, to write whole ones by their name."""
    parts = by_departement(codes)
    order = sorted(parts, key=DEPARTEMENTS.index)
    writer.gamma(len(order) + 1)
    last = -1
    for departement in order:
        position = DEPARTEMENTS.index(departement)
        writer.gamma(position - last)
        last = position
        if len(parts[departement]) > 1 and parts[departement] == everyone.get(departement):
            writer.put(_WHOLE, 2)
            continue
        numbers = sorted(int(code[len(departement) :]) for code in parts[departement])
        write_numbers(writer, numbers, 10 if len(departement) == 2 else 7)


def write_numbers(writer: BitWriter, numbers: list[int], width: int) -> None:
    """Write numbers in order, in the shortest form; `width` bits hold the largest."""
    writer.bits.append(min(_forms(numbers, width), key=len))


def _forms(numbers: list[int], width: int) -> list[str]:
    """Return the forms a département's numbers may take, as bits with the mark of the form first."""
    gaps = [numbers[0], *(b - a - 1 for a, b in pairwise(numbers))]
    mean = sum(gaps) // len(gaps)
    best = max(0, mean.bit_length() - 1)
    forms = []
    for k in {max(0, best - 1), best, best + 1}:
        out = BitWriter()
        out.put(_GAPS, 2)
        out.put(k, 4)
        out.gamma(len(numbers))
        for gap in gaps:
            out.rice(gap, k)
        forms.append(out.text())
    out = BitWriter()
    out.put(_RUNS, 2)
    runs = _runs(numbers)
    out.gamma(len(runs))
    end = -1
    for start, length in runs:
        out.gamma(start - end)
        out.gamma(length)
        end = start + length
    forms.append(out.text())
    out = BitWriter()
    out.put(_BITS, 2)
    out.put(numbers[0], width)
    out.put(numbers[-1], width)
    chosen = set(numbers)
    out.bits.append("".join("1" if n in chosen else "0" for n in range(numbers[0], numbers[-1] + 1)))
    forms.append(out.text())
    return forms


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and sum(runs[-1]) == number:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((number, 1))
    return runs


def read_codes(reader: BitReader, everyone: Mapping[str, frozenset[str]]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Read codes written by `write_codes`, with the départements that were written whole.

    The codes have the right shape; whether they exist is for the caller to check.

    Raises
    ------
    GeoInputError
        When the bits make no sense, or a whole département is not in the data.
    """
    codes: set[str] = set()
    whole: list[str] = []
    last = -1
    for _ in range(reader.gamma() - 1):
        last += reader.gamma()
        if last >= len(DEPARTEMENTS):
            raise GeoInputError(BROKEN)
        departement = DEPARTEMENTS[last]
        digits = 5 - len(departement)
        form = reader.take(2)
        if form == _WHOLE:
            if departement not in everyone:
                raise GeoInputError(BROKEN)
            whole.append(departement)
            codes |= everyone[departement]
            continue
        numbers = _read_form(reader, form, 10 if digits == 3 else 7)
        if max(numbers) >= 10**digits:
            raise GeoInputError(BROKEN)
        codes.update(f"{departement}{number:0{digits}d}" for number in numbers)
    return frozenset(codes), tuple(whole)


def read_numbers(reader: BitReader, width: int, most: int) -> list[int]:
    """Read numbers written by `write_numbers`, none above `most`."""
    form = reader.take(2)
    numbers = _read_form(reader, form, width, most) if form != _WHOLE else []
    if not numbers or max(numbers) > most:
        raise GeoInputError(BROKEN)
    return numbers


def _read_form(reader: BitReader, form: int, width: int, most: int = 1000) -> list[int]:
    numbers: list[int] = []
    if form == _GAPS:
        k, count, at = reader.take(4), reader.gamma(), -1
        _bounded(count, most)
        for _ in range(count):
            at += reader.rice(k) + 1
            numbers.append(at)
    elif form == _RUNS:
        count, end = reader.gamma(), -1
        _bounded(count, most)
        for _ in range(count):
            start = end + reader.gamma()
            length = reader.gamma()
            _bounded(start + length - 1, most)
            numbers += range(start, start + length)
            end = start + length
    else:
        first, final = reader.take(width), reader.take(width)
        if final < first:
            raise GeoInputError(BROKEN)
        numbers = [n for n in range(first, final + 1) if reader.take(1)]
    if not numbers:
        raise GeoInputError(BROKEN)
    return numbers


def _bounded(number: int, most: int) -> None:
    if number > most:
        raise GeoInputError(BROKEN)
