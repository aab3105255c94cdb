"""Every figure of two départements, worked out again in plain pandas from the raw files of the mirror.

Nothing of `geo` is used on the independent side: populations, density and QPV come from the mirror, CLSM, sectors and CLS
from the cited facts, the intercommunal bodies from their official lists. Quarters that lie in several communes are shared by
the area of their official outline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.coverage import (
    CoverageState,
    Figure,
    Scope,
    Status,
    Weights,
    compared,
    coverage_state,
    gap_table,
    next_clsm,
    rank,
    read_scope,
    scope_figures,
    siting_candidates,
)
from geo.dataset import Dataset, open_dataset
from geo.sources import sync
from tests.support.reading import MIRROR, ROOT, mirrored

pytestmark = pytest.mark.mirror
FACTS = ROOT / "data" / "dispositifs"
HERE = ("94", "79")


@dataclass(frozen=True)
class Raw:
    """The independent side: communes by code, quarters by commune, facts."""

    communes: pd.DataFrame  # population, rural, departement, covered, project
    quarters: pd.DataFrame  # code, commune, people of the quarter there
    sectors: pd.DataFrame
    cls: pd.DataFrame


def _facts(name: str, kind: str) -> pd.DataFrame:
    table = pd.read_csv(FACTS / name, dtype=str, keep_default_na=False)
    return table[table["type"] == kind]


@lru_cache(maxsize=1)
def _raw() -> Raw:
    people = pd.read_csv(mirrored("communes_epci/pop_reference_2023_communes.csv"), dtype=str, sep=";")
    people = people[people["DEP"].isin(HERE)]
    code = "COM" if "COM" in people else next(c for c in people if people[c].str.fullmatch(r"\d{5}").all())
    communes = pd.DataFrame({"population": people["PMUN"].astype(int).to_numpy()}, index=people[code].to_numpy())
    communes["departement"] = communes.index.str[:2]
    levels = pd.read_csv(mirrored("densite_ruralite/densite.csv"), dtype=str, encoding="utf-8-sig")
    levels = levels.set_index("insee_com")["niveau_densite"]
    communes["rural"] = levels.reindex(communes.index).str.contains("ura[lu]").to_numpy()  # bourgs ruraux, rural…
    clsm = _facts("clsm.csv", "CLSM")
    running = clsm[(clsm["etat"] == "cite") & (clsm["part_commune"] != "partielle")]
    planned = clsm[clsm["etat"] != "cite"]
    communes["covered"] = communes.index.isin(running["code_commune"])
    communes["project"] = communes.index.isin(planned["code_commune"]) & ~communes["covered"]
    sectors = _facts("secteurs_psy.csv", "psychiatrie adulte")
    cls = _facts("cls.csv", "CLS")
    return Raw(communes, _shares(communes), sectors, cls[cls["etat"] == "cite"])


def _shares(communes: pd.DataFrame) -> pd.DataFrame:
    quarters = gpd.read_parquet(mirrored("qpv/qpv_2024_recommande.parquet"))
    quarters = quarters[quarters["insee_dep"].isin(HERE)].to_crs(2154)
    quarters = quarters.assign(commune=quarters["insee_com"].str.split(",")).explode("commune")
    quarters["commune"] = quarters["commune"].str.strip()
    outlines = gpd.read_parquet(ROOT / "data" / "base" / "communes.parquet", columns=["code", "geometry"])
    outlines = outlines.set_index("code").geometry.reindex(communes.index)
    outlines = gpd.GeoSeries(outlines, crs=4326).to_crs(2154)
    theirs = gpd.GeoSeries(outlines.loc[quarters["commune"]].to_numpy(), crs=2154)
    area = gpd.GeoSeries(quarters.geometry.to_numpy(), crs=2154).intersection(theirs).area
    quarters["area"] = area.to_numpy()
    share = quarters["area"] / quarters.groupby("code_qp")["area"].transform("sum")
    share = share.where(share >= 0.01, 0.0)  # slivers of the outlines are no membership
    share /= share.groupby(quarters["code_qp"]).transform("sum")
    quarters["people"] = quarters["pop_mun_qpv"] * share
    kept = quarters[share > 0]
    return pd.DataFrame(kept[["code_qp", "commune", "people"]])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    for name in ("qpv/qpv_2024_recommande.parquet", "densite_ruralite/densite.csv"):
        mirrored(name)
    home: Path = tmp_path_factory.mktemp("home")
    report = sync(["qpv", "densite"], mirror=str(MIRROR), home=home)
    assert all(result.outcome.name != "FAILED" for result in report.results)
    opened = open_dataset(home)
    assert set(opened.synchronised) >= {"qpv", "densite"}
    return opened


def _state(world: Dataset, complete: tuple[str, ...] = ()) -> CoverageState:
    return coverage_state(world.crosswalk, world.density, complete=complete)


def _figures(world: Dataset, scope: str) -> dict[str, Figure]:
    return {f.id: f for f in scope_figures(read_scope(scope, world.atlas), _state(world))}


def _communes(departement: str) -> pd.DataFrame:
    communes = _raw().communes
    return communes[communes["departement"] == departement]


@pytest.mark.parametrize("departement", HERE)
def test_inhabitants_and_rural_inhabitants(world: Dataset, departement: str) -> None:
    found, here = _figures(world, departement), _communes(departement)
    assert found["habitants"].total == here["population"].sum()
    assert found["habitants"].value == here.loc[here["covered"], "population"].sum()
    planned = here.loc[here["project"], "population"].sum()
    assert found["projet"].value == planned
    assert found["habitants"].most == here["population"].sum()  # no list of CLSM is complete: a project may have begun
    rural = here[here["rural"]]
    assert found["rural"].total == rural["population"].sum()
    assert not found["rural"].estimated
    assert found["rural"].value == rural.loc[rural["covered"], "population"].sum()


@pytest.mark.parametrize("departement", HERE)
def test_quarters_and_their_inhabitants(world: Dataset, departement: str) -> None:
    found, here = _figures(world, departement), _communes(departement)
    quarters = _raw().quarters
    quarters = quarters[quarters["commune"].isin(here.index)]
    covered = quarters["commune"].map(here["covered"])
    whole = covered.groupby(quarters["code_qp"]).all()
    assert (found["qpv"].value, found["qpv"].total) == (whole.sum(), len(whole))
    assert found["qpv"].total_complete
    assert found["qpv-habitants"].total == pytest.approx(quarters["people"].sum())
    assert found["qpv-habitants"].value == pytest.approx(quarters.loc[covered, "people"].sum())


@pytest.mark.parametrize(("region", "people"), [("reg-76", 2_295_140), ("reg-11", 550_021)])
def test_zero_known_of_a_known_whole_is_said_with_the_whole(world: Dataset, region: str, people: int) -> None:
    figure = _figures(world, region)["rural"]
    assert (figure.value, figure.total) == (0, people)
    assert figure.amount.startswith("aucun connu")
    shown = figure.fraction.replace("\u202f", " ").replace("\u00a0", " ")
    assert shown.startswith(f"aucun connu sur {people:,}".replace(",", " "))


def test_the_number_of_quarters_is_the_published_one(world: Dataset) -> None:
    assert _figures(world, "94")["qpv"].total == 47
    assert _figures(world, "79")["qpv"].total == 5


def _bodies(departement: str) -> pd.Series:
    if departement == "94":
        table = pd.read_csv(mirrored("communes_epci/ept_composition_2025.csv"), dtype=str)
        owner = table.set_index("CODGEO")["EPT"]
    else:
        table = pd.read_excel(mirrored("communes_epci/epcicom_2025_dgcl.xlsx"), dtype=str, engine="calamine")
        owner = table.set_index("insee")["siren"]
    return owner.reindex(_communes(departement).index)


@pytest.mark.parametrize(("departement", "level"), [("94", "ept"), ("79", "epci")])
def test_intercommunal_bodies_and_their_gaps(world: Dataset, departement: str, level: str) -> None:
    here, owner = _communes(departement), _bodies(departement)
    found = _figures(world, departement)[level]
    met, whole = here["covered"].groupby(owner).any(), here["covered"].groupby(owner).all()
    assert (found.value, found.total) == (whole.sum(), len(whole))
    kinds = (whole.sum(), (met & ~whole).sum(), 0, (~met).sum())  # of none is it known to have no CLSM, project or not
    assert found.parts is not None and found.parts.counts == kinds
    assert (found.parts.covered.part, found.parts.covered.whole) == (
        here.loc[here["covered"], "population"].sum(), here["population"].sum(),
    )  # fmt: skip
    table = gap_table(level, read_scope(departement, world.atlas), _state(world))
    without = ~here["covered"] & ~here["project"]
    expected = pd.DataFrame(
        {
            "population": here["population"], "couverts": here["population"] * here["covered"],
            "projet": here["population"] * here["project"], "sans_clsm": here["population"] * without,
            "rural_sans_clsm": here["population"] * (without & here["rural"]),
            "qpv_sans_clsm": _quarter_people(here) * without,
        }
    ).groupby(owner).sum()  # fmt: skip
    assert set(table.index) == set(expected.index)
    for column in expected:
        assert np.allclose(table.loc[expected.index, column], expected[column]), column
    assert table["sans_clsm"].is_monotonic_decreasing


def _quarter_people(here: pd.DataFrame) -> pd.Series:
    return _raw().quarters.groupby("commune")["people"].sum().reindex(here.index).fillna(0.0)


@pytest.mark.parametrize("departement", HERE)
def test_gaps_of_communes(world: Dataset, departement: str) -> None:
    here = _communes(departement)
    table = gap_table("commune", read_scope(departement, world.atlas), _state(world))
    assert set(table.index) == set(here.index)
    table = table.loc[here.index]
    without = ~here["covered"] & ~here["project"]
    assert (table["sans_clsm"] == here["population"] * without).all()
    assert (table["rural"] == here["population"] * here["rural"]).all()
    assert np.allclose(table["qpv"], _quarter_people(here))
    assert table["qpv_connu"].all()


def test_adult_sectors_of_val_de_marne(world: Dataset) -> None:
    here, sectors = _communes("94"), _raw().sectors
    sectors = sectors[sectors["code_commune"].isin(here.index)]
    covered = sectors["code_commune"].map(here["covered"])
    whole, met = covered.groupby(sectors["id"]).all(), covered.groupby(sectors["id"]).any()
    figure = _figures(world, "94")["secteurs-adultes"]
    assert (figure.value, figure.total) == (whole.sum(), len(whole))
    assert figure.parts is not None and figure.parts.counts[1] == (met & ~whole).sum()
    assert figure.total_complete and figure.total == 16
    table = gap_table("secteurs-adultes", read_scope("94", world.atlas), _state(world))
    people = sectors["code_commune"].map(here["population"] * ~here["covered"] * ~here["project"])
    expected = people.groupby(sectors["id"]).sum()
    assert np.allclose(table.loc[expected.index, "sans_clsm"], expected)
    assert _figures(world, "79")["secteurs-adultes"].value is None  # not known: withheld


@pytest.mark.parametrize("departement", HERE)
def test_cls_with_and_without_clsm(world: Dataset, departement: str) -> None:
    here, cls = _communes(departement), _raw().cls
    cls = cls[cls["code_commune"].isin(here.index)]
    held = cls["code_commune"].map(here["covered"]).groupby(cls["id"])
    met = held.any()
    figure = _figures(world, departement)["cls"]
    assert (figure.value, figure.total) == (held.all().sum(), len(met))
    table = gap_table("cls", read_scope(departement, world.atlas), _state(world))
    running = table[table["etat"] == "en service"]
    assert set(running.index) == set(met.index)
    assert (running["cls_sans_clsm"] == (~met).reindex(running.index).astype(int)).all()
    assert running["cls_sans_clsm"].is_monotonic_decreasing


def _rank_among_those_that_have_some(column: pd.Series) -> pd.Series:
    some = column[column > 0]
    return column.map(lambda value: (some <= value).mean() if value > 0 else 0.0)


def test_priorities_of_the_epci_of_deux_sevres(world: Dataset) -> None:
    here, owner = _communes("79"), _bodies("79")
    without = ~here["covered"] & ~here["project"]
    people = here["population"]
    raw = pd.DataFrame(
        {
            "habitants": people * without, "qpv": _quarter_people(here) * without, "rural": people * (without & here["rural"])
        }
    ).groupby(owner).sum()  # fmt: skip
    cls = _raw().cls
    cls = cls[cls["code_commune"].isin(here.index)]
    alone = ~cls["code_commune"].map(here["covered"]).groupby(cls["id"]).transform("any")
    raw["cls"] = raw.index.isin(owner.loc[cls.loc[alone, "code_commune"]]).astype(float)
    raw = raw[raw["habitants"] > 0]
    weights = {"habitants": 3, "qpv": 1, "rural": 2, "cls": 1}
    scaled = raw[["habitants", "qpv", "rural"]].apply(_rank_among_those_that_have_some).assign(cls=raw["cls"])
    expected = sum(scaled[c] * w / 7 * 100 for c, w in weights.items()).sort_values(ascending=False)
    gaps = gap_table("epci", read_scope("79", world.atlas), _state(world))
    found = rank(gaps, Weights(**weights)).table
    assert found.index.tolist() == expected.index.tolist()
    assert np.allclose(found["score"], expected)


def test_the_next_epci_of_deux_sevres(world: Dataset) -> None:
    here, owner = _communes("79"), _bodies("79")
    without = ~here["covered"] & ~here["project"]
    expected = (here["population"] * without).groupby(owner).sum().nlargest(3)
    scope: Scope = read_scope("79", world.atlas)
    state = _state(world)
    found = next_clsm(scope, state, siting_candidates("epci", scope, state), 3, kind="epci")
    assert found.table.index.tolist() == expected.index.tolist()
    assert found.table["gain"].tolist() == expected.tolist()
    after = {f.id: f for f in found.figures_after(state)}["habitants"]
    assert after.value == here.loc[here["covered"], "population"].sum() + expected.sum()


@pytest.mark.parametrize(
    ("region", "body", "share"),
    [("reg-32", "200093201", 0.061), ("reg-32", "200068047", 0.257), ("reg-11", "200054781", 0.151)],
    ids=["MEL", "Creil", "MGP"],
)
def test_the_share_in_quarters_is_that_of_the_people_without_clsm(
    world: Dataset, region: str, body: str, share: float
) -> None:
    """Metropolis of Lille: 38 333 of 624 973, never the 20,3 % of the whole body, its covered cities included."""
    state = _state(world)
    status = state.status.copy()
    status[world.atlas.row["93001"]] = (
        Status.INCONNU
    )  # the CLSM of Aubervilliers was read after these figures were checked
    row = gap_table("epci", read_scope(region, world.atlas), replace(state, status=status)).loc[body]
    assert round(row["part_qpv_sans_clsm"], 3) == share
    assert row["part_qpv_sans_clsm"] == pytest.approx(row["qpv_sans_clsm"] / row["sans_clsm"])
    if body == "200093201":
        assert (round(row["qpv_sans_clsm"]), row["sans_clsm"]) == (38_333, 624_973)


def test_a_declared_list_turns_the_unknown_into_gaps(world: Dataset) -> None:
    here = _communes("79")
    table = gap_table("commune", read_scope("79", world.atlas), _state(world, ("79",)))
    without = ~here["covered"] & ~here["project"]
    assert table["inconnus"].sum() == 0
    assert table["non_couverts"].sum() == here.loc[without, "population"].sum()


def test_in_ile_de_france_the_order_rests_on_people_quarters_and_rural_land_alone(world: Dataset) -> None:
    order = compared("epci", read_scope("reg-11", world.atlas), _state(world))
    assert set(order.closed) == {"cls"}
    found = rank(order.table, Weights(), order.closed)
    ranks = found.table.set_index("nom")["rang"]
    assert ranks["CA Roissy Pays de France"] <= 5
    assert ranks["CA Melun Val de Seine"] > 3 and ranks["CA Val d'Europe Agglomération"] > 3
    assert (
        sum(found.weighs.values()) == pytest.approx(1)
        and min(found.weighs[t] for t in ("habitants", "qpv", "rural")) > 0.15
    )
    # each criterion but one is known, so that a rank is held within bounds
    assert (found.table["au_pire"] - found.table["au_mieux"]).median() < len(found.table) - 1
