"""A pasted text cut into the texts to read: the numbers of a list taken off, a département kept with its name, titles left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from geo.communes import Atlas, departement_of_text, find_name, read_any, split_list
from geo.search.columns import NUMBER, Cut, Line, cells, is_title, named_in, open_table, read_table

NUMBERED = re.compile(r"\s*(?:n°\s*)?[(\[]?(\d{1,3})\s?°?[.)\]:-]*\s*(?:[-–—:]\s*|\s)(?=\S)(\D.*)", re.IGNORECASE)
LETTERED = re.compile(r"\s*[a-z]\)\s+", re.IGNORECASE)
PEOPLE = re.compile(r"\s*[-–—:(]?\s*\d[\d\s.]*(?:habitants?|hab)\b\.?\s*\)?\s*$", re.IGNORECASE)
AND = re.compile(r"\s*(?:et|puis|ainsi que)\s+(?=\S)", re.IGNORECASE)
APART = re.compile(r"\s[-–—]\s|\s*[+&]\s*|\s*:\s+")
LONGEST_PEOPLE = 60  # characters at the end of a text that may say how many inhabitants
MOST_APART = 60  # names that dashes separate on one line


def cut(text: str, atlas: Atlas, departement: str = "") -> Cut:
    """Cut a pasted text, a list or a table; `departement` is that of the map."""
    lines = [(n, content) for n, content in enumerate(text.splitlines(), start=1) if content.strip()]
    lines = _without_numbers(lines, atlas)
    for mark in ("\t", ";", ","):
        if (table := open_table(lines, mark)) and (found := read_table(table, atlas)):
            return found
        if table and mark == "\t":
            by_cell = ((n, part) for n, row in cells(table, atlas) for part in _beside(row, atlas))
            return Cut(tuple(_of_list(by_cell, atlas, departement)))
    return Cut(tuple(_of_list(_without_title(lines, atlas), atlas, departement)))


def _without_numbers(lines: list[Line], atlas: Atlas) -> list[Line]:
    """Take off the numbers of a list when they are 1, 2, 3…, or its letters; the number of a département goes after its name."""
    found = [NUMBERED.fullmatch(content) for _, content in lines]
    in_order = len(lines) > 1 and all(match and int(match[1]) == n for n, match in enumerate(found, start=1))
    kept = []
    for (n, content), match in zip(lines, found, strict=True):
        owner = departement_of_text(match[1], atlas) if match else None
        if match and owner and named_in(match[2], owner, atlas):
            kept.append((n, f"{match[2]} ({owner})"))
        else:
            kept.append((n, match[2] if match and in_order else content))
    lettered = all(LETTERED.match(content) for _, content in kept)
    return [(n, LETTERED.sub("", content, count=1)) for n, content in kept] if lettered else kept


def _without_title(lines: list[Line], atlas: Atlas) -> list[Line]:
    titled = len(lines) > 1 and is_title(lines[0][1]) and not find_name(lines[0][1], atlas).codes
    return lines[1:] if titled else lines


def _of_list(lines: Iterable[Line], atlas: Atlas, departement: str) -> Iterator[Line]:
    for number, content in lines:
        rough = split_list(AND.sub("", content, count=1) if AND.match(content) else content, atlas, departement)
        known = [text for part in rough if (text := _without_people(part))]
        parts = [part for text in known for part in _apart(text, atlas, departement)]
        yield from ((number, part) for part in _beside(parts, atlas))


def _without_people(text: str) -> str:
    """Take off the inhabitants written at the end; they are looked for there alone, for a text may be long."""
    start, end = text[:-LONGEST_PEOPLE], text[-LONGEST_PEOPLE:]
    return (start + PEOPLE.sub("", end)).strip()


def _apart(text: str, atlas: Atlas, departement: str) -> list[str]:
    """Cut a text where dashes or colons separate names, or a name and its département."""
    parts = [part.strip() for part in APART.split(text) if part.strip()]
    if not 1 < len(parts) <= MOST_APART or read_any(text, atlas, departement).status != "refusé":
        return [text]
    if len(parts) == 2:
        for owner, name in (parts, parts[::-1]):
            if (code := departement_of_text(owner, atlas)) and named_in(name, code, atlas):
                return [f"{name} ({code})"]
    names = all(not NUMBER.fullmatch(part) and find_name(part, atlas).codes for part in parts)
    return parts if names else [text]


def _beside(parts: Sequence[str], atlas: Atlas) -> list[str]:
    """Keep with a name the département that is written after it: « Saint-Denis, La Réunion », « Orly, 94 »."""
    found: list[str] = []
    for part in parts:
        owner = departement_of_text(part, atlas)
        if found and owner and named_in(found[-1], owner, atlas, before=not find_name(part, atlas).codes):
            found[-1] = f"{found[-1]} ({owner})"
        else:
            found.append(part)
    return found
