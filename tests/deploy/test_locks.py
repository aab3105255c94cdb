"""What is installed is pinned by hash: the locks hold what requirements and constraints choose, for all platforms, and every set-up uses them."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from geo.paths import ROOT

LOCKS = sorted((ROOT / "locks").glob("*.lock"))
PIN = re.compile(
    r"(?m)^([A-Za-z0-9_.-]+)(?:\[[\w,-]+\])?==([\w.+!-]+)((?: ; [^\\\n]+)?)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$"
)
CHOSEN = re.compile(r"(?m)^([A-Za-z0-9_.-]+)(?:\[[\w,-]+\])?==([\w.+!-]+)$")
TOOLS = ROOT / ".tools" / "bin"
COMPILED = {
    "numpy": 30,
    "pandas": 20,
    "shapely": 20,
    "pyarrow": 20,
    "sqlalchemy": 20,
}  # files of a version, at least: all platforms


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(lock: Path) -> dict[str, tuple[str, int]]:
    """Return the version of each package of a lock, and how many of its files are known."""
    text = lock.read_text(encoding="utf-8")
    found = {plain(name): (version, hashes.count("sha256:")) for name, version, _, hashes in PIN.findall(text)}
    lines = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert len(lines) == len(PIN.findall(text)), "a line that is no pin"
    return found


def chosen(path: Path) -> dict[str, str]:
    """Return the versions that a file of requirements asks for, those of the files that it names included."""
    text = path.read_text(encoding="utf-8")
    found = {plain(name): version for name, version in CHOSEN.findall(text)}
    for other in re.findall(r"(?m)^-r (\S+)", text):
        found |= chosen(path.parent / other)
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_what_its_requirements_choose(lock: Path) -> None:
    held = {name: version for name, (version, _) in pinned(lock).items()}
    asked = chosen(ROOT / f"{lock.stem}.txt")
    assert asked and asked.items() <= held.items(), "make lock"


def test_the_versions_of_the_constraints_are_those_of_the_locks() -> None:
    held = {name: version for name, (version, _) in pinned(ROOT / "locks" / "requirements-test.lock").items()}
    limits = chosen(ROOT / "constraints.txt")
    assert {name: held[name] for name in limits if name in held} == {
        name: limits[name] for name in limits if name in held
    }


def test_each_lock_holds_the_one_below_it() -> None:
    run, server, test = (
        pinned(ROOT / "locks" / f"{name}.lock") for name in ("requirements", "requirements-server", "requirements-test")
    )
    assert run.items() <= server.items() <= test.items()


def test_hashes_are_those_of_every_platform() -> None:
    held = pinned(ROOT / "locks" / "requirements.lock")
    assert {name for name, least in COMPILED.items() if held[name][1] < least} == set()


@pytest.mark.parametrize("file", ["Makefile", "deploy/install.sh", "deploy/Containerfile"])
def test_every_set_up_installs_by_hash(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    text = text.replace("$(INSTALL)", "pip install --require-hashes")
    installs = [
        line for line in text.splitlines() if "pip install" in line and not line.startswith(("INSTALL :=", "#"))
    ]
    assert installs and all("--require-hashes" in line and re.search(r"-r locks/\S+\.lock", line) for line in installs)


# --- with the tools, where `make sbom` or `make audit` has brought them -------------------------------------------------
@pytest.fixture(scope="module")
def tools() -> Path:
    if not (TOOLS / "pip-audit").exists():
        pytest.skip(".tools is not there (make sbom brings it)")
    return TOOLS


CHECK = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
problem = JsonStrictValidator(SchemaVersion.from_version(sys.argv[2])).validate_str(open(sys.argv[1], encoding="utf-8").read())
sys.exit(str(problem) if problem else 0)
"""


def test_the_bills_of_materials_are_valid_and_whole(tools: Path, tmp_path: Path) -> None:
    made = tmp_path / "python.json", tmp_path / "npm.json"
    lock = ROOT / "locks" / "requirements-server.lock"
    command = [
        tools / "cyclonedx-py",
        "requirements",
        lock,
        "--pyproject",
        ROOT / "pyproject.toml",
        "--validate",
        "-o",
        made[0],
    ]
    subprocess.run(command, check=True)  # checked by its schema as it is written: long, of some thousand hashes
    with made[1].open("wb") as out:
        subprocess.run([sys.executable, "-m", "ui.setup.scripts", "sbom"], cwd=ROOT, check=True, stdout=out)
    version = json.loads(made[1].read_text(encoding="utf-8"))["specVersion"]
    subprocess.run([tools / "python", "-c", CHECK, made[1], version], check=True)
    named = []
    for path in made:
        told = json.loads(path.read_text(encoding="utf-8"))
        named.append({one["name"] for one in told["components"]})
        assert all(one["purl"] and one["version"] for one in told["components"])
    assert {plain(name) for name in named[0]} == set(pinned(lock))
    assert {"leaflet", "esbuild", "topojson-client"} <= named[1]


class Services(BaseHTTPRequestHandler):
    """Services that know one thing against a package of each kind: OSV for Python, the registry of npm."""

    known = frozenset[str]()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        asked = json.loads(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
        told = self._npm(asked) if "advisories" in self.path else self._osv(asked)
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _npm(self, asked: dict[str, list[str]]) -> dict[str, object]:
        advice = {
            "id": 1,
            "url": "https://a.example/1",
            "title": "ESSAI-1",
            "severity": "high",
            "vulnerable_versions": "*",
        }
        return {
            name: [advice | {"cwe": [], "cvss": {"score": 0, "vectorString": None}}]
            for name in asked
            if name in self.known
        }

    def _osv(self, asked: dict[str, Any]) -> dict[str, object]:
        name = asked["package"]["name"]
        ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]
        affected = [{"package": {"name": name, "ecosystem": "PyPI"}, "ranges": ranges, "versions": [asked["version"]]}]
        found = {"id": "ESSAI-1", "summary": "essai", "details": "", "aliases": [], "affected": affected}
        return {"vulns": [found]} if name in self.known else {}

    def do_GET(self) -> None:
        self.send_error(404)  # no version without it

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(*known: str) -> Iterator[str]:
    handler = type("Knowing", (Services,), {"known": frozenset(known)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("known", ["requests", ""])
def test_the_audit_of_python_reads_the_lock_and_tells_what_is_known(tools: Path, known: str) -> None:
    lock = ROOT / "locks" / "requirements-server.lock"
    with served(known) as address:
        command = [tools / "pip-audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-s", "osv"]
        done = subprocess.run(
            [*command, "--osv-url", f"{address}/v1/query", "-r", lock], capture_output=True, text=True, check=False
        )
    assert (done.returncode, "ESSAI-1" in done.stdout) == (bool(known), bool(known)), done.stderr


@pytest.mark.parametrize("known", ["leaflet", ""])
def test_the_audit_of_the_maps_reads_the_lock_and_tells_what_is_known(
    known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with served(known) as address:
        monkeypatch.setenv("npm_config_registry", f"{address}/")
        command = [sys.executable, "-m", "ui.setup.scripts", "audit"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "ESSAI-1" in done.stdout) == (bool(known), bool(known)), done.stderr
