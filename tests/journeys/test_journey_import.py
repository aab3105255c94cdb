"""A list settled in five minutes: the workbook of an ARS, its faults and its own words, settled by clicks, published, brought again
the next month without a question, and rolled back."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from geo.dataset import open_dataset
from geo.register import register
from tests.journeys import Console, pick, settle
from tests.support.browser import AppServer, Traffic
from tests.support.grid import plain

pytestmark = pytest.mark.journey
CALAIS, BOULOGNE = "62193", "62160"
HEADERS = ("Intitulé du CLSM", "Code INSEE", "Commune", "Département", "Avancement", "Signature")
# Five faults (« Callais », 99999, « Saint-Martin », « Xyzzy », « Arass ») and four états that nobody understands.
ROWS = (
    ("CLSM du Calaisis", 62239, "Coquelles", 62, "Actif", 2019),
    ("CLSM du Calaisis", "", "Callais", 62, "Actif", 2019),
    ("CLSM d’Arras", "", "Arass", 62, "Signé le 12/03/2024", 2024),
    ("CLSM du Boulonnais", 62160, "Boulogne-sur-Mer", 62, "actif ?", ""),
    ("CLSM du Boulonnais", "", "Saint-Martin", 62, "actif ?", ""),
    ("CLSM de Béthune", 62119, "Béthune", 62, "vu avec l’élu", ""),
    ("CLSM de Béthune", 99999, "Nulle part", 62, "vu avec l’élu", ""),
    ("CLSM de Saint-Omer", 62765, "Saint-Omer", 62, "phase 2", ""),
    ("CLSM de Saint-Omer", "", "Xyzzy", 62, "phase 2", ""),
)
APRIL = (*ROWS, ("CLSM de Liévin", 62510, "Liévin", 62, "Actif", 2026))


def workbook(rows: tuple[tuple[object, ...], ...]) -> bytes:
    """Write a list as an ARS does: a title, a note, headers on the fourth row, a total, and a second sheet."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("CLSM")
    lines: list[tuple[object, ...]] = [("ARS, direction de l’offre de soins",), ("Liste des CLSM",), (), HEADERS, *rows]
    lines.append(("Total", "", len(rows), "", "", ""))
    for i, line in enumerate(lines):
        for j, cell in enumerate(line):
            sheet.write(i, j, cell)
    book.add_worksheet("Lisez-moi").write(0, 0, "Ce classeur est tenu par la délégation départementale.")
    book.close()
    return stream.getvalue()


def give(page: Page, rows: tuple[tuple[object, ...], ...], file: Path) -> None:
    file.write_bytes(workbook(rows))
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("heading", name="7. Publication")).to_be_visible()
    settle(page)


def steps(page: Page) -> str:
    return plain(page.get_by_role("list", name="Étapes de l’import").inner_text()).replace("\n", " ")


def press(page: Page, name: str | re.Pattern[str], *, nth: int = 0) -> None:
    page.get_by_role("button", name=name).nth(nth).click()
    settle(page)


def fill(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label).first
    field.fill(text)
    field.press("Enter")
    settle(page)


def named(home: Path) -> set[str]:
    return set(open_dataset(home).crosswalk.layers["clsm"].zones["nom"])


def test_the_workbook_of_an_ars_is_settled_by_clicks_and_needs_nothing_the_next_month(
    page: Page, own_server: AppServer, home: Path, traffic: Traffic, tmp_path: Path
) -> None:
    console = Console().watch(page)
    page.goto(f"{own_server.url}/Donnees")
    page.get_by_role("tab", name="Importer une couche").click()
    settle(page)
    give(page, ROWS, tmp_path / "clsm-mars.xlsx")
    assert "3. Valeurs 4 à ranger" in steps(page) and "4. Lignes 5 à régler" in steps(page)
    expect(page.get_by_role("button", name="Publier")).to_be_disabled()
    expect(page.get_by_text("Publication fermée : 4 valeurs à ranger")).to_be_visible()

    # the values: one by its menu, the others as they are proposed
    pick(page, "« Signé le 12/03/2024 »", "en service")
    settle(page)
    press(page, "Accepter les 3 propositions")
    assert "3. Valeurs 5 rangées" in steps(page)

    # the rows: a candidate by a click, all of a kind, one corrected in place, the others set aside on purpose
    press(page, "Calais (62193)")
    assert "4. Lignes 4 à régler" in steps(page)
    press(page, "Saint-Martin-Boulogne (62758)")
    row = page.locator("[data-testid=stHorizontalBlock]").filter(has_text="Arass").last
    row.get_by_role("button", name="Corriger").click()
    fill(page, "Commune, EPCI ou département : nom ou code", "62041")
    page.keyboard.press("Escape")
    settle(page)
    assert "4. Lignes 2 à régler" in steps(page)
    press(page, "Mettre de côté les 2 sans proposition")
    assert "✓" in steps(page).split("4. Lignes")[0][-4:]

    # the statement, what it takes away, and the publication
    fill(page, "Source (obligatoire)", "ARS, tableau des CLSM")
    fill(page, "Votre nom (obligatoire)", "Ana")
    pick(page, "Départements où cette liste est complète", "Pas-de-Calais")
    page.keyboard.press("Escape")
    settle(page)
    expect(page.get_by_text("ne seront plus dans aucun CLSM en service")).to_be_visible()
    publish = page.get_by_role("button", name="Publier")
    expect(publish).to_be_disabled()
    page.get_by_text("J’ai lu ce qui sera retiré, et je le confirme.").click()
    settle(page)
    publish.click()
    expect(page.get_by_text("la nouvelle version est en service").first).to_be_visible()
    expect(page.get_by_role("tab", name="Importer une couche")).to_have_attribute("aria-selected", "true")
    version = register.head("clsm", home).version
    assert version is not None
    assert (version.number, version.statement.extent, version.settled.unsettled) == (1, {"62"}, frozenset())
    mine = {"CLSM du Calaisis", "CLSM d’Arras", "CLSM du Boulonnais", "CLSM de Béthune", "CLSM de Saint-Omer"}
    assert mine <= named(home)

    # the next month: the same list, a line more, and nothing is asked
    give(page, APRIL, tmp_path / "clsm-avril.xlsx")
    expect(page.get_by_text(re.compile("Vos réglages du .* sont repris"))).to_be_visible()
    assert "à ranger" not in steps(page) and "à régler" not in steps(page)
    assert "+ 1, − 0" in steps(page)
    expect(publish).to_be_enabled()
    publish.click()
    expect(page.get_by_text("la nouvelle version est en service").first).to_be_visible()
    assert "CLSM de Liévin" in named(home)

    # and back
    page.get_by_role("tab", name="Versions et retours").click()
    settle(page)
    pick(page, "Version", "version 1")
    settle(page)
    press(page, re.compile("Mettre en service la version 1"))
    press(page, re.compile("Confirmer : mettre en service la version 1"))
    expect(page.get_by_text("la version 1 est en service").first).to_be_visible()
    expect(page.get_by_role("tab", name="Versions et retours")).to_have_attribute("aria-selected", "true")
    assert "CLSM de Liévin" not in named(home) and mine <= named(home)
    assert console.errors == []
    assert traffic.outside == []
