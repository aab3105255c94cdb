"""Does another checkout give the same answers? `python -m tests.same_answers save|compare FILE [--tree PATH]`.

`save` asks the product some 200 perimeters and 40 coverage scopes, drawn with a seed, and writes what it answers: JSON and
text of `evaluate`, `compare` and `coverage`, prints of the bytes of every kind of file (notes, workbooks, maps, layers of
the register), suggestions, priorities, next CLSM. `compare` asks again what the file says was asked, and lists what
differs; its status is 1 when something does. `--tree` asks another checkout.

The clock is stopped, so that a date never makes a difference; homes are new and empty, so that nothing imported by anybody does.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import enum
import hashlib
import importlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

# The only names of the product that are known here; the command line is asked for all the rest. When a function moves,
# add its new address: the first one that exists is taken.
ENTRIES: Mapping[str, tuple[str, ...]] = {
    "main": ("geo.__main__:main",),
    "open_dataset": ("geo.world:open_world", "geo.dataset:open_dataset", "geo.dataset:open_world"),
    "suggest": ("geo.suggest:suggest",),
    "perimeter": ("geo.perimeter:Perimeter", "geo.perimeters:Perimeter"),
    "note_map": ("geo.perimeter_map:note_map", "geo.exports.perimeter_svg:note_map"),
    "candidates": ("geo.candidates:candidates", "geo.comparison:candidates"),
    "default_choice": ("geo.candidates:default_choice", "geo.comparison:default_choice"),
    "side_by_side": ("geo.compare:side_by_side", "geo.comparison:side_by_side"),
    "export_of": ("geo.note_cli:export_of", "geo.cli.perimeter:export_of"),
    "scenario": ("geo.scenarios:Scenario",),
    "make": ("geo.perimeter_exports:make", "geo.exports:make", "geo.exports.perimeter_files:make"),
    "read_scope": ("geo.coverage:read_scope",),
    "make_board": ("geo.coverage_people:make_board", "geo.coverage:coverage_state"),
    "report": ("geo.coverage_report:CoverageReport", "geo.exports:CoverageReport", "geo.coverage:CoverageReport"),
    "coverage_map": ("geo.coverage_map:coverage_map", "geo.exports.coverage_svg:coverage_map"),
    "presets": ("geo.priorities:PRESETS", "geo.coverage:PRESETS", "geo.coverage.priorities:PRESETS"),
    "next_clsm": ("geo.siting:next_clsm", "geo.coverage:next_clsm"),
    "siting_candidates": ("geo.siting:candidates", "geo.coverage:siting_candidates"),
    "mix": ("geo.siting:Mix", "geo.coverage:Mix"),
}  # fmt: skip
NOTES = ("pdf", "docx", "xlsx", "gpkg", "geojson", "csv", "json")
FORMS = ("csv", "tsv", "xlsx", "ods", "geojson", "gpkg", "fgb", "kml", "kmz", "zip", "parquet")
NOON = datetime.datetime(2026, 1, 15, 12, tzinfo=datetime.UTC)
SHORT, DEPTH, JOBS = 90, 3, 2


@cache
def entry(name: str) -> Any:
    """Find an entry of the product at one of its addresses."""
    for address in ENTRIES[name]:
        module, _, attribute = address.partition(":")
        try:
            return getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError):
            continue
    raise SystemExit(f"{name}: at none of {', '.join(ENTRIES[name])}; give its new address in tests/same_answers.py")


# --- the product, with its clock stopped and its data opened once ---------------------------------------------------
class _Today(datetime.date):
    @classmethod
    def today(cls) -> datetime.date:
        return NOON.date()


class _Now(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
        return NOON.astimezone(tz) if tz else NOON.replace(tzinfo=None)


class Product:
    """The product in this process; `ask` runs a command and keeps all that it answers."""

    def __init__(self) -> None:
        """Start with an empty home."""
        self.folder = Path(tempfile.mkdtemp(prefix="clsm-same-"))
        opener = entry("open_dataset")
        self.open = lru_cache(maxsize=1)(lambda home, of: opener())
        self.name, self.opener = opener.__name__, opener
        self.new_home("embedded")

    def new_home(self, name: str) -> None:
        """Look at an empty home from now on."""
        os.environ["CLSM_HOME"] = str(self.folder / name)
        self.changed = 0

    @property
    def world(self) -> Any:
        """The data in use."""
        return self.open(os.environ["CLSM_HOME"], self.changed)

    def _prepare(self) -> None:
        """Stop the clock, and open the data once, in every module of the product read by now."""
        for module in [m for n, m in sys.modules.items() if n == "geo" or n.startswith("geo.")]:
            for name, real, ours in (("date", datetime.date, _Today), ("datetime", datetime.datetime, _Now)):
                if module.__dict__.get(name) is real:
                    setattr(module, name, ours)
            if module.__dict__.get(self.name) is self.opener:
                setattr(module, self.name, lambda home=None: self.world)

    def ask(self, *arguments: str) -> dict[str, Any]:
        """Run a command; return its status, what it printed (JSON as values) and what it said of problems."""
        self._prepare()
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = entry("main")(list(arguments))
            except SystemExit as error:
                status = error.code
            except Exception as error:
                status = f"{type(error).__name__}: {error}"
        self._prepare()  # the modules that this command was the first to import
        text = out.getvalue().replace(str(self.folder), "FOLDER")
        said = json.loads(text) if "--json" in arguments and text.startswith(("{", "[")) else text.splitlines()
        return {"status": status, "said": said, "problems": err.getvalue().replace(str(self.folder), "FOLDER")}


# --- prints ---------------------------------------------------------------------------------------------------------
def short(value: object) -> str:
    """Return a short value as it is, a long one as its print."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return text if len(text) <= SHORT else f"{len(text)} {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def plain(value: Any) -> Any:
    """Return a result as plain values, without the names of its classes."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(plain(k)): plain(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(v) for v in value)
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if hasattr(value, "to_dict"):  # a table or a column
        return plain(value.reset_index().to_dict("list"))
    if hasattr(value, "tolist"):
        return value.tolist()
    return value


def leaves(key: str, value: Any, depth: int = DEPTH) -> Iterator[tuple[str, str]]:
    """Yield the parts of plain values, each under its own key, down to a depth."""
    if depth and isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, part in pairs:
            yield from leaves(f"{key}/{name}", part, depth - 1)
    else:
        yield key, short(value)


def of_bytes(key: str, content: bytes, *, dated: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the print of a file, and of its parts where it has some; `dated` leaves out what holds the clock.

    A DOCX is known by its parts: the archive around them is dated by the library that writes it.
    """
    dated = dated or key.endswith("docx")
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
        for name, part in parts:
            if dated and name == "docProps/core.xml" and not key.endswith("docx"):
                continue
            yield f"{key}/{name}", _sha(b"\0\0\0" + part[4:] if dated and name.endswith(".dbf") else part)
        if dated:
            return
    if content[:6] == b"SQLite":
        yield from _tables(key, content)
        if dated:
            return
    yield key, f"{len(content)} bytes {_sha(content)}"


def _tables(key: str, content: bytes) -> Iterator[tuple[str, str]]:
    with contextlib.closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(content)
        names = [n for (n,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for name in names:
            if not name.startswith("rtree_"):
                rows = base.execute(f'SELECT * FROM "{name}"').fetchall()
                yield f"{key}/{name}", f"{len(rows)} rows {_sha(repr(rows).encode())}"


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]


# --- questions ------------------------------------------------------------------------------------------------------
Answers = Iterator[tuple[str, str]]


def of_perimeter(product: Product, case: Mapping[str, Any]) -> Answers:
    """Ask everything about one perimeter."""
    key, choice = f"perimeter/{case['id']}", case["choice"]
    yield from leaves(f"{key}/evaluate", product.ask("evaluate", *choice, "--json"), DEPTH + 1)
    yield from leaves(f"{key}/text", product.ask("evaluate", *choice), 2)
    for form in NOTES:
        path = product.folder / f"note.{form}"
        path.unlink(missing_ok=True)
        more = (
            ["--instruction"] if form in ("pdf", "docx") and int(hashlib.md5(key.encode()).hexdigest(), 16) % 2 else []
        )
        yield f"{key}/{form}/said", short(product.ask("note", *choice, "--out", str(path), "--nom", "Essai", *more))
        if path.exists():
            yield from of_bytes(f"{key}/{form}", path.read_bytes())
    codes = [c for c in case["codes"] if c in product.world.atlas.row]
    if codes:
        yield from leaves(f"{key}/suggest", plain(entry("suggest")(product.world, codes)))
        drawn = entry("note_map")(product.world.facts(entry("perimeter").of(codes, product.world.atlas)))
        yield f"{key}/map", short(plain(drawn))


def of_commune(product: Product, case: Mapping[str, Any]) -> Answers:
    """Ask the scales of one commune, and the files that compare them."""
    key, code = f"commune/{case['id']}", case["id"]
    yield from leaves(f"{key}/compare", product.ask("compare", "--commune", code, "--json"), DEPTH + 1)
    yield from leaves(f"{key}/text", product.ask("compare", "--commune", code), 2)
    if not case["files"]:
        return
    world = product.world
    found = entry("side_by_side")(entry("default_choice")(entry("candidates")(world.crosswalk, code)), world)
    scenario = entry("scenario")("Comparé", frozenset([code]), "Une note")
    export = entry("export_of")(scenario, world, address="http://localhost", today=NOON.date())
    export = dataclasses.replace(export, comparison=found)
    for form in NOTES:
        yield from of_bytes(f"{key}/{form}", entry("make")(form, export))


def of_scope(product: Product, case: Mapping[str, Any]) -> Answers:
    """Ask everything about one coverage scope."""
    key = f"scope/{case['id']}"
    asked = ["coverage", "--scope", case["scope"], "--complete", case["complete"], "--level", case["level"]]
    if case["next"]:
        asked += ["--next", str(case["next"])]
    folder = Path(tempfile.mkdtemp(dir=product.folder))
    yield from leaves(f"{key}/coverage", product.ask(*asked, "--json", "--out", str(folder)), DEPTH + 1)
    yield from leaves(f"{key}/text", product.ask(*asked), 2)
    for path in sorted(folder.iterdir()):
        yield from of_bytes(f"{key}/{path.name}", path.read_bytes())
        path.unlink()
    world = product.world
    scope = entry("read_scope")(case["scope"], world.atlas)
    board = entry("make_board")(world.crosswalk, world.density, complete=[c for c in case["complete"].split(",") if c])
    yield f"{key}/map", short(plain(entry("coverage_map")(scope, board)))
    for preset in entry("presets"):
        report = entry("report")(scope, board, level=case["level"], weights=preset.weights)
        if case["level"] in report.gaps:
            yield f"{key}/priorities/{preset.id}", short(plain(report.ranking.table))
            yield f"{key}/stability/{preset.id}", short(plain(report.stability))
    if scope.kind != "france":
        yield from _siting(f"{key}/next", scope, board)


def _siting(key: str, scope: Any, board: Any) -> Answers:
    """Ask the next CLSM with other needs and without ceiling; an answer that was not proven in time says so alone."""
    for kind in ("epci", "secteurs-adultes"):
        for needs in ({"habitants": 1.0}, {"habitants": 1.0, "qpv": 1.0, "rural": 1.0}):
            found = entry("siting_candidates")(kind, scope, board)
            if found:
                mix = entry("mix")(**({"qpv": 0.0, "rural": 0.0} | needs))
                answer = entry("next_clsm")(scope, board, found, 3, kind=kind, ceiling=None, mix=mix)
                known = [plain(answer.table), answer.sentence, answer.ties] if answer.exact else "not proven in time"
                yield f"{key}/{kind}/{len(needs)}", short([known, plain(answer.greedy)])


def of_import(product: Product, case: Mapping[str, Any]) -> Answers:
    """Bring a file in, ask what is in use then, take it out again, withdraw it."""
    form, kind = case["form"], case["kind"]
    key = f"import/{case['id']}"
    product.new_home(case["id"])
    folder = product.folder / f"files-{case['id']}"
    folder.mkdir()
    path = Path(shutil.copy(Path(os.environ["CLSM_SAME"]) / f"couche.{form}", folder))
    stated = ["--kind", kind, "--source", "Essai", "--date", "2026", "--who", "Ana", "--complete", "79"]
    yield from leaves(f"{key}/dry", product.ask("import", str(path), "--dry-run", *stated), 2)
    yield from leaves(f"{key}/import", product.ask("import", str(path), "--json", *stated), DEPTH + 1)
    product.changed += 1
    yield from leaves(f"{key}/layers", product.ask("layers", "--json"), DEPTH + 1)
    yield f"{key}/export/said", short(product.ask("layers", "--kind", kind, "--export", "1", "--to", str(folder)))
    for made in sorted(folder.glob("*-version-1.*")):
        yield from of_bytes(f"{key}/{made.name}", made.read_bytes(), dated=True)
    yield f"{key}/evaluate", short(product.ask("evaluate", "--epci", "200041317", "--json"))
    yield f"{key}/coverage", short(product.ask("coverage", "--scope", "79", "--json"))
    yield f"{key}/withdraw", short(product.ask("layers", "--kind", kind, "--withdraw", "--who", "Ana"))
    product.changed += 1
    yield f"{key}/after", short(product.ask("evaluate", "--epci", "200041317", "--json"))
    product.new_home("embedded")


QUESTIONS: Mapping[str, Callable[[Product, Mapping[str, Any]], Answers]] = {
    "perimeters": of_perimeter, "communes": of_commune, "scopes": of_scope, "imports": of_import,
}  # fmt: skip


def draw(tree: Path) -> dict[str, list[dict[str, Any]]]:
    """Draw every case from the files of a checkout."""
    from tests import same_cases

    country = same_cases.Country(tree)
    perimeters = same_cases.perimeters(country)
    communes = same_cases.communes(country, perimeters)
    return {
        "perimeters": perimeters,
        "communes": [{"id": code, "files": i % 12 == 0} for i, code in enumerate(communes)],
        "scopes": same_cases.scopes(country),
        "imports": [
            {"id": f"{kind}-{form}", "form": form, "kind": kind}
            for form, kind in [*((f, "clsm") for f in FORMS), ("csv", "secteurs-adultes"), ("gpkg", "cpts")]
        ],
    }


# --- running --------------------------------------------------------------------------------------------------------
def work(asked: Path, share: int, jobs: int, out: Path) -> None:
    """Answer every `jobs`-th question of a file of cases (the process of one job)."""
    product, answers = Product(), {}
    todo = [(group, case) for group, every in json.loads(asked.read_text("utf-8")).items() for case in every]
    for done, (group, case) in enumerate(todo[share::jobs]):
        try:
            answers.update(QUESTIONS[group](product, case))
        except Exception as error:  # an answer like another: it must be the same elsewhere
            answers[f"{group}/{case['id']}/error"] = f"{type(error).__name__}: {error}"
        if done % 20 == 0:
            print(f"job {share + 1}: {done} of {len(todo[share::jobs])}", file=sys.stderr, flush=True)
    out.write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")


def answers_of(tree: Path, asked: Mapping[str, Any], jobs: int) -> dict[str, str]:
    """Ask a checkout every case, in `jobs` processes.

    Raises
    ------
    SystemExit
        When a process could not answer.
    """
    from tests.same_files import write

    with tempfile.TemporaryDirectory(prefix="clsm-same-") as name:
        folder = Path(name)
        (folder / "cases.json").write_text(json.dumps(asked), encoding="utf-8")
        still = {
            "TZ": "UTC",
            "OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z",
            "CLSM_NO_SYNC": "1",
            "PYTHONHASHSEED": "0",
        }
        environment = os.environ | still | {"PYTHONPATH": str(tree), "CLSM_SAME": name, "TMPDIR": name}
        environment.pop("CLSM_REGISTER", None)
        for form in FORMS:
            write(folder / f"couche.{form}", tree / "data" / "base")
        parts = [folder / f"{i}.json" for i in range(jobs)]
        command = [sys.executable, "-P", str(Path(__file__).resolve()), "work", str(folder / "cases.json")]
        running = [
            subprocess.Popen([*command, str(i), str(jobs), str(part)], cwd=tree, env=environment)
            for i, part in enumerate(parts)
        ]
        ended = [process.wait() for process in running]  # of all, before anything is deleted
        if any(ended):
            raise SystemExit("a process could not answer: see above")
        return {key: value for part in parts for key, value in json.loads(part.read_text("utf-8")).items()}


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """List what differs: « key: before → after »."""
    keys = sorted(before.keys() | after.keys())
    return [
        f"{key}: {before.get(key, '(none)')} → {after.get(key, '(none)')}"
        for key in keys
        if before.get(key) != after.get(key)
    ]


def main() -> int:
    """Save answers, or compare with answers saved."""
    parser = argparse.ArgumentParser(prog="python -m tests.same_answers", description=__doc__.splitlines()[0])
    parser.add_argument("act", choices=["save", "compare"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--tree", type=Path, default=Path(), help="checkout to ask (this one by default)")
    parser.add_argument("--only", default="", metavar="GROUP", help=f"one of {', '.join(QUESTIONS)}")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="compare one question in N only")
    parser.add_argument("--jobs", type=int, default=JOBS)
    options = parser.parse_args()
    tree = options.tree.resolve()
    saved = None if options.act == "save" else json.loads(options.file.read_text("utf-8"))
    asked = draw(tree) if saved is None else saved["cases"]
    asked = {group: every[:: options.every] for group, every in asked.items() if options.only in ("", group)}
    found = answers_of(tree, asked, options.jobs)
    if saved is None:
        body = json.dumps({"cases": asked, "answers": found}, ensure_ascii=False, indent=0, sort_keys=True)
        options.file.write_text(body, encoding="utf-8")
        print(f"{sum(map(len, asked.values()))} questions, {len(found)} answers saved")
        return 0
    heads = tuple(f"{group[:-1]}/{case['id']}/" for group, every in asked.items() for case in every)
    before = {key: value for key, value in saved["answers"].items() if key.startswith(heads)}
    differing = differences(before, found)
    print("\n".join([*differing, f"{len(found)} answers, {len(differing)} different"]))
    return 1 if differing else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        work(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
    else:
        sys.exit(main())
