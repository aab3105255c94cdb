"""The report of an import before anything is kept: rows accepted, repaired and refused; what would change, on a map and in tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from geo import french as fr
from geo.coverage import Scope
from geo.exports import csv_bytes
from geo.imports import ImportDraft, Review
from geo.layers import FATE_LABELS, Difference, Fate, ZoneChange, ZoneMove
from geo.remarks import Remark
from ui import html, loaders
from ui import map as maps
from ui.choices import pick_one, scope_name

SCOPE = "import-carte"
MOST_ZONES = 40
MOST_REMARKS = 40
TITLES = {"refusé": "Refusé", "réparé": "Réparé", "à savoir": "À savoir"}
FATES = {
    Fate.ABSENT: maps.Swatch("#eef1f3", FATE_LABELS[Fate.ABSENT]),
    Fate.KEPT: maps.Swatch("#9fb4bf", FATE_LABELS[Fate.KEPT]),
    Fate.ADDED: maps.Swatch("#1f7a6d", FATE_LABELS[Fate.ADDED]),
    Fate.REMOVED: maps.Swatch("#d1604d", FATE_LABELS[Fate.REMOVED]),
    Fate.CHANGED: maps.Swatch("#e0a93b", FATE_LABELS[Fate.CHANGED]),
}


def report(draft: ImportDraft) -> None:
    """Show what was taken, mended and refused, with the whole report to take away."""
    st.html(
        html.figures(
            [
                (fr.number(many), fr.noun(many, one, several))
                for many, one, several in (
                    (draft.rows, "ligne lue", "lignes lues"),
                    (draft.accepted, "retenue", "retenues"),
                    (draft.counts["réparé"], "réparation", "réparations"),
                    (draft.refused, "refusée", "refusées"),
                    (len(draft.zones), "territoire", "territoires"),
                    (draft.members["row"].nunique(), "commune", "communes"),
                )
            ]
        )
    )
    if draft.method in ("surface", "carreaux", "iris"):
        support = {"carreaux": "les carreaux de population", "iris": "les IRIS"}.get(draft.method, "la surface")
        cut = draft.members.loc[~draft.members["whole"]]
        zones = fr.noun(cut["zone"].nunique(), "Un contour coupe", "Des contours coupent")
        communes = fr.noun(cut["row"].nunique(), "une commune : ses", "des communes : leurs")
        st.info(f"{zones} {communes} habitants sont partagés selon {support}. C’est une estimation.")
    told = [f"{title.lower()} {fr.number(draft.counts[kind])}" for kind, title in TITLES.items() if draft.counts[kind]]
    if not draft.remarks:
        st.caption("Rien à signaler : tout le fichier est compris tel quel.")
        return
    with st.expander(f"Rapport ligne par ligne ({', '.join(told)})"):
        show_remarks(draft.remarks, draft.kind)


def show_remarks(remarks: Sequence[Remark], name: str) -> None:
    """Show what is to be told of a file, by kind, and offer all of it; `name` is that of the report."""
    for kind, title in TITLES.items():
        found = [remark for remark in remarks if remark.kind == kind]
        if found:
            st.markdown(f"**{title}** ({fr.number(len(found))})")
            shown = [(r.where or "fichier", r.message, r.advice) for r in found[:MOST_REMARKS]]
            headers = [("Où", False), ("Raison", False), ("Que faire", False)]
            st.html(html.table(headers, shown, caption=f"{title} : lignes et raisons"))
            if len(found) > MOST_REMARKS:
                st.caption(f"Les {fr.number(MOST_REMARKS)} premières sont montrées ; le rapport les a toutes.")
    st.download_button(
        "Rapport complet (CSV)", csv_bytes(remarks_table(remarks, kinds=True)), icon=":material/download:",
        file_name=f"rapport-import-{name}.csv", mime="text/csv", on_click="ignore",
    )  # fmt: skip


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
    """Show what would change in the active layer."""
    st.html(html.section("5. Carte et différence"))
    found = review.difference
    st.markdown(html.literal(found.sentence()))
    scopes = changed_scopes(found)
    left, right = st.columns([11, 9], gap="medium")
    with left:
        every = {scope.id: scope for scope in scopes}
        names = {i: scope_name(scope) for i, scope in every.items()}
        scope = every[pick_one("Carte", list(every), format_func=names.get, key=f"{SCOPE}-{review.draft.sha256[:12]}")]
        st.html(html.legend([(swatch.fill, swatch.label) for swatch in FATES.values()]))
        maps.draw(
            maps.coverage_map(),
            key="carte-import",
            state=maps.coverage_state(
                geometry_url=maps.geometry_url(scope),
                bounds=maps.bounds(scope),
                paint=paint(found, scope),
                around=maps.around_file(),
                credit=maps.credit(),
            ),
        )
    with right:
        _moves("Territoires ajoutés", found.added)
        _moves("Territoires retirés", found.removed)
        _changed(found.changed)
    if not found.empty:
        table = difference_table(found)  # made now: what is made later would hold both layers until then
        st.download_button(
            "Différence (CSV)", lambda: csv_bytes(table), icon=":material/download:",
            file_name=f"difference-{review.draft.kind}.csv", mime="text/csv", on_click="ignore",
        )  # fmt: skip


def _moves(title: str, moves: Sequence[ZoneMove]) -> None:
    if not moves:
        return
    st.markdown(f"**{title}** ({fr.number(len(moves))})")
    rows = [(m.name, fr.number(m.communes), _people(m.inhabitants)) for m in moves[:MOST_ZONES]]
    headers = [("Territoire", False), ("Communes", True), ("Habitants", True)]
    st.html(html.table(headers, rows, caption=title))
    _rest(len(moves))


def _changed(changed: Sequence[ZoneChange]) -> None:
    if not changed:
        return
    st.markdown(f"**Territoires modifiés** ({fr.number(len(changed))})")
    rows = [
        (
            f"{c.name}\n{' ; '.join(c.words)}",
            f"+ {fr.number(len(c.gained))}, − {fr.number(len(c.lost))}",
            _people(c.inhabitants_before),
            _people(c.inhabitants_after),
        )
        for c in changed[:MOST_ZONES]
    ]
    headers = [("Territoire", False), ("Communes", True), ("Habitants avant", True), ("Après", True)]
    st.html(html.table(headers, rows, caption="Territoires modifiés"))
    _rest(len(changed))


def _people(count: int) -> str:
    return fr.number(count) if count else "inconnu"


def _rest(size: int) -> None:
    if size > MOST_ZONES:
        st.caption(f"Les {fr.number(MOST_ZONES)} premiers sur {fr.number(size)} ; le fichier les a tous.")


def difference_table(found: Difference) -> pd.DataFrame:
    """Return everything that would change, a row a territory."""
    rows = [
        {"Changement": word, "Territoire": z.name, "Identifiant": z.id, "Communes gagnées": "", "Communes perdues": "",
         "Habitants avant": z.inhabitants if word == "retiré" else "", "Habitants après": z.inhabitants if word == "ajouté" else "",
         "Autre": ""}
        for word, moves in (("ajouté", found.added), ("retiré", found.removed))
        for z in moves
    ] + [
        {"Changement": "modifié", "Territoire": c.name, "Identifiant": c.after, "Communes gagnées": " ".join(c.gained),
         "Communes perdues": " ".join(c.lost), "Habitants avant": c.inhabitants_before,
         "Habitants après": c.inhabitants_after, "Autre": " ; ".join(c.words)}
        for c in found.changed
    ]  # fmt: skip
    return pd.DataFrame(rows).astype(str)


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
    return maps.Paint(maps.paint_runs(found.fate[scope.rows].tolist()), tuple(FATES[fate] for fate in Fate))
