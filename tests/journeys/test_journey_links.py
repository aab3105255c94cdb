"""An address that somebody hid in a link of the dashboard: told, never made clickable."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import AppServer

pytestmark = pytest.mark.journey
HIDDEN = "http://e.fr www.exemple.org qui@exemple.org"


@pytest.mark.parametrize(
    ("address", "beginning"),
    [
        ("Couverture?choix=", "Lien : choix «"),
        ("Perimetre?communes=", ""),
        ("Comparaison?commune=", "Lien : commune «"),
    ],
)
def test_an_address_in_a_refused_value_is_no_link(server: AppServer, page: Page, address: str, beginning: str) -> None:
    page.goto(f"{server.url}/{address}{quote(HIDDEN)}")
    alert = page.get_by_test_id("stAlert").first
    expect(alert).to_contain_text(beginning)
    expect(alert).to_contain_text("e.fr")
    assert page.locator("a[href*='e.fr'], a[href*='exemple']").count() == 0
