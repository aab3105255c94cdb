"""One file from the web: whole or not at all, resumed when it can be, and never beyond its bounds."""

from __future__ import annotations

import gzip
import hashlib
import io
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from requests.adapters import BaseAdapter

from geo.files import DownloadError, Received, Retry, Timeouts, UnreachableError, download, without_login
from geo.files.transfer import CutError, RefusedError, TooLargeError
from geo.french import megabytes
from tests.support.web import Page, Site, serve

BODY = random.Random(7).randbytes(300_000)
QUICK = Retry(attempts=4, pause_s=0.01)
PATIENCE = Timeouts(connect=2, read=2, whole=20)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(file=Page(BODY)) as site:
        yield site


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "in" / "file.csv"


def get(site: Site, target: Path, path: str = "/file", **options):
    settings = {"max_bytes": 1_000_000, "timeout": PATIENCE, "retry": QUICK} | options
    return download(site.url + path, target, **settings)


def alone(target: Path) -> bool:
    return [p.name for p in target.parent.iterdir()] == [target.name]


def test_a_whole_file_arrives_with_its_checksum_and_nothing_beside_it(site, target):
    seen: list[Received] = []
    got = get(site, target, progress=seen.append)
    assert target.read_bytes() == BODY and alone(target)
    assert got.sha256 == hashlib.sha256(BODY).hexdigest() and got.bytes == len(BODY)
    assert (got.etag, got.address) == ('"1"', site.url + "/file") and got.date.endswith("+00:00")
    assert seen[-1].bytes == seen[-1].total == len(BODY) and seen[-1].bytes_per_s > 0
    assert [s.bytes for s in seen] == sorted(s.bytes for s in seen)
    assert site.asked("Accept-Encoding") == ["identity"]


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_cut_file_goes_on_from_where_it_stopped(site, target, chunked):
    site["/file"] = Page(BODY, cuts=[100_000, 50_000], chunked=chunked)
    assert get(site, target).sha256 == hashlib.sha256(BODY).hexdigest()
    assert site.asked("Range") == ["", "bytes=100000-", "bytes=150000-"]
    assert site.asked("If-Range") == ["", '"1"', '"1"']
    assert alone(target)


def test_a_cut_file_goes_on_in_a_later_run(site, target):
    site["/file"] = Page(BODY, cuts=[100_000])
    with pytest.raises(CutError, match=r"transfert coupé.*Relancez"):
        get(site, target, retry=Retry(1))
    assert not target.exists() and target.with_name("file.csv.part").stat().st_size == 100_000
    get(site, target)
    assert site.asked("Range") == ["", "bytes=100000-"] and target.read_bytes() == BODY and alone(target)


def test_last_modified_is_enough_to_go_on_and_nothing_at_all_is_not(site, target):
    site["/file"] = Page(BODY, etag='W/"weak"', modified="Wed, 01 Jan 2025 00:00:00 GMT", cuts=[1000])
    get(site, target)
    assert site.asked("If-Range")[1] == "Wed, 01 Jan 2025 00:00:00 GMT"
    site.requests.clear()
    site["/file"] = Page(BODY, etag="", cuts=[1000])
    get(site, target)
    assert site.asked("Range") == ["", ""] and target.read_bytes() == BODY


def test_a_part_of_another_address_is_not_built_upon(site, target):
    site["/file"], site["/other"] = Page(BODY, cuts=[1000]), Page(BODY[::-1])
    with pytest.raises(CutError):
        get(site, target, retry=Retry(1))
    get(site, target, "/other")
    assert target.read_bytes() == BODY[::-1] and site.asked("Range") == ["", ""]


def test_a_server_without_range_starts_again_cleanly(site, target):
    site["/file"] = Page(BODY, ranges=False, cuts=[200_000])
    get(site, target)
    assert target.read_bytes() == BODY and site.asked("Range")[1] == "bytes=200000-"


@pytest.mark.parametrize("if_range", [True, False], ids=["If-Range obeyed", "If-Range ignored"])
@pytest.mark.parametrize("size", [300_000, 120_000, 80_000], ids=["same size", "shorter", "shorter than the part"])
def test_a_file_changed_in_between_is_never_glued_to_the_old_one(site, target, if_range, size):
    new = BODY[::-1][:size]

    def change(page: Page) -> None:
        if len(site.requests) > 1:
            page.body, page.etag = new, '"2"'

    site["/file"] = Page(BODY, cuts=[100_000], if_range=if_range, before=change)
    assert get(site, target).etag == '"2"'
    assert target.read_bytes() == new and alone(target)


def test_a_range_that_starts_elsewhere_is_refused(site, target):
    site["/file"] = Page(BODY, cuts=[100_000], headers={"Content-Range": "bytes 0-299999/300000"})
    get(site, target)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize("length", [None, 500], ids=["announced", "lied about"])
def test_too_large_is_refused_and_nothing_is_kept(site, target, length):
    target.parent.mkdir()
    target.write_text("the version before")
    site["/file"] = Page(BODY, length=length, no_length=length is not None, chunked=length is not None)
    with pytest.raises(TooLargeError, match="plus gros que prévu"):
        get(site, target, max_bytes=250_000)
    assert target.read_text() == "the version before" and alone(target)
    assert len(site.requests) == 1


def test_a_length_announced_too_long_is_a_cut_that_ends(site, target):
    site["/file"] = Page(BODY, length=len(BODY) + 10, ranges=False)
    with pytest.raises(CutError, match=r"4\sessais"):
        get(site, target)
    assert not target.exists() and len(site.requests) == 4


