"""The container file by rules, and what it makes of the tree, run as a process that may write almost nowhere."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from playwright.sync_api import Page

from geo.paths import ROOT
from tests.deploy import proxy
from tests.deploy.proxy import fetch
from tests.journeys import settle
from tests.support.browser import PATIENCE_S, free_port, wait_painted

DEPLOY = ROOT / "deploy"
IMAGE = re.compile(r"[a-z0-9.-]+(?:/[a-z0-9.-]+)+:\d+(?:\.\d+)+[\w.-]*")  # registry, name, version of three numbers
BLANKS = set(proxy.BLANK.findall(proxy.TEMPLATE.read_text(encoding="utf-8")))


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the container file and their words, lines that go on joined."""
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name.upper(), words) for name, _, words in (line.partition(" ") for line in lines)]


def words_of(name: str) -> list[str]:
    return [words for found, words in instructions() if found == name]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    return found[max(i for i, (name, _) in enumerate(found) if name == "FROM") :]


def test_images_are_named_with_their_version() -> None:
    compose = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    named = [words.split()[0] for words in words_of("FROM")]
    named += [name for name in re.findall(r"image: (\S+)", compose) if name != "clsm:local"]
    assert len(named) == 4
    assert all(IMAGE.fullmatch(name) for name in named)


def test_what_runs_is_nobody_and_brings_nothing_from_elsewhere() -> None:
    assert not words_of("ADD")  # a COPY fetches nothing and unpacks nothing
    assert [words for name, words in last_stage() if name == "USER"] == ["10001"]
    ran = " ".join(words for name, words in last_stage() if name == "RUN")
    assert not re.search(r"\b(?:pip|apt|apt-get|npm|curl|wget|sudo|chmod 777)\b", ran)
    everything = " ".join(words for _, words in instructions())
    assert not re.search(r"https?://|PASSWORD|SECRET|TOKEN", everything)
    assert all(words.startswith("[") for name, words in instructions() if name in ("CMD", "ENTRYPOINT"))
    assert words_of("VOLUME") == ["/var/lib/clsm"]
    assert all(
        re.search(r"install (?:--target \S+ )?--require-hashes -r locks/\S+\.lock$", part) for part in pip_installs()
    )


def pip_installs() -> list[str]:
    parts = [part.strip() for words in words_of("RUN") for part in words.split("&&")]
    return [part for part in parts if "pip install" in part]


def test_set_up_is_that_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    ran = " ".join(words_of("RUN"))
    recipe = re.search(r"^setup:.*\n((?:\t.*\n)+)", makefile, re.M)
    assert recipe
    steps = re.findall(r"^\t-?\$\(BIN\)/python -m (.+)$", recipe[1], re.M)
    assert steps == ["ui.setup", "geo display", "geo rivers"]
    assert [step for step in steps if step not in ran] == []
    locks = re.findall(r"--require-hashes -r (\S+)", ran)
    assert locks == ["locks/requirements-server.lock", "locks/requirements-npm.lock"]


def test_processes_have_no_rights_and_a_tree_they_cannot_write() -> None:
    compose = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    shared = compose.partition("x-process:")[2].partition("\nservices:")[0]
    for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "mem_limit:", "networks: [inside]"):
        assert line in shared
    assert "inside: { internal: true }" in compose
    assert not re.search(r"privileged: true|network_mode|docker\.sock", compose)
    out = {
        name
        for name, text in re.findall(r"(?m)^  ([\w-]+):\n((?:    .*\n)+)", compose)
        if re.search(r"networks: .*outside", text)
    }
    assert (
        out == {"nginx", "sync"} and "profiles: [sync]" in compose
    )  # the second is started by whoever asks for it alone
    unit = (DEPLOY / "clsm@.service").read_text(encoding="utf-8")
    for line in (
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "User=clsm",
        "CapabilityBoundingSet=",
        "PrivateTmp=yes",
    ):
        assert f"\n{line}\n" in unit


@pytest.mark.parametrize("file", ["compose.yaml", "install.sh"])
def test_every_blank_of_the_template_is_filled_by_each_way_to_install(file: str) -> None:
    text = (DEPLOY / file).read_text(encoding="utf-8")
    assert {blank for blank in BLANKS if not re.search(rf"\b{blank}[:=]", text)} == set()


def test_the_unit_exposes_little() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze n’est pas installé ici")
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", DEPLOY / "clsm@.service"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip("systemd-analyze est d’avant la version 250")
    assert done.returncode == 0, done.stdout[-200:] + done.stderr


