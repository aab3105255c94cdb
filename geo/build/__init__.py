"""The base of communes made from registry packages (data/base, committed): seldom run, never at run time.

Start from `build`; `npm_command` finds the npm client for callers that install packages; `clean_coverage` and `measure`
make a coverage of other outlines, `share_out` parts land between claims, for whoever receives some; `known_rivers` reads what
`bring_rivers` brought at set-up.
"""

from geo.build.assemble import build, measure
from geo.build.packages import node_command, npm_command
from geo.build.repair import clean_coverage, share_out
from geo.build.rivers import bring_rivers, known_rivers

__all__ = [
    "bring_rivers",
    "build",
    "clean_coverage",
    "known_rivers",
    "measure",
    "node_command",
    "npm_command",
    "share_out",
]
