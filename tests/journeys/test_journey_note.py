"""From a commune to the paper: comparison, choice, note, and the note read back; in a real browser."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from geo.exports.reimport import read_back
from geo.french import number
from tests.journeys import Console, pick, settle
from tests.support import real
from tests.support.browser import AppServer

pytestmark = pytest.mark.journey


def download(page: Page, label: str) -> bytes:
    """Click a button that makes a file, and return the file."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_from_a_commune_to_the_note(page: Page, server: AppServer) -> None:
    console = Console().watch(page)
    page.goto(f"{server.url}/Comparaison?commune=94038")
    settle(page)
    expect(page.get_by_role("heading", name="Comparer les échelles")).to_be_visible()
    cards = page.locator(".clsm-carte h3")
    expect(cards.first).to_have_text("L'Haÿ-les-Roses")
    names = cards.all_text_contents()
    assert "Secteur 94G13" in names
    expect(page.locator(".clsm-carte img").first).to_have_attribute("alt", re.compile("Carte du périmètre"))

    # Another reference: the differences follow.
    table = page.locator("table.clsm-compare")
    expect(table).to_contain_text("+")
    pick(page, "Comparer à", "94G13")
    settle(page)
    expect(table.locator("th.ref")).to_contain_text("Secteur 94G13")
    address = page.url
    assert "reference=secteurs-adultes" in address

    # The chosen one goes to the Périmètre page, and the address reopens the comparison.
    page.get_by_role("button", name="Retenir ce périmètre").nth(names.index("Secteur 94G13")).click()
    page.wait_for_url("**/Perimetre?**")
    settle(page)
    sector = {str(real.atlas().codes[r]) for r in _members("94G13")}
    people = int(real.atlas().population[real.atlas().rows(sector)].sum())
    page.get_by_text("Note et fichiers").click()
    settle(page)
    made = download(page, "Note (PDF)")
    read = pypdf.PdfReader(io.BytesIO(made))
    text = bare("".join(p.extract_text() for p in read.pages))
    assert 2 <= len(read.pages) <= 10
    assert bare(f"{number(people)} habitants") in text
    assert "Secteur94G13" in text
    assert bare("Comparaison des périmètres") in text
    assert bare("Vérifier ou reprendre ce périmètre") in text
    assert bare("joignez le fichier de scénarios") in text, "this server is known to this machine alone"
    assert "127.0.0.1" not in text

    # The whole file for the council, of the same figures.
    page.get_by_role("button", name="Faire le dossier (ZIP)").click()
    ready = page.get_by_role("button", name="Télécharger le dossier")
    expect(ready).to_be_visible()
    with page.expect_download() as waiting:
        ready.click()
    with zipfile.ZipFile(Path(waiting.value.path())) as archive:
        hall = archive.read("8-page-a-consulter.html").decode()
    assert bare(number(people)) in bare(hall)
    assert "<script" not in hall

    # What is taken away comes back.
    for label in ("Classeur (XLSX)", "Carte (GeoPackage)", "Carte (GeoJSON)", "Communes (CSV)"):
        assert read_back(download(page, label), real.atlas()).workbook.codes == sector, label

    page.goto(address)
    settle(page)
    expect(page.locator("table.clsm-compare th.ref").first).to_contain_text("Secteur 94G13")
    assert console.errors == []


def _members(sector: str) -> list[int]:
    from geo.layers import find_zones, zone_members

    layer = real.crosswalk().layers["secteurs-adultes"]
    (found,) = find_zones([layer], sector)
    return zone_members(*found)[0]


def test_from_the_name_of_a_town_to_the_file_for_its_council_in_six_actions(page: Page, server: AppServer) -> None:
    console = Console().watch(page)
    page.goto(server.url)
    page.get_by_role("combobox", name="Votre commune ?").click()  # one
    page.keyboard.type("Niort")  # two
    expect(page.get_by_role("option", name="Niort commune · Deux-Sèvres · 59 854 habitants")).to_be_visible()
    page.keyboard.press("Enter")  # three
    settle(page)
    page.get_by_text("Note et fichiers").click()  # four
    settle(page)
    page.get_by_role("button", name="Faire le dossier (ZIP)").click()  # five
    ready = page.get_by_role("button", name="Télécharger le dossier")
    expect(ready).to_be_visible()
    with page.expect_download() as waiting:
        ready.click()  # six
    assert waiting.value.suggested_filename == "clsm-dossier-niort.zip"
    assert console.errors == []
