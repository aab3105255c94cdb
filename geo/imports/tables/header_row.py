"""Where the header of a table is: the row that names the most roles, else the first row, when it is not of a kind with those below."""

from __future__ import annotations

import re
from collections.abc import Sequence

from geo.communes import BLANKS, Atlas, find_name
from geo.imports.headers import role_of
from geo.imports.settling import NO, YES, Answers, Doubt

HEADER_ROWS = 40  # a header is sought among the first rows that hold something
WIDE = 400  # past as many columns, those whose header says nothing are not looked into
HEADER = "feuille/entete"
CODE = re.compile(r"\d{5}|2[ABab]\d{3}|\d{9}")
_NUMBER = re.compile(r"-?[\d\s.,]*\d[\d\s.,%]*")


def find_header(
    rows: Sequence[Sequence[str]], kind: str, atlas: Atlas, answers: Answers
) -> tuple[int, tuple[Doubt, ...]]:
    """Return the position of the header among the first rows, -1 when the table starts with data; and what is to be asked of it."""
    best, chosen = 0, -1
    first = -1
    seen = 0
    for place, row in enumerate(rows[: HEADER_ROWS * 10]):
        filled = [cell for cell in row if cell.strip()]
        if not filled:
            continue
        seen += 1
        if seen > HEADER_ROWS:
            break
        if first < 0 and (len(filled) > 1 or max(len(r) for r in rows[place : place + 5]) == 1):
            first = place
        if any(CODE.fullmatch(cell.strip(BLANKS)) for cell in filled[:WIDE]):
            continue  # a row of data, whatever words it holds
        known = len({role for cell in filled[:WIDE] if (role := role_of(cell, kind))})
        # A title is one cell; a header of one column is known only when all the table is one column wide.
        if known > best and (
            len(filled) > 1 or all(len([c for c in r if c.strip()]) <= 1 for r in rows[place : place + 20])
        ):
            best, chosen = known, place
    if chosen >= 0 or first < 0:
        return chosen if chosen >= 0 else first, ()
    answer = answers.get(HEADER)
    data = _is_data(rows, first, atlas) if answer is None else answer == NO
    shown = ", ".join(f"« {cell.strip()[:30]} »" for cell in rows[first] if cell.strip())[:120]
    said = f"La ligne {first + 1} ({shown}) ne nomme aucune colonne connue : est-ce une ligne de titres ?"
    doubt = Doubt("feuille", HEADER, said, value=shown, proposal=NO if data else YES, rows=(first + 1,),
                  candidates=(("oui, des titres", YES), ("non, une donnée", NO)), blocking=answer is None)  # fmt: skip
    if data and answer is None and first and len([c for c in rows[first - 1] if c.strip()]) > 1:
        return first - 1, (doubt,)
    return -1 if data else first, (doubt,)


def _is_data(rows: Sequence[Sequence[str]], first: int, atlas: Atlas) -> bool:
    """Tell whether the first row is of a kind with those below: a number over numbers, a commune, a value that comes again."""
    below = rows[first + 1 : first + 200]
    for place, cell in enumerate(rows[first][:WIDE]):
        bare = cell.strip(BLANKS)
        if not bare:
            continue
        column = [row[place].strip(BLANKS) for row in below if place < len(row) and row[place].strip()]
        if CODE.fullmatch(bare) or (
            _NUMBER.fullmatch(bare) and sum(bool(_NUMBER.fullmatch(c)) for c in column) > len(column) / 2
        ):
            return True
        if bare in column or (2 < len(bare) <= 80 and find_name(bare, atlas).how == "exact"):
            return True
    return False
