"""`python -m ui.setup`: what the screen needs once before its first start, each part made only where it is missing.

The libraries of the map (static/vendor), its scripts in one file, and lighter files of the framework (static/light). Without the last two the
pages work, and come a little later.
"""

from __future__ import annotations

import sys

from ui.server import lighten
from ui.setup.bundle import join_scripts
from ui.setup.vendor import bring_libraries


def main() -> int:
    """Make each part in turn; return the exit code of the first that is needed and could not be made."""
    return bring_libraries() or join_scripts() or lighten()


if __name__ == "__main__":
    sys.exit(main())
