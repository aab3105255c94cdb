"""Ways to change bytes, texts, archives and JSON, each led by a seeded generator."""

from __future__ import annotations

import io
import json
import random
import zipfile
from typing import Any

NUMBERS = (b"0", b"-1", b"1e400", b"NaN", b"Infinity", b"99999999999999999999", b"0x10", b"1,5", b"-0")
WORDS = ("", " ", "\u00a0", "NaN", "inf", "=1+1", "<b>", "é", "Ã©", "\u202e", "\x1b[31m", "94028", "1004", "2A004", "00000", "x" * 300,
         "CLSM", "Code INSEE", "https://exemple.org", "\ud7ff", "94028;94033", "75056", "TOTAL", "oui", "\x00", "1e9")  # fmt: skip
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    1e308,
    "",
    "x",
    "94028",
    "\ud800",
    [],
    [[]],
    {},
    {"a": None},
    [None, 1, "x"],
)


def mutated(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Return bytes changed one to four times, in the way that suits them."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        way = rng.random()
        if data[:4] == b"PK\x03\x04" and way < 0.6:
            data = _in_archive(data, rng)
        elif data[:1] in (b"{", b"[") and way < 0.6:
            data = _in_json(data, rng)
        else:
            data = _in_bytes(data, rng, others)
    return data


def _in_bytes(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    if not data:
        return rng.randbytes(rng.randint(0, 40))
    at = rng.randrange(len(data))
    end = min(len(data), at + 1 + int(rng.expovariate(1 / 20)))
    way = rng.randrange(8)
    if way == 0:
        return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
    if way == 1:
        return data[:at] + data[end:]
    if way == 2:
        return data[:at] + data[at:end] * rng.randint(2, 20) + data[end:]
    if way == 3:
        return data[:at]
    if way == 4:
        return data[:at] + rng.choice(NUMBERS) + data[end:]
    if way == 5:
        return data[:at] + rng.choice(WORDS).encode("utf-8", "surrogatepass") + data[end:]
    if way == 6:
        other = rng.choice(others) or b"\0"
        start = rng.randrange(len(other))
        return data[:at] + other[start : start + 200] + data[end:]
    return data[:at] + rng.randbytes(end - at) + data[end:]


def _in_archive(data: bytes, rng: random.Random) -> bytes:
    """Change one member of a zip, and close the zip properly again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zipfile.zlib.error):
        return _in_bytes(data, rng, [data])
    if not members:
        return data
    name = rng.choice(sorted(members))
    way = rng.random()
    if way < 0.1:
        del members[name]
    elif way < 0.15:
        members[f"../{name}"] = members[name]
    else:
        members[name] = _in_bytes(members[name], rng, list(members.values()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, body in members.items():
            archive.writestr(member, body)
    return out.getvalue()


def _in_json(data: bytes, rng: random.Random) -> bytes:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return _in_bytes(data, rng, [data])
    places = list(places_of(content))
    if not places:
        return json.dumps(rng.choice(VALUES)).encode()
    place = rng.choice(places[:500])
    inside = content
    for step in place[:-1]:
        inside = inside[step]
    way = rng.random()
    if way < 0.15:
        del inside[place[-1]]
    elif way < 0.3 and isinstance(inside, list):
        inside.append(inside[place[-1]])
    else:
        inside[place[-1]] = rng.choice((*VALUES, *WORDS))
    return json.dumps(content).encode()


def places_of(value: Any, before: tuple[Any, ...] = ()) -> Any:
    """Yield the place of every value inside a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in pairs:
        yield (*before, key)
        yield from places_of(inside, (*before, key))


def any_json(rng: random.Random, depth: int = 3) -> Any:
    """Make a JSON value of any form."""
    way = rng.random()
    if depth and way < 0.25:
        return [any_json(rng, depth - 1) for _ in range(rng.randint(0, 4))]
    if depth and way < 0.5:
        names = (*"scnvl", "note", "marker", "communes", "code", "nom")
        return {rng.choice(names): any_json(rng, depth - 1) for _ in range(rng.randint(0, 4))}
    return rng.choice((*VALUES, *WORDS))
