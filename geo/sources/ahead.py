"""The maps of new outlines, made ready while the former are shown, in a process of its own: it may fail without harm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from geo.paths import ROOT

LONGEST_S = 900.0


def maps_ahead(outlines: Path) -> None:
    """Make ready the display geometry of outlines about to be used; without it, the first page that needs it makes it."""
    command = [sys.executable, "-m", "geo", "display", "--ahead", str(outlines.resolve())]
    try:
        subprocess.run(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=LONGEST_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return
