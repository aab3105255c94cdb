"""What is in use: embedded, synchronised or brought in; checks and coverage follow, and come back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.coverage import Status, coverage, read_scope
from geo.coverage.status import commune_status
from geo.dataset import dataset as world
from geo.guidance import Outcome
from geo.layers import Etat, Evidence, Layer, Mode, Precision, difference, merged
from geo.register import Origin, Statement, register
from geo.register import store as register_store
from geo.sources import current, sync
from tests.support import grid, real
from tests.support.grid import check, draw, facts_of, zone
from tests.support.reading import MIRROR

CALAIS, LENS, ARRAS = "62193", "62498", "62041"
ORIGIN = Origin("clsm.csv", "0" * 64, 1, "csv")


def brought(*codes: str, name: str = "CLSM d’essai", etat: Etat = Etat.EN_SERVICE, kind: str = "clsm") -> Layer:
    return grid.layer(real.atlas(), kind, {"essai": zone(*codes, nom=name, departement="62", etat=etat)})


def put_in_use(home: Path, layer: Layer, extent: frozenset[str] = frozenset(), mode: Mode = Mode.REPLACE, under=None):
    base = real.crosswalk().layers[layer.id]
    said = Statement("ARS, liste interne", "2026", "Ana", extent, mode=mode)
    version = register.keep(
        layer, said, ORIGIN, difference(base, layer, real.atlas()), real.atlas(), under=under, home=home
    )
    return register.publish(version, who="Ana", seen=register.head(layer.id, home).revision, home=home)


def status(opened: world.Dataset, code: str) -> Status:
    return Status(commune_status(opened.atlas, opened.crosswalk.layers["clsm"])[opened.atlas.row[code]])


# --- the real country -------------------------------------------------------------------------------------------
def test_without_anything_brought_in_the_embedded_layers_are_in_use(tmp_path: Path) -> None:
    opened = world.open_dataset(tmp_path)
    assert (opened.imported, opened.synchronised, opened.notices) == ({}, {}, ())
    assert world.token(tmp_path) == "|"


def test_coverage_follows_an_import_and_comes_back(tmp_path: Path) -> None:
    before = world.open_dataset(tmp_path)
    token = world.token(tmp_path)
    assert (status(before, CALAIS), status(before, LENS)) == (Status.INCONNU, Status.COUVERT)
    put_in_use(tmp_path, brought(CALAIS), frozenset({"62"}))
    after = world.open_dataset(tmp_path)
    assert world.token(tmp_path) != token
    assert status(after, CALAIS) is Status.COUVERT
    assert status(after, LENS) is Status.NON_COUVERT  # the list is stated complete, and does not name it
    scope = read_scope("62", after.atlas)
    found = coverage(scope, after.crosswalk)
    calais = int(after.atlas.population[after.atlas.row[CALAIS]])
    assert found.by_status.loc[Status.COUVERT, "population"] == calais == found.covered
    assert found.by_status.loc[Status.INCONNU, "communes"] == 0
    assert found.known_everywhere("clsm")
    assert after.crosswalk.layers["clsm"].source.startswith("ARS, liste interne ; ailleurs : ")
    register.withdraw("clsm", who="Ana", seen=1, home=tmp_path)
    back = world.open_dataset(tmp_path)
    assert (status(back, CALAIS), status(back, LENS)) == (Status.INCONNU, Status.COUVERT)
    assert difference(before.crosswalk.layers["clsm"], back.crosswalk.layers["clsm"], back.atlas).empty


def test_the_facts_of_other_departements_stay(tmp_path: Path) -> None:
    put_in_use(tmp_path, brought(CALAIS), frozenset({"62"}))
    opened = world.open_dataset(tmp_path)
    base, now = opened.bases["clsm"], opened.crosswalk.layers["clsm"]
    outside = (opened.atlas.table["departement"] != "62").to_numpy()
    was, is_now = (commune_status(opened.atlas, layer) for layer in (base, now))
    assert np.array_equal(was[outside], is_now[outside])
    assert (was[outside] == Status.COUVERT).sum() > 100


def test_a_version_of_part_of_a_list_adds_to_it(tmp_path: Path) -> None:
    put_in_use(tmp_path, brought(CALAIS))
    opened = world.open_dataset(tmp_path)
    assert (status(opened, CALAIS), status(opened, LENS)) == (Status.COUVERT, Status.COUVERT)
    assert status(opened, ARRAS) is status(world.open_dataset(tmp_path / "rien"), ARRAS)


def test_a_project_brought_in_is_a_project(tmp_path: Path) -> None:
    put_in_use(tmp_path, brought(CALAIS, etat=Etat.PROJET), frozenset({"62"}))
    assert status(world.open_dataset(tmp_path), CALAIS) is Status.PROJET


def test_two_planners_lists_pile_up_or_the_second_stands_alone(tmp_path: Path) -> None:
    first = put_in_use(tmp_path, brought(CALAIS), frozenset({"62"}))
    niort = grid.layer(real.atlas(), "clsm", {"autre": zone("79191", nom="CLSM de Niort", departement="79")})
    put_in_use(tmp_path, niort, frozenset({"79"}), under=first.version)
    both = world.open_dataset(tmp_path)
    assert (status(both, CALAIS), status(both, LENS), status(both, "79191")) == (
        Status.COUVERT, Status.NON_COUVERT, Status.COUVERT,
    )  # fmt: skip
    assert {"62", "79"} <= both.crosswalk.layers["clsm"].extent
    put_in_use(tmp_path, niort, frozenset({"79"}))
    alone = world.open_dataset(tmp_path)
    assert (status(alone, CALAIS), status(alone, LENS), status(alone, "79191")) == (
        Status.INCONNU, Status.COUVERT, Status.COUVERT,
    )  # fmt: skip


def test_damaged_files_leave_the_layer_in_place_and_are_said(tmp_path: Path) -> None:
    head = put_in_use(tmp_path, brought(CALAIS), frozenset({"62"}))
    (register_store.register_folder(tmp_path) / head.version.content / register_store.ZONES).unlink()
    opened = world.open_dataset(tmp_path)
    assert status(opened, CALAIS) is Status.INCONNU
    assert "Version importée illisible" in opened.notices[0]
    assert opened.imported == {}


def test_a_damaged_register_leaves_the_layers_in_place_and_is_said(tmp_path: Path) -> None:
    put_in_use(tmp_path, brought(CALAIS))
    (register_store.register_folder(tmp_path) / "registre.sqlite").write_bytes(b"x" * 5000)
    opened = world.open_dataset(tmp_path)
    assert "Le registre des couches importées ne répond pas" in opened.notices[0]
    assert world.token(tmp_path).endswith("|illisible")


# --- a drawn country: the checks --------------------------------------------------------------------------------
ATLAS = draw([[30_000, 40_000], [50_000, 60_000]], side=10_000.0)


def evaluated(base: dict, new: Layer | None, *, codes: tuple[str, ...] = ("01001", "01002")):
    """Evaluate two communes with the sectors in place, then with those brought in."""
    facts = facts_of(ATLAS, codes, {"secteurs-adultes": base})
    if new is not None:
        layers = dict(facts.crosswalk.layers)
        layers[new.id] = merged(layers[new.id], new, Mode.REPLACE, ATLAS)
        facts = replace(facts, evidence=Evidence(grid.build_crosswalk(ATLAS, layers), facts.density))
    return facts, check("secteurs", facts)


def test_the_check_of_sectors_is_made_once_a_complete_list_is_brought_in() -> None:
    facts, finding = evaluated({}, None)
    assert finding.outcome is Outcome.UNKNOWN
    one = grid.layer(ATLAS, "secteurs-adultes", {"g01": zone("01001", "01002")}, extent=["01"])
    facts, finding = evaluated({}, one)
    assert finding.outcome is Outcome.RESERVED  # the sectors for children are not known
    assert [o.name for o in facts.crosswalk.overlaps(ATLAS.rows(["01001", "01002"]))["secteurs-adultes"]] == ["g01"]


def test_a_sector_brought_in_that_the_perimeter_cuts_alerts() -> None:
    split = grid.layer(
        ATLAS, "secteurs-adultes", {"g01": zone("01001", "01003"), "g02": zone("01002", "01004")}, extent=["01"]
    )
    _, finding = evaluated({"old": zone("01001", "01002")}, split)
    assert finding.outcome in (Outcome.DISCUSS, Outcome.VIGILANCE)


# --- what is synchronised ---------------------------------------------------------------------------------------
@pytest.mark.mirror
@pytest.mark.skipif(not MIRROR.is_dir(), reason="the mirror is not here (CLSM_MIRROR gives its folder)")
def test_every_source_of_the_mirror_that_the_app_reads_is_in_use(tmp_path: Path) -> None:
    sync(["qpv", "densite", "cpts", "epci", "populations"], mirror=str(MIRROR), home=tmp_path)
    opened = world.open_dataset(tmp_path)
    quarters = opened.crosswalk.layers["qpv"]
    product = pd.read_parquet(current("qpv", tmp_path).path / "qpv.parquet").set_index("code")
    assert len(product) == 1584
    nowhere = product.loc[product.index.difference(quarters.zones.index), "communes"].str.split(";").explode()
    assert set(nowhere) - {""} <= set(opened.atlas.sans_contour.index)  # the collectivities without outlines, on no map
    mainland = quarters.zones["departement"].str.len() == 2
    assert (mainland.sum(), quarters.zones.loc[mainland, "population"].sum()) == (1362, 5_307_455)
    assert not opened.density.estimated
    assert len(opened.density.level) == len(opened.atlas.table)
    assert opened.atlas.table["commune"].nunique() == 34_875
    cpts, base = opened.crosswalk.layers["cpts"], real.crosswalk().layers["cpts"]
    assert len(cpts.zones) > len(base.zones)
    assert cpts.extent == base.extent  # lists of some départements: complete nowhere
    assert set(base.zones.index) <= set(cpts.zones.index)  # the mirror's lists are of two other régions
    assert (cpts.zones["precision"] == Precision.OFFICIELLE).sum() == len(cpts.zones) - len(base.zones)
    # Of the same years as the base: nothing to bring up to date.
    assert opened.atlas.population.tolist() == real.atlas().population.tolist()
    assert opened.atlas.manifest == real.atlas().manifest
