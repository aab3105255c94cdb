"""The map taken away: its link and its picture in the clipboard, the page as a file, and a browser that refuses."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys import Console, settle
from tests.support.browser import AppServer

pytestmark = pytest.mark.journey
PICTURE = """async () => {
  const [item] = await navigator.clipboard.read();
  const image = await createImageBitmap(await item.getType("image/png"));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  const colours = new Set();
  for (let i = 0; i < data.length; i += 4 * 97) colours.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
  return { width: image.width, height: image.height, colours: colours.size };
}"""


def _open(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/Perimetre?communes=79191&carte=dep-79")
    settle(page)
    page.get_by_text("Note et fichiers").click()
    settle(page)
    expect(page.get_by_role("button", name="Copier l’image")).to_be_visible()


def test_link_and_picture_go_to_the_clipboard_and_the_page_to_a_file(page: Page, server: AppServer) -> None:
    console = Console().watch(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    _open(page, server)
    said = page.locator(".clsm-copier [role=status]")
    page.get_by_role("button", name="Copier le lien").press("Enter")
    expect(said).to_have_text("Lien copié")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{server.url}/Perimetre?") and "lien=" in link

    page.get_by_role("button", name="Copier l’image").press("Enter")
    expect(said).to_have_text("Image copiée")
    picture = page.evaluate(PICTURE)
    assert picture["width"] > 800 and picture["height"] > 800 and picture["colours"] > 20

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Télécharger la carte").click()
    assert waiting.value.suggested_filename == "clsm-carte-niort-a4.png"
    with Image.open(io.BytesIO(Path(waiting.value.path()).read_bytes())) as made:
        assert sorted(made.size) == [1654, 2339]
    assert not console.errors


def test_a_browser_that_refuses_selects_the_link_and_downloads_the_picture(page: Page, server: AppServer) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    _open(page, server)
    said = page.locator(".clsm-copier [role=status]")
    page.get_by_role("button", name="Copier le lien").click()
    expect(said).to_have_text("Lien sélectionné : copiez-le")
    assert "Perimetre?" in page.evaluate("getSelection().toString()")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Copier l’image").click()
    expect(said).to_contain_text("image téléchargée")
    assert waiting.value.suggested_filename == "Niort.png"
    with Image.open(waiting.value.path()) as made:
        assert min(made.size) > 800
