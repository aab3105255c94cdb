"""Run the benches one after the other: `python -m bench`, or `python -m bench clicks start` for some of them.

`--people 50` says how many sessions the benches of a crowd open; `--minutes 30` how long those of load last.

A bench whose page fails says why, the others still run, and the command ends with a status other than zero.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from importlib import import_module

from playwright.sync_api import Error as BrowserError

from bench._browser import BenchError, header
from geo.errors import GeoInputError

BENCHES = (
    "crosswalk",
    "coverage",
    "covering",
    "divisions",
    "perimeter",
    "similar",
    "needs",
    "opened",
    "note",
    "dossier",
    "region",
    "search",
    "imports",
    "import_shapes",
    "clicks",
    "crowd",
    "sessions",
    "load",
    "kills",
    "soak",
    "start",
    "first",
    "memory",
)
CROWDS = ("crowd", "sessions")
LASTING = ("load", "kills", "soak")


def main(words: list[str]) -> int:
    """Run the benches named, all by default; return the status of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--people", type=int)
    parser.add_argument("--minutes", type=float)
    options = parser.parse_args(words)
    names = options.names
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and browsers are ended here too
    header()
    failed = []
    start = time.perf_counter()
    for name in names or BENCHES:
        print(f"\n{name}")
        began = time.perf_counter()
        try:
            people = (options.people,) if options.people and name in CROWDS else ()
            minutes = (options.minutes,) if options.minutes and name in LASTING else ()
            import_module(f"bench.{name}").main(*people, *minutes)
        except (BenchError, BrowserError, GeoInputError, AssertionError, RuntimeError, OSError) as error:
            print(f"bench {name} failed: {error}", file=sys.stderr)
            failed.append(name)
        print(f"({time.perf_counter() - began:.0f} s)")
    print(f"\ndone in {time.perf_counter() - start:.0f} s" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
