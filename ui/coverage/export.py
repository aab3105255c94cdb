"""Take a coverage view away: each file is made when it is asked for, once, and never at a run of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import streamlit as st

from geo import french as fr
from geo.coverage import CoverageView, SitingQuestion, Weights
from geo.exports import MAP_LINES, Imprint, MapChoice
from ui import html
from ui import map as maps
from ui.cache import claims, under
from ui.coverage import gaps, needs, priorities, siting
from ui.coverage import link as coverage_link
from ui.coverage import loaders as coverage_loaders
from ui.server import export_lane

WITH_NEXT = "export-next"
SOFTWARE = "Tableau de bord CLSM"
FILES: tuple[tuple[str, str, str, str, str], ...] = (
    ("pdf", "PDF pour le directeur", "application/pdf", ":material/picture_as_pdf:",
     "Une page qui se suffit : le constat, la carte, que faire d’abord ; puis les annexes, chiffres et sources."),
    ("xlsx", "Classeur XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ":material/table_view:",
     "Une feuille par tableau, une feuille de sources ; s’ouvre dans LibreOffice et Excel."),
    ("zip", "Tableaux CSV (ZIP)", "application/zip", ":material/csv:",
     "Un fichier par tableau : UTF-8, points-virgules, virgule décimale, codes gardés en texte."),
    ("geojson", "GeoJSON des communes", "application/geo+json", ":material/map:",
     "Contours, situation et sources de chaque commune."),
    ("gpkg", "GeoPackage avec styles", "application/geopackage+sqlite3", ":material/layers:",
     "Communes, CLSM, manques de chaque échelle et sources ; QGIS l’ouvre déjà coloré."),
)  # fmt: skip


@st.fragment
def panel(view: CoverageView) -> None:
    """Offer the files."""
    level = gaps.level_shown(view.scope)
    weights = priorities.weights() or Weights()
    st.caption(
        fr.typeset(
            f"Ce que vous emportez : {html.literal(view.scope.name)}, priorités à l’échelle et avec les poids choisis. "
            "Chaque fichier porte codes, années et sources, et se relit par la page Données. "
            "Un fichier est préparé quand vous le demandez ; le GeoPackage d’une grande région prend quelques secondes."
        )
    )
    wanted = st.checkbox("Joindre les prochains CLSM choisis dans l’onglet précédent", value=True, key=WITH_NEXT)
    question = siting.question_offered(view.scope) if wanted else None
    link = _link()
    for kind, label, mime, icon, meaning in FILES:
        button, text = st.columns([2, 5], gap="small", vertical_alignment="center")
        button.download_button(
            label,
            data=_maker(kind, view, level, weights, question, link),
            file_name=f"couverture-clsm-{view.scope.id}.{kind}",
            mime=mime,
            icon=icon,
            key=f"export-{kind}",
            on_click="ignore",
            width="stretch",
        )
        text.caption(meaning)


@st.fragment
def take_map(view: CoverageView, shown: tuple[str, ...]) -> None:
    """Show « Emporter la carte », which runs by itself; `shown` is what lies over the map."""
    crossed = needs.on_map()
    lines, quarters = tuple(i for i in shown if i in MAP_LINES), "quartiers" in shown

    def make(kind: str, paper: str, rivers: bool) -> bytes:
        return coverage_loaders.map_file(view, kind, paper, MapChoice(lines, quarters, rivers), date.today(), crossed)

    def file() -> maps.MapFile:
        title = f"Couverture par les CLSM : {view.scope.name}"
        return maps.MapFile(f"carte-couverture-{view.scope.id}", title, make)

    maps.take_away("carte-couverture", file, coverage_link.ADDRESS.url)


def _link() -> str:
    """Return the address that reopens this view from anywhere; "" where this server has none but its own machine's."""
    url = coverage_link.ADDRESS.url()
    host = urlsplit(url).hostname or ""
    return "" if host in ("", "localhost", "127.0.0.1", "0.0.0.0", "::1") else url


def _maker(
    kind: str, view: CoverageView, level: str, weights: Weights, question: SitingQuestion | None, link: str
) -> Callable[[], bytes]:
    """Return what makes one file when the browser asks for it."""
    held, crossed = claims(), needs.in_files(view)

    def make() -> bytes:
        imprint = Imprint(fr_date(date.today()), SOFTWARE, link)
        with export_lane(), under(held):
            return coverage_loaders.coverage_file(kind, view, level, weights, question, imprint, crossed)

    return make


def fr_date(day: date) -> str:
    """Write a day: « 24/11/2026 »."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"
