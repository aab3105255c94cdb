"""Map, tooltip, card, tables, charts, files and command line say the same of the same commune, and the same totals.

Drawn worlds, with lists complete by publication or by declaration and facts set aside at random, then some real territories.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from geo import french as fr
from geo.cli.coverage import coverage_data, coverage_text
from geo.communes import Atlas, approximate_density
from geo.comparison import Candidate, Scale, evaluate
from geo.coverage import (
    COVERED,
    GAP_LEVELS,
    STATES,
    Aside,
    Coverage,
    CoverageState,
    CoverageView,
    Doubt,
    Scope,
    Status,
    coverage,
    coverage_state,
    gap_table,
    local_scopes,
    read_scope,
    scopes,
    situations_of,
)
from geo.dataset import Dataset
from geo.exports import CoverageReport, note_tables
from geo.exports.coverage_files import coverage_csv, coverage_geojson, coverage_workbook, director_data
from geo.exports.coverage_svg import map_text
from geo.exports.coverage_tables import communes_table
from geo.layers import Crosswalk, Etat, Precision
from geo.perimeters import Perimeter
from tests.support import real
from tests.support.grid import crosswalk, draw, plain, zone
from tests.ui.test_scene import unpack
from ui import loaders, panels
from ui.coverage import charts, choices
from ui.map import scene

WORLDS, SCOPES_EACH = 20, 5
WIDTH, HEIGHT = 6, 4


@lru_cache(maxsize=1)
def _atlas() -> Atlas:
    """Return four départements of two régions, six intercommunal bodies that cross them, an EPT in one."""
    random = np.random.default_rng(7)
    people = random.integers(0, 900, (HEIGHT, WIDTH)).tolist()
    departement = [["01" if j < 3 else "02" for j in range(WIDTH)] for _ in range(2)]
    departement += [["03" if j < 3 else "04" for j in range(WIDTH)] for _ in range(2)]
    epci = [[f"2000000{j // 2}{i // 2}" for j in range(WIDTH)] for i in range(HEIGHT)]
    ept = [["200058001" if i == 0 and j < 2 else None for j in range(WIDTH)] for i in range(HEIGHT)]
    return draw(people, departement=departement, epci=epci, ept=ept)


@dataclass(frozen=True, eq=False)
class View:
    """One scope of one world, as every part of the dashboard gets it."""

    scope: Scope
    built: Crosswalk
    complete: tuple[str, ...]
    aside: Aside

    @cached_property
    def found(self) -> Coverage:
        return coverage(self.scope, self.built, complete=self.complete, aside=self.aside)

    @cached_property
    def report(self) -> CoverageReport:
        return CoverageReport(self.scope, self.state)

    @cached_property
    def communes(self) -> pd.DataFrame:
        return gap_table("commune", self.scope, self.state)

    @cached_property
    def state(self) -> CoverageState:
        density = real.density() if self.built is real.crosswalk() else approximate_density(self.built.atlas)
        return coverage_state(self.built, density, complete=self.complete, aside=self.aside)


def _world(seed: int) -> tuple[Crosswalk, np.random.Generator]:
    """Draw CLSM of every kind, quarters, sectors and CLS over the communes, and lists complete here and there."""
    atlas, random = _atlas(), np.random.default_rng(seed)
    codes = [str(c) for c in atlas.codes]

    def some(most: int) -> tuple[str, ...]:
        return tuple(random.choice(codes, random.integers(1, most), replace=False))

    kinds = [Precision.LUE, Precision.SUPPOSEE, Precision.ETENDUE, Precision.ETENDUE, Precision.INCONNUE]
    clsm = {}
    for i in range(random.integers(1, 7)):
        held, part = some(5), some(3) if random.random() < 0.4 else ()
        precision = kinds[random.integers(len(kinds))]
        etat = Etat.PROJET if random.random() < 0.25 else Etat.EN_SERVICE
        lost = precision is Precision.INCONNUE
        clsm[f"c{i}"] = zone(*(() if lost else held), part=() if lost else [p for p in part if p not in held],
                             precision=precision, etat=etat, departement=held[0][:2])  # fmt: skip
    zones: dict[str, Any] = {
        "clsm": clsm,
        "qpv": {f"q{i}": zone(some(2)[0], population=float(random.integers(1, 60))) for i in range(4)},
        "secteurs-adultes": {f"s{i}": zone(*some(8)) for i in range(3)},
        "cls": {f"l{i}": zone(*some(6)) for i in range(3)},
        "epci": {c: zone(*(codes[r] for r in atlas.members("epci", c))) for c in atlas.epci.index},
        "ept": {c: zone(*(codes[r] for r in atlas.members("ept", c))) for c in atlas.ept.index},
    }
    built = crosswalk(atlas, zones, complete=("epci", "ept", *(n for n in ("qpv", "cls") if random.random() < 0.5)))
    published = [d for d in ("01", "02", "03", "04") if random.random() < 0.25]
    layers = {**built.layers, "clsm": replace(built.layers["clsm"], extent=frozenset(published))}
    members = layers["clsm"].members
    if random.random() < 0.5:  # half of the worlds know how many people each part holds
        people = np.where(members["whole"], members["inhabitants"], members["inhabitants"].fillna(9.0))
        layers["clsm"] = replace(layers["clsm"], members=members.assign(inhabitants=people))
    return replace(built, layers=layers), random


def _drawn() -> Iterator[View]:
    for seed in range(WORLDS):
        built, random = _world(seed)
        every = [*scopes(built.atlas).values(), *local_scopes(built.atlas).values()]
        for _ in range(SCOPES_EACH):
            complete = tuple(d for d in ("01", "02", "03", "04") if random.random() < 0.3)
            doubts = tuple(d for d in (Doubt.EXTENSION, Doubt.SUPPOSEE) if random.random() < 0.25)
            yield View(every[random.integers(len(every))], built, complete, Aside(doubts))


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Have the screen answer from one world at a time, without its caches."""

    def show(view: View) -> None:
        monkeypatch.setattr(loaders, "atlas", lambda: view.built.atlas)
        monkeypatch.setattr(loaders, "crosswalk", lambda: view.built)
        monkeypatch.setattr(loaders, "scope_coverage", lambda *_: view.found)
        monkeypatch.setattr(loaders, "every_scope", lambda: scopes(view.built.atlas))

    return show


