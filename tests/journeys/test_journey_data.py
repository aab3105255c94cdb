"""The planner's journey through the data door: a CSV with five faults, its report, publication, the map of Couverture that
follows, and the way back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from geo.register import register
from tests.journeys import Console, figures, pick, settle
from tests.support.browser import AppServer, Traffic, map_frame, wait_painted
from tests.support.grid import plain

pytestmark = pytest.mark.journey
CALAIS, COQUELLES, LENS = "62193", "62239", "62498"
HOSTILE = "<img src=x onerror=alert(1)>"
# Lost zero, code of nowhere, old code, homonyms without département, a state that is none: rows 3, 4, 5, 6 and 8.
FILE = f"""CLSM;Code INSEE;Commune;Etat
CLSM du Calaisis;62193;Calais;en service
CLSM de Bourg;1053;Bourg-en-Bresse;en service
CLSM {HOSTILE};99999;Nulle part;en service
CLSM de Plaine Commune;93059;Pierrefitte-sur-Seine;en service
CLSM du Calaisis;;Saint-Martin;en service
CLSM du Calaisis;62239;Coquelles;en service
CLSM d’Arras;62041;Arras;peut-être
"""


EXTENDED = "couvert, par extension aux communes de l’EPCI"  # the list of Lens-Hénin, drawn apart from one that was read


def status(page: Page, code: str) -> str:
    """Return what the map of Couverture says of a commune."""
    label: str = map_frame(page).evaluate("code => CL.labelOf(code)", code)
    return plain(label)


def look_at_pas_de_calais(page: Page) -> None:
    page.get_by_role("link", name="Couverture").first.click()
    expect(page.get_by_role("heading", name="Couverture", exact=True)).to_be_visible()
    wait_painted(page)
    if "dep-62" not in str(map_frame(page).evaluate("String(CL.state().url)")):
        pick(page, "Commune ou territoire", "Pas-de-Calais")
    wait_painted(page, geometry="dep-62")
    settle(page)


def go_to(page: Page, tab: str) -> None:
    page.get_by_role("link", name="Données", exact=True).click()
    expect(page.get_by_role("heading", name="Données : ce qui est en service")).to_be_visible()
    page.get_by_role("tab", name=tab).click()
    settle(page)


def table(page: Page, name: str) -> Locator:
    return page.get_by_role("table", name=name)


def test_a_planner_imports_a_list_sees_it_on_the_map_and_goes_back(
    page: Page, own_server: AppServer, home: Path, traffic: Traffic, tmp_path: Path
) -> None:
    console = Console().watch(page)
    file = tmp_path / "clsm de la région.csv"
    file.write_bytes(FILE.encode("cp1252", errors="replace"))
    page.goto(own_server.url)
    wait_painted(page)
    look_at_pas_de_calais(page)
    assert (status(page, CALAIS), status(page, LENS)) == ("inconnu", EXTENDED)

    go_to(page, "Couches en service")
    expect(table(page, "Couches en service")).to_contain_text("embarquée")
    page.get_by_role("tab", name="Importer une couche").click()
    button = page.locator("[data-testid=stFileUploaderDropzone] button")
    assert button.evaluate("e => getComputedStyle(e.querySelector('p')).display") == "none"  # the English word
    page.locator("input[type=file]").set_input_files(file)

    expect(page.get_by_role("heading", name="7. Publication")).to_be_visible()
    settle(page)
    page.get_by_text(re.compile("Rapport ligne par ligne")).click()
    refused = table(page, "Refusé : lignes et raisons")
    expect(refused).to_contain_text("ligne 4")
    expect(refused).to_contain_text("99999")
    expect(refused).to_contain_text("ligne 6")
    expect(refused).to_contain_text("Saint-Martin")
    expect(refused).to_contain_text(HOSTILE)
    repaired = table(page, "Réparé : lignes et raisons")
    expect(repaired).to_contain_text("ligne 3")
    expect(repaired).to_contain_text("01053")
    expect(repaired).to_contain_text("ancien code")
    expect(page.get_by_text("peut-être · 1 ligne")).to_be_visible()
    settle(page)
    assert {k: figures(page)[k] for k in ("lignes lues", "retenues", "refusées", "territoires")} == {
        "lignes lues": "7", "retenues": "5", "refusées": "2", "territoires": "4",
    }  # fmt: skip
    expect(page.get_by_role("button", name="Publier")).to_be_disabled()
    assert register.versions("clsm", home) == []

    page.get_by_role("button", name="C’est bien cela").click()  # « peut-être »: to be confirmed
    settle(page)
    for _ in range(2):  # the rows that are lost, on purpose: else the département could not be complete
        page.get_by_role("button", name="Mettre de côté", exact=True).first.click()
        settle(page)
    page.get_by_label("Source (obligatoire)").fill("ARS, tableau interne")
    page.get_by_label("Source (obligatoire)").press("Enter")
    settle(page)
    page.get_by_label("Votre nom (obligatoire)").first.fill("Ana")
    page.get_by_label("Votre nom (obligatoire)").first.press("Enter")
    settle(page)
    pick(page, "Départements où cette liste est complète", "Pas-de-Calais")
    page.keyboard.press("Escape")
    settle(page)
    wait_painted(page)
    pick(page, "Carte", "Pas-de-Calais")
    settle(page)
    wait_painted(page, geometry="dep-62")
    assert (status(page, CALAIS), status(page, COQUELLES), status(page, LENS)) == ("ajoutée", "ajoutée", "retirée")
    page.get_by_text("J’ai lu ce qui sera retiré, et je le confirme.").click()
    settle(page)
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("la nouvelle version est en service").first).to_be_visible()
    expect(page.locator("[data-testid=stFileChip]")).to_have_count(0)
    head = register.head("clsm", home)
    assert head.version is not None
    assert (head.version.statement.who, head.version.origin.name) == ("Ana", "clsm de la région.csv")

    look_at_pas_de_calais(page)
    assert (status(page, CALAIS), status(page, COQUELLES), status(page, LENS)) == ("couvert", "couvert", "non couvert")

    go_to(page, "Versions et retours")
    expect(table(page, "Versions gardées")).to_contain_text("ARS, tableau interne")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Exporter").click()
    assert taken.value.suggested_filename == "clsm-version-1.csv"
    assert "62193" in Path(taken.value.path()).read_text(encoding="utf-8-sig")
    page.get_by_role("button", name="Revenir à la couche d’origine").click()
    page.get_by_role("button", name="Confirmer : revenir à la couche d’origine").click()
    expect(page.get_by_text("la couche d’origine est de nouveau en service").first).to_be_visible()
    look_at_pas_de_calais(page)
    assert (status(page, CALAIS), status(page, LENS)) == ("inconnu", EXTENDED)
    assert console.errors == []
    assert traffic.dialogs == []
    assert traffic.outside == []
