"""What was settled of a list the last time, for the next file of the same list: same layer, same headers, a département in common.

It is kept in the register with each version (`geo.register.Settled`); the newest version of the list says.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from geo import register
from geo.french import fold
from geo.imports.draft import ImportDraft
from geo.imports.settling import Answers, shape_of
from geo.register import Settled, Version

DIGITS = 24


@dataclass(frozen=True)
class Remembered:
    """What the register remembers of a list: its key, what was settled, and the version that it was settled for."""

    list_key: str
    answers: Answers
    version: Version


def shape_of_draft(draft: ImportDraft) -> str:
    """Return the shape of the file of a draft."""
    return draft.shape or shape_of(column.name for column in draft.columns)


def _stem(draft: ImportDraft) -> str:
    return hashlib.sha256(f"{draft.kind}|{shape_of_draft(draft)}".encode()).hexdigest()[:DIGITS]


def new_key(draft: ImportDraft) -> str:
    """Return the key of a list that was never brought: two lists of one shape in other départements have two keys."""
    where = hashlib.sha256(",".join(draft.departements).encode()).hexdigest()[:DIGITS]
    return f"{_stem(draft)}-{where}"


def remembered(draft: ImportDraft, home: Path | None = None) -> Remembered | None:
    """Return what was settled of this list when it was last kept, None when it never was.

    Raises
    ------
    GeoInputError
        When the register does not answer.
    """
    stem, here = _stem(draft), set(draft.departements)
    for version in register.versions(draft.kind, home):
        settled = version.settled
        known = settled.list_key.startswith(f"{stem}-")
        if known and (not here or not settled.departements or here & settled.departements):
            return Remembered(settled.list_key, Answers.from_json(settled.answers), version)
    return None


def ended_of(draft: ImportDraft) -> frozenset[str]:
    """Return the names, folded, of the territories that a file says to be dissolved or dormant."""
    return frozenset(fold(name) for name in draft.dissolved)


def to_keep(draft: ImportDraft, list_key: str, unsettled: frozenset[str]) -> Settled:
    """Return what is kept of a draft: what was settled of it, and what is not yet."""
    answers = Answers(draft.answers.given, shape_of_draft(draft))
    return Settled(
        list_key=list_key,
        answers=answers.to_json() if answers.given else "",
        departements=frozenset(draft.departements),
        unsettled=unsettled,
        ended=ended_of(draft),
    )
