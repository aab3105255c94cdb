"""The catalogue of official sources: whole, well formed, and in step with what reads the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import GeoInputError, MissingDataError
from geo.sources import load_sources
from geo.sources.catalogue import CATALOGUE, pick_sources

KINDS = [
    "contours", "populations", "epci", "ept", "densite", "qpv", "ressources", "cpts", "passage", "frr", "iris", "carreaux",
    "odisse", "recensement", "revenus", "aah", "apl", "fdep", "quartiers",
]  # fmt: skip
ENTRY = """
[[source]]
kind = "essai"
nom = "Essai"
producteur = "P"
page = "https://exemple.fr"
format = "CSV"
millesime = "2025"
licence = "L"
taille_attendue = 10
taille_max = 100
certitude = "A"
lue = "mai 2026"
remarque = ""
[source.colonnes]
code = ["CODGEO"]
[[source.fichier]]
nom = "f"
adresses = ["https://exemple.fr/f.csv"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_kind_of_the_issue_is_described():
    sources = load_sources()
    assert list(sources) == KINDS
    assert all(s.producer and s.licence and s.vintage and s.remark and s.columns for s in sources.values())
    assert {s.certainty for s in sources.values()} <= {"A", "B", "C"}


def test_addresses_are_secure_and_on_official_hosts():
    hosts = (
        "insee.fr", "data.gouv.fr", "collectivites-locales.gouv.fr", "santegraphie.fr", "observatoire-des-territoires.gouv.fr",
        "odisse.santepubliquefrance.fr", "data.drees.solidarites-sante.gouv.fr", "geoservices.ign.fr", "data.geopf.fr", "public.opendatasoft.com",  # outlines of IRIS
        "data-pipeline-open.s3.sbg.io.cloud.ovh.net",  # from where data.gouv.fr republishes FINESS
    )  # fmt: skip
    for source in load_sources().values():
        for address in (source.page, *source.addresses):
            assert address.startswith("https://"), address
            assert address.split("/")[2].endswith(hosts), address


def test_a_source_without_any_address_says_how_to_get_it():
    by_hand = [s for s in load_sources().values() if not s.files[0].addresses]
    assert [s.kind for s in by_hand] == ["carreaux"]
    assert all("miroir" in s.remark for s in by_hand)


def test_a_good_entry_is_read(tmp_path):
    (source,) = load_sources(write(tmp_path, ENTRY)).values()
    assert (source.kind, source.max_bytes, source.addresses) == ("essai", 100, ("https://exemple.fr/f.csv",))
    assert source.columns == {"code": ("CODGEO",)} and not source.files[0].optional


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('nom = "Essai"\n', "", "« nom » manque"),
        ('format = "CSV"', "format = 3", "« format » doit être un texte"),
        ('licence = "L"', 'licence = "L"\nlicense = "L"', "« license » est inconnu"),
        ('certitude = "A"', 'certitude = "D"', "« certitude » est A, B ou C"),
        ("taille_max = 100", "taille_max = 5", "tailles"),
        ("taille_max = 100", "taille_max = true", "tailles"),
        ("https://exemple.fr/f.csv", "file:///f.csv", "adresse refusée"),
        ('["https://exemple.fr/f.csv"]', '[{ page = "https://exemple.fr" }]', "motif de ses « liens »"),
        ('["https://exemple.fr/f.csv"]', '[{ page = "https://exemple.fr", liens = "(" }]', "motif de liens illisible"),
        ('["https://exemple.fr/f.csv"]', '[{ page = "exemple", liens = "x" }]', "adresse refusée"),
        ('page = "https://exemple.fr"', 'page = "exemple"', "adresse de page refusée"),
        ('code = ["CODGEO"]', "code = []", "« colonnes » donne"),
        ('nom = "f"', 'nom = "f"\nurl = "x"', "rien d’autre"),
        ('kind = "essai"', 'kind = "../essai"', "minuscules"),
        ('remarque = ""', 'remarque = ""\na_la_demande = "oui"', "true ou false"),
        (
            '["https://exemple.fr/f.csv"]',
            '[{ page = "https://exemple.fr", liens = "x", vers = "\\\\1" }]',
            "motif de liens illisible",
        ),
    ],
)
def test_a_wrong_entry_is_refused_with_its_reason(tmp_path, old, new, message):
    with pytest.raises(GeoInputError, match=message):
        load_sources(write(tmp_path, ENTRY.replace(old, new)))


def test_every_fault_is_told_at_once(tmp_path):
    text = ENTRY.replace('certitude = "A"', 'certitude = "D"').replace("https://exemple.fr/f.csv", "x")
    with pytest.raises(GeoInputError) as caught:
        load_sources(write(tmp_path, text + ENTRY))
    assert len(caught.value.problems) == 3 and "deux fois" in caught.value.problems[-1]


@pytest.mark.parametrize("text", ["[[source", "", "source = []"])
def test_a_broken_or_empty_catalogue_is_refused(tmp_path, text):
    with pytest.raises(GeoInputError):
        load_sources(write(tmp_path, text))


def test_an_absent_catalogue_is_said(tmp_path):
    with pytest.raises(MissingDataError, match="Catalogue des sources illisible"):
        load_sources(tmp_path / "none.toml")


def test_an_address_may_be_a_page_that_names_the_file_of_the_day(tmp_path):
    entry = ENTRY.replace(
        '["https://exemple.fr/f.csv"]',
        '["https://exemple.fr/f.csv", { page = "https://exemple.fr/p", liens = "csv$" }]',
    )
    (source,) = load_sources(write(tmp_path, entry)).values()
    assert source.addresses == ("https://exemple.fr/f.csv", "https://exemple.fr/p")
    assert source.files[0].links == {"https://exemple.fr/p": "csv$"} and source.read_on == "mai 2026"


def test_unknown_layers_are_refused_by_name_and_known_ones_kept_in_order():
    sources = load_sources()
    assert [s.kind for s in pick_sources(["qpv", "epci", "qpv"], sources)] == ["qpv", "epci"]
    assert [s.kind for s in pick_sources(None, sources)] == [k for k in KINDS if k != "iris"]
    with pytest.raises(GeoInputError, match="Couches possibles : contours") as caught:
        pick_sources(["qvp", "qpv", "clsm"], sources)
    assert len(caught.value.problems) == 2


def test_the_catalogue_is_plain_data():
    text = CATALOGUE.read_text(encoding="utf-8")
    assert "127.0.0.1" not in text and "/work" not in text
