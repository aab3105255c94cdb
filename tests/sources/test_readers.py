"""What a file is, told by its columns: every file of the mirror, every form, every packing; and what is no known file."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from geo.errors import GeoInputError
from geo.sources.readers import READERS, recognise
from tests.support.reading import MIRROR, SAMPLES, mirrored, ods, product, read, text_file, workbook

REFUSED = "refused"
IN_MIRROR = {
    "carreaux/occitanie_1km_pop_2009.csv": "carreaux",
    "carreaux/reunion_200m_menages_2011.csv": ("carreaux", REFUSED),
    "communes_epci/epcicom_2025_dgcl.xlsx": "epci",
    "communes_epci/ept_composition_2025.csv": "ept",
    "communes_epci/pop_mayotte.csv": "populations",
    "communes_epci/pop_reference_2023_communes.csv": "populations",
    "cpts/cpts_occitanie_sieges_finess.csv": ("cpts", REFUSED),
    "cpts/cpts_paca_10_sur_70_communes.csv": "cpts",
    "densite_ruralite/densite.csv": "densite",
    "densite_ruralite/zrr_2022-11.csv": ("frr", REFUSED),
    "finess/eurostat_hopitaux_FR_2020.csv": "ressources",
    "finess/finess_occitanie_psychiatrie_cpts_dac.csv": "ressources",
    "qpv/qp2015_occitanie.csv": ("qpv", REFUSED),
    "qpv/qp2015_occitanie.geojson": ("qpv", REFUSED),
    "qpv/qpv2024_1584_anct2026-01_4dec.json.gz": "qpv",
    "qpv/qpv2024_1609_anct2024-06_simplifie.geojson": "qpv",
    "qpv/qpv2024_population_indicateurs.csv": "qpv",
    "qpv/qpv_2024_recommande.parquet": "qpv",
}
IN_SAMPLES = {
    "carreaux_filosofi.csv": "carreaux",
    "contours_etalab.geojson": "contours",
    "cpts_wfs.geojson": "cpts",
    "densite_libelles.csv": "densite",
    "finess_flux.csv": "ressources",
    "finess_reexposition.csv": "ressources",
    "frr_2025.csv": "frr",
    "populations_mayotte.csv": "populations",
    "populations_insee.csv": "populations",
    "qpv_contours.geojson": "qpv",
    "qpv_liste.csv": "qpv",
    "qpv_populations.csv": "qpv",
}


@pytest.mark.mirror
def test_every_file_of_the_mirror_is_known_for_what_it_is() -> None:
    mirrored("README.md")
    for path in sorted(p for p in MIRROR.rglob("*") if p.is_file()):
        expected = IN_MIRROR.get(path.relative_to(MIRROR).as_posix())
        kind = expected[0] if isinstance(expected, tuple) else expected
        assert recognise(path) == kind, path.name
        if kind:
            assert (READERS[kind].rank(path) < 0) == isinstance(expected, tuple), path.name


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("carreaux/reunion_200m_menages_2011.csv", "carreaux", "des ménages, non des habitants"),
        ("cpts/cpts_occitanie_sieges_finess.csv", "cpts", "des points et non des territoires"),
        ("densite_ruralite/zrr_2022-11.csv", "frr", "abrogées le 1er juillet 2024"),
        ("qpv/qp2015_occitanie.geojson", "qpv", "abrogés le 1er janvier 2024"),
        ("qpv/qp2015_occitanie.csv", "qpv", "abrogés le 1er janvier 2024"),
    ],
)
def test_what_is_repealed_or_is_no_territory_is_refused_with_its_reason(
    name: str, kind: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(GeoInputError, match=reason):
        read(kind, mirrored(name), into=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_small_official_files_are_all_recognised() -> None:
    assert {p.name for p in SAMPLES.iterdir()} == set(IN_SAMPLES)
    assert {name: recognise(SAMPLES / name) for name in IN_SAMPLES} == IN_SAMPLES


def test_the_name_of_a_file_does_not_count(tmp_path: Path) -> None:
    copy = tmp_path / "nouveau document.bin"
    copy.write_bytes((SAMPLES / "densite_libelles.csv").read_bytes())
    assert recognise(copy) == "densite"
    assert recognise(text_file(tmp_path, "a,b\n1,2\n", name="densite.csv")) is None


GRID = "CODGEO{0}LIBGEO{0}DENS{0}DENS7\n01001{0}L’Abergement{0}3{0}6\n2A004{0}Ajaccio{0}1{0}1\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_separators_and_encodings_are_told_from_the_content(separator: str, encoding: str, tmp_path: Path) -> None:
    path = text_file(tmp_path, GRID.format(separator), encoding=encoding)
    assert recognise(path) == "densite"
    read("densite", path, into=tmp_path / "out")
    assert product(tmp_path / "out", "densite")["niveau"].to_dict() == {"01001": 6, "2A004": 1}


def test_a_file_is_read_in_a_gz_in_a_zip_in_ods_and_in_xlsx(tmp_path: Path) -> None:
    text = GRID.format(";")
    rows = [line.split(";") for line in text.splitlines()]
    packed = tmp_path / "a.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("lisez-moi.txt", "rien")
        archive.writestr("dossier/grille.csv", text)
    titled = [["La grille de densité 2025"], [], ["Champ : France"], [], *rows]
    files = [
        packed,
        tmp_path / "b.zip",
        ods(tmp_path / "c.ods", rows),
        workbook(tmp_path / "d.xlsx", {"Notes": [["x"]], "Maille": titled}),
    ]
    for path in files:
        assert recognise(path) == "densite", path.name
        report = read("densite", path, into=tmp_path / path.stem)
        assert product(tmp_path / path.stem, "densite")["classe"].to_dict() == {"01001": 3, "2A004": 1}
    assert report.vintage == "2025"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\0\0",
        b"PK\x03\x04 coupe",
        b"\x1f\x8b\x08coupe",
        b"PAR1coupe",
        b"{",
        b'{"type":"FeatureCollection","features":[]}',
        b"une phrase",
    ],
    ids=["empty", "zeros", "zip", "gz", "parquet", "json", "no-feature", "text"],
)
def test_what_is_no_file_of_ours_is_unknown_and_refused_in_french(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "fichier"
    path.write_bytes(content)
    assert recognise(path) is None
    for reader in READERS.values():
        with pytest.raises(GeoInputError, match="fichier"):
            reader.read([path], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_absent_file_and_a_folder_are_unknown(tmp_path: Path) -> None:
    assert recognise(tmp_path / "rien.csv") is None
    assert recognise(tmp_path) is None


def test_wrong_columns_are_told_with_what_is_expected(tmp_path: Path) -> None:
    path = text_file(tmp_path, "code;nom\n01001;x\n")
    with pytest.raises(GeoInputError) as refusal:
        read("densite", path, into=tmp_path / "out")
    assert "colonnes non reconnues (code, nom)" in str(refusal.value)
    assert "CODGEO, DENS" in str(refusal.value)


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    path = text_file(tmp_path, "CODGEO;DENS7\n")
    assert recognise(path) == "densite"
    with pytest.raises(GeoInputError, match="aucune ligne"):
        read("densite", path, into=tmp_path / "out")


def test_a_gz_cut_short_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(b"CODGEO;DENS7\n" + b"".join(b"%05d;6\n" % i for i in range(1001, 60_000)))
    path = tmp_path / "coupe.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(GeoInputError):
        read("densite", path, into=tmp_path / "out")


def test_a_row_with_too_many_columns_is_named(tmp_path: Path) -> None:
    path = text_file(tmp_path, "CODGEO;DENS7\n01001;6\n01002;6\n01004;Ambérieu;2\n")
    read("densite", text_file(tmp_path, "CODGEO;DENS7\n01001;6;\n", name="fin.csv"), into=tmp_path / "a")
    with pytest.raises(GeoInputError, match="ligne 4 : plus de colonnes que l’en-tête"):
        read("densite", path, into=tmp_path / "b")


def test_the_preferred_of_two_files_is_read_and_the_other_is_named(tmp_path: Path) -> None:
    small = text_file(tmp_path, "CODGEO;DENS7\n01001;6\n", name="petit.csv")
    large = text_file(tmp_path, "CODGEO;DENS7\n" + "".join(f"{c};6\n" for c in real_codes(800)), name="grand.csv")
    assert READERS["densite"].rank(large) > READERS["densite"].rank(small)
    report = read("densite", small, large, into=tmp_path / "out")
    assert report.rows == 800
    assert any("petit.csv : non utilisé" in note for note in report.notes)


def real_codes(many: int) -> list[str]:
    from tests.support.real import atlas

    return atlas().table["code"].head(many).tolist()


def test_products_hold_codes_as_text(tmp_path: Path) -> None:
    read("densite", SAMPLES / "densite_libelles.csv", into=tmp_path)
    assert pd.api.types.is_string_dtype(pd.read_parquet(tmp_path / "densite.parquet")["code"])
