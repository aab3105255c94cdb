"""Where the header of a table is: the row that names the most roles, else the first row, when it is not of a kind with those below."""

from __future__ import annotations

import re
from collections.abc import Sequence

from geo.communes import BLANKS, Atlas, find_name
from geo.imports.headers import OWN, names_own, role_of
from geo.imports.settling import NO, YES, Answers, Doubt
from geo.imports.tables.contents import MEMBERSHIP, PLACES

HEADER_ROWS = 40  # a header is sought among the first rows that hold something
WIDE = 400  # past as many columns, those whose header says nothing are not looked into
HEADER = "feuille/entete"
CODE = re.compile(r"\d{5}|2[ABab]\d{3}|\d{9}")
_NUMBER = re.compile(r"-?[\s.,]*\d[\d\s.,%]*")


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
        roles = {role for cell in filled[:WIDE] if (role := role_of(cell, kind))}
        known = len(roles)
        # A title is one cell; a header of one column is known only when all the table is one column wide.
        if known > best and (
            len(filled) > 1 or all(len([c for c in r if c.strip()]) <= 1 for r in rows[place : place + 20])
        ):
            best, chosen = known, place
            if known > 1 and roles & {*PLACES, "code_postal"}:
                break  # what is below is its table, or another one
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


def two_rows(rows: Sequence[Sequence[str]], header: int, kind: str) -> tuple[str, ...]:
    """Return the titles of columns that two rows give together, a title above several others; nothing where one row gives them all.

    « Commune » over « Code » and « Nom » makes « Code Commune » and « Nom Commune ».
    """
    if header < 0 or header + 1 >= len(rows):
        return ()
    above, below = [[" ".join(c.split()) for c in row] for row in rows[header : header + 2]]
    filled = [cell for cell in below if cell]
    over = [place for place, cell in enumerate(below) if cell and not (above[place] if place < len(above) else "")]
    if not over or len(filled) < 2 or any(re.search(r"\d", cell) or len(cell) > 40 for cell in filled):
        return ()
    titles, last = [], ""
    for place in range(max(len(above), len(below))):
        top, low = (row[place] if place < len(row) else "" for row in (above, below))
        last = top or last
        both = f"{low} {last}"
        titles.append(top if not low else both if low != last and role_of(both, kind) else low)
    known = [
        low for low, title in zip(below, titles, strict=False) if low and (role_of(low, kind) or role_of(title, kind))
    ]
    return tuple(titles) if 2 * len(known) > len(filled) and len(known) > 1 else ()


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


def heads_another(row: Sequence[str], head: Sequence[str], kind: str) -> bool:
    """Tell whether a row is the header of another table: words of titles only, of which one at least is none of the first header."""
    filled = [cell.strip() for cell in row if cell.strip()]
    if len(filled) < 2 or len(filled[0]) > 40 or not _title(filled[0]):
        return False
    return (
        all(map(_title, filled))
        and any(role_of(cell, kind) in MEMBERSHIP for cell in filled)
        and set(filled) != {*head} - {""}
    )


def _title(text: str) -> bool:
    return bool(text) and any(names_own(text, kind) or role_of(text, kind) for kind in OWN)
