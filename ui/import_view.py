"""The page Données, second part: a file becomes a layer, step by step, and nothing is kept before the last."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from geo import french as fr
from geo import intake, register
from geo.errors import GeoInputError
from geo.import_draft import KINDS, ROLES, WHOLE_COMMUNES, ImportDraft
from geo.import_templates import template, template_name
from geo.intake import Review, read_file
from geo.layers import Etat
from geo.merge import MODE_MEANINGS, OVER_MEANINGS, Mode, Over
from geo.register import ConflictError, Statement
from geo.register_export import SHEET
from ui import data_view, html, import_report, loaders

TYPES = list(intake.FORMS)
DRAFT = "import-brouillon"  # (signature, ImportDraft)
ROUND = "import-tour"  # grows after each publication: the upload starts anew
SEEN = "import-vu"  # revision of what is in use, when the file was read
SCOPE = "import-carte"
MOST_COLUMNS = 40
MOST_SHOWN = 500
MOST_REMARKS = 40
NOT_USED = "—"


def steps() -> None:
    """Show the steps, each once the one before is done."""
    st.session_state.setdefault(ROUND, 0)
    kind = _choose_kind()
    file = _upload(kind)
    if file is None:
        st.session_state.pop(DRAFT, None)
        return
    draft = _read(file, kind)
    if draft is None:
        return
    _columns(draft)
    import_report.report(draft)
    if draft.zones.empty:
        st.error(
            "Aucun territoire n’a pu être retenu : corrigez le fichier d’après le rapport, puis déposez-le de nouveau."
        )
        return
    statement = _state(draft)
    review = Review(draft, statement, loaders.world())
    import_report.changes(review)
    _publish(review)


# --- 1 and 2: which layer, which file ---------------------------------------------------------------------------


def _choose_kind() -> str:
    st.html(html.section("1. Quelle couche ?"))
    choose, take = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with choose:
        kind: str = st.selectbox(
            "Couche à importer", list(KINDS), format_func=lambda k: f"{KINDS[k].name} : {KINDS[k].long_name}"
        )
    with take:
        st.download_button(
            "Modèle à remplir", lambda: template(kind), file_name=template_name(kind), mime=SHEET,
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    return kind


def _upload(kind: str) -> UploadedFile | None:
    st.html(html.section("2. Votre fichier"))
    return st.file_uploader(
        "Tableau (CSV, XLSX, ODS) ou polygones (GeoJSON, GeoPackage, Shapefile zippé, KML, KMZ, FlatGeobuf, GeoParquet), "
        "jusqu’à 200 Mo",
        type=TYPES,
        key=f"import-fichier-{kind}-{st.session_state[ROUND]}",
    )


def _read(
    file: UploadedFile, kind: str, *, mapping: dict[str, str] | None = None, sheet: str | None = None
) -> ImportDraft | None:
    """Return the draft of a file, read once; say in French why there is none."""
    signature = (file.file_id, kind)
    held = st.session_state.get(DRAFT)
    if held and held[0] == signature and mapping is None and sheet is None:
        return held[1]
    st.session_state.pop(DRAFT, None)
    bar = st.progress(0.0, text="Lecture du fichier…")
    try:
        draft = read_file(
            file.getvalue(),
            file.name,
            kind,
            atlas=loaders.atlas(),
            mapping=mapping,
            sheet=sheet,
            squares=_squares(),
            progress=lambda part, text: bar.progress(min(1.0, max(0.0, part)), text=html.literal(text)),
        )
    except GeoInputError as error:
        _refuse(error)
        return None
    finally:
        bar.empty()
    st.session_state[DRAFT] = (signature, draft)
    st.session_state[SEEN] = _revision(kind)
    return draft


def _squares() -> object:
    from geo.import_squares import load_squares  # with GeoPandas

    damaged: list[str] = []
    found = load_squares(notices=damaged)
    for notice in damaged:
        st.warning(html.literal(notice))
    return found


def _revision(kind: str) -> int:
    try:
        return register.head(kind).revision
    except GeoInputError:
        return 0


def _refuse(error: GeoInputError) -> None:
    for problem in error.problems[:10]:
        st.error(html.literal(problem))
    if len(error.problems) > 10:
        st.caption(f"Et {fr.count(len(error.problems) - 10, 'autre problème', 'autres problèmes')}.")


# --- 3: columns -------------------------------------------------------------------------------------------------


def _columns(draft: ImportDraft) -> None:
    st.html(html.section("3. Comment le fichier a été compris"))
    roles = {column: role for role, column in draft.understanding.items() if column}
    listed = sorted(draft.columns, key=lambda c: c.name not in roles)[:MOST_COLUMNS]
    st.html(
        html.table(
            [("Colonne du fichier", False), ("Exemples", False), ("Comprise comme", False)],
            [
                (c.name or "(sans titre)", ", ".join(c.examples), ROLES.get(roles.get(c.name, ""), NOT_USED))
                for c in listed
            ],
            caption="Colonnes du fichier",
        )
    )
    more = len(draft.columns) - len(listed)
    notes = [f"{fr.count(more, 'autre colonne', 'autres colonnes')} non employées."] if more > 0 else []
    notes += [f"Texte lu en {draft.encoding}."] if draft.encoding else []
    if notes:
        st.caption(html.literal(" ".join(notes)))
    with st.expander("Changer ce qui a été compris"), st.form("import-colonnes"):
        sheet = draft.sheet
        if len(draft.sheets) > 1:
            sheet = st.selectbox(
                "Feuille ou couche du fichier", list(draft.sheets), index=_index(draft.sheets, draft.sheet)
            )
        chosen = {}
        names = [c.name for c in listed]
        left, right = st.columns(2)
        for number, (role, label) in enumerate(ROLES.items()):
            with left if number % 2 == 0 else right:
                had = draft.understanding.get(role, "")
                options = ["", *names]
                chosen[role] = st.selectbox(
                    label, options, index=_index(options, had), format_func=lambda n: n or NOT_USED,
                    key=f"import-role-{role}-{draft.sha256[:12]}-{draft.sheet}",
                )  # fmt: skip
        entire = draft.whole_communes
        if entire or draft.members["estimated"].any():
            entire = st.checkbox(
                "Ces territoires sont faits de communes entières : chaque commune va tout entière au territoire qui en "
                "contient plus de la moitié",
                value=entire,
                key=f"import-entieres-{draft.sha256[:12]}-{draft.sheet}",
            )
        if st.form_submit_button("Relire avec ces choix", icon=":material/refresh:"):
            _read_again(draft, chosen, sheet, entire=entire)


def _index(options: Sequence[str], value: str) -> int:
    return list(options).index(value) if value in options else 0


def _read_again(draft: ImportDraft, chosen: dict[str, str], sheet: str, *, entire: bool) -> None:
    used = [column for column in chosen.values() if column]
    twice = sorted({column for column in used if used.count(column) > 1})
    if twice:
        st.error(html.literal(f"Une colonne ne joue qu’un rôle : {fr.listing(twice)}. Rien n’est changé."))
        return
    mapping = {r: c for r, c in chosen.items() if c != draft.understanding.get(r, "")}
    if sheet != draft.sheet:
        mapping = {}
    file = st.session_state.get(f"import-fichier-{draft.kind}-{st.session_state[ROUND]}")
    changed = entire != draft.whole_communes
    if file is None or (not mapping and not changed and sheet == draft.sheet):
        return
    wanted = {r: c for r, c in chosen.items() if c or r in mapping} if sheet == draft.sheet else {}
    if entire:
        wanted[WHOLE_COMMUNES] = "oui"
    if _read(file, draft.kind, mapping=wanted, sheet=sheet or None) is not None:
        st.rerun()
    st.session_state[DRAFT] = ((file.file_id, draft.kind), draft)  # the choice led nowhere: what was read stays


# --- 5: statement -----------------------------------------------------------------------------------------------


def _state(draft: ImportDraft) -> Statement:
    st.html(html.section("5. Ce que vous en dites"))
    atlas = loaders.atlas()
    left, right = st.columns(2, gap="medium")
    with left:
        source = st.text_input("Source (obligatoire)", key="import-source", max_chars=300,
                               placeholder="ARS, tableau des CLSM de la région")  # fmt: skip
        date = st.text_input("Date des faits", key="import-date", max_chars=40, placeholder="2026, ou 12/05/2026")
        who = st.text_input("Votre nom", value=register.default_who(), key="import-qui", max_chars=100)
    with right:
        etat = st.selectbox("État des territoires dont le fichier ne dit rien", list(Etat), format_func=str)
        extent = st.multiselect(
            "Départements où cette liste est complète",
            list(atlas.departements.index),
            format_func=lambda d: f"{atlas.departements.at[d, 'nom']} ({d})",
            placeholder="aucun : une absence restera « inconnu »",
            key=f"import-complet-{draft.sha256[:12]}",
        )
        mode = st.radio(
            "Face à la couche en place, elle…", list(Mode), format_func=str, key="import-mode",
            captions=[MODE_MEANINGS[m] for m in Mode],
        )  # fmt: skip
        over = Over.IN_USE
        if draft.kind in loaders.world().imported:
            over = st.radio(
                "Elle se pose sur…", list(Over), format_func=str, key="import-sur",
                captions=[OVER_MEANINGS[o] for o in Over],
            )  # fmt: skip
    remark = st.text_input("Remarque (facultative)", key="import-remarque", max_chars=500)
    return Statement(source, date, who, frozenset(extent), Etat(etat), Mode(mode), Over(over), remark)


# --- 7: publish -------------------------------------------------------------------------------------------------


def _publish(review: Review) -> None:
    st.html(html.section("7. Publier"))
    lacking = [
        label
        for label, value in (("la source", review.statement.source), ("votre nom", review.statement.who))
        if not value.strip()
    ]
    name = KINDS[review.draft.kind].name
    st.caption(
        "Publier met la couche en service pour tous ceux qui partagent ces données. Chaque version est gardée : vous pourrez "
        "revenir à la précédente, ou à la couche d’origine."
    )
    if lacking:
        st.info(f"Il manque {fr.listing(lacking)} (étape 5).")
    now, later, _ = st.columns([1, 1, 3])
    with now:
        if st.button(
            "Publier", type="primary", disabled=bool(lacking), icon=":material/publish:", key="import-publier"
        ):
            _done(review, publish=True, said=f"{name} : la nouvelle version est en service.")
    with later:
        if st.button("Garder en brouillon", disabled=bool(lacking), key="import-garder"):
            _done(
                review,
                publish=False,
                said=f"{name} : la version est gardée en brouillon, dans « Versions et retours ».",
            )


def _done(review: Review, *, publish: bool, said: str) -> None:
    try:
        if publish:
            intake.keep_and_publish(review, seen=st.session_state[SEEN])
        else:
            intake.keep(review)
    except ConflictError as error:
        _refuse(error)
        st.session_state[SEEN] = _revision(review.draft.kind)
        loaders.token.clear()
        st.info("La couche en service a changé : la différence ci-dessus sera refaite. Relisez-la avant de publier.")
        return
    except GeoInputError as error:
        _refuse(error)
        return
    st.session_state.pop(DRAFT, None)
    st.session_state[ROUND] += 1
    loaders.token.clear()
    data_view.say(said)
    st.rerun()
