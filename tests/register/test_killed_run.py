"""A run of the tests that is killed leaves no database server behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from geo.paths import ROOT
from tests.support.browser import PATIENCE_S

RUN = """
import time
from tests.register import postgres
with postgres.running() as address:
    print(address, flush=True)
    time.sleep(3600)
"""


def alive(pid: int) -> bool:
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(told.stdout.strip()) and "Z" not in told.stdout  # an ended one that nobody has buried yet is no server


def test_a_run_that_is_killed_takes_its_postgresql_with_it(server: str) -> None:
    with subprocess.Popen([sys.executable, "-c", RUN], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        folder = Path(run.stdout.readline().strip().partition("host=")[2])
        pid = int((folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        assert alive(pid) and f"host={folder}" not in server
        run.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_S
    while alive(pid) or folder.exists():
        assert time.monotonic() < deadline, "the server is still there"
        time.sleep(0.1)
