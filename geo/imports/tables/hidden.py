"""What the cells of a workbook do not say: rows hidden or struck out, columns hidden, comments, formulas without a result, by sheet.

Read from its XML, which the reader of cells leaves aside.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import PurePosixPath

from geo.french import count, listing, noun
from geo.imports.settling import HIDDEN, NO, YES, Doubt

MOST_ROWS = 1_048_576
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_LINK = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
_TABLE = re.compile(rb"<table:table\s([^>]*)>|<table:table-row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
_FORMULA = re.compile(rb"<(?:\w+:)?c\s([^<>]*)>\s*<(?:\w+:)?f\b(.*?)</(?:\w+:)?c>", re.DOTALL)
_RESULT = re.compile(rb"<(?:\w+:)?v>[^<]|<(?:\w+:)?is>")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*[^/<>])>")
_COMMENT = re.compile(rb"<(?:\w+:)?comment\s([^>]*)>(.*?)</(?:\w+:)?comment>", re.DOTALL)
_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)<")
_FONTS = re.compile(rb"<(?:\w+:)?fonts\b.*?</(?:\w+:)?fonts>", re.DOTALL)
_FONT = re.compile(rb"<(?:\w+:)?font(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?font>)", re.DOTALL)
_STRIKE = re.compile(rb"<(?:\w+:)?strike(?:\s+val=[\"'](?:1|true)[\"'])?\s*/>")
_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_FORMAT = re.compile(rb"<(?:\w+:)?xf\s([^>]*)>")
SHOWN = 4
_ATTRIBUTE = re.compile(rb"([\w:-]+)\s*=\s*[\"']([^\"']*)[\"']")


@dataclass(frozen=True)
class Unseen:
    """What a sheet does not show as others do: numbers of its rows that are hidden, and struck out; what is to be said, and done."""

    rows: frozenset[int] = frozenset()
    struck: frozenset[int] = frozenset()
    said: tuple[tuple[str, str], ...] = ()


def unseen(content: bytes, form: str) -> Mapping[str, Unseen]:
    """Return what each sheet of an XLSX or ODS does not show; of an ODS, the rows that it hides only."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if form == "ods":
            return {name: Unseen(rows) for name, rows in _of_ods(archive.read("content.xml")).items()}
        names, crossed = set(archive.namelist()), _struck_formats(archive)
        found = {}
        for name, part in _parts(archive).items():
            if part in names:
                text = archive.read(part)
                said = (*_formulas(text), *_hidden_columns(text), *_comments(archive, part))
                found[name] = Unseen(_of_sheet(text), _struck(text, crossed) if crossed else frozenset(), said)
        return found


def left_aside(key: str, many: int, *, read: bool) -> tuple[tuple[str, str] | None, Doubt]:
    """Return what is said of the rows of a sheet that are hidden (HIDDEN) or struck out (STRUCK), and what is asked.

    `many` is how many of them are left aside, `read` whether they are read on the planner's word.
    """
    one, several, why = (
        ("masquée", "masquées", "(filtre ou ligne cachée)") if key == HIDDEN else ("barrée", "barrées", "(texte rayé)")
    )
    said = f"{count(many, f'ligne {one}', f'lignes {several}')} {why}, laissée{'s' if many > 1 else ''} de côté."
    options = (
        ("seulement ce qui se voit" if key == HIDDEN else "sans elles", NO),
        (f"aussi les lignes {several}", YES),
    )
    asked = (
        f"Une ligne est {one} dans ce classeur : faut-il la lire ?"
        if many == 1
        else f"Des lignes sont {several} dans ce classeur : faut-il les lire ?"
    )
    doubt = Doubt("feuille", key, asked, proposal=YES if read else NO,
                  candidates=options, blocking=False)  # fmt: skip
    return (said, f"Dites s’il faut {noun(many, 'la', 'les')} lire aussi.") if many else None, doubt


