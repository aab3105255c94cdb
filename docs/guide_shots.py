"""Take the pictures of the user guide from the running dashboard: `python -m docs.guide_shots http://127.0.0.1:8501`.

Each picture is a step: where to go, what to do, what to frame. A step that fails is named at the end and the others are
still taken; the status then is 1. The page of the note is typeset here, without a browser.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from geo.cli.perimeter import export_of
from geo.comparison import candidates, default_choice, side_by_side
from geo.dataset import open_dataset
from geo.exports.note import Note
from geo.exports.typst_pdf import TEMPLATES, note_data
from geo.scenarios import Scenario
from tests.support.browser import FLAGS, find_chromium, wait_painted

FOLDER = Path(__file__).parent / "guide"
SIZE = {"width": 1280, "height": 860}
HAY = "94038"  # L’Haÿ-les-Roses


def idle(page: Page) -> None:
    """Wait until the page has nothing left to run."""
    page.wait_for_timeout(800)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=90_000)
    page.wait_for_timeout(1_200)


def map_ready(page: Page) -> None:
    """Wait for the map and for the page."""
    wait_painted(page)
    idle(page)


def to_text(text: str, *, above: int = 20) -> Callable[[Page], None]:
    """Return a move that brings a heading to the top of the window."""

    def move(page: Page) -> None:
        idle(page)
        page.get_by_text(text, exact=True).first.evaluate(
            """(element, above) => {
              let box = element.parentElement;
              while (box && box.scrollHeight <= box.clientHeight + 40) box = box.parentElement;
              if (box) box.scrollTop += element.getBoundingClientRect().top - above;
            }""",
            above,
        )
        page.wait_for_timeout(1_200)

    return move


def retain_sector(page: Page) -> None:
    """Retain the sector among the candidates, and open the panel of the note."""
    idle(page)
    names = page.locator(".clsm-carte h3").all_text_contents()
    page.get_by_role("button", name="Retenir ce périmètre").nth(names.index("Secteur 94G13")).click()
    page.wait_for_url("**/Perimetre?**", timeout=60_000)
    map_ready(page)


def note_panel(page: Page) -> None:
    """Open the panel of the note of the perimeter on screen."""
    retain_sector(page)
    page.get_by_text("Note et fichiers", exact=True).click()
    to_text("La note", above=120)(page)


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the address, what to do before taking it."""

    name: str
    path: str
    move: Callable[[Page], None]


SHOTS = (
    Shot("accueil", "", idle),
    Shot("elu-comparaison", f"Comparaison?commune={HAY}", idle),
    Shot("elu-chiffres", f"Comparaison?commune={HAY}", to_text("Les chiffres")),
    Shot("elu-perimetre", f"Comparaison?commune={HAY}", retain_sector),
    Shot("elu-emporter", f"Comparaison?commune={HAY}", note_panel),
    Shot("ars-couverture", "Couverture", map_ready),
    Shot("methode", "Methode", idle),
)


def take(page: Page, address: str, shot: Shot) -> None:
    """Take one picture."""
    page.goto(f"{address.rstrip('/')}/{shot.path}")
    shot.move(page)
    page.screenshot(path=FOLDER / f"{shot.name}.png")


def note_page(note: Note, name: str) -> None:
    """Draw the first page of a note."""
    import typst

    pages = typst.compile(
        TEMPLATES / "note.typ",
        root=TEMPLATES,
        sys_inputs={"data": json.dumps(note_data(note), ensure_ascii=False)},
        format="png",
        ppi=90.0,
    )
    first = pages[0] if isinstance(pages, list) else pages
    (FOLDER / f"{name}.png").write_bytes(io.BytesIO(first).getvalue())


def notes() -> None:
    """Draw the first page of the note and of the sheet of a service."""
    world = open_dataset()
    found = candidates(world.crosswalk, HAY)
    sector = next(c for c in found if c.kind == "Secteur adulte")
    both = side_by_side(default_choice(found), world)
    export = export_of(
        Scenario(sector.name, sector.codes), world, address="http://127.0.0.1:8501", today=date(2026, 3, 2)
    )
    note_page(replace(export, comparison=both).note(), "elu-note")
    note_page(export.note(instruction=True), "ars-fiche")


def main(address: str) -> int:
    """Write every picture into docs/guide/; return 1 when one of them failed."""
    FOLDER.mkdir(exist_ok=True)
    failed = []
    notes()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for shot in SHOTS:
            page = browser.new_page(viewport=SIZE, locale="fr-FR")
            try:
                take(page, address, shot)
            except (Error, ValueError, AssertionError) as error:
                failed.append(f"{shot.name}: {str(error).splitlines()[0]}")
            page.close()
        browser.close()
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m docs.guide_shots", description=__doc__)
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8501", help="where the dashboard runs")
    sys.exit(main(parser.parse_args().address))
