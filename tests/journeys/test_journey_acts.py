"""Acts in a real browser: a double click is one act on every page, and what a colleague did since is never undone unseen."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocket, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from geo.imports import publish as intake
from geo.imports import read_file
from geo.register import Statement, Version, register
from geo.scenarios import Scenario, Workbook, pack
from tests.journeys import APP, pick
from tests.support import real
from tests.support.browser import AppServer, start_server, until
from ui.perimeter import workbench
from ui.server import failures

pytestmark = pytest.mark.journey
LENS, ARRAS, LIEVIN = "62498", "62041", "62510"


@dataclass
class Runs:
    """What a page asked of the server and what came back: idle once the last run asked for is finished."""

    asked: int = 0
    idle: bool = True

    def watch(self, page: Page) -> Runs:
        page.on("websocket", self._socket)
        return self

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).WhichOneof("type") == "rerun_script":
            self.asked, self.idle = self.asked + 1, False

    def _received(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes):
            message = ForwardMsg.FromString(frame)
            if message.WhichOneof("type") == "script_finished":
                self.idle = message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def wait(self, page: Page, asked: int) -> None:
        """Wait until more than `asked` runs were asked for, and the last one is finished."""
        until(page, lambda: self.asked > asked and self.idle, lambda: f"{self.asked} runs asked for, idle: {self.idle}")


def keep(home: Path, code: str, who: str = "Ana") -> Version:
    """Keep a version of the CLSM made of one commune."""
    draft = read_file(f"CLSM;Code INSEE\nCLSM {code};{code}\n".encode(), "clsm.csv", "clsm", atlas=real.atlas())
    return intake.keep(intake.Review(draft, Statement("ARS", "", who), real.world()), home)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("acts")


@pytest.fixture
def home(folder: Path) -> Path:
    """A home where four versions are kept, none in use."""
    shutil.rmtree(folder / "registre", ignore_errors=True)
    for code in (LENS, ARRAS, LIEVIN, "62119"):
        keep(folder, code)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path, libraries: None) -> Iterator[AppServer]:
    started = start_server(APP, log=folder / "server.log", env={"CLSM_HOME": str(folder)})
    yield started
    started.stop()
    log = started.log.read_text(errors="replace")
    assert "Traceback" not in log and "Erreur imprévue" not in log
    assert not (folder / failures.FILE).exists()


@pytest.fixture
def person(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Return what opens a browser of its own for one person more; `guarded` against double clicks by the page."""
    contexts: list[BrowserContext] = []

    def arrive(*, guarded: bool = True) -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
        contexts.append(context)
        if not guarded:
            context.route("**/page/clicks.js*", lambda route: route.abort())
        return context.new_page()

    yield arrive
    for context in contexts:
        context.close()


def button(page: Page, name: str) -> Locator:
    """Return the button of that name, capitals included: « Confirmer : revenir… » is another than « Revenir… »."""
    return page.get_by_role("button", name=re.compile(re.escape(name)))


def wait_said(page: Page, text: str) -> None:
    """Wait until the page says a text; while a run is under way, what the one before said may still stand beside."""
    page.get_by_text(text).first.wait_for()


def open_versions(page: Page, server: AppServer, who: str = "Ana") -> None:
    """Open the versions and give a name; return once the page has answered, so that what comes next finds it as it was."""
    runs = Runs().watch(page)
    page.goto(f"{server.url}/Donnees")
    page.get_by_role("tab", name="Versions et retours").click()
    page.get_by_role("table", name="Versions gardées").wait_for()
    give(page.get_by_label("Votre nom (obligatoire)").last, who, runs)


def give(field: Locator, text: str, runs: Runs) -> None:
    """Type in a field, and wait for the page's answer."""
    runs.wait(field.page, 0)
    asked = runs.asked
    field.fill(text)
    field.press("Enter")
    runs.wait(field.page, asked)


def ask(page: Page, number: int, *, how: str = "click") -> None:
    """Choose a version and ask for it to be put in use."""
    pick(page, "Version", f"version {number} du")
    getattr(button(page, f"Mettre en service la version {number} du"), how)()
    button(page, f"Confirmer : mettre en service la version {number}").wait_for()


