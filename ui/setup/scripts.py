"""Check, format and test the scripts of the map (static/js) with Node: the machine's, else the one of a PyPI wheel.

Run with `python -m ui.setup.scripts install` (what checks them, from package-lock.json, into node_modules), `check` (lint,
format and types), `format` (write the format and the harmless repairs), `test` (tests/js, which need node_modules not), `sbom` (what
package-lock.json holds, in CycloneDX, on the standard output) or `audit` (what is known against it, asked of the registry).
"""

from __future__ import annotations

import subprocess
import sys

from geo.build import node_command, npm_command
from geo.errors import MissingDataError
from geo.paths import ROOT

BIOME = "node_modules/@biomejs/biome/bin/biome"
TYPES = "node_modules/typescript/bin/tsc"


def commands(what: str) -> list[list[str]]:
    """Return the commands behind a word of the command line, to be run in order from the root of the project.

    Raises
    ------
    MissingDataError
        When Node or npm is not installed.
    KeyError
        When the word is not one of those of the module.
    """
    node = node_command()
    tests = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "js").glob("*.test.js"))
    return {
        "install": [[*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]],
        "check": [[*node, BIOME, "ci"], [*node, TYPES, "--project", "."]],
        "format": [[*node, BIOME, "check", "--write"]],
        "test": [[*node, "--test", *tests]],
        "sbom": [[*npm_command(), "sbom", "--sbom-format=cyclonedx", "--sbom-type=application", "--package-lock-only"]],
        "audit": [[*npm_command(), "audit", "--package-lock-only"]],
    }[what]


def main(arguments: list[str]) -> int:
    """Run what is asked for; return the exit code of the first command that fails, or 0."""
    try:
        wanted = [command for what in arguments for command in commands(what)]
    except KeyError as error:
        print(f"« {error.args[0]} » n’est pas connu : install, check, format, test, sbom ou audit.", file=sys.stderr)
        return 2
    except MissingDataError as error:
        print(error, file=sys.stderr)
        return 2
    for command in wanted:
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
