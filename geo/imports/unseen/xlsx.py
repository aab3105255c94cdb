"""What the sheets of an XLSX do not show, read from its XML. Each pattern stays inside one tag, so that no text makes it slow."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import PurePosixPath

from geo.imports.unseen.sheet import (
    Said,
    Unseen,
    columns_said,
    comments_said,
    formulas_said,
    struck_said,
)

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^<>]*)>")
_LINK = re.compile(rb"<(?:\w+:)?Relationship\s([^<>]*)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s([^<>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^<>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*[^/<>])>(?:\s*<(?:\w+:)?v>(\d{1,9})<)?")
_CELL_ENDS = re.compile(rb"</(?:\w+:)?c>")
_FORMULA = re.compile(rb"\s*<(?:\w+:)?f\b")
_RESULT = re.compile(rb"<(?:\w+:)?v>[^<]|<(?:\w+:)?is>")
_COMMENT = re.compile(rb"<(?:\w+:)?comment\s([^<>]*)>")
_COMMENT_ENDS = re.compile(rb"</(?:\w+:)?comment>")
_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^<>]*)?>([^<]*)<")
_FONT = re.compile(rb"<(?:\w+:)?font(?=[\s/>])")
_STRIKE = re.compile(rb"<(?:\w+:)?strike(?:\s+val=[\"'](?:1|true)[\"'])?\s*/>")
_FORMAT = re.compile(rb"<(?:\w+:)?xf\s([^<>]*)>")
_STRING_ENDS = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
_RUN = re.compile(rb"<(?:\w+:)?r(?=[\s>])")
_ATTRIBUTE = re.compile(rb"(?<![\w:-])([\w:-]+)\s*=\s*[\"']([^\"']*)[\"']")


@dataclass(frozen=True)
class _Struck:
    """What strikes out in a workbook: numbers of formats of cells, and of texts that cells share, all of it or some."""

    formats: frozenset[str] = frozenset()
    whole: frozenset[int] = frozenset()
    some: frozenset[int] = frozenset()


def of_xlsx(archive: zipfile.ZipFile) -> Mapping[str, Unseen]:
    """Return what each sheet of an XLSX does not show."""
    names, struck = set(archive.namelist()), _struck_of(archive)
    found = {}
    for name, part in _parts(archive).items():
        if part in names:
            text = archive.read(part)
            rows, crossed = _struck_rows(text, struck)
            said = (*_formulas(text), *_hidden_columns(text), *_comments(archive, part), *crossed)
            found[name] = Unseen(_of_sheet(text), rows, said)
    return found


def _formulas(content: bytes) -> list[Said]:
    places = []
    for piece in _CELL_ENDS.split(content)[:-1]:
        cells = list(_CELL.finditer(piece))
        if not cells:
            continue
        cell = cells[-1]
        after = piece[cell.end(1) + 1 :]
        if _FORMULA.match(after) and not _RESULT.search(after):
            known = _attributes(cell[1])
            places += [known.get("r", "")] if known.get("t") != "str" else []  # a text may well be empty
    return formulas_said(places)


def _hidden_columns(content: bytes) -> list[Said]:
    columns = [_attributes(m) for m in _COLUMN.findall(content) if b"hidden" in m]
    shut = [
        c
        for c in columns
        if c.get("hidden") in ("1", "true") and c.get("min", "").isdigit() and c.get("max", "").isdigit()
    ]
    return columns_said((int(c["min"][:6]) - 1, int(c["max"][:6]) - 1) for c in shut)


def _comments(archive: zipfile.ZipFile, part: str) -> list[Said]:
    path = PurePosixPath(part)
    links = str(path.parent / "_rels" / f"{path.name}.rels")
    if links not in archive.namelist():
        return []
    targets = [_attributes(m).get("Target", "") for m in _LINK.findall(archive.read(links))]
    found: list[tuple[str, str]] = []
    for target in targets:
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target.removeprefix('../')}"
        if re.fullmatch(r"xl/comments[^/]*\.xml|xl/comments/[^/]+\.xml", name) and name in archive.namelist():
            for piece in _COMMENT_ENDS.split(archive.read(name))[:-1]:
                for head in list(_COMMENT.finditer(piece))[-1:]:
                    text = unescape(b" ".join(_TEXT.findall(piece[head.end() :])).decode("utf-8", "replace"))
                    found.append((_attributes(head[1]).get("ref", ""), text))
    return comments_said(found)


# --- struck out ------------------------------------------------------------------------------------------------------
def _struck_of(archive: zipfile.ZipFile) -> _Struck:
    """Return the formats of cells and the shared texts that are struck out."""
    held = {}
    for name in ("xl/styles.xml", "xl/sharedStrings.xml"):
        try:
            held[name] = archive.read(name)
        except KeyError:
            held[name] = b""
    styles, strings = held.values()
    fonts, formats = _between(styles, b"fonts"), _between(styles, b"cellXfs")
    crossed = {str(n) for n, font in enumerate(_FONT.split(fonts)[1:]) if _STRIKE.search(font)}
    own = [_attributes(m).get("fontId", "") for m in _FORMAT.findall(formats)] if crossed else []
    whole, some = set[int](), set[int]()
    for number, text in enumerate(_STRING_ENDS.split(strings) if b"strike" in strings else ()):
        runs = [bool(_STRIKE.search(run)) for run in _RUN.split(text)[1:] if any(t.strip() for t in _TEXT.findall(run))]
        if any(runs):
            (whole if all(runs) else some).add(number)
    return _Struck(
        frozenset(str(n) for n, font in enumerate(own) if font in crossed), frozenset(whole), frozenset(some)
    )


def _between(content: bytes, name: bytes) -> bytes:
    """Return what an element holds, the first of its name; nothing where it does not end."""
    start = re.search(rb"<(?:\w+:)?" + name + rb"\b", content)
    stop = re.compile(rb"</(?:\w+:)?" + name + rb">").search(content, start.end()) if start else None
    return content[start.end() : stop.start()] if start and stop else b""


def _struck_rows(content: bytes, struck: _Struck) -> tuple[frozenset[int], list[Said]]:
    """Return the rows of which most of the filled cells are struck out, and what is said of the cells struck out elsewhere."""
    if not (struck.formats or struck.whole or struck.some):
        return frozenset(), []
    filled, crossed = Counter[int](), Counter[int]()
    places: list[tuple[int, str]] = []
    partly: list[str] = []
    for match in _CELL.finditer(content):
        cell = _attributes(match[1])
        place = cell.get("r", "")
        row = int("".join(c for c in place if c.isascii() and c.isdigit())[:9] or 0)
        text = int(match[2]) if match[2] and cell.get("t") == "s" else -1
        filled[row] += 1
        if cell.get("s", "") in struck.formats or text in struck.whole:
            crossed[row] += 1
            places.append((row, place))
        elif text in struck.some:
            partly.append(place)
    rows = frozenset(row for row, many in crossed.items() if row and 2 * many > filled[row])
    return rows, struck_said([place for row, place in places if row not in rows], partly)


def _attributes(text: bytes) -> dict[str, str]:
    return {key.decode(): unescape(value.decode("utf-8", "replace")) for key, value in _ATTRIBUTE.findall(text)}


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of a workbook that holds each sheet."""
    try:
        sheets = [_attributes(m) for m in _SHEET.findall(archive.read("xl/workbook.xml"))]
        links = [_attributes(m) for m in _LINK.findall(archive.read("xl/_rels/workbook.xml.rels"))]
    except KeyError:
        return {}
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    found = {}
    for sheet in sheets:
        key = next((value for name, value in sheet.items() if name.endswith(":id")), "")
        target = targets.get(key, "")
        if target and "name" in sheet:
            found[sheet["name"]] = str(PurePosixPath(target.lstrip("/") if target.startswith("/") else f"xl/{target}"))
    return found


def _of_sheet(content: bytes) -> frozenset[int]:
    rows = set()
    for match in _ROW.finditer(content):
        if b"hidden" in match[1]:
            known = _attributes(match[1])
            if known.get("hidden") in ("1", "true") and known.get("r", "").isdigit():
                rows.add(int(known["r"]))
    return frozenset(rows)
