"""What set-up brings: the libraries of the map, from the npm registry, and what checks our scripts. Start from `install`, `ready`.

`python -m ui` brings them; `python -m ui.setup.scripts` checks the scripts.
"""

from ui.setup.bundle import MAP, SEARCH, bundled, join_scripts
from ui.setup.vendor import Licence, bring_libraries, install, licences, ready, versions

__all__ = [
    "MAP",
    "SEARCH",
    "Licence",
    "bring_libraries",
    "bundled",
    "install",
    "join_scripts",
    "licences",
    "ready",
    "versions",
]
