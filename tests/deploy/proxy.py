"""The nginx of deploy/nginx.conf in front of whatever a test gives it, on ports of this machine, with a certificate of its own."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from geo.paths import ROOT
from tests.support.browser import PATIENCE_S, free_port

TEMPLATE = ROOT / "deploy" / "nginx.conf"
BLANK = re.compile(r"\$\{(CLSM_\w+)\}")
AROUND = """\
user {user};
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 2048; }}
http {{
    types {{ text/html html; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/unused1;
    uwsgi_temp_path {folder}/unused2;
    scgi_temp_path {folder}/unused3;
    include {folder}/clsm.conf;
}}
"""
UNCHECKED = ssl.create_default_context()
UNCHECKED.check_hostname, UNCHECKED.verify_mode = False, ssl.CERT_NONE


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers (names in small letters; the last of a name), body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def cookie(self) -> str:
        """Return the cookie that it sets, as it is sent back; "" for none."""
        return self.headers.get("set-cookie", "").partition(";")[0]


@dataclass(frozen=True)
class Proxy:
    """A running nginx."""

    url: str
    plain_url: str
    folder: Path

    def get(self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Ask for a path; `x_y` stands for the header x-y."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return fetch(f"{self.url}{path}", named, method, body)

    def log(self) -> str:
        """Return what nginx wrote of the requests."""
        return (self.folder / "access.log").read_text(encoding="utf-8")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay, urllib.request.HTTPSHandler(context=UNCHECKED))


def fetch(url: str, headers: Mapping[str, str] | None = None, method: str = "GET", body: bytes | None = None) -> Answer:
    """Return the answer of an address, whatever its status; redirections are not followed."""
    request = urllib.request.Request(url, headers=dict(headers or {}), method=method, data=body)
    try:
        with _OPENER.open(request, timeout=PATIENCE_S) as reply:
            return Answer(reply.status, _small(reply.headers.items()), reply.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, _small(error.headers.items()), error.read())


def _small(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in pairs}


def nginx() -> str:
    """Return the nginx of this machine, or skip the test."""
    found = shutil.which("nginx") or next((p for p in ("/usr/sbin/nginx",) if Path(p).is_file()), None)
    if found is None or shutil.which("openssl") is None:
        pytest.skip("nginx ou openssl n’est pas installé ici")
    return found


def filled(template: str, values: Mapping[str, str]) -> str:
    """Fill in a template as envsubst does, every blank of it."""
    return BLANK.sub(lambda blank: values[blank[1]], template)


@contextmanager
def running(folder: Path, processes: Iterable[str]) -> Iterator[Proxy]:
    """Run nginx in front of some processes (`host:port`)."""
    program = nginx()
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    port, plain = free_port(), free_port()
    values = {
        "CLSM_NAME": "127.0.0.1", "CLSM_PORT": f"127.0.0.1:{port}", "CLSM_PLAIN_PORT": f"127.0.0.1:{plain}",
        "CLSM_CERTIFICATE": f"{folder}/certificate.pem", "CLSM_KEY": f"{folder}/key.pem", "CLSM_CACHE": f"{folder}/cache",
        "CLSM_LOG": f"{folder}/access.log", "CLSM_ERRORS": f"{folder}/errors.log",
        "CLSM_PROCESSES": " ".join(f"server {one} max_fails=1 fail_timeout=5s;" for one in processes),
    }  # fmt: skip
    (folder / "clsm.conf").write_text(filled(TEMPLATE.read_text(encoding="utf-8"), values), encoding="utf-8")
    user = "root" if os.getuid() == 0 else "nobody"  # the second is not listened to
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user), encoding="utf-8")
    command = [program, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf", "-p", f"{folder}"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    proxy = Proxy(f"https://127.0.0.1:{port}", f"http://127.0.0.1:{plain}", folder)
    try:
        _wait(proxy, process)
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def _wait(proxy: Proxy, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            fetch(proxy.plain_url)
            return
        except OSError:
            assert process.poll() is None, (proxy.folder / "error.log").read_text(encoding="utf-8")
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.05)
