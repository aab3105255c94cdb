"""What set-up brings: the libraries of the map, from the npm registry, and what checks our scripts. Start from `install`, `ready`.

Commands: `python -m ui.setup.vendor`, `python -m ui.setup.bundle`, `python -m ui.setup.scripts`.
"""

from ui.setup.bundle import MAP, SEARCH, bundled
from ui.setup.vendor import Licence, install, licences, ready, versions

__all__ = ["MAP", "SEARCH", "Licence", "bundled", "install", "licences", "ready", "versions"]
