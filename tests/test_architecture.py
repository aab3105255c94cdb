"""Rules of the project that a reader would not see break: layers of code, docstrings, sizes, what is committed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.paths import ROOT

CORE = sorted((ROOT / "geo").glob("**/*.py"))
CODE = sorted(p for folder in ("geo", "ui", "pages") for p in (ROOT / folder).glob("**/*.py"))
SCREEN_CODE = [p for p in (*CODE, ROOT / "dashboard.py") if p.relative_to(ROOT).parts[0] != "geo"]
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js")) + sorted((ROOT / "tests" / "js").glob("*.js"))
SCREEN = {"streamlit", "folium", "streamlit_folium", "plotly", "branca", "ui", "pages", "dashboard"}
VENDORED = (".min.js", ".min.css", ".whl", ".tgz", ".map", ".png")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


@pytest.mark.parametrize("path", CORE, ids=lambda p: p.name)
def test_the_core_does_not_know_the_screen(path: Path) -> None:
    assert not set(_imports(path)) & SCREEN


@pytest.mark.parametrize("path", CORE, ids=lambda p: p.name)
def test_every_public_name_of_the_core_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), path.name
    assert [name for name, node in _public(tree) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("path", CODE, ids=lambda p: p.name)
def test_no_module_is_too_long_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_no_script_is_too_long_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


NAMED = re.compile(r"(?<![\w./-])(?:(?:static|ui|geo|tests|bench|pages|docs)/[\w/-]+\.(?:py|js|css|md|d\.ts))\b")


@pytest.mark.parametrize("path", [*CODE, *SCRIPTS], ids=lambda p: f"{p.parent.name}/{p.name}")
def test_files_that_code_and_comments_name_exist(path: Path) -> None:
    named = set(NAMED.findall(path.read_text(encoding="utf-8")))
    made = ("static/vendor/", "static/geo/")
    assert [name for name in sorted(named) if not name.startswith(made) and not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", SCREEN_CODE, ids=str)
def test_what_is_cached_is_keyed_on_all_its_arguments(path: Path) -> None:
    """Streamlit leaves an argument whose name starts with an underscore out of the key: stale figures would be shown."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and any(
            word in ast.unparse(d) for d in node.decorator_list for word in ("cache_", "keyed_on_data")
        ):
            names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            assert [name for name in names if name.startswith("_")] == [], node.name


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


@pytest.mark.parametrize("path", SCREEN_CODE, ids=str)
def test_every_cache_of_the_screen_is_made_in_one_place(path: Path) -> None:
    """What is kept elsewhere would outlive the data it was computed from, and add up with each publication."""
    made = re.findall(
        r"@(?:st\.cache_\w+|(?:functools\.)?lru_cache|(?:functools\.)?cache)\b", path.read_text(encoding="utf-8")
    )
    assert made == OTHER_CACHES.get(path.relative_to(ROOT).as_posix(), [])


CORE_CACHES = ("atlas", "crosswalk", "layer", "facts", "world", "density", "resources")


@pytest.mark.parametrize("path", CORE, ids=lambda p: p.name)
def test_no_cache_of_a_module_of_the_core_holds_a_dataset(path: Path) -> None:
    """They are kept on their subject instead (geo.kept), and leave with it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and any("lru_cache" in ast.unparse(d) for d in node.decorator_list):
            assert [a.arg for a in node.args.args if a.arg in CORE_CACHES] == [], node.name


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
