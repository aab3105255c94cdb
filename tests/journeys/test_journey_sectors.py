"""Niort, where no sector is known: two sectors stated on the map, everything answers, the link says the same elsewhere, and
the statement is published."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import Console, settle
from tests.support.browser import AppServer, click_commune, selected_codes, wait_painted
from tests.support.grid import plain

pytestmark = pytest.mark.journey
NIORT, AIFFRES, CHAURAY = "79191", "79003", "79081"


def panel(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()
    settle(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    settle(page)


def fill(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    settle(page)


def checks(page: Page) -> str:
    panel(page, "Repères")
    return plain("\n".join(page.locator(".clsm-checks:not(.clsm-tourne)").all_text_contents()))


def test_two_sectors_of_niort_are_stated_sent_and_published(
    own_server: AppServer, page: Page, chromium: Browser
) -> None:
    console = Console().watch(page)
    page.goto(f"{own_server.url}/Perimetre?carte=dep-79&communes={NIORT},{AIFFRES},{CHAURAY}")
    wait_painted(page, geometry="dep-79")
    settle(page)
    assert "Aucun secteur de psychiatrie adulte n’est connu" in checks(page)

    # One sector by click, without touching the perimeter; the next one is the rest of it.
    panel(page, "Secteurs")
    fill(page, "Nom ou code", "79g1")
    fill(page, "Hôpital de rattachement", "CH de Niort")
    fill(page, "Votre nom (obligatoire)", "Marie Dupont")
    press(page, "Marquer au clic")
    click_commune(page, NIORT)
    settle(page)
    assert selected_codes(page) == [NIORT]
    press(page, "Enregistrer")
    fill(page, "Nom ou code", "79G02")
    press(page, "Le reste du périmètre (2)")
    press(page, "Enregistrer")
    press(page, "Revenir au périmètre")
    assert set(selected_codes(page)) == {NIORT, AIFFRES, CHAURAY}
    said = checks(page)
    assert "2 secteurs adultes à inviter" in said
    assert "Secteur 79G01 (d’après Marie Dupont)" in said
    panel(page, "Autour de la table")
    expect(page.get_by_text("Secteur 79G02 (d’après Marie Dupont)").first).to_be_visible()

    # The link gives the same words in a browser that knows nothing of this session.
    link = page.url
    with chromium.new_context(locale="fr-FR") as elsewhere:
        other = elsewhere.new_page()
        other.goto(link)
        wait_painted(other, geometry="dep-79")
        settle(other)
        expect(other.get_by_text("déclarations locales, d’après Marie Dupont")).to_be_visible()
        assert checks(other) == said

    # Whoever may publish hands it over: the register then says it to everybody.
    page.get_by_role("link", name="Données", exact=True).click()
    page.get_by_role("tab", name="Ce que vous savez").click()
    settle(page)
    page.get_by_text("Voir ce que cela changerait").click()
    settle(page)
    press(page, "Publier")
    expect(page.get_by_text("vos déclarations sont en service")).to_be_visible()
    with chromium.new_context(locale="fr-FR") as elsewhere:
        other = elsewhere.new_page()
        other.goto(f"{own_server.url}/Perimetre?carte=dep-79&communes={NIORT},{AIFFRES},{CHAURAY}")
        wait_painted(other, geometry="dep-79")
        settle(other)
        assert "2 secteurs adultes à inviter" in checks(other)
    assert console.errors == []
