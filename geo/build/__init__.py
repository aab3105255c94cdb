"""The base of communes made from registry packages (data/base, committed): seldom run, never at run time.

Start from `build`; `npm_command` finds the npm client for callers that install packages.
"""

from geo.build.assemble import build
from geo.build.packages import node_command, npm_command

__all__ = [
    "build",
    "node_command",
    "npm_command",
]