def confirm(page: Page, number: int, *, how: str = "click") -> None:
    getattr(button(page, f"Confirmer : mettre en service la version {number}"), how)()


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded by the page", "by the server alone"])
def test_a_version_double_clicked_is_the_one_in_use_and_once(
    person: Callable[..., Page], server: AppServer, home: Path, guarded: bool
) -> None:
    page = person(guarded=guarded)
    open_versions(page, server)
    ask(page, 2, how="dblclick")
    assert register.head("clsm", home).version is None, "nothing is done before it is confirmed"
    confirm(page, 2, how="dblclick")
    wait_said(page, "CLSM : la version 2 est en service")
    expect(button(page, "Mettre en service la version 2 du")).to_be_disabled()
    assert page.locator("[data-testid=stAlertContentError]").all_inner_texts() == []
    head = register.head("clsm", home)
    assert (head.version and head.version.number, head.revision) == (2, 1)
    button(page, "Revenir à la couche d’origine").dblclick()
    button(page, "Confirmer : revenir à la couche d’origine").dblclick()
    wait_said(page, "la couche d’origine est de nouveau en service")
    expect(button(page, "Revenir à la couche d’origine")).to_be_disabled()
    assert (register.head("clsm", home).version, register.head("clsm", home).revision) == (None, 2)


