"""What set-up brings: the libraries of the map, from the npm registry, and what checks our scripts. Start from `install`, `ready`.

`python -m ui.setup` brings them; `python -m ui.setup.scripts` checks the scripts.
"""

from ui.setup.bundle import MAP, SEARCH, bundled
from ui.setup.vendor import Licence, install, licences, ready, versions

__all__ = [
    "MAP",
    "SEARCH",
    "Licence",
    "bundled",
    "install",
    "licences",
    "ready",
    "versions",
]