def test_a_silent_server_and_a_dripping_one_are_given_up(site, target):
    site["/file"] = Page(BODY, delay_s=0.4)
    with pytest.raises(CutError, match="n’envoie plus rien"):
        get(site, target, timeout=Timeouts(2, 0.1, 20), retry=Retry(2, 0.01))
    site["/drip"] = Page(BODY[:400], block=1, block_delay_s=0.02)
    with pytest.raises(CutError, match="trop lent"):
        get(site, target, "/drip", timeout=Timeouts(2, 1, 0.3))


def test_a_passing_fault_is_tried_again_and_a_refusal_is_not(site, target):
    site["/file"] = Page(BODY, statuses=[500, 503, 200])
    assert get(site, target).bytes == len(BODY)
    site.requests.clear()
    site["/file"] = Page(BODY, statuses=[404, 200])
    with pytest.raises(DownloadError, match="fichier introuvable") as caught:
        get(site, target)
    assert caught.value.status == 404 and len(site.requests) == 1
    site["/file"] = Page(BODY, statuses=[500] * 9)
    with pytest.raises(CutError, match="a répondu 500"):
        get(site, target)


def test_redirections_are_followed_up_to_a_point(site, target):
    site["/start"], site["/loop"] = Page(redirect="/file"), Page(redirect="/loop")
    assert get(site, target, "/start").address == site.url + "/start"
    assert target.read_bytes() == BODY
    with pytest.raises(RefusedError, match="redirections de suite"):
        get(site, target, "/loop")


@pytest.mark.parametrize("to", ["file:///etc/hostname", "ftp://127.0.0.1/x", "http://", "//[", "data:,x"])
def test_a_redirection_out_of_the_web_is_refused(site, target, to):
    site["/start"] = Page(redirect=to)
    with pytest.raises(DownloadError):
        get(site, target, "/start")
    assert not target.exists()


def test_the_body_of_a_redirection_is_not_read(site, target):
    site["/start"] = Page(bytes(400_000), status=302, headers={"Location": "/file"}, block=1000, block_delay_s=0.05)
    get(site, target, "/start", timeout=Timeouts(2, 2, 5))
    assert target.read_bytes() == BODY


class _Downgrade(BaseAdapter):
    def send(self, request, **_):
        response = requests.Response()
        response.status_code, response.request, response.url = 302, request, request.url
        response.headers["Location"] = "http://exemple.invalid/file"
        response.raw = io.BytesIO()
        return response

    def close(self) -> None: ...


def test_a_secure_address_never_leads_to_one_in_clear(target):
    with requests.Session() as session:
        session.mount("https://", _Downgrade())
        with pytest.raises(RefusedError, match="redirection refusée"):
            download("https://exemple.invalid/", target, max_bytes=10, session=session, retry=QUICK)


@pytest.mark.parametrize("url", ["ftp://exemple.fr/x", "file:///etc/hostname", "exemple.fr", "http:///x", ""])
def test_only_addresses_of_the_web_are_taken(target, url):
    with pytest.raises(RefusedError, match="Adresse refusée"):
        download(url, target, max_bytes=10)


def test_a_gzip_that_was_not_asked_for_is_undone_even_after_a_cut(site, target):
    packed = gzip.compress(BODY)
    site["/file"] = Page(packed, headers={"Content-Encoding": "gzip"}, cuts=[100_000])
    got = get(site, target)
    assert target.read_bytes() == BODY and got.sha256 == hashlib.sha256(BODY).hexdigest() and alone(target)
    assert site.asked("Range")[1] == "bytes=100000-"


def test_a_gzip_that_swells_or_is_broken_is_refused(site, target):
    site["/file"] = Page(gzip.compress(bytes(5_000_000)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLargeError):
        get(site, target)
    site["/file"] = Page(gzip.compress(BODY)[:-9], headers={"Content-Encoding": "gzip"})
    with pytest.raises(DownloadError, match="mal compressé"):
        get(site, target)
    site["/file"] = Page(BODY, headers={"Content-Encoding": "br"})
    with pytest.raises(DownloadError, match="façon inattendue"):
        get(site, target)
    assert list(target.parent.iterdir()) == []


def test_what_progress_raises_stops_the_transfer_which_can_go_on(site, target):
    def stop(received: Received) -> None:
        if received.bytes > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(site, target, progress=stop)
    assert not target.exists()
    get(site, target)
    assert target.read_bytes() == BODY and site.asked("Range")[1].startswith("bytes=1")


def test_no_server_is_said_in_one_sentence(target, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(UnreachableError, match="injoignable") as caught:
            download(f"http://127.0.0.1:{closed.getsockname()[1]}/", target, max_bytes=10, retry=QUICK)
    assert len(caught.value.problems) == 1

    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UnreachableError, match=r"exemple\.invalid : serveur injoignable"):
        download("http://exemple.invalid/", target, max_bytes=10, retry=QUICK)


def test_the_proxy_of_the_environment_is_used(site, target, monkeypatch):
    site["http://exemple.invalid/file"] = Page(BODY)
    monkeypatch.setenv("http_proxy", site.url)
    download("http://exemple.invalid/file", target, max_bytes=1_000_000, retry=QUICK)
    assert target.read_bytes() == BODY
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with pytest.raises(UnreachableError, match="proxy"):
        download("http://exemple.invalid/file", target, max_bytes=10, retry=QUICK)


def test_a_folder_that_cannot_be_written_is_said(site, target):
    target.mkdir(parents=True)
    with pytest.raises(DownloadError, match="écriture impossible"):
        get(site, target)


def test_sizes_are_french_and_passwords_are_not_shown():
    assert [megabytes(s) for s in (12, 5400, 12_340_000, 0)] == ["12\xa0octets", "5\xa0ko", "12,3\xa0Mo", "0\xa0octet"]
    assert without_login("https://moi:secret@exemple.fr:8080/a?b=c") == "https://exemple.fr:8080/a?b=c"
