"""Remarks of a reading: one thing to report to the person who gave a file or a list, in plain French."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RemarkKind = Literal["réparé", "refusé", "à savoir"]


@dataclass(frozen=True)
class Remark:
    """One thing to report to the planner, in plain French.

    `where` says where it is (« ligne 12 », « territoire « X » », « colonne « INSEE » », "" for the whole file); `message` what
    is there and what was done; `advice` what to do about it, empty when nothing is to be done. `row` is the number of the row
    in the file as a spreadsheet shows it (or of the feature), 0 when there is none: it sorts, `where` is shown.
    """

    kind: RemarkKind
    where: str
    message: str
    advice: str = ""
    row: int = 0

    def __str__(self) -> str:
        """Write the remark in one line."""
        place = f"{self.where} : " if self.where else ""
        return f"{place}{self.message}" + (f" {self.advice}" if self.advice else "")
