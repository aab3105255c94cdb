"""When each official address was last asked, and what it answered: one small file beside the versions.

A machine without a network says nothing of an address; only what a server answered is kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from geo.files import read_json, write_json
from geo.sources.versions import sources_folder
from geo.visible import one_line, visible

ANSWERS = "reponses.json"


@dataclass(frozen=True)
class Answer:
    """What is known of an address: when it last gave a file, and when it last failed to, and why (ISO 8601, "" for never)."""

    answered: str = ""
    failed: str = ""
    why: str = ""

    @property
    def broken(self) -> bool:
        """Return whether the last answer was a refusal."""
        return bool(self.failed) and self.failed >= self.answered


@dataclass
class Asked:
    """What a run sees of the addresses that it asks, from several threads."""

    seen: dict[str, Answer] = field(default_factory=dict)

    def gave(self, address: str) -> None:
        """Note that an address gave a file."""
        self.seen[address] = Answer(answered=_now())

    def failed(self, address: str, why: str) -> None:
        """Note that an address answered something else."""
        self.seen[address] = Answer(failed=_now(), why=one_line(why))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_answers(home: Path | None = None) -> dict[str, Answer]:
    """Return what is known of each address that was asked; nothing when the file is absent or not understood."""
    try:
        raw = read_json(sources_folder(home) / ANSWERS)
        answers = {str(address): Answer(**one) for address, one in raw.items()}
        texts = [t for a, one in answers.items() for t in (a, one.answered, one.failed, one.why)]
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    return answers if all(isinstance(t, str) and visible(t) == t for t in texts) else {}


def record(fresh: Mapping[str, Answer], home: Path | None = None) -> None:
    """Add what a run saw; only under the lock. A disk that is full is no reason to lose the data just received."""
    known = read_answers(home)
    merged = dict(known)
    for address, answer in fresh.items():
        old = known.get(address, Answer())
        merged[address] = Answer(answer.answered or old.answered, answer.failed or old.failed, answer.why or old.why)
    if merged != known:
        with contextlib.suppress(OSError):
            write_json(sources_folder(home) / ANSWERS, {address: asdict(one) for address, one in merged.items()})
