"""A person logs in at an identity provider, in a real browser: the name and the role come from there, and do not last for ever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from geo.paths import ROOT
from tests.support import browser
from tests.support.browser import AppServer, start_server
from ui.identity.person import HOURS

pytest.importorskip("authlib", reason="requirements-server.txt is not installed")
oidc = pytest.importorskip("tests.journeys.oidc")

pytestmark = pytest.mark.journey
SETTINGS = """
[auth]
redirect_uri = "{app}/oauth2callback"
cookie_secret = "a-long-random-text-of-this-test-only"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"

[roles]
"ana@ars.example" = {{ role = "publicateur", regions = ["32"] }}
"""


@pytest.fixture
def provider() -> Iterator[oidc.Provider]:
    with oidc.provider() as served:
        yield served


@pytest.fixture
def server(provider: oidc.Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppServer]:
    port, secrets = browser.free_port(), tmp_path / "secrets.toml"
    known = {"client": oidc.CLIENT, "secret": oidc.SECRET, "provider": provider.url, "app": f"http://127.0.0.1:{port}"}
    secrets.write_text(SETTINGS.format(**known), encoding="utf-8")
    monkeypatch.setattr(browser, "free_port", lambda: port)
    env = {"CLSM_HOME": str(tmp_path / "home"), "STREAMLIT_SECRETS_FILES": str(secrets)}
    started = start_server(ROOT / "dashboard.py", log=tmp_path / "server.log", env=env)
    yield started
    started.stop()


def log_in(page: Page, server: AppServer) -> None:
    """Press the button of the page Données, come back from the provider, and open the page again."""
    page.goto(f"{server.url}/Donnees")
    page.get_by_role("button", name="S’identifier").click()
    page.wait_for_url(f"{server.url}/")
    page.goto(f"{server.url}/Donnees")


def test_the_name_and_the_role_come_from_the_provider_and_do_not_last_for_ever(
    chromium: Browser, server: AppServer, provider: oidc.Provider
) -> None:
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    provider.person = {
        "sub": "1",
        "email": "ana@ars.example",
        "name": "Ana",
        "iat": int(time.time()) - HOURS * 3600 - 60,
    }
    log_in(page, server)
    expect(page.get_by_text(f"Votre identification date de plus de {HOURS} heures")).to_be_visible()
    provider.person = {"sub": "1", "email": "ana@ars.example", "name": "Ana"}
    log_in(page, server)
    expect(page.get_by_text("Vous êtes Ana (publicateur")).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(f"{server.url}/")
    page.goto(f"{server.url}/Donnees")
    expect(page.get_by_role("button", name="S’identifier")).to_be_visible()
    context.close()
