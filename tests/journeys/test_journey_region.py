"""The planner's month: her région, an alert, a project made of it, its signature, the draft of its CLSM; next month, the watch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from geo import projects, register
from geo.projects import Step
from geo.register import State
from geo.scenarios import Scenario, Workbook, to_file, vintage_of
from tests.journeys import Console, settle
from tests.support import real
from tests.support.browser import ROOT, AppServer, wait_painted
from tests.support.grid import plain

pytestmark = pytest.mark.journey
BETHUNE = "200072460"


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).last.fill(text)


def save(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    settle(page)


def test_a_planner_goes_from_her_region_to_a_signed_project_and_the_watch(
    page: Page, own_server: AppServer, home: Path, tmp_path: Path
) -> None:
    console = Console().watch(page)
    page.goto(f"{own_server.url}/Ma_region?region=32&alerte=qpv")
    expect(page.get_by_role("heading", name="EPCI avec deux QPV ou plus")).to_be_visible()
    settle(page)

    # The alert becomes a project, with its communes.
    page.get_by_role("button", name="Suivre comme projet").click()
    expect(page.get_by_role("tab", name="Projets")).to_have_attribute("aria-selected", "true")
    settle(page)
    expect(page.get_by_label("Nom du projet (son territoire)")).to_have_value("CA de Béthune-Bruay, Artois-Lys Romane")
    fill(page, "Intention", "03/2025")
    fill(page, "Remarque", "vu avec Mme Dupont")
    fill(page, "Votre nom", "Planificatrice")
    save(page)
    expect(page.get_by_text("Aucune donnée personnelle n’est gardée ici.")).to_be_visible()
    fill(page, "Remarque", "vu avec la direction de la CA")
    save(page)
    expect(page.get_by_text("Projet n° 1 enregistré")).to_be_visible()
    (one,) = projects.kept("32", home)
    assert (one.project.dated(Step.INTENTION), len(one.project.codes)) == ("2025-03", 100)

    # Eighteen months later it waits; the région is found again by the browser alone.
    page.goto(f"{own_server.url}/Ma_region")
    expect(page.get_by_text("1 · Projets annoncés depuis 18 mois")).to_be_visible()

    # Signed elsewhere by a colleague, it becomes a draft of the layer of CLSM.
    signed = projects.Project(
        one.project.name,
        "32",
        Step.SIGNATURE,
        {Step.INTENTION: "2025-03", Step.SIGNATURE: "2026-09"},
        one.project.codes,
    )
    projects.save(signed, who="Collègue", atlas=real.atlas(), number=1, seen=1, home=home)
    page.goto(f"{own_server.url}/Ma_region?region=32&onglet=projets&projet=1")
    expect(page.get_by_text("Ce projet est signé")).to_be_visible()
    settle(page)
    page.get_by_label("Votre nom", exact=True).first.fill("Planificatrice")
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_role("button", name="Préparer le CLSM (brouillon)").click()
    expect(page.get_by_text("est gardé en brouillon")).to_be_visible()
    (version,) = register.versions("clsm", home)
    assert version.state is State.DRAFT and version.communes == 100
    page.get_by_role("button", name="Dessiner depuis").first.click()
    wait_painted(page)
    expect(page.get_by_role("button", name="Revenir à Ma région")).to_be_visible()
    assert console.errors == []

    # Published, the watch of next month says so of the perimeter that somebody had saved.
    saved = tmp_path / "bethune.json"
    book = Workbook((Scenario("Béthune", frozenset(one.project.codes)),), vintage=vintage_of(real.world()))
    saved.write_bytes(to_file(book, real.atlas()))
    register.publish(version, who="Planificatrice", seen=0, home=home)
    published = register.history("clsm", home)[0]
    done = subprocess.run(
        [sys.executable, "-m", "geo", "watch", "--since", published.at[:10], str(saved)],
        cwd=ROOT, env={"CLSM_HOME": str(home), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "CLSM : « CLSM" in plain(done.stdout) and "ajouté, sur 100 communes d’ici" in plain(done.stdout)