def _painted(view: View) -> dict[str, str]:
    """Return what the map shows of each commune of the scope: the label of its colour, which the tooltip writes."""
    paint = scene.status_paint(CoverageView(view.scope, view.complete, view.aside))
    drawn = scene.ground(view.scope).on(view.built.atlas).rows
    codes = view.built.atlas.codes
    return {str(codes[r]): paint.palette[i].label for r, i in zip(drawn, unpack(paint.runs), strict=True) if i >= 0}


def _check_communes(view: View) -> None:
    """Each commune has one situation, in the same words everywhere."""
    atlas = view.built.atlas
    found, rows = view.found, view.scope.on(view.built.atlas).rows
    known = situations_of(found)
    words = dict(zip((str(c) for c in atlas.codes[rows]), known.labels(rows), strict=True))
    assert _painted(view) == words
    assert view.communes["lecture"].to_dict() == words
    for row in rows[:4]:
        code, kind = str(atlas.codes[row]), known.kind(int(row))
        card = plain(panels.commune_card(code, view.built, kind))
        assert kind.label == words[code] and fr.typeset(kind.label) and plain(kind.label) in card
        if kind.status is Status.NON_COUVERT:
            assert f"aucun{', d’après votre déclaration (' + kind.declared + ')' if kind.declared else ''}" in card
            assert "liste incomplète ici</" not in card.split("CLSM")[1][:120]
    labels = {kind.label for kind in known.present(rows)}
    assert labels == set(words.values())
    text = plain(map_text(view.scope, view.state))
    assert all(plain(label) in text for label in labels)


def _check_people(view: View) -> dict[str, int]:
    """The people of each situation are as many in the table, the bar, the map's text, the gaps and the command line."""
    found, atlas = view.found, view.built.atlas
    rows, people = view.scope.on(atlas).rows, atlas.population
    known = situations_of(found)
    counted = known.counted(rows, people)
    total = int(people[rows].sum())
    assert counted["population"].sum() == total == found.population
    said = {known.kinds[i].label: int(n) for i, n in counted["population"].items() if n}
    bar = re.findall(r'title="([^"]+) : [^"]*" data-people="(\d+)"', plain(charts.status_bar(found)))
    assert {label: int(n) for label, n in bar} == {plain(label): n for label, n in said.items()}
    shown, spoken = plain(choices.status_table(found)), plain(" ".join(coverage_text(found)))
    for label, n in said.items():
        assert plain(label) in shown and plain(fr.number(n)) in shown and plain(label) in spoken, label
    whole = sum(n for i, n in counted["population"].items() if known.kinds[i].status in COVERED)
    part = float(np.nansum(view.state.estimated_part[rows]))
    assert view.communes["couverts"].sum() == pytest.approx(whole + part)
    assert view.communes["population"].sum() == total
    return said


