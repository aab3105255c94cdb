"""Sets of indicators in the register: versions, publish, go back, withdraw, journal, conflict, backup, rights; then opened as data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from geo.dataset import LazyIndicators, open_indicators
from geo.errors import GeoInputError
from geo.indicators import Direction, Grain, Indicator, Measure, Series, State, values_frame
from geo.register import (
    ConflictError,
    Origin,
    Statement,
    Version,
    backup,
    find,
    head,
    journal,
    keep_series,
    need_sets,
    publish,
    read_needs,
    register,
    register_folder,
    restore,
    token,
    withdraw,
)
from geo.rights import Actor, Role
from tests.support.grid import draw

ATLAS = draw([[100, 200, 300]], former={"01900": ("01002", "Vieux-Bourg"), "01901": ("01002", "Autre-Bourg")})
ORIGIN = Origin("besoins.xlsx", "0" * 64, 1234, "xlsx")
SAID = Statement("ORS", "2023", "Ana")


def series(
    name: str = "alcool", *, figures: Sequence[float] = (12, 7), codes: Sequence[str] = ("01001", "01002")
) -> Series:
    what = Indicator(
        name, name.title(), Measure.COUNT, Grain.COMMUNE, Direction.WORSE, "personnes", "ORS", "2023", secrecy=5
    )
    return Series(what, values_frame(codes, numerator=list(figures)))


def kept(home: Path, *every: Series, name: str = "Besoins 2023", by: Actor | None = None) -> Version:
    return keep_series(name, every or (series(),), {"01"}, SAID, ORIGIN, by=by, home=home)


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "postgresql":
        request.getfixturevalue("on_postgres")
    else:
        monkeypatch.delenv("CLSM_REGISTER", raising=False)
    return tmp_path / "home"


def test_a_set_is_kept_published_replaced_rolled_back_and_withdrawn(home: Path) -> None:
    one = kept(home)
    assert (one.kind, one.number, one.zones, one.communes) == ("indicateurs:besoins-2023", 1, 1, 2)
    two = kept(home, series(figures=(50, 60)), series("drogues"))
    assert two.number == 2
    assert open_indicators(home, ATLAS, []).series == ()
    before = token(home)
    publish(one, who="Ana", seen=0, home=home)
    assert token(home) != before
    publish(two, who="Bob", seen=1, home=home)
    opened = open_indicators(home, ATLAS, [])
    assert list(opened.by_id) == ["alcool", "drogues"]
    assert opened.by_id["alcool"].values["numerator"].to_dict() == {"01001": 50, "01002": 60}
    publish(find(one.kind, 1, home), who="Bob", seen=2, home=home)
    assert list(open_indicators(home, ATLAS, []).by_id) == ["alcool"]
    withdraw(one.kind, who="Bob", seen=3, home=home)
    assert len(open_indicators(home, ATLAS, [])) == 0
    (held,) = need_sets(home)
    assert (held.name, [v.number for v in held.versions], held.head.version) == ("Besoins 2023", [2, 1], None)


def test_two_long_names_that_begin_alike_are_two_sets(tmp_path: Path) -> None:
    names = [f"Recours aux soins de santé mentale des habitants, {year}" for year in (2023, 2024)]
    for name in names:
        kept(tmp_path, name=name)
    kept(tmp_path, name=f"  {names[0].upper()}")
    found = need_sets(tmp_path)
    assert [(one.name.strip().casefold(), len(one.versions)) for one in found] == [
        (names[0].casefold(), 2),
        (names[1].casefold(), 1),
    ]
    assert all(len(one.kind) <= 60 for one in found)


def test_the_journal_names_what_was_done_and_speaks_of_no_layer_of_before(home: Path) -> None:
    one = kept(home)
    publish(one, who="Ana", seen=0, home=home)
    two = kept(home, series(figures=(50, 7)), series("drogues"))
    withdraw(one.kind, who="Bob", seen=1, home=home)
    lines = {line.what: line for line in journal(home)}
    assert lines["retrait du jeu d’indicateurs"].who == "Bob"
    assert lines["mise en service"].before == "aucune version"
    assert lines["version 2 gardée"].changes.replace("\xa0", " ") == "1 ajouté, 1 modifié"
    assert two.changes["added"] == ["Drogues"]
    assert not any("couche d’origine" in f"{line.before}{line.after}{line.what}" for line in journal(home))


def test_two_who_publish_over_one_another_are_told(home: Path) -> None:
    one = kept(home)
    publish(one, who="Ana", seen=0, home=home)
    with pytest.raises(ConflictError, match="Ana a publié la version 1"):
        publish(one, who="Bob", seen=0, home=home)
    withdraw(one.kind, who="Ana", seen=1, home=home)
    with pytest.raises(ConflictError, match="le retrait du jeu d’indicateurs"):
        publish(one, who="Bob", seen=1, home=home)


def test_a_set_comes_back_from_a_backup_the_same(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(kept(home), who="Ana", seen=0, home=home)
    backup(tmp_path / "a.zip", home)
    monkeypatch.delenv("CLSM_REGISTER", raising=False)
    restore(tmp_path / "a.zip", tmp_path / "autre")
    opened = open_indicators(tmp_path / "autre", ATLAS, [])
    assert opened.by_id["alcool"].values["numerator"].to_dict() == {"01001": 12, "01002": 7}


def test_a_set_touches_the_departements_of_its_territories(home: Path) -> None:
    reader, far = Actor("Léo", Role.READER), Actor("Luc", Role.PUBLISHER, frozenset({"02"}))
    near = Actor("Zoé", Role.PUBLISHER, frozenset({"01"}))
    for actor in (reader, far):
        with pytest.raises(GeoInputError, match="refusé"):
            kept(home, by=actor)
    version = kept(home, by=near)
    assert version.statement.who == "Zoé"
    with pytest.raises(GeoInputError, match="refusé à Luc"):
        publish(version, who=far, seen=0, home=home)
    assert publish(version, who=near, seen=0, home=home).revision == 1
    with pytest.raises(GeoInputError, match="refusé à Luc"):
        withdraw(version.kind, who=far, seen=1, home=home)
    assert withdraw(version.kind, who=near, seen=1, home=home).version is None


@pytest.mark.parametrize(
    ("name", "said", "figures", "problem"),
    [
        ("…", SAID, (12, 7), "Donnez un nom"),
        ("Jeu", Statement("", "", "Ana"), (12, 7), "leur source"),
        ("Jeu", Statement("ORS", "", " "), (12, 7), "qui apporte"),
        ("Jeu", SAID, (3, float("nan")), "Aucun territoire n’a de chiffre"),
    ],
)
def test_what_must_be_told_is_asked_for(
    tmp_path: Path, name: str, said: Statement, figures: tuple[float, float], problem: str
) -> None:
    with pytest.raises(GeoInputError, match=problem):
        keep_series(name, [series(figures=figures)], {"01"}, said, ORIGIN, home=tmp_path)
    assert register.versions(home=tmp_path) == []


@pytest.mark.parametrize("harm", ["absent", "cut", "other"])
def test_a_set_that_can_no_longer_be_read_is_told_and_passed_over(tmp_path: Path, harm: str) -> None:
    publish(kept(tmp_path, series("drogues"), name="Autre"), who="Ana", seen=0, home=tmp_path)
    version = kept(tmp_path)
    publish(version, who="Ana", seen=0, home=tmp_path)
    file = register_folder(tmp_path) / version.content / "indicateurs.parquet"
    if harm == "absent":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:100] if harm == "cut" else b"PAR1")
    lazy = LazyIndicators(tmp_path, ATLAS, register.heads(tmp_path))
    assert list(lazy.indicators.by_id) == ["drogues"]
    (notice,) = lazy.notices
    assert "illisible" in notice
    assert "n’est pas employé" in notice
    assert "couche d’origine" not in notice
    there = head(version.kind, tmp_path).version
    assert there and there.id == version.id
    with pytest.raises(GeoInputError, match="illisible"):
        read_needs(version, tmp_path)


def test_a_commune_merged_since_is_counted_with_the_one_it_joined(tmp_path: Path) -> None:
    count = series("vieux", figures=(10, 7, 20, 9), codes=("01900", "01901", "01001", "01003"))
    one = Indicator("score", "Score", Measure.RATE, Grain.COMMUNE, Direction.WORSE, "points", "ORS", "2023")
    rate = Series(one, values_frame(["01900", "01901", "01003"], rate=[4.0, 6.0, 5.0]))
    hidden = series("cache", figures=(3, 30, 8), codes=("01900", "01901", "01003"))
    publish(kept(tmp_path, count, rate, hidden), who="Ana", seen=0, home=tmp_path)
    opened = open_indicators(tmp_path, ATLAS, []).by_id
    assert opened["vieux"].values["numerator"].to_dict() == {"01001": 20, "01002": 17, "01003": 9}
    assert opened["score"].values["state"].to_dict() == {"01002": State.ABSENT, "01003": State.KNOWN}
    assert opened["cache"].values["state"].to_dict() == {"01002": State.ABSENT, "01003": State.KNOWN}, (
        "no threshold bounds the sum"
    )
