"""What documents name exists: paths, links, commands, modules, packages and their levels."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from geo.__main__ import parser
from geo.paths import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), ROOT / "data" / "README.md", *(ROOT / "docs").glob("**/*.md")])
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
MADE = ("static/vendor", "static/geo", "fuzz-findings", "node_modules", ".venv")  # by set-up, or when a command runs
FOLDERS = ("geo", "ui", "pages", "static", "data", "docs", "tests", "bench", "deploy")
ENDINGS = ("py", "js", "md", "toml", "yml", "typ", "parquet", "csv", "json")
PATH = re.compile(rf"(?:[\w.-]+/)*[\w.-]+\.(?:{'|'.join(ENDINGS)})|(?:{'|'.join(FOLDERS)})(?:/[\w.-]+)*/?")
SAMPLES = {"note.pdf"}
COMMAND = re.compile(r"python3? -m ([\w.]+)([^`\n#]*)")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(path: Path) -> str:
    """Return a document without its blocks of code."""
    return re.sub(r"(?ms)^```.*?^```", "", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """Return the anchors of the headings of a document, as forges make them."""
    headings = re.findall(r"(?m)^#+ (.+)$", prose(path))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def exists(name: str, beside: Path) -> bool:
    """Tell whether a path is one of the project, of the folder of the document, or of a folder that holds such files."""
    if name.startswith(MADE):
        return True
    if any((folder / name).exists() for folder in (ROOT, beside)):
        return True
    return name in names_held()


@cache
def names_held() -> frozenset[str]:
    """Return the names of all that the folders of the project hold."""
    return frozenset(path.name for folder in FOLDERS for path in (ROOT / folder).rglob("*"))


@cache
def commands_understood() -> ArgumentParser:
    return parser()


@cache
def help_of_all() -> str:
    return parser().format_help()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_paths_that_a_document_names_exist(path: Path) -> None:
    named = {name for name in re.findall(r"`([^`\n]+)`", prose(path)) if PATH.fullmatch(name)} - SAMPLES
    assert [name for name in sorted(named) if not exists(name, path.parent)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_of_a_document_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if target.startswith(("http://", "https://")):
            continue
        name, _, anchor = target.partition("#")
        found = path.parent / name if name else path
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


def commands() -> Iterator[tuple[str, str, str]]:
    """Yield each document, module and arguments of « python -m »."""
    for path in DOCUMENTS:
        for module, arguments in COMMAND.findall(path.read_text(encoding="utf-8")):
            yield path.name, module, re.sub(r"[\[\]«»]", "", arguments).strip()


@pytest.mark.parametrize(("document", "module", "arguments"), sorted(set(commands())))
def test_commands_that_a_document_gives_are_those_of_the_program(document: str, module: str, arguments: str) -> None:
    if module.split(".")[0] in FOLDERS:
        assert find_spec(module), module
    words = shlex.split(arguments)
    if module != "geo" or not words or words[0] == "COMMAND":
        return
    if any(word.startswith("-") or "/" in word for word in words[1:]):
        commands_understood().parse_args(words)  # exits when it does not understand
    else:
        assert re.search(rf"[{{,]{words[0]}[,}}]|^ +{words[0]} ", help_of_all(), re.M), words


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_targets_of_make_that_a_document_names_exist(path: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", path.read_text(encoding="utf-8"), re.M)) <= targets


@pytest.mark.parametrize(("container", "place"), [("geo", 0), ("ui", 1)])
def test_the_levels_drawn_are_those_that_are_held(container: str, place: int) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    levels = next(c["layers"] for c in contracts if c["type"] == "layers" and c["containers"] == [container])
    drawn = re.findall(r"(?ms)^```\n(.*?)^```", ARCHITECTURE)[place].splitlines()
    assert drawn == levels


def offered(package: Path) -> set[str]:
    """Return the names that the face of a package offers."""
    face = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    lists = [
        node.value for node in face.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return {name for found in lists for name in ast.literal_eval(found)}


def test_every_package_has_its_line_and_is_entered_by_names_of_its_face() -> None:
    rows = dict(re.findall(r"(?m)^\| `(geo/\w+)` \| [^|]+ \| ([^|]+) \|$", ARCHITECTURE))
    assert set(rows) == {name_of(p.parent) for p in (ROOT / "geo").glob("*/__init__.py")}
    for package, start in rows.items():
        assert set(re.findall(r"`(\w+)`", start)) <= offered(ROOT / package), package


def test_keys_and_names_of_the_glossary_are_in_the_code() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    files = [
        *(ROOT / "geo").glob("**/*.py"),
        *(ROOT / "ui").glob("**/*.py"),
        *(ROOT / "data" / "dispositifs").glob("*.csv"),
    ]
    files += (ROOT / "data").glob("*.toml")
    used = set(re.findall(r"[\w-]+", " ".join(file.read_text(encoding="utf-8") for file in files)))
    assert sorted(set(re.findall(r"`([\w-]+)`", glossary)) - used) == []


CITED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
STATEMENTS = ("security-file.md", "rgpd.md", "rgaa.md", "rgesn.md")


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_tests_that_a_document_cites_exist(path: Path) -> None:
    cited = CITED.findall(path.read_text(encoding="utf-8"))
    assert [
        f"{file}::{name}" for file, name in cited if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ] == []
    assert cited or path.name not in STATEMENTS, "a statement rests on tests"