def _formulas(content: bytes) -> list[tuple[str, str]]:
    """Say the formulas of which the workbook keeps no result: their cells are read as blanks."""
    cells = [_attributes(m[1]) for m in _FORMULA.finditer(content) if not _RESULT.search(m[2])]
    places = [cell.get("r", "") for cell in cells if cell.get("t") != "str"]  # a text may well be empty
    if not places:
        return []
    words = count(len(places), "cellule est une formule", "cellules sont des formules")
    said = f"{words} dont le classeur ne garde pas le résultat ({listing(places, SHOWN)}) : lue{'s' if len(places) > 1 else ''} vide{'s' if len(places) > 1 else ''}."
    return [(said, "Ouvrez le classeur dans un tableur, enregistrez-le, et redonnez-le.")]


def letters(place: int) -> str:
    """Return the letters that a spreadsheet gives to a column (0 is A)."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def _hidden_columns(content: bytes) -> list[tuple[str, str]]:
    columns = [_attributes(m) for m in _COLUMN.findall(content) if b"hidden" in m]
    shut = [
        c
        for c in columns
        if c.get("hidden") in ("1", "true") and c.get("min", "").isdigit() and c.get("max", "").isdigit()
    ]
    names = [" à ".join(dict.fromkeys(letters(int(c[end][:6]) - 1) for end in ("min", "max"))) for c in shut]
    if not names:
        return []
    words = "colonne masquée" if len(names) == 1 and "à" not in names[0] else "colonnes masquées"
    return [(f"{words} ({listing(names, SHOWN)}), lue{'s' if words.endswith('s') else ''} comme les autres.", "")]


def _comments(archive: zipfile.ZipFile, part: str) -> list[tuple[str, str]]:
    """Say the comments of the cells of a sheet, which no reader of cells gives."""
    path = PurePosixPath(part)
    links = str(path.parent / "_rels" / f"{path.name}.rels")
    if links not in archive.namelist():
        return []
    targets = [_attributes(m).get("Target", "") for m in _LINK.findall(archive.read(links))]
    found: list[str] = []
    for target in targets:
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target.removeprefix('../')}"
        if re.fullmatch(r"xl/comments[^/]*\.xml|xl/comments/[^/]+\.xml", name) and name in archive.namelist():
            for head, body in _COMMENT.findall(archive.read(name)):
                text = unescape(b" ".join(_TEXT.findall(body)).decode("utf-8", "replace"))
                found.append(f"{_attributes(head).get('ref', '')} : « {' '.join(text.split())[:60]} »")
    if not found:
        return []
    words = count(len(found), "commentaire de cellule n’est pas lu", "commentaires de cellules ne sont pas lus")
    return [(f"{words} ({listing(found, SHOWN)}).", "Vérifiez qu’ils ne changent rien à la liste.")]


def _struck_formats(archive: zipfile.ZipFile) -> frozenset[str]:
    """Return the numbers of the formats of cells that strike their text out."""
    try:
        styles = archive.read("xl/styles.xml")
    except KeyError:
        return frozenset()
    fonts, formats = _FONTS.search(styles), _FORMATS.search(styles)
    if not fonts or not formats:
        return frozenset()
    struck = {str(n) for n, font in enumerate(_FONT.findall(fonts[0])) if _STRIKE.search(font)}
    own = [_attributes(m).get("fontId", "") for m in _FORMAT.findall(formats[0])]
    return frozenset(str(n) for n, font in enumerate(own) if font in struck)


def _struck(content: bytes, crossed: frozenset[str]) -> frozenset[int]:
    """Return the rows of which most of the filled cells are struck out."""
    filled, struck = Counter[int](), Counter[int]()
    for match in _CELL.finditer(content):
        cell = _attributes(match[1])
        row = int("".join(c for c in cell.get("r", "") if c.isdigit()) or 0)
        filled[row] += 1
        struck[row] += cell.get("s", "") in crossed
    return frozenset(row for row, many in struck.items() if row and 2 * many > filled[row])


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


def _of_ods(content: bytes) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    name, at = "", 0
    for match in _TABLE.finditer(content):
        if match[1] is not None:
            name, at = _attributes(match[1]).get("table:name", ""), 0
            continue
        known = _attributes(match[2])
        again = known.get("table:number-rows-repeated", "1")
        many = min(int(again) if again.isdigit() and len(again) < 10 else 1, MOST_ROWS)
        if known.get("table:visibility") in ("collapse", "filter"):
            found.setdefault(name, set()).update(range(at + 1, min(at + many, MOST_ROWS) + 1))
        at += many
    return {name: frozenset(rows) for name, rows in found.items()}