@pytest.mark.parametrize(("answer", "status"), [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0),
    (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 1),
    (b"nothing of the web\r\n", 1),
    (b"", 1),
])  # fmt: skip
def test_whether_a_process_is_ready_is_asked_of_it_straight(answer: bytes, status: int) -> None:
    """A proxy of the environment, which podman hands to containers, is not asked; whatever else listens there is a no."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def once() -> None:
            caller, _ = listening.accept()
            with caller:
                caller.recv(4_096)
                caller.sendall(answer)

        threading.Thread(target=once, daemon=True).start()
        asked = [sys.executable, DEPLOY / "ready.py", str(listening.getsockname()[1]), "0"]
        elsewhere = os.environ | {"http_proxy": "http://127.0.0.1:1", "no_proxy": "", "NO_PROXY": ""}
        done = subprocess.run(asked, env=elsewhere, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert (done.returncode, done.stderr) == (status, "")


# --- what goes in, and that the two ways to install agree -------------------------------------------------------------
def let_in(path: str) -> bool:
    """Tell whether a file of the tree may be copied into an image: the last line of .dockerignore that names it, or a folder of it, decides."""
    parents = [path, *map(str, Path(path).parents)][:-1]
    kept = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        names = [pattern, pattern.removeprefix("**/")]
        if pattern and not pattern.startswith("#") and any(fnmatchcase(p, n) for p in parents for n in names):
            kept = line.startswith("!")
    return kept


def test_an_image_holds_no_secret_nor_what_was_made_here() -> None:
    """`COPY .streamlit` took the secrets of the identity provider with it, and `COPY static` what visitors had had written."""
    copied = [name for words in words_of("COPY") if not words.startswith("--from") for name in words.split()[:-1]]
    assert [name for name in copied if not let_in(name)] == []
    assert all(
        map(let_in, ("geo/cli/watch.py", "static/js/map.js", "static/page/french.js", "data/base/communes.parquet"))
    )
    shut = (".streamlit/secrets.toml", "deploy/.env", "static/geo/communes-dep-79.json", "static/light/a.br", "static/vendor/leaflet.js",
            "data/sources_cache/a.zip", ".git/config", ".venv/bin/python", "node_modules/a/b.js", "geo/__pycache__/a.pyc", "tests/conftest.py")  # fmt: skip
    assert [name for name in shut if let_in(name)] == []


def test_both_ways_to_install_give_a_process_the_same() -> None:
    compose, unit, install = (
        (DEPLOY / name).read_text(encoding="utf-8") for name in ("compose.yaml", "clsm@.service", "install.sh")
    )
    for here, there in (
        ("mem_limit: 3g", "MemoryMax=3G"),
        ("pids_limit: 512", "TasksMax=512"),
        ("stop_grace_period: 20s", "TimeoutStopSec=20"),
        ("ulimits: { nofile: 16384 }", "LimitNOFILE=16384"),  # a page takes four: 1024 are soon gone
    ):
        assert here in compose and f"\n{there}\n" in unit
    shared = compose.partition("\n  environment:\n")[2].partition("\n  networks:")[0]
    named = set(re.findall(r"(?m)^ +([A-Z_]+):", shared))
    written = set(re.findall(r"(?m)^([A-Z_]+)=", install.partition("<<END")[2].partition("END")[0]))
    # A password, a path and an hour are the machine's own without containers, and nginx is on it.
    assert written == named - {"PGPASSWORD", "STREAMLIT_SERVER_BASE_URL_PATH", "TZ", "FORWARDED_ALLOW_IPS"}
    made = " ".join(words_of("ENV"))
    assert all(one in made for one in re.search(r"(?m)^Environment=(.+)$", unit)[1].split())  # type: ignore[index]


def test_who_kept_the_tree_to_himself_gives_it_to_the_processes() -> None:
    """A tree cloned under a strict umask cannot be read by another user than its own: neither in an image, which keeps it so, nor here."""
    assert words_of("RUN")[-2].endswith("&& chmod -R a+rX .")  # the last of set-up; the one after makes the user
    install = (DEPLOY / "install.sh").read_text(encoding="utf-8")
    opened = re.search(r"(?m)^chmod -R a\+rX ([^#\n]+?)\s*(?:#.*)?$", install)
    assert opened and install.index("umask 022") < opened.start() < install.index("make setup")
    names = opened[1].split()
    assert [name for name in names if not (ROOT / name).exists()] == []
    assert {"geo", "ui", "pages", "static", "data", "dashboard.py"} <= set(
        names
    ) and ".streamlit" not in names  # which holds secrets


def test_neither_a_register_that_is_away_nor_one_file_stops_a_process() -> None:
    """Systemd stops a service whose ExecStartPost fails, and by default one of whose children the kernel ends for its memory: the
    readers, which offer themselves first."""
    unit = (DEPLOY / "clsm@.service").read_text(encoding="utf-8")
    started = re.search(r"(?m)^ExecStartPost=(.+) %i (\d+)$", unit)
    assert started and started[1].startswith("-") and started[1].endswith("deploy/ready.py")
    assert int(started[2]) < int(re.search(r"(?m)^TimeoutStartSec=(\d+)$", unit)[1])  # type: ignore[index]
    assert "\nOOMPolicy=continue\n" in unit
    assert "oom_score_adj" in (ROOT / "geo" / "nursery.py").read_text(encoding="utf-8")


def test_what_a_deployer_sets_is_explained_and_identity_opens_the_same_processes() -> None:
    files = {name: (DEPLOY / name).read_text(encoding="utf-8") for name in ("compose.yaml", "identity.yaml")}
    told = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
    asked = {name for text in files.values() for name in re.findall(r"\$\{(CLSM_[A-Z]+)", text)}
    assert {name for name in asked if f"{name}=" not in told} == set()
    ran = re.findall(r"(?m)^  (process-\d): \*", files["compose.yaml"])
    assert re.findall(r"(?m)^  (process-\d): \*", files["identity.yaml"]) == ran
    assert [one for one in ran if f"server {one}:8501 " not in files["compose.yaml"]] == []
    commands = re.findall(r"podman compose [^`\n]+", told + files["compose.yaml"])
    assert len(commands) >= 4 and all("--env-file deploy/.env -f deploy/compose.yaml" in one for one in commands)


# --- the tree of the image, run -----------------------------------------------------------------------------------
def assemble(tree: Path) -> None:
    """Make the tree of the image by the COPY lines, with what set-up made here."""
    for words in words_of("COPY"):
        *names, target = words.split()
        if names[0].startswith("--from"):
            continue
        place = tree / target.removeprefix("/opt/clsm/")
        for name in names:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                folder = place if target.endswith("/") else place.parent
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder)
    (tree / "static" / "geo").rename(tree / "outlines")
    (tree / "static" / "geo").mkdir()
    (tree / ".venv").symlink_to((ROOT / ".venv").resolve())


# Root writes wherever it likes: for it alone, a tree mounted read only, and a folder in memory where pages write.
SHUT = (
    'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && mount -t tmpfs tmpfs "$1/static/geo" '
    '&& cd "$1" && exec sh deploy/start.sh 127.0.0.1 "$2"'
)


def command(tree: Path, port: int) -> list[str]:
    """Return the words that start the process on a tree that it cannot write."""
    if os.getuid() != 0:
        subprocess.run(["chmod", "-R", "a-w", tree], check=True)
        (tree / "static" / "geo").chmod(0o700)
        return ["sh", str(tree / "deploy" / "start.sh"), "127.0.0.1", str(port)]
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("rien ne peut être monté en lecture seule ici")
    return ["unshare", "-m", "sh", "-c", SHUT, "sh", str(tree), str(port)]


@pytest.fixture
def served(libraries: None, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Serve the tree of the image; give its address and its log, once it says that it is ready."""
    tree, log, port = tmp_path / "clsm", tmp_path / "log", free_port()
    assemble(tree)
    env = {
        "PATH": os.environ["PATH"],
        "CLSM_HOME": str(tmp_path / "home"),
        "CLSM_NO_SYNC": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with log.open("wb") as out:
        process = subprocess.Popen(command(tree, port), env=env | {"HOME": "/tmp"}, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while subprocess.run([sys.executable, DEPLOY / "ready.py", str(port), "1"], check=False).returncode:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")
        yield f"http://127.0.0.1:{port}", log
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)
        subprocess.run(["chmod", "-R", "u+w", tree], check=True)


@pytest.mark.journey
def test_the_tree_of_the_image_serves_a_map_without_writing_elsewhere(served: tuple[str, Path], page: Page) -> None:
    url, log = served
    page.goto(f"{url}/Perimetre?carte=dep-62&communes=62193")
    wait_painted(page)
    settle(page)
    assert fetch(f"{url}/pret").status == 200
    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said and "Error" not in said
