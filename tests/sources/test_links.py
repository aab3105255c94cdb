"""Pages that name the files of the day, and what is kept of each address's answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from geo.cli.sync import list_sources
from geo.files import Retry, Timeouts
from geo.sources import Answer, Outcome, current, load_sources, read_answers, sync
from geo.sources.answers import record
from geo.sources.catalogue import SourceFile
from geo.sources.links import MOST, links_of
from geo.sources.versions import sources_folder
from tests.sources.fake_sources import readers, source, text
from tests.support.web import Page, Site, serve

QUICK = {"retry": Retry(2, 0.01), "timeout": Timeouts(2, 2, 20)}
INSEE = "https://www.insee.fr/fr/statistiques/8210600"
RECORD = "https://www.data.gouv.fr/api/1/datasets/5a561801c751df42d7fca9b6/"


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(good=Page(text("alpha", "a", "b"))) as made:
        yield made


def paged(site: Site, body: str, wanted: str = "fichier/") -> dict:
    site["/page"] = Page(body.encode())
    page = f"{site.url}/page"
    file = SourceFile("fichier", (page,), links={page: wanted})
    return {"alpha": replace(source("alpha"), files=(file,), page="https://exemple.fr/ici")}


def run(home: Path, catalogue: Mapping) -> object:
    return sync(home=home, readers=readers(), catalogue=catalogue, **QUICK).results[0]


# --- links
def test_the_links_of_an_insee_page_are_its_files() -> None:
    page = b"""<html><a href="/fr/accueil">Accueil</a><a href="/fr/statistiques/fichier/8210600/pop_QPV24.csv">CSV</a>
    <a class=x href='/fr/statistiques/fichier/8210600/pop_QPV24.csv#haut'>bis</a>
    <a href="/fr/statistiques/fichier/8210600/documentation.pdf">PDF</a>"""
    found = links_of(page, INSEE, r"/fr/statistiques/fichier/.*\.(csv|zip)$")
    assert found == ["https://www.insee.fr/fr/statistiques/fichier/8210600/pop_QPV24.csv"]


def test_the_files_of_a_data_gouv_record_come_the_newest_first() -> None:
    files = [
        ("2024-06-01", "qpv-2024-geojson-v1.zip"),
        ("2026-01-15", "qpv-2024-geojson.zip"),
        ("2026-02-01", "notice.pdf"),
    ]
    body = {
        "resources": [{"url": f"https://static.data.gouv.fr/r/{name}", "last_modified": day} for day, name in files]
    }
    wanted = dict(load_sources()["qpv"].files[0].links)[RECORD]
    found = links_of(json.dumps(body).encode(), RECORD, wanted)
    assert found == [f"https://static.data.gouv.fr/r/{name}" for _, name in (files[1], files[0])]


@pytest.mark.parametrize(
    "href",
    ["https://ailleurs.fr/fichier/a.csv", "http://www.insee.fr/fichier/a.csv", "file:///fichier/a.csv", "//evil/fichier/a.csv",
     "https://www.insee.fr@evil.fr/fichier/a.csv", "https://insee.fr.evil.fr/fichier/a.csv", "http://[fichier/a.csv"],
)  # fmt: skip
def test_a_page_leads_nowhere_else(href: str) -> None:
    assert links_of(f'<a href="{href}">x</a>'.encode(), INSEE, "fichier/") == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"resources": 3}', b'{"resources": [{"url": 5}, 7]}', b"\xff\xfe<a href=", b"[1]"]
)
def test_a_page_that_is_something_else_names_nothing(body: bytes) -> None:
    assert links_of(body, RECORD, ".") == []


def test_a_page_of_many_links_gives_a_few() -> None:
    page = "".join(f'<a href="/fichier/{i}.csv">x</a>' for i in range(50)).encode()
    assert len(links_of(page, INSEE, "fichier/")) == MOST


# --- a synchronisation through a page
def test_the_file_that_a_page_names_is_brought(site: Site, tmp_path: Path) -> None:
    site["/fichier/a.csv"] = Page(text("alpha", "x"))
    result = run(tmp_path, paged(site, '<a href="fichier/a.csv">a</a>'))
    assert result.outcome is Outcome.UPDATED
    (given,) = result.version.manifest.inputs
    assert (given.address, given.file) == (f"{site.url}/fichier/a.csv", "fichier")


def test_the_first_good_link_is_taken(site: Site, tmp_path: Path) -> None:
    site["/fichier/b.csv"] = Page(b"something else")
    site["/fichier/c.csv"] = Page(text("alpha", "c"))
    links = "".join(f'<a href="fichier/{name}.csv">x</a>' for name in "abc")  # a is absent, b is not of the kind
    result = run(tmp_path, paged(site, links))
    assert result.outcome is Outcome.UPDATED and result.version.manifest.inputs[0].address.endswith("/c.csv")


def test_a_page_without_the_file_says_so_and_the_second_address_serves(site: Site, tmp_path: Path) -> None:
    catalogue = paged(site, "<p>Page refaite</p>")
    result = run(tmp_path, catalogue)
    assert result.outcome is Outcome.FAILED
    assert result.reasons == (f"127.0.0.1 : la page ne nomme aucun fichier attendu ({site.url}/page).",)
    (file,) = catalogue["alpha"].files
    second = replace(file, addresses=(*file.addresses, f"{site.url}/good"))
    result = run(tmp_path, {"alpha": replace(catalogue["alpha"], files=(second,))})
    assert result.outcome is Outcome.UPDATED
    assert "la page ne nomme aucun fichier" in " ".join(result.version.manifest.notes)


def test_an_optional_file_of_a_page_that_was_had_is_not_lost_in_silence(site: Site, tmp_path: Path) -> None:
    site["/beta"], site["/fichier/b.csv"] = Page(text("beta", "main")), Page(text("beta", "more"))
    site["/page"] = Page(b'<a href="fichier/b.csv">x</a>')
    page = f"{site.url}/page"
    files = (SourceFile("un", (f"{site.url}/beta",)), SourceFile("deux", (page,), True, {page: "fichier/"}))
    catalogue = {"beta": replace(source("beta"), files=files)}
    assert run(tmp_path, catalogue).version.manifest.rows == 2
    site["/page"] = Page(b"<p>rien</p>")
    result = run(tmp_path, catalogue)
    assert result.outcome is Outcome.FAILED and "deux : " in result.reasons[0]
    assert current("beta", tmp_path).manifest.rows == 2


# --- answers
def test_what_each_address_answered_is_kept_with_its_day(site: Site, tmp_path: Path) -> None:
    good, lost = f"{site.url}/good", f"{site.url}/lost"
    run(tmp_path, {"alpha": source("alpha", [lost, good])})
    answers = read_answers(tmp_path)
    assert answers[good].answered and not answers[good].broken
    assert answers[lost].broken and "fichier introuvable" in answers[lost].why
    site["/good"] = Page(b"", status=410)
    run(tmp_path, {"alpha": source("alpha", [good])})
    after = read_answers(tmp_path)[good]
    assert after.broken and after.answered == answers[good].answered


def test_a_file_of_another_shape_counts_against_its_address(site: Site, tmp_path: Path) -> None:
    site["/good"] = Page(b"<html>maintenance</html>")
    run(tmp_path, {"alpha": source("alpha", [f"{site.url}/good"])})
    assert "pas reconnu" in read_answers(tmp_path)[f"{site.url}/good"].why


def test_a_machine_without_network_says_nothing_of_an_address(tmp_path: Path) -> None:
    run(tmp_path, {"alpha": source("alpha", ["http://127.0.0.1:9/alpha"])})
    assert read_answers(tmp_path) == {}


@pytest.mark.parametrize(
    "raw", ["", "[]", '{"a": 1}', '{"a": {"answered": 3}}', '{"a": {"x": ""}}', '{"a": {"why": "\\u001b"}}']
)
def test_a_spoiled_record_of_answers_is_no_record(raw: str, tmp_path: Path) -> None:
    sources_folder(tmp_path).mkdir()
    (sources_folder(tmp_path) / "reponses.json").write_text(raw)
    assert read_answers(tmp_path) == {}


def test_the_list_says_when_each_address_last_answered_and_where_to_look(tmp_path: Path) -> None:
    sources_folder(tmp_path).mkdir()
    density, frr = (load_sources()[kind] for kind in ("densite", "frr"))
    qpv = load_sources()["qpv"]
    record({
        qpv.addresses[0]: Answer(answered="2026-11-20T10:00:00+00:00"),
        qpv.files[1].addresses[0]: Answer(failed="2026-11-21T10:00:00+00:00", why="la page ne nomme aucun fichier"),
        density.addresses[0]: Answer(answered="2026-11-20T10:00:00+00:00"),
        frr.addresses[0]: Answer(answered="2026-03-01T10:00:00+00:00", failed="2026-11-21T10:00:00+00:00", why="introuvable"),
        frr.addresses[1]: Answer(failed="2026-11-21T10:00:00+00:00", why="introuvable"),
        frr.addresses[2]: Answer(failed="2026-11-21T10:00:00+00:00", why="introuvable"),
    }, tmp_path)  # fmt: skip
    lines = {line.split()[0]: line.replace("\u00a0", " ") for line in list_sources(tmp_path)}
    assert "a répondu le 20/11/2026" in lines["densite"]
    assert "sans réponse pour « populations des quartiers » : cherchez sur" in lines["qpv"]
    assert "après une réponse le 01/03/2026" in lines["frr"]
    assert "ne répond plus depuis le 21/11/2026" in lines["frr"] and f"cherchez sur {frr.page}" in lines["frr"]
    assert "jamais demandée ici, adresse lue en novembre 2026" in lines["epci"]
    assert "à la main" in lines["carreaux"]
