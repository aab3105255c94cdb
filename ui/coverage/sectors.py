"""The sectors of psychiatry of a territory: whether they partition it, which have a CLSM, on a map and in a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from geo import french as fr
from geo.coverage import COVER_LABELS, SECTOR_LEVELS, SECTOR_TITLES, CoverageView, Scope, SectorCover, SectorView
from geo.exports import csv_bytes, neutral
from geo.layers import LayerId
from ui import html, loaders
from ui import map as maps
from ui.choices import labelled
from ui.coverage import loaders as coverage_loaders

KIND, ONLY = "sectors-kind", "sectors-only"
# By SectorCover, then what is shared, then what is in no sector known.
FILLS = {
    SectorCover.WHOLE: "#0b6e75",
    SectorCover.PART: "#7fb8bd",
    SectorCover.NONE: "#b93a2a",
    SectorCover.UNKNOWN: "#c9b47a",
}
SHARED, NOWHERE = maps.Swatch("#8d78b8", "partagée entre secteurs"), maps.Swatch("#e3e7e9", "aucun secteur connu")


def panel(view: CoverageView) -> None:
    """Show the sectors of one kind: sentence, map, table, file."""
    kind = st.segmented_control(
        "Sorte de secteurs", list(SECTOR_LEVELS), format_func=labelled(SECTOR_LEVELS), default=LayerId.ADULT_SECTORS, key=KIND,
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    found = coverage_loaders.sectors(LayerId(kind), view)
    st.html(f"<p>{html.escape(found.sentence(loaders.atlas()))}</p>")
    _disputed(str(kind))
    if found.table.empty:
        st.caption("Aucun secteur connu ici. Vous les connaissez ? Page Périmètre, panneau « Secteurs ».")
        return
    left, right = st.columns([9, 11], gap="medium")
    with left:
        _map(found, view.scope)
    with right:
        _table(found, view.scope)


def _disputed(kind: str) -> None:
    here = sum(len(d.codes) for d in loaders.world().disputes if d.kind == kind and not d.settled)
    if here:
        st.warning(
            f"{fr.count(here, 'commune placée', 'communes placées')} autrement par plusieurs déclarations : aucune n’est retenue, voyez le "
            "panneau « Secteurs » de la page Périmètre."
        )


def paint(found: SectorView, scope: Scope) -> maps.Paint:
    """Return the colours of a scope's communes by the cover of their sector."""
    swatches = [maps.Swatch(FILLS[cover], COVER_LABELS[cover]) for cover in SectorCover]
    drawn = maps.ground(scope).rows
    at: dict[int, int] = dict(zip(scope.rows.tolist(), found.cover.tolist(), strict=True))
    place = {-1: len(swatches) + 1, -2: len(swatches)}
    numbers = [place.get(at[row], at[row]) if row in at else -1 for row in drawn.tolist()]
    return maps.Paint(maps.paint_runs(numbers), (*swatches, SHARED, NOWHERE))


def _map(found: SectorView, scope: Scope) -> None:
    st.html(
        html.legend(
            [(FILLS[cover], COVER_LABELS[cover]) for cover in SectorCover]
            + [(swatch.fill, swatch.label) for swatch in (SHARED, NOWHERE)]
        )
    )
    maps.draw(
        maps.coverage_map(),
        key="carte-secteurs",
        state=maps.coverage_state(
            geometry_url=maps.geometry_url(scope),
            bounds=maps.bounds(scope),
            paint=paint(found, scope),
            overlays=[maps.overlay(scope, str(found.layer_id))],
            focus=maps.focus(scope),
            around=maps.around_file(),
            credit=maps.credit(),
        ),
    )


def _table(found: SectorView, scope: Scope) -> None:
    only = st.toggle("Seulement les secteurs sans CLSM connu", key=ONLY)
    table = found.without if only else found.table
    lines = []
    for _, row in table.head(60).iterrows():
        lines.append((
            f"{row['nom']}\n{row['hopital'] or 'hôpital non connu'}", _people(row["population"]), _known(row),
            _between(row["avec_min"], row["avec_max"]), _between(row["sans_min"], row["sans_max"]),
        ))  # fmt: skip
    headers = [
        ("Secteur", False),
        ("Habitants ici", True),
        ("CLSM connus", True),
        ("Dans un CLSM", True),
        ("Sans CLSM", True),
    ]
    st.html(html.table(headers, lines, caption=f"{SECTOR_LEVELS[found.layer_id]}, {scope.name}"))
    if len(table) > 60:
        st.caption(f"Et {fr.count(len(table) - 60, 'autre secteur', 'autres secteurs')}, dans le fichier.")
    st.download_button(
        "Secteurs sans CLSM connu (CSV)", csv(found.without), file_name=f"secteurs-sans-clsm-{scope.id}.csv", mime="text/csv",
        on_click="ignore", icon=":material/download:", key="sectors-without",
    )  # fmt: skip
    st.download_button(
        "Tous les secteurs (CSV)", csv(found.table), file_name=f"secteurs-{scope.id}.csv", mime="text/csv", on_click="ignore",
        icon=":material/download:", key="sectors-all",
    )  # fmt: skip


def _known(row: pd.Series) -> str:
    """Write how many CLSM are known in a sector; zero stands only where none can be missing."""
    none = not row["clsm"] and row["couverture"] == COVER_LABELS[SectorCover.UNKNOWN]
    return "aucun connu" if none else fr.number(row["clsm"])


def _people(value: float) -> str:
    return "inconnu" if pd.isna(value) else fr.number(value)


def _between(least: float, most: float) -> str:
    """Write two bounds: one number when they are the same."""
    if pd.isna(least) or pd.isna(most):
        return "inconnu"
    low, high = fr.number(least), fr.number(most)
    return low if low == high else f"{low} à {high}"


def csv(table: pd.DataFrame) -> bytes:
    """Return sectors as a table for a spreadsheet; what is not known is written « inconnu »."""
    shown = table.reset_index().map(neutral).rename(columns=SECTOR_TITLES)
    return csv_bytes(shown, unknown="inconnu")
