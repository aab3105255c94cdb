"""Rules of the project that a reader would not see break: layers of code, docstrings, sizes, what is committed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from geo.paths import ROOT

CORE = sorted((ROOT / "geo").glob("**/*.py"))
CODE = sorted(p for folder in ("geo", "ui", "pages") for p in (ROOT / folder).glob("**/*.py"))
SCREEN_CODE = [p for p in (*CODE, ROOT / "dashboard.py") if p.relative_to(ROOT).parts[0] != "geo"]
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js")) + sorted((ROOT / "tests" / "js").glob("*.js"))
SCREEN = {"streamlit", "folium", "streamlit_folium", "plotly", "branca", "ui", "pages", "dashboard"}
VENDORED = (".min.js", ".min.css", ".whl", ".tgz", ".map", ".png")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@lru_cache(maxsize=1024)
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a file, the module first."""
    return tuple(ast.walk(ast.parse(text(path))))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in nodes(path) if isinstance(node, ast.FunctionDef))


def broken(paths: Iterable[Path], faults: Callable[[Path], Iterable[object]]) -> dict[str, list[object]]:
    """Return the files that break a rule, each with its faults; a rule that is given no file holds nothing."""
    read = {name_of(path): list(faults(path)) for path in paths}
    assert read
    return {name: found for name, found in read.items() if found}


def _imports(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def _public(tree: ast.AST, owner: str = "") -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{owner}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _public(node, f"{node.name}.")


def _git(*arguments: str) -> list[str]:
    run = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        pytest.skip(f"git n’est pas utilisable ici : {run.stderr.strip()}")
    return run.stdout.splitlines()


def test_the_core_does_not_know_the_screen() -> None:
    assert broken(CORE, lambda path: SCREEN.intersection(_imports(path))) == {}


def test_every_public_name_of_the_core_says_what_it_is() -> None:
    def silent(path: Path) -> list[str]:
        module = nodes(path)[0]
        named = [("the module", module), *_public(module)]
        return [name for name, node in named if not ast.get_docstring(node)]

    assert broken(CORE, silent) == {}


@pytest.mark.parametrize(("paths", "most"), [(CODE, 400), (SCRIPTS, 300)], ids=["modules", "scripts"])
def test_nothing_is_too_long_to_read(paths: list[Path], most: int) -> None:
    assert broken(paths, lambda path: [n] if (n := len(text(path).splitlines())) > most else []) == {}


NAMED = re.compile(r"(?<![\w./-])(?:(?:static|ui|geo|tests|bench|pages|docs)/[\w/-]+\.(?:py|js|css|md|d\.ts))\b")


def test_files_that_code_and_comments_name_exist() -> None:
    made = ("static/vendor/", "static/geo/")

    def lost(path: Path) -> list[str]:
        named = sorted(set(NAMED.findall(text(path))))
        return [name for name in named if not name.startswith(made) and not (ROOT / name).exists()]

    assert broken([*CODE, *SCRIPTS], lost) == {}


def test_what_is_cached_is_keyed_on_all_its_arguments() -> None:
    """Streamlit leaves an argument whose name starts with an underscore out of the key: stale figures would be shown."""

    def left_out(path: Path) -> Iterator[str]:
        for node in functions(path):
            if any(word in ast.unparse(d) for d in node.decorator_list for word in ("cache_", "keyed_on_data")):
                names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
                yield from (f"{node.name}: {name}" for name in names if name.startswith("_"))

    assert broken(SCREEN_CODE, left_out) == {}


# What is kept and does not come from the data: the token itself, a process, the desk of a session, the addresses of scripts,
# the files of the framework.
OTHER_CACHES = {
    "ui/cache.py": ["@st.cache_data"],
    "ui/map/build.py": ["@cache"],
    "ui/search.py": ["@cache"],
    "ui/reading_desk.py": ["@st.cache_resource"],
    "ui/server/background.py": ["@st.cache_resource", "@st.cache_resource"],
    "ui/server/bundle.py": ["@cache", "@cache", "@cache"],
    "ui/server/light.py": ["@cache", "@cache"],
}
KEPT = re.compile(r"@(?:st\.cache_\w+|(?:functools\.)?lru_cache|(?:functools\.)?cache)\b")


def test_every_cache_of_the_screen_is_made_in_one_place() -> None:
    """What is kept elsewhere would outlive the data it was computed from, and add up with each publication."""
    assert broken(SCREEN_CODE, lambda path: KEPT.findall(text(path))) == OTHER_CACHES


CORE_CACHES = ("atlas", "crosswalk", "layer", "facts", "world", "density", "resources")


def test_no_cache_of_a_module_of_the_core_holds_a_dataset() -> None:
    """They are kept on their subject instead (geo.kept), and leave with it."""

    def held(path: Path) -> Iterator[str]:
        for node in functions(path):
            if any("lru_cache" in ast.unparse(d) for d in node.decorator_list):
                yield from (f"{node.name}: {a.arg}" for a in node.args.args if a.arg in CORE_CACHES)

    assert broken(CORE, held) == {}


def test_nothing_from_third_parties_nor_made_by_set_up_is_committed_under_static() -> None:
    committed = _git("ls-files", "static")
    assert [p for p in committed if p.startswith(("static/vendor/", "static/geo/")) or p.endswith(VENDORED)] == []


@pytest.mark.parametrize(
    "made", ["static/vendor/leaflet/leaflet.js", "static/geo/index.json", "node_modules/x", "data/sources_cache/x"]
)
def test_what_set_up_makes_is_ignored_by_git(made: str) -> None:
    assert _git("check-ignore", made) == [made]


def test_the_core_imports_and_answers_with_no_screen_library_loaded() -> None:
    code = "import sys, geo.__main__, geo.guidance, geo.coverage, geo.exports; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(run.stdout.split()) & SCREEN
