"""The base of communes made from registry packages (data/base, committed): seldom run, never at run time.

Start from `build`; `npm_command` finds the npm client for callers that install packages; `clean_coverage` and `measure`
make a coverage of other outlines, `share_out` parts land between claims, for whoever receives some.
"""

from geo.build.assemble import build, measure
from geo.build.packages import node_command, npm_command
from geo.build.repair import clean_coverage, share_out

__all__ = [
    "build",
    "clean_coverage",
    "measure",
    "node_command",
    "npm_command",
    "share_out",
]
