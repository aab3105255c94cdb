"""Rules on packages: each has a face, others import from the face only, and nothing is a heap nor a splinter."""

from __future__ import annotations

import ast
import importlib
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from geo.paths import ROOT

MOST_MODULES = 15  # in one folder, its face aside
SMALL = 60  # lines: a shorter module with a single importer says why it stands alone
WHY = "Apart because "  # the mark of that sentence in its docstring
# What imports a module of another package, and why it must.
DOORS = {
    ("geo/__main__.py", "geo.cli"): "the command line is the package geo.cli; this is its door",
    ("geo/nursery.py", "geo.exports"): "loads the readers before it forks, and nothing else of that package",
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


CODE = sorted(p for folder in ("geo", "ui") for p in (ROOT / folder).glob("**/*.py"))
MODULES = {module_name(p): p for p in CODE}
PACKAGES = {name for name, p in MODULES.items() if p.name == "__init__.py" and name.count(".") == 1}
READERS = sorted([*CODE, *(ROOT / "pages").glob("*.py"), ROOT / "dashboard.py"])


@lru_cache(maxsize=1024)
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def face(package: str) -> frozenset[str]:
    """Return the names in the `__all__` of a package."""
    for node in tree(MODULES[package]).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


@lru_cache(maxsize=1024)
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a file."""
    return tuple(ast.walk(tree(path)))


@lru_cache(maxsize=1024)
def imported(path: Path) -> tuple[tuple[str, str, str], ...]:
    """Return what a file imports of geo and ui: (module, name or "" for the module itself, name it is given)."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[tuple[str, str, str]]:
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("geo", "ui"):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                shadowed = node.module in PACKAGES and alias.name in face(node.module)
                if whole in MODULES and not shadowed:
                    yield whole, "", alias.asname or alias.name
                else:
                    yield node.module, alias.name, alias.asname or alias.name
        elif isinstance(node, ast.Import):
            yield from ((a.name, "", a.asname or a.name) for a in node.names if a.name.split(".")[0] in ("geo", "ui"))


def broken(faults: Callable[[Path], list[str]]) -> dict[str, list[str]]:
    """Return the files that break a rule, each with its faults."""
    read = {path.relative_to(ROOT).as_posix(): faults(path) for path in READERS}
    return {name: found for name, found in read.items() if found}


def package_of(module: str) -> str | None:
    """Return the package of the first level that a module belongs to, None for a module beside the packages."""
    first = ".".join(module.split(".")[:2])
    return first if first in PACKAGES else None


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_every_package_says_what_it_is_and_what_is_taken_from_it(package: str) -> None:
    assert len(ast.get_docstring(tree(MODULES[package])) or "") > 40
    if package not in ("geo.cli",):  # commands, that nobody imports
        assert face(package)
    assert [name for name in face(package) if not hasattr(importlib.import_module(package), name)] == []


def not_by_the_face(path: Path) -> list[str]:
    home = package_of(module_name(path))
    wrong, faces = [], {}
    for module, name, given in imported(path):
        package = package_of(module)
        if package is None or package == home:
            continue
        if (path.relative_to(ROOT).as_posix(), package) in DOORS:
            continue
        if module != package:
            wrong.append(f"{module}{f':{name}' if name else ''}")
        elif name and name not in face(package):
            wrong.append(f"{package}:{name}")
        elif not name:
            faces[given] = package
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in faces:
            package = faces[node.value.id]
            if node.attr not in face(package):
                wrong.append(f"{package}.{node.attr}")
    return wrong


def test_other_packages_are_imported_by_their_face() -> None:
    """`from geo.X.y import …` is for the modules of geo.X alone: what others need is in the face of geo.X."""
    assert broken(not_by_the_face) == {}


def lost(path: Path) -> list[str]:
    bound = {}
    for module, name, given in imported(path):
        importlib.import_module(module)
        if not name:
            bound[given] = sys.modules[module]
        else:
            held = getattr(sys.modules[module], name)
            if type(held).__name__ in ("module", "function"):
                bound[given] = held
    hidden = {n.arg for n in nodes(path) if isinstance(n, ast.arg)}
    hidden |= {n.id for n in nodes(path) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return [
        ast.unparse(node)
        for node in nodes(path)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in bound
        and node.value.id not in hidden
        and not hasattr(bound[node.value.id], node.attr)
    ]


def test_what_is_asked_of_a_module_is_in_it() -> None:
    """A name that moved away is an error on the day of the click that asks for it: no import says so."""
    assert broken(lost) == {}


def test_no_module_is_a_splinter() -> None:
    """A module under sixty lines that a single other one imports belongs in it, unless its docstring says « Apart because »."""
    importers = defaultdict(set)
    for path in READERS:
        for module, name, _ in imported(path):
            if module in PACKAGES and name:
                continue
            if not (path.name == "__init__.py" and package_of(module) == module_name(path)):
                importers[module].add(module_name(path))
    through = defaultdict(set)  # a name taken from a face counts for the module that makes it
    for package in PACKAGES:
        made = {given: module for module, _, given in imported(MODULES[package])}
        for path in READERS:
            if package_of(module_name(path)) != package:
                for module, name, given in imported(path):
                    if module == package and name in made:
                        through[made[name]].add(module_name(path))
                    elif module == package and not name:
                        for node in nodes(path):
                            if (
                                isinstance(node, ast.Attribute)
                                and isinstance(node.value, ast.Name)
                                and node.value.id == given
                                and node.attr in made
                            ):
                                through[made[node.attr]].add(module_name(path))
    splinters = [
        name
        for name, path in MODULES.items()
        if path.name not in ("__init__.py", "__main__.py")
        and "migrations" not in path.parts  # found by Alembic in their folder
        and len(path.read_text(encoding="utf-8").splitlines()) < SMALL
        and len(importers[name] | through[name]) <= 1
        and '__name__ == "__main__"' not in path.read_text(encoding="utf-8")  # a command
        and WHY not in " ".join((ast.get_docstring(tree(path)) or "").split())
    ]
    assert splinters == []


def test_no_folder_is_a_heap() -> None:
    folders = Counter(p.parent for p in CODE if p.name != "__init__.py")
    assert {str(f.relative_to(ROOT)): n for f, n in folders.items() if n > MOST_MODULES} == {}


def test_no_folder_of_tests_is_a_heap() -> None:
    """At the root: the fixtures of all, and the rules that hold for the whole tree."""
    helpers = [p for p in (ROOT / "tests").glob("**/*.py") if not p.name.startswith(("test_", "__"))]
    folders = Counter(p.parent for p in helpers)
    assert {str(f.relative_to(ROOT)): n for f, n in folders.items() if n > MOST_MODULES} == {}
    assert [p.name for p in (ROOT / "tests").glob("*.py") if not p.name.startswith("test_")] == ["conftest.py"]