def _check_totals(view: View) -> None:
    """Figures, gaps of every level, files and printed pages add up to the same."""
    report, communes, said = view.report, view.communes, _check_people(view)
    total = view.found.population
    table = communes_table(report)
    words = dict(zip(table["code_commune"], table["statut"], strict=True))
    assert words == communes["lecture"].to_dict()
    written = coverage_data(view.found, report)
    assert {s["libelle"]: s["population"] for s in written["situations"] if s["population"]} == said
    figures = {f.id: f for f in report.figures}
    assert communes["couverts"].sum() == pytest.approx(figures["habitants"].value)
    assert communes["projet"].sum() == figures["projet"].value
    for level, table in report.gaps.items():
        assert np.allclose(table[list(STATES)].sum(axis=1), table["population"]), level
        shares = table["part_couverte"] * table["population"]
        assert np.allclose(shares.dropna(), table.loc[shares.notna(), "couverts"]), level
        quarters = table["part_qpv_sans_clsm"].dropna()
        assert np.allclose(
            quarters * table.loc[quarters.index, "sans_clsm"], table.loc[quarters.index, "qpv_sans_clsm"]
        )
    epci = report.gaps["epci"]
    assert epci[["population", *STATES]].sum().to_numpy() == pytest.approx(
        communes[["population", *STATES]].sum().to_numpy()
    )
    parts = figures["epci"].parts
    assert parts is not None and sum(parts.counts) == len(epci) == figures["epci"].total
    if not np.isnan(parts.covered.part):
        assert (parts.covered.part, parts.covered.whole) == pytest.approx((figures["habitants"].value, total))
    paper = director_data(report)  # with the order of priorities, which takes the longest here
    assert [f["amount"] for f in paper["figures"]] == [f.amount for f in report.figures]
    for block in paper["gaps"]:
        level = next(i for i, name in GAP_LEVELS.items() if block["title"].endswith(f": {name}"))
        for line in block["rows"]:
            mine = report.gaps[level][report.gaps[level]["nom"] == line[0]]
            assert line[1] in set(mine["lecture"]) and line[2] in {fr.number(n) for n in mine["sans_clsm"]}


def _check_lists(view: View) -> None:
    """« Complete » is one thing: by publication or by declaration, said with whose word it is."""
    text, published = plain(choices.caution(view.found)), view.built.layers["clsm"].extent
    here = set(view.scope.on(view.built.atlas).departements)
    assert ("nulle part ici" in text) == (not here & (published | set(view.complete)))
    for departement in here & published:
        assert f"donnée comme complète pour {plain(fr.listing(sorted(here & published)))}" in text, departement
    for departement in here & set(view.complete) - published:
        assert "votre déclaration de liste complète" in text, departement
    complete = here <= view.built.layers["clsm"].complete(view.complete)
    assert (
        view.found.known_everywhere("clsm")
        is view.state.known_here("clsm", view.scope.on(view.built.atlas).rows)
        is complete
    )
    labels = " ".join(kind.label for kind in situations_of(view.found).present(view.found.rows))
    assert not any(f"déclaration ({d})" in labels for d in published), "a publication needs no declaration"


