"""What a workbook hides: rows filtered or hidden by hand, by sheet. Read from its XML, which the reader of cells leaves aside."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from html import unescape
from pathlib import PurePosixPath

MOST_ROWS = 1_048_576
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_LINK = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
_TABLE = re.compile(rb"<table:table\s([^>]*)>|<table:table-row\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:-]+)\s*=\s*[\"']([^\"']*)[\"']")


def hidden_rows(content: bytes, form: str) -> Mapping[str, frozenset[int]]:
    """Return the numbers of the rows that each sheet of an XLSX or ODS hides; nothing for another form."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if form == "ods":
            return _of_ods(archive.read("content.xml"))
        names = set(archive.namelist())
        found = {}
        for name, part in _parts(archive).items():
            if part in names and (rows := _of_sheet(archive.read(part))):
                found[name] = rows
        return found


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
