"""What an import tells before anything is kept: rows taken, mended and refused; what would change, on a map and in tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from geo import french as fr
from geo.coverage import Scope, scope_rows
from geo.difference import FATE_LABELS, Difference, Fate, ZoneMove
from geo.import_draft import ImportDraft, Remark
from geo.intake import Review
from geo.register_export import csv_bytes
from ui import html, loaders, maps, scene

SCOPE = "import-carte"
MOST_SHOWN = 500
MOST_REMARKS = 40
FATES = {
    Fate.ABSENT: maps.Swatch("#eef1f3", FATE_LABELS[Fate.ABSENT]),
    Fate.KEPT: maps.Swatch("#9fb4bf", FATE_LABELS[Fate.KEPT]),
    Fate.ADDED: maps.Swatch("#1f7a6d", FATE_LABELS[Fate.ADDED]),
    Fate.REMOVED: maps.Swatch("#d1604d", FATE_LABELS[Fate.REMOVED]),
    Fate.CHANGED: maps.Swatch("#e0a93b", FATE_LABELS[Fate.CHANGED]),
}


def report(draft: ImportDraft) -> None:
    """Show what was taken, mended and refused, with the whole report to take away."""
    st.html(html.section("4. Ce qui est retenu, réparé, refusé"))
    st.html(
        html.figures(
            [
                (fr.number(draft.rows), "lignes lues"),
                (fr.number(draft.accepted), "retenues"),
                (fr.number(draft.counts["réparé"]), "réparations"),
                (fr.number(draft.refused), "refusées"),
                (fr.number(len(draft.zones)), "territoires"),
                (fr.number(draft.members["row"].nunique()), "communes"),
            ]
        )
    )
    if draft.method in ("surface", "carreaux"):
        support = "les carreaux de population" if draft.method == "carreaux" else "la surface"
        st.info(
            f"Des contours coupent des communes : leurs habitants sont partagés selon {support}. C’est une estimation."
        )
    for kind, title in (("refusé", "Refusé"), ("réparé", "Réparé"), ("à savoir", "À savoir")):
        found = [remark for remark in draft.remarks if remark.kind == kind]
        if found:
            st.markdown(f"**{title}** ({fr.number(len(found))})")
            shown = [(r.where or "fichier", r.message, r.advice) for r in found[:MOST_REMARKS]]
            headers = [("Où", False), ("Raison", False), ("Que faire", False)]
            st.html(html.table(headers, shown, caption=f"{title} : lignes et raisons"))
            if len(found) > MOST_REMARKS:
                st.caption(f"Les {fr.number(MOST_REMARKS)} premières sont montrées ; le rapport les a toutes.")
    if draft.remarks:
        st.download_button(
            "Rapport complet (CSV)", csv_bytes(remarks_table(draft.remarks, kinds=True)), icon=":material/download:",
            file_name=f"rapport-import-{draft.kind}.csv", mime="text/csv", on_click="ignore",
        )  # fmt: skip
    else:
        st.caption("Rien à signaler : tout le fichier est compris tel quel.")


def remarks_table(remarks: Sequence[Remark], *, kinds: bool = False) -> pd.DataFrame:
    """Return remarks as a table: where, what, what to do."""
    rows = [
        {
            **({"Genre": r.kind} if kinds else {}),
            "Où": r.where or "fichier",
            "Raison": r.message,
            "Que faire": r.advice,
        }
        for r in remarks
    ]
    return pd.DataFrame(rows)


def changes(review: Review) -> None:
    """Show what would change in the layer in use."""
    st.html(html.section("6. Ce qui change dans la couche en service"))
    found = review.difference
    st.markdown(html.literal(found.sentence()))
    scopes = changed_scopes(found)
    left, right = st.columns([11, 9], gap="medium")
    with left:
        scope = st.selectbox("Carte", scopes, format_func=lambda s: s.name, key=f"{SCOPE}-{review.draft.sha256[:12]}")
        st.html(html.legend([("fill", swatch.fill, swatch.label) for swatch in FATES.values()]))
        scene.draw(
            maps.coverage_map(),
            key="carte-import",
            state=maps.coverage_state(
                geometry_url=scene.geometry_url(scope), bounds=scene.bounds(scope), paint=paint(found, scope)
            ),
        )
    with right:
        _moves("Territoires ajoutés", found.added)
        _moves("Territoires retirés", found.removed)
        if found.changed:
            st.markdown(f"**Territoires modifiés** ({fr.number(len(found.changed))})")
            st.dataframe(
                [
                    {
                        "Territoire": c.name,
                        "Gagne": len(c.gained),
                        "Perd": len(c.lost),
                        "Avant": c.inhabitants_before,
                        "Après": c.inhabitants_after,
                        "Autre": " ; ".join(c.words),
                    }
                    for c in found.changed[:MOST_SHOWN]
                ],
                hide_index=True,
                column_config=_numbers("Gagne", "Perd", "Avant", "Après"),
                alt="Territoires modifiés",
            )


def _moves(title: str, moves: Sequence[ZoneMove]) -> None:
    if not moves:
        return
    st.markdown(f"**{title}** ({fr.number(len(moves))})")
    st.dataframe(
        [
            {"Territoire": m.name, "Communes": m.communes, "Habitants": m.inhabitants or None}
            for m in moves[:MOST_SHOWN]
        ],
        hide_index=True,
        column_config=_numbers("Communes", "Habitants"),
        alt=title,
    )


def _numbers(*names: str) -> dict[str, object]:
    return {name: st.column_config.NumberColumn(format="localized") for name in names}


def changed_scopes(found: Difference) -> list[Scope]:
    """Return the territories that a map may show, the smallest that holds every change first."""
    every, atlas = loaders.every_scope(), loaders.atlas()
    touched = found.fate > Fate.KEPT
    if not touched.any():
        touched = found.fate > Fate.ABSENT
    departements = sorted(set(atlas.table.loc[touched, "departement"]))
    regions = sorted(set(atlas.table.loc[touched, "region"]))
    small = [every[f"dep-{d}"] for d in departements]
    middle = [every[f"reg-{r}"] for r in regions if f"reg-{r}" in every]
    france = [every["france"]]
    if len(departements) == 1:
        return [*small, *middle, *france]
    return [*middle, *small, *france] if len(regions) == 1 else [*france, *middle, *small]


def paint(found: Difference, scope: Scope) -> maps.Paint:
    """Return the colours of a scope's communes by what becomes of them."""
    rows = scope_rows(scope, loaders.atlas())
    return maps.Paint(maps.paint_runs(found.fate[rows].tolist()), tuple(FATES[fate] for fate in Fate))