def _check_perimeters(view: View) -> None:
    """Périmètre, Comparaison and the note say of a commune what Couverture says, by publication or by declaration."""
    atlas, density = view.built.atlas, approximate_density(view.built.atlas)
    world = Dataset(view.built, density, None, {}).as_stated(view.complete)
    stated = CoverageView(view.scope, view.complete)
    plainly = coverage(view.scope, view.built, complete=view.complete)
    known = situations_of(plainly)
    under = scene.status_paint(stated, pale=True) if view.aside == Aside() else None
    for row in plainly.rows[:3]:
        code, kind = str(atlas.codes[row]), known.kind(int(row))
        if under is not None:
            drawn = scene.ground(view.scope).on(atlas).rows.tolist()
            assert under.palette[unpack(under.runs)[drawn.index(int(row))]].label == kind.label
        facts = world.facts(Perimeter.of([code], atlas))
        departement = str(atlas.table["departement"].iat[row])
        listed = departement in view.built.layers["clsm"].complete(view.complete)
        mine = listed and departement not in view.built.layers["clsm"].extent
        word = f", d’après votre déclaration ({departement})" if mine else ""
        assert facts.known_everywhere("clsm") is listed and facts.by_whose_word("clsm") == word
        panel, note = plain(panels.layers_met(facts)), " ".join(note_tables.zones_table(facts).note.split())
        compared = evaluate(Candidate("c", "Commune", "Bourg", frozenset([code]), Scale.COMMUNAL), world)
        sentence = plain(next(f.sentence for c, f in compared.findings if c.id == "articulation"))
        missing = " ".join(m for _, finding in compared.findings for m in finding.missing)
        source = next(
            r for r in note_tables.sources_table(facts, world).rows if r[0] == view.built.layers["clsm"].long_name
        )
        assert source[3] == (f"oui{word}" if listed else "non")
        assert ("des CLSM" in plain(missing)) is not listed
        assert (f"Liste des CLSM complète{word}" in sentence) is mine
        assert plain(panels.declared_line([facts])) == (f"Liste des CLSM complète{word}." if mine else "")
        if kind.status is Status.NON_COUVERT:
            assert f"CLSM : aucun{word}" in panel if mine else "Aucun : " in panel
            assert f"CLSM : aucun{word}" in plain(note) if mine else "Aucun : " in note
        if kind.status is Status.INCONNU:
            assert "Aucun connu, liste incomplète ici" in panel and not listed


def test_every_view_of_a_hundred_random_territories_says_the_same(screen, monkeypatch: pytest.MonkeyPatch) -> None:
    _draw_no_map(monkeypatch)
    seen, kinds = 0, set()
    for view in _drawn():
        screen(view)
        _check_communes(view)
        _check_lists(view)
        _check_perimeters(view)
        check = (
            _check_people if seen % SCOPES_EACH else _check_totals
        )  # all the files and pages of one view in each world
        check(view)
        kinds |= set(situations_of(view.found).present(view.found.rows))
        seen += 1
    assert seen == WORLDS * SCOPES_EACH == 100
    assert {kind.status for kind in kinds} == set(Status), "every status was drawn"
    assert {kind.declared for kind in kinds} == {"", "01", "02", "03", "04"}
    assert {kind.extended for kind in kinds} == {kind.aside for kind in kinds} == {False, True}


def _draw_no_map(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the drawing of the printed map, which is long and says its figures in `map_text`."""
    drawn = SimpleNamespace(svg="<svg/>", alt="")
    monkeypatch.setattr(sys.modules["geo.exports.coverage_files"], "coverage_map", lambda *_, **__: drawn)


REAL = (
    ("dep-62", ("62",), ()),
    ("dep-94", (), (Doubt.SANS_DATE,)),
    ("epci-200093201", ("59",), ()),
    ("reg-94", ("2A",), ()),
)


@pytest.mark.parametrize(("scope", "complete", "doubts"), REAL)
def test_real_territories_say_the_same_in_every_view(
    screen, monkeypatch: pytest.MonkeyPatch, scope: str, complete: tuple[str, ...], doubts: tuple[Doubt, ...]
) -> None:
    _draw_no_map(monkeypatch)
    view = View(read_scope(scope, real.atlas()), real.crosswalk(), complete, Aside(doubts))
    screen(view)
    _check_communes(view)
    _check_totals(view)
    _check_lists(view)
    _check_perimeters(view)


def test_the_files_of_a_territory_hold_the_words_of_its_map(screen) -> None:
    """What is read back from CSV, XLSX and GeoJSON, cell by cell."""
    view = View(read_scope("dep-2A", real.atlas()), real.crosswalk(), ("2A",), Aside())
    screen(view)
    report, painted = view.report, _painted(view)
    assert set(painted.values()) >= {"non couvert, d’après votre déclaration (2A)"}
    lines = csv.DictReader(
        io.StringIO(coverage_csv(report)["couverture-clsm-dep-2A-communes.csv"].decode("utf-8-sig")), delimiter=";"
    )
    assert {line["code_commune"]: line["statut"] for line in lines} == painted
    features = json.loads(coverage_geojson(report))["features"]
    assert {f["properties"]["code_commune"]: f["properties"]["statut"] for f in features} == painted
    book = CalamineWorkbook.from_filelike(io.BytesIO(coverage_workbook(report)))
    for name, column in (("Communes", "Situation"), ("Écarts Communes", "Habitants par situation")):
        sheet = book.get_sheet_by_name(name).to_python()
        table = pd.DataFrame(sheet[1:], columns=sheet[0]).set_index(sheet[0][0])
        assert {code: table.at[code, column] for code in painted} == painted, name
