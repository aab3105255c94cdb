"""Form of a table: its encoding, separator, text of cells, workbook and column names.

The same for official files and for those of a user; nothing here knows what a table is about.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from geo.errors import GeoInputError

SEPARATORS = ";\t|,"
ACCENTS = "éèêëàâîïôöùûüçÉÈÊÀÂÎÔÙÛÇœŒ’«»°"


def encoding_of_start(start: bytes) -> str | None:
    """Return the encoding that the first bytes betray (a mark, or the zeros of UTF-16), None when they do not."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = start[: 4_096 & ~1]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if half >= 4 and odd > 0.7 * half and even < 0.02 * half:
        return "utf-16-le"
    if half >= 4 and even > 0.7 * half and odd < 0.02 * half:
        return "utf-16-be"
    return None


def decode(content: bytes, encoding: str | None = None, *, cut: bool = False) -> tuple[str, str]:
    """Return a text and the name of its encoding: the one given, the one its first bytes betray, UTF-8, or the most French
    of Windows-1252, MacRoman and DOS 850.

    A text in UTF-8 but for a few bytes stays UTF-8: these bytes alone are read in Windows-1252 (`bad_lines` tells where).

    `cut`: whether the content is a beginning, cut anywhere.

    Raises
    ------
    GeoInputError
        When the encoding given does not exist.
    """
    if encoding:
        try:
            return content.decode(encoding, errors="replace").lstrip("\ufeff"), encoding
        except LookupError as error:
            raise GeoInputError(f"Encodage « {encoding} » inconnu ; essayez utf-8 ou cp1252.") from error
    marked = encoding_of_start(content[:65_536])
    if marked:
        return content.decode(marked, errors="replace").lstrip("\ufeff"), marked
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(content, final=not cut), "utf-8"
    except UnicodeDecodeError:
        if looks_utf8(content):
            return content.decode("utf-8", errors=AS_WINDOWS), "utf-8"
        sample = content[:400_000]
        french = {e: _accents(sample.decode(e, errors="replace")) for e in ("cp1252", "mac_roman", "cp850")}
        best = max(french, key=lambda e: french[e])
        return content.decode(best, errors="replace"), best


# Letters of French in UTF-8: no other encoding of French puts these bytes side by side.
_FRENCH = re.compile(rb"\xc3[\x80-\xbf]|\xc5[\x92\x93]|\xe2\x80[\x93-\x9f]")
_MISPLACED = re.compile(r"[a-zéèà][ÀÂÇÈÉÊËÎÏÔÖÙÛÜŒ]")
AS_WINDOWS = "clsm-windows-1252"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(AS_WINDOWS, _as_windows)


def looks_utf8(content: bytes) -> bool:
    """Tell whether bytes that are not all UTF-8 hold letters that only UTF-8 writes so: the others are then faults."""
    return bool(_FRENCH.search(content))


def bad_lines(content: bytes) -> tuple[int, ...]:
    """Return the numbers of the lines of a text that are not valid UTF-8."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        return tuple(at for at, line in enumerate(lines, 1) if not _valid(line))
    return ()


def _valid(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _accents(text: str) -> int:
    """Measure how French the accents of a text are: « é » is the commonest by far, and no capital comes inside a word."""
    return sum(text.count(sign) for sign in ACCENTS) + text.count("é") - 3 * len(_MISPLACED.findall(text))


def separator_of(text: str) -> str:
    """Find what separates the columns of a text: the sign that cuts most lines alike."""
    lines = [line for line in islice(io.StringIO(text), 200) if line.strip()][:60]
    best, chosen = (0.0, 0), ";"
    for sign in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=sign)]
        except csv.Error:
            continue
        wide = [w for w in widths if w > 1]
        if not wide:
            continue
        mode = max(set(wide), key=wide.count)
        score = (round(wide.count(mode) / len(widths), 1), min(mode, 3))
        if score > best:
            best, chosen = score, sign
    return chosen


@contextmanager
def open_workbook(content: Path | IO[bytes]) -> Iterator[CalamineWorkbook]:
    """Open a workbook (xlsx, xls, ods) for as long as its sheets are read.

    Raises
    ------
    CalamineError
        When the workbook is damaged, also where its library collapses on it rather than say so.
    """
    try:
        if isinstance(content, Path):
            yield CalamineWorkbook.from_path(content)
        else:
            yield CalamineWorkbook.from_filelike(content)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # derived from BaseException, and nowhere to be imported from
            raise
        raise CalamineError("damaged workbook") from error


def as_text(value: object) -> str:
    """Write a cell as the text a person sees: no « .0 » behind a whole number, nothing for an empty cell."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, (float, np.floating)):
        if np.isnan(value):
            return ""
        if float(value).is_integer() and abs(float(value)) < 1e15:
            return str(int(value))
    return str(value)


def column_key(name: str) -> str:
    """Fold a column name: no accent, no case, letters and digits only (« Libellé degré densité » → libelledegredensite)."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain if c.isascii() and c.isalnum()).lower()
