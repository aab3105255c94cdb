"""Take the README's pictures from the running dashboard: `python -m docs.shots http://127.0.0.1:8501`."""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.support.browser import FLAGS, find_chromium, wait_painted

SHOTS = {
    "accueil": ("", True),
    "couverture": ("Couverture?territoire=dep-79&couches=cls,quartiers&choix=200069755", True),
    "perimetre": ("Perimetre?carte=dep-79&communes=79049,79079,79195,79062,79103", True),
    "donnees": ("Donnees", False),
    "methode": ("Methode", False),
}


def main(address: str) -> None:
    """Write one picture a page into docs/."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="fr-FR")
        for name, (path, has_map) in SHOTS.items():
            page.goto(f"{address.rstrip('/')}/{path}")
            if has_map:
                wait_painted(page)
            else:
                page.locator(".clsm-table").first.wait_for()
            page.wait_for_timeout(4000)
            page.screenshot(path=Path(__file__).parent / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m docs.shots", description=__doc__)
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8501", help="where the dashboard runs")
    main(parser.parse_args().address)
