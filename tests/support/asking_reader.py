"""A reading that asks what a test has it ask, whatever the readers of today ask of a file of their own.

What was answered is no longer asked of rows, and blocks nothing elsewhere, as in `geo.imports`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from geo.imports import Answers, Doubt, ImportDraft, read_import


class AskingReader:
    """Takes the place of `read_file` in ui.data.import_reading: the same signature, in this process; counts what it reads."""

    def __init__(self, doubts: Sequence[Doubt]) -> None:
        self.doubts = tuple(doubts)
        self.readings: list[Answers] = []

    def __call__(self, source: bytes, name: str, kind: str, **options: Any) -> ImportDraft:
        answers: Answers = options["answers"] or Answers()
        self.readings.append(answers)
        roles = Answers.of_columns(answers.roles)
        draft = read_import(source, name, kind, atlas=options["atlas"], answers=roles)
        asked = []
        for doubt in self.doubts:
            given = answers.given.get(doubt.key)
            if given is None:
                asked.append(doubt)
            elif doubt.kind != "ligne":
                asked.append(replace(doubt, proposal=given, blocking=False))
        return replace(draft, doubts=tuple(asked), answers=answers)