def test_a_file_published_with_a_double_click_is_kept_once(
    person: Callable[..., Page], server: AppServer, home: Path, tmp_path: Path
) -> None:
    page = person(guarded=False)
    runs = Runs().watch(page)
    page.goto(f"{server.url}/Donnees")
    page.get_by_role("tab", name="Importer une couche").click()
    file = tmp_path / "liste.csv"
    file.write_text("CLSM;Code INSEE\nCLSM neuf;62041\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    give(page.get_by_label("Source (obligatoire)"), "ARS", runs)
    give(page.get_by_label("Votre nom (obligatoire)").first, "Ana", runs)
    publish = page.get_by_role("button", name="Publier", exact=True)
    expect(publish).to_be_enabled()
    publish.dblclick()
    wait_said(page, "la nouvelle version est en service")
    expect(page.locator("[data-testid=stFileChip]")).to_have_count(0)
    expect(page.locator("[data-testid=stAlertContentError]")).to_have_count(0)
    assert [v.number for v in register.versions("clsm", home)] == [5, 4, 3, 2, 1]
    assert register.head("clsm", home).revision == 1


def test_the_second_of_two_people_is_refused_and_told_who_did_what(
    person: Callable[..., Page], server: AppServer, home: Path
) -> None:
    ana, bob = person(), person()
    open_versions(ana, server)
    open_versions(bob, server, "Bob")
    ask(ana, 2)
    ask(bob, 3)
    confirm(bob, 3)
    wait_said(bob, "CLSM : la version 3 est en service")
    confirm(ana, 2)
    wait_said(ana, "Entre-temps, Bob a publié la version 3")
    head = register.head("clsm", home)
    assert (head.version and head.version.number, head.revision) == (3, 1)
    # Having seen it, she may decide again.
    ask(ana, 2)
    wait_said(ana, "à la place de la version 3 du")
    confirm(ana, 2)
    wait_said(ana, "CLSM : la version 2 est en service")


def test_a_page_opened_before_lunch_does_not_withdraw_what_was_published_since(
    person: Callable[..., Page], server: AppServer, home: Path
) -> None:
    register.publish(register.find("clsm", 1, home), who="Ana", seen=0, home=home)
    page = person()
    open_versions(page, server)
    expect(button(page, "Revenir à la couche d’origine")).to_be_enabled()
    register.publish(register.find("clsm", 4, home), who="Bob", seen=1, home=home)
    button(page, "Revenir à la couche d’origine").click()
    wait_said(page, "Entre-temps, Bob a publié la version 4")
    expect(button(page, "Confirmer : revenir à la couche d’origine")).to_have_count(0)
    head = register.head("clsm", home)
    assert (head.version and head.version.number, head.revision) == (4, 2)


# --- every button of the other pages ------------------------------------------------------------------------------
BUTTONS = (
    "() => [...document.querySelectorAll('[data-testid=stMain] [data-testid=stButton] button')]"
    ".filter((b) => !b.disabled && b.offsetParent).map((b) => b.innerText.split('\\n').at(-1)).filter((name) => name)"
)
BOOK = Workbook((Scenario("Premier", frozenset({"94028", "94038"})), Scenario("Second", frozenset({"94054"}))))
MEETING = "Réunion"  # takes the others away: test_journey_room.py drives it
MOST = 12  # different buttons driven in one place


def state_of(page: Page) -> str:
    """Return what the address says, whoever the server: read again each time, for a page that opens another says it in two times."""
    return page.url.split("/", 3)[3]


def double_click_all(one: Page, two: Page, runs: tuple[Runs, Runs], driven: set[str]) -> None:
    """Click each button that was not driven yet once in a page and twice in the other, side by side.

    The address holds the whole state of a page: it must stay the same in both.
    """
    for _ in range(MOST):
        names = [name for name in one.evaluate(BUTTONS) if name not in driven and name != MEETING]
        if not names:
            break
        name = names[0]
        driven.add(name)
        asked = [r.asked for r in runs]
        for page, how in ((one, "click"), (two, "dblclick")):
            getattr(page.locator("[data-testid=stMain]").get_by_role("button", name=name, exact=True).first, how)()
        for page, run, before in zip((one, two), runs, asked, strict=True):
            run.wait(page, before)
        until(two, lambda: state_of(one) == state_of(two), lambda: f"{state_of(one)} is not {state_of(two)}")
        until(
            two,
            lambda: two.evaluate(BUTTONS) == one.evaluate(BUTTONS),
            lambda name=name: f"{name}: {two.evaluate(BUTTONS)}",
        )


def side_by_side(pages: tuple[Page, Page], runs: tuple[Runs, Runs], address: str, heading: str) -> None:
    """Open the same address in both pages."""
    for page, run in zip(pages, runs, strict=True):
        asked = run.asked
        page.goto(address)
        page.get_by_role("heading", name=heading).first.wait_for()
        run.wait(page, asked)


def test_a_double_click_on_any_button_is_one_click(person: Callable[..., Page], server: AppServer) -> None:
    one, two = person(), person()
    runs = (Runs().watch(one), Runs().watch(two))
    driven: set[str] = set()  # those that all panels have are driven in the first
    link = pack(BOOK, real.atlas())
    for panel in ("Ajuster", "Secteurs", "Suggestions", "Scénarios"):
        assert panel in workbench.PANELS
        side_by_side((one, two), runs, f"{server.url}/Perimetre?carte=dep-94&lien={link}", "Périmètre")
        for page, run in zip((one, two), runs, strict=True):
            expect(button(page, "Tout retirer")).to_be_enabled()
            asked = run.asked
            page.get_by_role("radio", name=panel).or_(page.get_by_role("button", name=panel, exact=True)).first.click()
            run.wait(page, asked)
        double_click_all(one, two, runs, driven)
    assert driven >= {"Annuler", "Tout retirer", "Appliquer", "Compléter", "Dupliquer", "Nouveau, vide", "Supprimer"}


@pytest.mark.parametrize(
    ("addresses", "heading"),
    [
        (("",), "Santé mentale"),
        (tuple(f"Couverture?territoire=dep-79&onglet={tab}" for tab in ("lacunes", "priorites", "prochains")), "Couverture"),
        (("Comparaison?commune=94028",), "Comparer"),
        (("Methode",), "Méthode"),
    ],
    ids=["home", "Couverture", "Comparaison", "Methode"],
)  # fmt: skip
def test_a_double_click_on_any_button_of_another_page_is_one_click(
    person: Callable[..., Page], server: AppServer, addresses: tuple[str, ...], heading: str
) -> None:
    one, two = person(), person()
    runs = (Runs().watch(one), Runs().watch(two))
    driven: set[str] = set()
    for address in addresses:
        side_by_side((one, two), runs, f"{server.url}/{address}", heading)
        double_click_all(one, two, runs, driven)
        assert not any(page.get_by_test_id("stException").count() for page in (one, two))
