"""Official indicators brought from a server on loopback, under the addresses of the catalogue, or from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.indicators import read_series
from geo.sources import Outcome, current, sync
from tests.sources.test_official_addresses import QUICK, here, path_of, run
from tests.support.table_files import zip_bytes
from tests.support.web import Page, Site, serve

DEATHS = b"\xef\xbb\xbfannee;num_departement;classe_d_age;sexe;nombre_de_deces;taux_brut;taux_standardise\n2023;01;Tous;Hommes et Femmes;100;15.2;14.8\n"
STAYS = DEATHS.replace(b"nombre_de_deces", b"nombre_de_sejours")
AGES = b"CODGEO;P22_POP;P22_POP0014\n01001;800;160\n"
INCOMES = b'"GEO";"GEO_OBJECT";"FILOSOFI_MEASURE";"OBS_VALUE";"TIME_PERIOD"\n"01004";"COM";"MED_SL";"22500";"2023"\n'
ACCESS = "Code commune INSEE;APL aux médecins généralistes;Population standardisée 2022\n01004;2,5;14000\n".encode()
FIRST = {
    "odisse": DEATHS,
    "recensement": AGES,
    "revenus": INCOMES,
    "aah": b"CODGEO;A;AAAH\n01004;900;60\n",
    "apl": ACCESS,
    "fdep": b"Code commune,FDep\n01004,-0.75\n",
}

NEXT = {"recensement": "base-cc-evol-struct-pop-2023_csv.zip", "aah": "beneficiaires_CAF_31-12-2024_QP24_csv.zip"}


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as made:
        yield made


@pytest.mark.parametrize("kind", FIRST)
def test_a_source_of_indicators_arrives_from_each_of_its_addresses(kind: str, site: Site, tmp_path: Path) -> None:
    source = here(kind, site)
    for place, address in enumerate(source.files[0].addresses):
        site.pages.clear()
        body, packed = FIRST[kind], address.endswith(".zip") or address in source.files[0].links
        if packed:
            body = zip_bytes({"donnees.csv": body})
        if address in source.files[0].links:  # a page of INSEE names the file of the day
            link = f"/fr/statistiques/fichier/{address.rsplit('/', 1)[1]}/{NEXT[kind]}"
            site[link] = Page(body)
            body = f'<a href="{link}">CSV</a>'.encode()
        site[path_of(address)] = Page(body)
        result = run(source, tmp_path / str(place))
        assert result.outcome is Outcome.UPDATED, result.reasons
        used = current(kind, tmp_path / str(place))
        assert used and list(used.manifest.files) == ["indicateurs.parquet"]
        assert read_series(used.path / "indicateurs.parquet")
        optional = [f.name for f in source.files[1:]]
        assert all(any(name in note for note in used.manifest.notes) for name in optional)


def test_the_sets_of_odisse_arrive_together_and_one_that_fails_leaves_the_version_in_use(
    site: Site, tmp_path: Path
) -> None:
    source = here("odisse", site)
    deaths, stays = (path_of(file.addresses[0]) for file in source.files[:2])
    site[deaths], site[stays] = Page(DEATHS), Page(STAYS)
    assert run(source, tmp_path).outcome is Outcome.UPDATED
    kept = current("odisse", tmp_path)
    assert kept and len(read_series(kept.path / "indicateurs.parquet")) == 6
    site[stays] = Page(b"<html>maintenance</html>")
    site[deaths] = Page(DEATHS.replace(b"100", b"101"), etag='"2"')
    assert run(source, tmp_path).outcome is Outcome.FAILED
    assert current("odisse", tmp_path) == kept


@pytest.mark.parametrize("kind", FIRST)
def test_a_source_of_indicators_is_read_from_a_folder(kind: str, tmp_path: Path) -> None:
    (tmp_path / "miroir").mkdir()
    (tmp_path / "miroir" / "quelconque.csv").write_bytes(FIRST[kind])
    (result,) = sync([kind], mirror=str(tmp_path / "miroir"), home=tmp_path / "home", **QUICK).results
    assert result.outcome is Outcome.UPDATED, result.reasons
