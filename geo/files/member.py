"""What an archive announces of one of its files, whatever packed it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """One file of an archive: sizes in bytes, `packed` 0 where it is packed with others."""

    name: str
    size: int
    packed: int = 0
    link: bool = False
    encrypted: bool = False
