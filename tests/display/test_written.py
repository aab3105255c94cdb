"""Files that pages write for their maps: without end as visitors state things, hence swept, and written again when asked for."""

from __future__ import annotations

import os
import time
from pathlib import Path

from geo.display import in_place, write_by_content, write_zone_index
from geo.display import written as files

HOUR = 3_600.0


def write(folder: Path, number: int, hours_ago: float) -> str:
    """Have a file of a thousand bytes, last used so long ago."""
    name = write_by_content(folder, "fond-dep-79", f"{number:04d}".ljust(1_000))
    used = time.time() - hours_ago * HOUR
    os.utime(folder / name, (used, used))
    return name


def there(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_those_unused_for_longest_go_once_all_take_too_much(tmp_path: Path) -> None:
    outlines = tmp_path / "communes-dep-79-0123456789.json"
    outlines.write_bytes(b"x" * 50_000)
    names = [write(tmp_path, number, hours_ago=30 - number) for number in range(20)]
    files.sweep(tmp_path, most=20_000)
    assert there(tmp_path) == {outlines.name, *names}, "no more than may be"
    assert in_place(tmp_path, names[0])  # somebody is shown it again
    files.sweep(tmp_path, most=16_000)
    assert there(tmp_path) == {outlines.name, names[0], *names[9:]}
    assert not in_place(tmp_path, names[1])
    assert write(tmp_path, 1, 0) == names[1] and in_place(tmp_path, names[1])


def test_what_was_just_drawn_stays_up_to_twice_as_much(tmp_path: Path) -> None:
    names = [write(tmp_path, number, hours_ago=0.5 - number / 100) for number in range(20)]
    files.sweep(tmp_path, most=10_000)
    assert there(tmp_path) == set(names)
    files.sweep(tmp_path, most=8_000)
    assert there(tmp_path) == set(names[4:])


def test_what_visitors_have_written_without_end_stays_bounded(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(files.sweep, "__defaults__", (10_000, None))
    for number in range(100):
        write_zone_index(tmp_path, "dep-79", "clsm", [(str(number), "x" * 900)], [[0]])
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 2 * 10_000
