"""Codes and names of communes, read as the communes of today.

A code means nothing without its year: communes merge, cities are split into arrondissements. Each text is sorted
into one kind, and only the caller decides whether an old code is an error (command line) or a repair (import).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from geo.communes.atlas import Atlas
from geo.communes.iris import SHAPE_OF_IRIS
from geo.communes.names import history, say_date
from geo.errors import GeoInputError
from geo.french import of

Kind = Literal["atom", "city", "former", "no_outline", "malformed", "unknown"]
SHORTENED = re.compile(r"(\d+)(?:[.,](\d*))?E\+?(\d{1,2})")  # as a spreadsheet shows a number too long for its column
SHAPE = re.compile(r"([0-9]{2}|2[AB])[0-9]{3}")


@dataclass(frozen=True)
class CodeReading:
    """What one code text stands for: `atoms` are the atoms of today it leads to (none when it leads nowhere)."""

    text: str
    kind: Kind
    atoms: tuple[str, ...] = ()
    message: str = ""


def read_code(text: str, atlas: Atlas) -> CodeReading:
    """Sort one code: atom, whole city, former code, commune without outline, malformed or unknown.

    Case and outer blanks do not count. A lost leading zero (1001 for 01001) is malformed, with the remedy in the message.
    """
    code = text.strip().upper()
    if code in atlas.row:
        return CodeReading(code, "atom", (code,))
    if code in atlas.parts:
        return CodeReading(code, "city", atlas.parts[code])
    if code in atlas.sans_contour.index:
        name = atlas.sans_contour.at[code, "nom"]
        return CodeReading(
            code,
            "no_outline",
            (),
            f"{code} : {name} est une commune d’une collectivité d’outre-mer, sans contour ici.",
        )
    if code in atlas.former:
        return _former(code, atlas)
    if SHAPE_OF_IRIS.fullmatch(code) and (code[:5] in atlas.row or code[:5] in atlas.opened):
        return CodeReading(code, "unknown", (), _iris(code, atlas))
    if not SHAPE.fullmatch(code):
        return CodeReading(code, "malformed", (), _malformed(code, text, atlas))
    return CodeReading(
        code, "unknown", (), f"{code} : ce n’est ni un code de commune de {atlas.year} ni un ancien code."
    )


def name_of(code: str, atlas: Atlas) -> str:
    """Return the name of a commune of today or of a split city."""
    return str(atlas.names[atlas.row[code]] if code in atlas.row else atlas.villes.at[code, "nom"])


def _iris(code: str, atlas: Atlas) -> str:
    city = atlas.label(code[:5])
    if code[:5] in atlas.opened:
        return f"{code} : aucun IRIS {of(city)} n’a ce code."
    return f"{code} : c’est un IRIS {of(city)}, qui n’est pas ouverte en IRIS ; ouvrez-la, ou prenez-la entière."


def _former(code: str, atlas: Atlas) -> CodeReading:
    current, name = atlas.former[code]
    atoms = atlas.parts.get(current, (current,))
    was = f"{code} ({name})" if name else code
    since = history(atlas).since.get(code, "")
    date = f" depuis {say_date(since)}" if since else ""
    return CodeReading(
        code, "former", atoms, f"{was} : ancien code de commune{date} ; utilisez {current} ({name_of(current, atlas)})."
    )


def _malformed(code: str, text: str, atlas: Atlas) -> str:
    padded = code.zfill(5)
    if len(code) == 4 and padded in atlas.row:
        return f"{code} : il manque le zéro de tête ; utilisez {padded} ({name_of(padded, atlas)})."
    if len(code) == 4 and padded in atlas.former:
        current = atlas.former[padded][0]
        return (
            f"{code} : il manque le zéro de tête, et {padded} est un ancien code ; "
            f"utilisez {current} ({name_of(current, atlas)})."
        )
    shown = " ".join(text.split())[:20] or "(vide)"
    return f"{shown} : un code de commune compte cinq caractères, par exemple 94028 ou 2A004."


def split_codes(text: str) -> list[str]:
    """Split a list typed by a person: commas, semicolons, blanks and line ends all separate codes."""
    return [part for part in re.split(r"[\s,;]+", text) if part]


def atoms_from_codes(texts: Iterable[str], atlas: Atlas) -> tuple[str, ...]:
    """Turn codes of today into atoms; whole cities become their arrondissements.

    Raises
    ------
    GeoInputError
        With one line for each code that is old, malformed or unknown; nothing is repaired in silence.
    """
    readings = [read_code(text, atlas) for text in texts]
    problems = [r.message for r in readings if r.kind not in ("atom", "city")]
    if problems:
        raise GeoInputError(dict.fromkeys(problems))
    if not readings:
        raise GeoInputError("Aucun code de commune n’a été donné.")
    return tuple(sorted({atom for r in readings for atom in r.atoms}))


def in_departement(number: str, departement: str) -> str:
    """Return the INSEE code of the commune that a département numbers (« 28 » or « 028 » in 94 is 94028); "" when it is no such number.

    The départements overseas have three signs, and their communes two; some files repeat the last sign of the département.
    """
    bare = re.sub(r"[.,]0+$", "", number.strip())
    if not departement or not re.fullmatch(r"\d{1,3}", bare):
        return ""
    if len(departement) == 3:
        bare = bare[1:] if len(bare) == 3 and bare[0] == departement[2] else bare
        return departement + bare.zfill(2) if len(bare) <= 2 else ""
    return departement + bare.zfill(3)


def whole_number(text: str) -> str:
    """Return the digits of a whole number that a spreadsheet wrote with a power of ten, "" when some of them are lost.

    « 9,4028E+04 » is 94028; nobody knows the last digits of « 1,00E+03 ».
    """
    match = SHORTENED.fullmatch(text.strip().upper())
    digits, places = (match[1] + (match[2] or ""), int(match[3]) - len(match[2] or "")) if match else ("", 1)
    after = digits[len(digits) + places :] if places < 0 else ""
    return "" if places > 0 or after.strip("0") else digits[: len(digits) + places]
