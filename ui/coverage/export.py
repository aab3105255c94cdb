"""Take a coverage view away: each file is made when it is asked for, once, and never at a run of the page."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import streamlit as st

from geo import french as fr
from geo.coverage import Mix, Scope, Weights
from ui import html
from ui.coverage import gaps, priorities, siting
from ui.coverage import link as coverage_link
from ui.coverage import loaders as coverage_loaders
from ui.coverage.link import NEXT_CEILING, NEXT_KIND, NEXT_NUMBER
from ui.server import export_lane

WITH_NEXT = "export-next"
ZIP_DATE = (2000, 1, 1, 0, 0, 0)
FILES: tuple[tuple[str, str, str, str, str], ...] = (
    ("pdf", "PDF pour le directeur", "application/pdf", ":material/picture_as_pdf:",
     "Deux pages : carte, chiffres, priorités, prochains CLSM, limites et sources."),
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
def panel(scope: Scope, complete: tuple[str, ...]) -> None:
    """Offer the files."""
    level = gaps.level_shown(scope)
    weights = priorities.weights() or Weights()
    st.caption(
        fr.typeset(
            f"Ce que vous emportez : {html.literal(scope.name)}, priorités à l’échelle et avec les poids choisis. "
            "Chaque fichier porte codes, années et sources, et se relit par la page Données. "
            "Un fichier est préparé quand vous le demandez ; le GeoPackage d’une grande région prend quelques secondes."
        )
    )
    wanted = st.checkbox("Joindre les prochains CLSM choisis dans l’onglet précédent", value=True, key=WITH_NEXT)
    ask = _ask(scope, complete) if wanted else None
    link = _link()
    for kind, label, mime, icon, told in FILES:
        button, text = st.columns([2, 5], gap="small", vertical_alignment="center")
        button.download_button(
            label,
            data=_maker(kind, scope, complete, level, weights, ask, link),
            file_name=f"couverture-clsm-{scope.id}.{kind}",
            mime=mime,
            icon=icon,
            key=f"export-{kind}",
            on_click="ignore",
            width="stretch",
        )
        text.caption(told)


Ask = tuple[str, int, Mix, float | None, tuple[tuple[str, tuple[str, ...]], ...]]


def _ask(scope: Scope, complete: tuple[str, ...]) -> Ask | None:
    """Return the next CLSM asked for, None when nothing is to serve."""
    mix = siting.mix_chosen()
    if mix is None:
        return None
    kind = str(coverage_link.value(NEXT_KIND))
    if kind != "libre" and not coverage_loaders.candidates_here(kind, scope):
        return None
    k, ceiling = int(str(coverage_link.value(NEXT_NUMBER))), int(str(coverage_link.value(NEXT_CEILING))) or None
    own = st.session_state.get(siting.OWN, ()) if kind == "libre" else ()
    return (kind, k, mix, ceiling, own)


def _link() -> str:
    """Return what follows the page's address in a link that reopens this view."""
    return "Couverture?" + "&".join(f"{name}={text}" for name, text in coverage_link.ADDRESS.query().items())


def _maker(
    kind: str,
    scope: Scope,
    complete: tuple[str, ...],
    level: str,
    weights: Weights,
    ask: Ask | None,
    link: str,
) -> Callable[[], bytes]:
    """Return what makes one file when the browser asks for it."""

    def make() -> bytes:
        told = (fr_date(date.today()), link)
        with export_lane():
            return coverage_loaders.coverage_file(kind, scope, complete, level, weights, ask, told)

    return make


def fr_date(day: date) -> str:
    """Write a day: « 24/11/2026 »."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def zipped(files: dict[str, bytes]) -> bytes:
    """Gather files in one, the same bytes for the same content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), content)
    return out.getvalue()
