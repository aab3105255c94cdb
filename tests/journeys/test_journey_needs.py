"""A planner's workbook of six indicators of need: brought, its questions answered, published, seen, brought again, crossed with coverage, used in priorities, printed, rolled back, withdrawn."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from geo.communes import embedded_atlas
from geo.dataset import open_dataset
from geo.imports import shown_figures
from geo.indicators import Direction, Measure, State
from geo.register import need_sets
from tests.journeys import Console, pick, settle
from tests.support.browser import AppServer, Traffic, hover_commune, wait_painted
from tests.support.grid import plain
from tests.support.table_files import NEEDS_HEADER, NEEDS_ROWS, needs_workbook

pytestmark = pytest.mark.journey
AAH, USE = "Nb bénéficiaires AAH", "Taux de recours pour 1 000 hab."

AAH_ID = "besoins-nombre-de-beneficiaires-aah"


def card(page: Page, column: str) -> Locator:
    """Return what is asked of a column of the table."""
    return page.locator(f".st-key-besoins-colonne-{NEEDS_HEADER.index(column)}")


def choose(page: Page, column: str, label: str, typed: str) -> None:
    box = card(page, column).get_by_role("combobox", name=label)
    box.click()
    box.fill(typed)
    page.keyboard.press("Enter")
    settle(page)


def fill(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label).first
    field.fill(text)
    field.press("Enter")
    settle(page)


def give(page: Page, body: bytes, file: Path) -> None:
    file.write_bytes(body)
    page.locator("input[type=file]").last.set_input_files(file)
    expect(page.get_by_role("heading", name="5. Publication")).to_be_visible()
    settle(page)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name).first.click()
    settle(page)


def sets(page: Page) -> str:
    return (
        plain(page.get_by_role("table", name="Jeux d’indicateurs").inner_text()).replace("\n", " ").replace("\t", " ")
    )


def others() -> list[tuple[object, ...]]:
    """Return the rows of six more communes, whose need grows from one to the next: thirds want nine."""
    atlas = embedded_atlas()
    told = {str(row[0]).zfill(5) for row in NEEDS_ROWS} | {"08006"}
    free = [code for code in map(str, atlas.codes[atlas.members("departement", "08")]) if code not in told][:6]
    return [
        (code, atlas.names[atlas.row[code]], 1000, 20, 50 + 20 * i, "20,0 %", 1.0, "20 000 €", 9)
        for i, code in enumerate(free)
    ]


def crossed_and_printed(page: Page, own_server: AppServer, folder: Path) -> None:
    """See the indicator on the map beside coverage, draw from its list and come back, count it in the priorities, take it away."""
    link = f"{own_server.url}/Couverture?territoire=dep-08&croisement={AAH_ID}"
    page.goto(f"{link}&onglet=besoins")
    wait_painted(page)
    settle(page)
    last = others()[-1][0]
    assert "sans CLSM connu, besoin élevé" in plain(hover_commune(page, str(last)))
    expect(page.get_by_role("heading", name=re.compile("Peu couvert et besoin élevé"))).to_be_visible()
    page.locator("[class*='st-key-need-open']").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile("Perimetre"))
    settle(page)
    press(page, re.compile("Revenir à Couverture"))
    expect(page).to_have_url(re.compile(f"croisement={AAH_ID}"))

    page.goto(f"{link}&onglet=priorites&niveau=commune&besoins={AAH_ID}:5")
    expect(page.get_by_text(re.compile(r"Nombre de bénéficiaires AAH, [\d,]+\s%\sdes écarts")).first).to_be_visible()
    settle(page)

    page.goto(f"{link}&onglet=emporter")
    settle(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Classeur XLSX").click()
    body = folder / "couverture.xlsx"
    taken.value.save_as(body)
    sheets = pd.read_excel(body, sheet_name=None, header=None, engine="calamine")
    assert {"Peu couverts, besoin élevé", "Couverture et besoin"} <= set(sheets)
    assert "Nombre de bénéficiaires AAH" in sheets["Couverture et besoin"].astype(str).to_string()


def test_a_planner_s_six_indicators_are_brought_published_rolled_back_and_withdrawn(
    page: Page, own_server: AppServer, home: Path, traffic: Traffic, tmp_path: Path
) -> None:
    console = Console().watch(page)
    page.goto(f"{own_server.url}/Donnees")
    page.get_by_role("tab", name="Indicateurs de besoin").click()
    settle(page)
    expect(page.get_by_text("Aucun jeu d’indicateurs n’a encore été apporté.")).to_be_visible()
    page.get_by_text("Choisir un tableau à apporter").click()
    settle(page)
    give(page, needs_workbook(), tmp_path / "besoins-2023.xlsx")

    # what the columns say: a count becomes a ratio, a rate is given its denominator, which way is worse is said
    choose(page, AAH, "Ce que dit la colonne", "à rapporter")
    expect(
        page.get_by_text(re.compile("Choisissez le dénominateur de « Nombre de bénéficiaires AAH »"))
    ).to_be_visible()
    choose(page, AAH, "Dénominateur", "Population")
    choose(page, AAH, "Ce qu’il dit du besoin", "plus le besoin est grand")
    choose(page, USE, "Ce que dit la colonne", "dont le dénominateur est connu")
    choose(page, USE, "Dénominateur", "Population")
    read = plain(page.get_by_role("table", name="Indicateurs lus").inner_text())
    assert "Numérateur recalculé : taux × dénominateur." in read
    assert "3 sur 447" in read

    # the statement and the publication
    publish = page.get_by_role("button", name="Publier ces indicateurs")
    expect(publish).to_be_disabled()
    fill(page, "Nom du jeu (obligatoire)", "Besoins")
    fill(page, "Source (obligatoire)", "ORS Grand Est")
    fill(page, "Année des chiffres (obligatoire)", "2023")
    fill(page, "Votre nom (obligatoire)", "Ana")
    expect(publish).to_be_disabled()
    page.get_by_text("J’ai vérifié ce que dit chaque colonne.").click()
    settle(page)
    expect(publish).to_be_enabled()
    publish.click()
    expect(page.get_by_text("Besoins : 6 indicateurs en service.")).to_be_visible()
    settle(page)
    assert "Besoins version 1" in sets(page)
    held = open_dataset(home).indicators
    assert len(held) == 6
    aah = held.by_id["besoins-nombre-de-beneficiaires-aah"]
    assert (aah.indicator.measure, aah.indicator.direction) == (Measure.RATIO, Direction.WORSE)
    assert shown_figures(aah)["08173"] == 2.0
    assert held.by_id["besoins-nombre-de-patients-suivis"].values["state"]["08003"] == State.SECRET

    # next year's table: what was settled serves again, one more commune
    more = ("08006", "Alland’Huy", 272, 30, 6, "20,0 %", 1.0, "20 000 €", 3)
    give(page, needs_workbook([*NEEDS_ROWS[:-1], more, *others()]), tmp_path / "besoins-2024.xlsx")
    expect(page.get_by_text(re.compile("Vos réglages du .* sont repris"))).to_be_visible()
    expect(page.get_by_text("Ce jeu existe : le tableau en sera une nouvelle version.")).to_be_visible()
    fill(page, "Année des chiffres (obligatoire)", "2024")
    page.get_by_text("J’ai vérifié ce que dit chaque colonne.").click()
    settle(page)
    publish.click()
    expect(page.get_by_text("Besoins : 6 indicateurs en service.")).to_be_visible()
    settle(page)
    assert "Besoins version 2" in sets(page)
    assert open_dataset(home).indicators.by_id["besoins-nombre-de-patients-suivis"].values["numerator"]["08006"] == 30

    crossed_and_printed(page, own_server, tmp_path)

    # back to the first, then withdrawn
    page.goto(f"{own_server.url}/Donnees")
    page.get_by_role("tab", name="Indicateurs de besoin").click()
    settle(page)
    page.get_by_text("Versions, retour et retrait").click()
    settle(page)
    pick(page, "Version", "version 1")
    settle(page)
    fill(page, "Votre nom (obligatoire)", "Ana")  # another session: nobody is known in it yet
    press(page, re.compile("Mettre en service la version 1"))
    press(page, re.compile("Confirmer : mettre en service la version 1"))
    expect(page.get_by_text("Indicateurs : la version 1 est en service.")).to_be_visible()
    assert "Besoins version 1" in sets(page)
    assert "08006" not in open_dataset(home).indicators.by_id["besoins-nombre-de-patients-suivis"].values.index
    press(page, "Retirer ce jeu d’indicateurs")
    press(page, "Confirmer : retirer ce jeu d’indicateurs")
    expect(page.get_by_text("Indicateurs : le jeu n’est plus en service.")).to_be_visible()
    assert "aucune version" in sets(page)
    assert len(open_dataset(home).indicators) == 0
    (kept,) = need_sets(home)
    assert [version.number for version in kept.versions] == [2, 1]
    page.goto(f"{own_server.url}/Couverture?territoire=dep-08&onglet=besoins&croisement={AAH_ID}")
    expect(page.get_by_text(re.compile("Cet indicateur n’est plus là"))).to_be_visible()
    expect(page.get_by_text(re.compile("Aucun indicateur de besoin n’est encore là"))).to_be_visible()
    assert console.errors == []
    assert traffic.outside == []
