"""Archives from outside: what holds data comes out under our names, what could harm does not come out at all."""

from __future__ import annotations

import contextlib
import gzip
import io
import zipfile
import zlib
from pathlib import Path

import py7zr
import pytest

from geo.errors import GeoInputError
from geo.files import safe_name, unpack
from geo.files.archives import Ceilings
from geo.files.member import Member


def make(folder: Path, members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name) if method == zipfile.ZIP_STORED else name, body)
    return path


def leftovers(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


def test_only_data_comes_out_of_a_zip_with_names_of_our_own(tmp_path):
    members = {"GEOJSON/QP 2024.geojson": b"1", "SHP/a.shp": b"2", "lisez-moi.pdf": b"3", "__MACOSX/._a.csv": b"4",
               ".caché.csv": b"5", "b/deux.CSV": b"6", "dedans.zip": b"PK"}  # fmt: skip
    taken = unpack(make(tmp_path, members), tmp_path / "out")
    assert [(p.name, p.read_bytes()) for p in taken] == [("QP_2024.geojson", b"1"), ("deux.CSV", b"6")]


def test_two_members_of_the_same_name_do_not_overwrite_each_other(tmp_path):
    taken = unpack(make(tmp_path, {"a/x.csv": b"1", "b/x.csv": b"2"}), tmp_path / "out")
    assert [p.read_bytes() for p in taken] == [b"1", b"2"]


def test_a_gzip_gives_its_file_and_a_plain_file_itself(tmp_path):
    packed, plain = tmp_path / "x.geojson.gz", tmp_path / "x.csv"
    packed.write_bytes(gzip.compress(b"abc"))
    plain.write_bytes(b"a;b")
    (out,) = unpack(packed, tmp_path / "out")
    assert (out.name, out.read_bytes()) == ("x.geojson", b"abc")
    assert unpack(plain, tmp_path / "out") == [plain]


def test_a_workbook_is_weighed_and_left_closed(tmp_path):
    path = make(tmp_path, {"[Content_Types].xml": b"<x/>", "xl/data.csv": b"1"})
    assert unpack(path, tmp_path / "out") == [path]
    bomb = make(tmp_path, {"[Content_Types].xml": b"<x/>", "xl/sheet1.xml": bytes(3_000_000)})
    with pytest.raises(GeoInputError, match="gonfle plus de 200 fois"):
        unpack(bomb, tmp_path / "out")


@pytest.mark.parametrize("name", ["../x.csv", "a/../../x.csv", "/etc/x.csv", "C:\\x.csv", "..\\x.csv", "C:/x.csv"])
def test_a_path_that_climbs_out_refuses_the_whole_archive(tmp_path, name):
    path = make(tmp_path, {"good.csv": b"1", name: b"2"})
    with pytest.raises(GeoInputError, match="sort de son dossier"):
        unpack(path, tmp_path / "out")
    assert leftovers(tmp_path / "out") == []


def test_a_link_and_an_encrypted_member_are_refused(tmp_path):
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("x.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/hostname")
    with pytest.raises(GeoInputError, match="est un lien"):
        unpack(path, tmp_path / "out")
    raw = bytearray(make(tmp_path, {"x.csv": b"1"}).read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    with pytest.raises(GeoInputError, match="chiffrée"):
        unpack(path, tmp_path / "out")


def test_bombs_are_refused_by_number_total_and_ratio(tmp_path):
    with pytest.raises(GeoInputError, match="plus de 3 fichiers"):
        unpack(make(tmp_path, {f"{i}.csv": b"1" for i in range(4)}), tmp_path / "out", Ceilings(members=3))
    with pytest.raises(GeoInputError, match="une fois ouverte"):
        unpack(make(tmp_path, {"a.csv": b"12345", "b.csv": b"12345"}), tmp_path / "out", Ceilings(total_bytes=9))
    with pytest.raises(GeoInputError, match="gonfle"):
        unpack(make(tmp_path, {"a.csv": bytes(5_000_000)}), tmp_path / "out")
    packed = tmp_path / "x.csv.gz"
    packed.write_bytes(gzip.compress(bytes(9_000_000)))
    with pytest.raises(GeoInputError, match="une fois ouverte"):
        unpack(packed, tmp_path / "out")
    assert leftovers(tmp_path / "out") == []


def test_a_size_announced_too_small_does_not_open_the_door(tmp_path):
    raw = bytearray(make(tmp_path, {"a.csv": b"x" * 1000}).read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path = tmp_path / "lie.zip"
    path.write_bytes(raw)
    with pytest.raises(GeoInputError, match="abîmée"):
        unpack(path, tmp_path / "out")


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.999])
def test_a_truncated_archive_is_said_broken_and_leaves_nothing(tmp_path, keep):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", bytes(range(256)) * 40)
    for name, body in (("a.zip", buffer.getvalue()), ("a.csv.gz", gzip.compress(bytes(range(256)) * 40))):
        path = tmp_path / name
        path.write_bytes(body[: int(len(body) * keep)])
        with pytest.raises(GeoInputError, match="abîmée ou incomplète"):
            unpack(path, tmp_path / "out")
    assert leftovers(tmp_path / "out") == []


# --- 7z
def seven(folder: Path, members: dict[str, bytes], **options: object) -> Path:
    path = folder / "a.7z"
    with py7zr.SevenZipFile(path, "w", **options) as archive:
        for name, body in members.items():
            archive.writestr(body, name)
    return path


def test_only_data_comes_out_of_a_7z_with_names_of_our_own(tmp_path):
    members = {"GPKG/a b.gpkg": b"1", "lisez-moi.pdf": b"3", "b/a b.gpkg": b"22", ".caché.csv": b"5", "vide.csv": b""}
    taken = unpack(seven(tmp_path, members), tmp_path / "out")
    assert [(p.name, p.read_bytes()) for p in taken] == [("a_b.gpkg", b"1"), ("a_b.gpkg", b"22"), ("vide.csv", b"")]
    assert unpack(seven(tmp_path, {"x.pdf": b"1"}), tmp_path / "out") == []


@pytest.mark.parametrize("name", ["../x.csv", "a/../../x.csv", "/etc/x.csv", "C:/x.csv"])
def test_a_path_that_climbs_out_refuses_the_whole_7z(tmp_path, name):
    path = seven(tmp_path, {"good.csv": b"1", "x" * len(name): b"2"})
    raw = path.read_bytes()
    placed = "x".encode("utf-16-le") * len(name)
    if placed not in raw:  # the header is packed: written plainly
        with py7zr.SevenZipFile(path, "w") as archive:
            archive.set_encoded_header_mode(False)
            archive.writestr(b"1", "good.csv")
            archive.writestr(b"2", "x" * len(name))
        raw = path.read_bytes()
    raw = bytearray(raw.replace(placed, name.encode("utf-16-le")))
    header = raw[32 + int.from_bytes(raw[12:20], "little") :]
    raw[28:32] = zlib.crc32(header).to_bytes(4, "little")
    raw[8:12] = zlib.crc32(raw[12:32]).to_bytes(4, "little")
    path.write_bytes(raw)
    with pytest.raises(GeoInputError, match="sort de son dossier"):
        unpack(path, tmp_path / "out")
    assert leftovers(tmp_path / "out") == []


def test_a_7z_that_is_encrypted_is_refused(tmp_path):
    for header in (False, True):
        path = seven(tmp_path, {"x.csv": b"1"}, password="secret", header_encryption=header)
        with pytest.raises(GeoInputError, match="chiffrée"):
            unpack(path, tmp_path / "out")


def test_a_7z_that_holds_a_link_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.csv").symlink_to("y.csv")
    (tmp_path / "in" / "y.csv").write_bytes(b"1")
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as archive:
        archive.writeall(tmp_path / "in", "in")
    with pytest.raises(GeoInputError, match="est un lien"):
        unpack(tmp_path / "a.7z", tmp_path / "out")


def test_bombs_in_a_7z_are_refused_by_number_total_and_ratio(tmp_path):
    with pytest.raises(GeoInputError, match="plus de 3 fichiers"):
        unpack(seven(tmp_path, {f"{i}.csv": b"1" for i in range(4)}), tmp_path / "out", Ceilings(members=3))
    with pytest.raises(GeoInputError, match="une fois ouverte"):
        unpack(seven(tmp_path, {"a.csv": b"12345", "b.csv": b"12345"}), tmp_path / "out", Ceilings(total_bytes=9))
    with pytest.raises(GeoInputError, match="gonfle"):
        unpack(seven(tmp_path, {"a.csv": bytes(5_000_000)}), tmp_path / "out")
    assert leftovers(tmp_path / "out") == []


def test_a_7z_that_holds_more_than_it_announces_is_stopped(tmp_path, monkeypatch):
    path = seven(tmp_path, {"a.csv": b"x" * 1000})
    monkeypatch.setattr("geo.files.seven.members", lambda _: [Member("a.csv", 1)])
    with pytest.raises(GeoInputError, match="archive refusée"):
        unpack(path, tmp_path / "out", Ceilings(total_bytes=500))
    assert leftovers(tmp_path / "out") == []


@pytest.mark.parametrize("keep", [0.1, 0.3, 0.9, 0.999])
def test_a_truncated_7z_is_said_broken_and_leaves_nothing(tmp_path, keep):
    path = seven(tmp_path, {"a.csv": bytes(range(256)) * 40, "b.csv": b"b"})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(GeoInputError, match="abîmée ou incomplète"):
        unpack(path, tmp_path / "out")
    assert leftovers(tmp_path / "out") == []


def test_a_7z_of_which_any_byte_is_changed_gives_data_or_a_sentence(tmp_path):
    good = seven(tmp_path, {"a.csv": b"code;nom\n1;a\n" * 9}).read_bytes()
    path = tmp_path / "b.7z"
    for at in range(6, len(good), 11):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :])
        with contextlib.suppress(GeoInputError):
            unpack(path, tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a/b c.csv", "b_c.csv"),
        ("..", "fichier"),
        (".x", "x"),
        ("é?*|.csv", "é___.csv"),
        ("", "fichier"),
        ("a\\b", "b"),
    ],
)
def test_foreign_names_are_made_safe(name, safe):
    assert safe_name(name) == safe
