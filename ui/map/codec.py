"""The text in which codes, colours and states travel to the browser: short, and harmless wherever it is put.

The other half is static/js/decode.js.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import groupby

CODE = re.compile(r"(?:\d{2}|2[AB])\d{3}(?:\d{4})?", re.ASCII)  # of a commune, or of an IRIS
Corner = tuple[float, float]  # latitude, longitude
Bounds = tuple[Corner, Corner]  # south-west and north-east corners


def script_json(value: object) -> str:
    r"""Write a value as JSON that stays itself in a script, in a template and in streamlit-folium's rewriting.

    Inside strings only letters, digits, spaces and a few signs are left as they are; all others become \uXXXX:
    `<` and `&` (HTML), backticks, quotes and U+2028 (JavaScript), `{` (templates), `_` and parentheses
    (streamlit-folium replaces some `_names` and one call by text).
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)

    def escape(token: re.Match[str]) -> str:
        # A backslash is kept with what it introduces: an escape json.dumps wrote; \" is rewritten as \u0022.
        inner = token.group()[1:-1].replace('\\"', "\\u0022")
        return '"' + re.sub(r"[^A-Za-z0-9 .,:;/#%+\\-]", lambda sign: f"\\u{ord(sign.group()):04x}", inner) + '"'

    return re.sub(r'"(?:[^"\\]|\\.)*"', escape, text)


def pack_codes(codes: Iterable[str]) -> str:
    """Write codes in three characters each, in their order: « 62:041042;2A:004;791910:101102 ».

    Raises
    ------
    ValueError
        When one is not the code of a commune nor of an IRIS.
    """
    wanted = list(codes)
    wrong = [code for code in wanted if not CODE.fullmatch(code)]
    if wrong:
        raise ValueError(f"not commune codes: {wrong[:5]}")
    return ";".join(
        prefix + ":" + "".join(code[-3:] for code in group) for prefix, group in groupby(wanted, key=lambda c: c[:-3])
    )


def paint_runs(statuses: Sequence[int] | Iterable[int]) -> str:
    """Write statuses (palette numbers 0 to 25, or -1 for none) as runs: « a3bc12 »; at most 1 character a commune
    when no two neighbours in the list agree.

    Raises
    ------
    ValueError
        When a status is out of range.
    """
    parts: list[str] = []
    for status, group in groupby(int(status) for status in statuses):
        if not -1 <= status <= 25:
            raise ValueError(f"status out of range: {status}")
        length = sum(1 for _ in group)
        parts.append(("_" if status < 0 else chr(ord("a") + status)) + (str(length) if length > 1 else ""))
    return "".join(parts)
