"""Fixtures of the tests of a whole server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    """Open a browser that takes the certificate of a test for what it is."""
    context = chromium.new_context(ignore_https_errors=True, locale="fr-FR", viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()
