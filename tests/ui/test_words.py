"""Words that no page nor file may hold: command lines, which whoever reads a page cannot use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.coverage import GAP_TITLES
from geo.needs import CROSS_TITLES
from geo.paths import ROOT
from ui.coverage import gaps

# What is run from a terminal may name commands; so may what an installer reads there.
TERMINAL = (
    "geo/cli/",
    "geo/__main__.py",
    "geo/nursery.py",
    "geo/build/",
    "geo/sources/",
    "ui/setup/",
)
COMMAND = re.compile(r"python3? -m|(?<![\w-])--[a-z][a-z-]+(?![\w-]*:)|\bpip install\b|\bmake [a-z]+ »")


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the strings of a module that are not documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value


def test_no_page_nor_file_gives_a_command_line() -> None:
    found = []
    for path in sorted(
        [*(ROOT / "geo").glob("**/*.py"), *(ROOT / "ui").glob("**/*.py"), *(ROOT / "pages").glob("*.py")]
    ):
        name = str(path.relative_to(ROOT))
        if not name.startswith(TERMINAL):
            found += [
                f"{name}:{line} {text[:80]}"
                for line, text in _texts(path)
                if COMMAND.search(text) and "<style>" not in text
            ]
    assert found == []


@pytest.mark.parametrize("name", ["couverture.typ", "note.typ", "commun.typ"])
def test_no_printed_page_gives_a_command_line(name: str) -> None:
    assert not re.search(r"python -m", (ROOT / "geo/exports/templates" / name).read_text(encoding="utf-8"))


def test_embedded_remarks_speak_of_no_departement() -> None:
    """A remark stands beside every territory of France: where a list is complete is said by its extent."""
    text = (ROOT / "data/layers.toml").read_text(encoding="utf-8")
    remarks = re.findall(r'^(?:remarque|source) = "(.*)"$', text, re.MULTILINE)
    assert len(remarks) >= 14
    assert not [r for r in remarks if re.search("Val-de-Marne|Deux-Sèvres|Vaucluse|Seed|amorce", r)]


def test_a_name_of_column_says_one_number_on_screen_and_in_files() -> None:
    """« Sans CLSM connu » was all those without CLSM nor project on screen, those of unknown situation in the workbook."""
    shown = gaps.SHORT["sans_clsm"]
    assert GAP_TITLES["sans_clsm"].startswith(shown) and CROSS_TITLES["sans_clsm"] == GAP_TITLES["sans_clsm"]
    assert not any(title.startswith(shown[:9]) for name, title in GAP_TITLES.items() if name != "sans_clsm")
    assert len(set(GAP_TITLES.values())) == len(GAP_TITLES)
