"""The code page of a .dbf: the one that the file states, else the one that its bytes show; a bad byte spoils its own value only."""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Callable
from pathlib import Path

from geo.files import AS_WINDOWS, decode, looks_utf8

# Byte 29 of a .dbf: the code page that it is written in (dBASE, ESRI). Absent or unknown: found by detection.
LANGUAGES = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x04: "mac_roman", 0x08: "cp865", 0x0D: "cp437", 0x0E: "cp850", 0x37: "cp850",
             0x57: "cp1252", 0x58: "cp1252", 0x59: "cp1252", 0x64: "cp852", 0xC8: "cp1250"}  # fmt: skip


SHOWN_AS = {"utf-8": "UTF-8", "cp1252": "Windows-1252", "mac_roman": "MacRoman", "latin-1": "Latin-1", "iso8859-1": "Latin-1",
            "iso8859-15": "Latin-9"}  # fmt: skip


def encoding_of(dbf: Path, cpg: Path | None) -> tuple[str, list[str]]:
    """Return the encoding of a table: the one that the file states (.cpg, then the .dbf itself), unless it cannot be; else found."""
    content = dbf.read_bytes()
    start = struct.unpack("<H", content[8:10])[0] if len(content) >= 10 else 0
    records = content[start:]
    said = cpg.read_text(encoding="latin-1").strip() if cpg else ""
    stated = _codec(said)
    if not stated:
        stated = LANGUAGES.get(content[29], "") if len(content) > 29 else ""
        if stated and looks_utf8(records):
            stated = "utf-8"
    if stated and (stated != "utf-8" or records.isascii() or looks_utf8(records)):
        plain = records.isascii() or stated == "utf-8"
        return stated, [] if plain else [f"Noms lus en {_shown(stated)}, comme le fichier le dit."]
    found = decode(records)[1].replace("-sig", "")
    if found == "utf-8":
        return found, []
    return found, [f"Noms lus en {_shown(found)}" + (", malgré le fichier .cpg qui annonce UTF-8." if stated else ".")]


def _shown(codec: str) -> str:
    return SHOWN_AS.get(codec, f"page de codes {codec.removeprefix('cp')}" if codec.startswith("cp") else codec)


def _codec(said: str) -> str:
    """Return the Python name of what a .cpg states: « UTF-8 », « 1252 », « ANSI 1252 », « OEM 850 », « ISO 8859-1 »…, "" if unknown."""
    text = said.upper().replace("_", "-")
    if not text or text == "SYSTEM":
        return ""
    if "UTF-8" in text or "UTF8" in text or text == "65001":
        return "utf-8"
    if match := re.search(r"8859[- ]?(\d{1,2})", text):
        return f"iso8859-{match[1]}"
    number = re.search(r"\d{3,4}", text)
    for name in (f"cp{number[0]}" if number else "", text):
        try:
            return codecs.lookup(name).name if name else ""
        except LookupError:
            continue
    return ""


def decoder(codec: str) -> Callable[[str], tuple[str, bool]]:
    """Return what reads a text that the reader took for Latin-1, byte for byte; and tells whether it had to be mended.

    Of a text in UTF-8, a sign that was cut at the end of its field is dropped, another bad byte is read in Windows-1252.
    """

    def read(text: str) -> tuple[str, bool]:
        if text.isascii():
            return text, False
        try:
            raw = text.encode("latin-1")
        except UnicodeEncodeError:  # not what it was asked to read
            return text, False
        try:
            return raw.decode(codec), False
        except UnicodeDecodeError:
            if codec != "utf-8":
                return raw.decode(codec, errors="replace"), True
            return _CUT_SIGN.sub(b"", raw).decode("utf-8", errors=AS_WINDOWS), True

    return read


_CUT_SIGN = re.compile(rb"(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})$")
