"""`python -m geo.sources [KIND…]`: a synchronisation beside the dashboard, in this process."""

from __future__ import annotations

import contextlib
import os
import sys

from geo.sources.background import main

if __name__ == "__main__":
    with contextlib.suppress(OSError, AttributeError):
        os.nice(10)  # the pages go first
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(kinds=sys.argv[1:]))
