"""Every address of the catalogue, as a server on loopback would answer it: the first, then the second when that one fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

from geo.files import Retry, Timeouts
from geo.sources import Outcome, Source, current, load_sources, read_answers, sync
from tests.support.reading import SAMPLES, workbook
from tests.support.table_files import zip_bytes
from tests.support.web import Page, Site, serve

QUICK = {"retry": Retry(2, 0.01), "timeout": Timeouts(5, 5, 60)}
DENSITY = [["Grille de densité"], [None], [None], [None], ["CODGEO", "LIBGEO", "DENS", "DENS7", "LIBDENS7"],
           ["01001", "A", 3, 6, "Rural à habitat dispersé"]]  # fmt: skip
WORDS = [
    ["Code_insee", "Departement", "Commune", "Classement FRR et FRR+ au 10 juillet 2025"],
    ["01001", "01", "A", "FRR+"],
]
FIGURES = [["codgeo", "libgeo", "codefrr"], ["01001", "A", 5]]
PASSAGE = [["Table de passage"], ["CODGEO_INI", "CODGEO_2026", "LIBGEO_2026"], ["93059", "93066", "Saint-Denis"]]
EPCI = [["dept", "siren", "raison_sociale", "nature_juridique", "insee", "ptot_2026"],
        ["01", "200069193", "CC de la Dombes", "CC", "01001", 800]]  # fmt: skip
EPT = [["CODGEO", "LIBGEO", "EPT", "LIBEPT"], ["93066", "Saint-Denis", "200057867", "Plaine Commune"]]
FINESS = (
    b"nofinesset;rs;rslongue;commune;departement;categetab;coordxet;coordyet;sourcecoordet\n"
    b"010000024;CMP;CMP de Bourg;053;01;156;870215.7;6571590.5;1,ATLASANTE,100,IGN,BD_ADRESSE,V2.2,LAMBERT_93\n"
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as made:
        yield made


def here(kind: str, site: Site) -> Source:
    """Return a source of the catalogue whose addresses are all on the loopback server, under the same paths."""
    source = load_sources()[kind]
    move = lambda address: site.url + address[len("https://") + len(urlsplit(address).netloc) :]  # noqa: E731
    files = tuple(
        replace(f, addresses=tuple(map(move, f.addresses)), links={move(p): w for p, w in f.links.items()})
        for f in source.files
    )
    return replace(source, files=files)


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def book(tmp_path: Path, rows: list) -> bytes:
    return workbook(tmp_path / "classeur.xlsx", {"Feuille": rows}).read_bytes()


def run(source: Source, home: Path):
    return sync([source.kind], home=home, catalogue={source.kind: source}, **QUICK).results[0]


@pytest.mark.parametrize(
    ("kind", "place", "content"),
    [
        ("densite", 0, DENSITY), ("densite", 2, DENSITY), ("frr", 0, WORDS), ("frr", 1, FIGURES), ("passage", 0, PASSAGE),
        ("epci", 0, EPCI), ("epci", 1, EPCI), ("ept", 0, EPT), ("ept", 1, EPT), ("ressources", 0, FINESS), ("ressources", 1, FINESS),
    ],
)  # fmt: skip
def test_an_address_serves_when_those_before_it_are_gone(
    kind: str, place: int, content: list | bytes, site: Site, tmp_path: Path
) -> None:
    source = here(kind, site)
    address = source.files[0].addresses[place]
    body = content if isinstance(content, bytes) else book(tmp_path, content)
    if kind in ("passage", "ept"):
        body = zip_bytes({"table.xlsx": body})
    site[path_of(address)] = Page(body)
    result = run(source, tmp_path / "home")
    assert result.outcome is Outcome.UPDATED, result.reasons
    manifest = result.version.manifest
    assert manifest.rows == 1 and manifest.inputs[0].address == address
    answers = read_answers(tmp_path / "home")
    assert not answers[address].broken and all(answers[before].broken for before in source.files[0].addresses[:place])
    assert sum("127.0.0.1" in note for note in manifest.notes) == (1 if place else 0)


@pytest.mark.parametrize("kind", [k for k, s in load_sources().items() if s.files[0].addresses])
def test_a_source_whose_addresses_are_all_gone_fails_in_plain_french(kind: str, site: Site, tmp_path: Path) -> None:
    result = run(here(kind, site), tmp_path / "home")
    assert result.outcome is Outcome.FAILED and current(kind, tmp_path / "home") is None
    assert "fichier introuvable (réponse 404)." in result.reasons[0]


def test_quarters_come_from_the_record_and_the_pages_of_insee(site: Site, tmp_path: Path) -> None:
    source = here("qpv", site)
    outlines, *tables = source.files
    folder = "/resources/quartiers-prioritaires-de-la-politique-de-la-ville-qpv/20260301-101010"
    record = {"resources": [{"url": f"{site.url}{folder}/qpv-2024-geojson.zip", "last_modified": "2026-03-01"}]}
    site[path_of(outlines.addresses[0])] = Page(json.dumps(record).encode())
    site[f"{folder}/qpv-2024-geojson.zip"] = Page(
        zip_bytes({"GEOJSON/qp.geojson": (SAMPLES / "qpv_contours.geojson").read_bytes()})
    )
    bodies = {
        "populations des quartiers": b"QP;LIB_QP;PMUN\nQN00101M;Grande Reyssouze;6400\n",
        "communes de chaque quartier": zip_bytes(
            {"TAG.csv": b"QP;LIB_QP;LIST_COM_2025\nQN00101M;Grande Reyssouze;01053\n"}
        ),
    }
    for table in tables:
        (address,) = table.addresses
        if table.name not in bodies:
            site[path_of(address)] = Page(b"<p>Page refaite</p>")
        elif address in table.links:
            link = f"/fr/statistiques/fichier/{address.rsplit('/', 1)[1]}/fichier.csv"
            site[path_of(address)] = Page(f'<a href="{link}">CSV</a>'.encode())
            site[link] = Page(bodies[table.name])
        else:
            site[path_of(address)] = Page(bodies[table.name])
    result = run(source, tmp_path / "home")
    assert result.outcome is Outcome.UPDATED, result.reasons
    manifest = result.version.manifest
    assert [i.file for i in manifest.inputs] == ["contours", *bodies]
    quarters = pd.read_parquet(result.version.path / "qpv.parquet").set_index("code")
    assert quarters.at["QN00101M", "population"] == 6400
    lacking = [note for note in manifest.notes if note.startswith("Sans le fichier")]
    assert len(lacking) == 2 and all("la page ne nomme aucun fichier attendu" in note for note in lacking)
