"""The page Données, second part: a file becomes a layer, step by step, and nothing is kept before the last."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from geo import french as fr
from geo import imports, isolation, register
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.exports import SHEET
from geo.imports import KINDS, ROLES, WHOLE_COMMUNES, Answers, ImportDraft, Review, read_file, template, template_name
from geo.isolation import Stop, StoppedError, Tell
from geo.layers import MODE_MEANINGS, OVER_MEANINGS, Etat, Mode, Over
from geo.register import ConflictError, Statement
from ui import acts, html, loaders, reading_desk
from ui.cache import look_again
from ui.data import import_report

TYPES = list(imports.FORMS)
DRAFT = "import-brouillon"  # (Choices, ImportDraft)
CHOICES = "import-choix"  # how the file is to be read again
KEEP = "import"  # the kind of act (ui/acts.py): a version kept, made active or not
SEEN = "import-vu"  # revision of the active layer when what would change was first shown
SCOPE = "import-carte"
MOST_COLUMNS = 40
MOST_SHOWN = 500
MOST_REMARKS = 40
NOT_USED = "—"
# The file and its layer, what its columns are said to be, its sheet; None is left to the reader.
Choices = tuple[tuple[str, str], tuple[tuple[str, str], ...] | None, str | None]


def show_import() -> None:
    """Show the steps, each once the one before is done."""
    kind = _choose_kind()
    file = _upload(kind)
    if file is None:
        for key in (DRAFT, CHOICES, SEEN):
            st.session_state.pop(key, None)
        reading_desk.desk().clear()
        isolation.warm(loaders.atlas())
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
            "Couche à importer",
            list(KINDS),
            format_func=lambda k: f"{KINDS[k].name} : {KINDS[k].long_name}",
            key="import-couche",
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
        key=_upload_key(kind),
    )


def _upload_key(kind: str) -> str:
    """Return the key of the field that takes a file: another after each version kept."""
    return f"import-fichier-{kind}-{acts.count(KEEP)}"


def _read(file: UploadedFile, kind: str) -> ImportDraft | None:
    """Return the draft of a file under the choices made for it, read once beside the page; say in French why there is none.

    Choices that lead nowhere leave in place what was read before them.
    """
    same = (file.file_id, kind)
    choices: Choices = st.session_state.get(CHOICES, (same, None, None))
    if choices[0] != same:
        choices = (same, None, None)
    held = st.session_state.get(DRAFT)
    if held and held[0] == choices:
        return held[1]
    before = held[1] if held and held[0][0] == same else None
    reading = reading_desk.read(choices, partial(_job, file, loaders.atlas(), choices))
    if reading is None:
        return None
    try:
        draft: ImportDraft = reading.result()
    except StoppedError:
        reading_desk.offer_again()
        return before
    except GeoInputError as error:
        _refuse(error)
        return before
    reading_desk.desk().clear()
    st.session_state[DRAFT] = (choices, draft)
    st.session_state.pop(SEEN, None)
    return draft


def _job(file: UploadedFile, atlas: Atlas, choices: Choices, tell: Tell, stop: Stop) -> ImportDraft:
    (_, kind), mapping, sheet = choices
    roles = dict(mapping or ())
    entire = roles.pop(WHOLE_COMMUNES, "")
    answers = Answers.of_columns(roles)
    answers = answers.settle(WHOLE_COMMUNES, entire) if entire else answers
    return read_file(
        file.getvalue(), file.name, kind, atlas=atlas, answers=answers, sheet=sheet, progress=tell, stop=stop
    )


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
                "Feuille ou couche du fichier", list(draft.sheets), index=_index(draft.sheets, draft.sheet),
                key=f"import-feuille-{draft.sha256[:12]}-{draft.sheet}",
            )  # fmt: skip
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
    file = st.session_state.get(_upload_key(draft.kind))
    changed = entire != draft.whole_communes
    if file is None or (not mapping and not changed and sheet == draft.sheet):
        return
    wanted = {r: c for r, c in chosen.items() if c or r in mapping} if sheet == draft.sheet else {}
    if entire:
        wanted[WHOLE_COMMUNES] = "oui"
    st.session_state[CHOICES] = ((file.file_id, draft.kind), tuple(sorted(wanted.items())), sheet or None)
    st.rerun()


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
        etat = st.selectbox(
            "État des territoires dont le fichier ne dit rien", list(Etat), format_func=str, key="import-etat"
        )
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
    st.session_state.setdefault(SEEN, _revision(review.draft.kind))
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
    """Keep what was reviewed, once for each file, and make it active unless somebody changed the active version since."""
    kind, seen = review.draft.kind, st.session_state[SEEN]

    def act() -> str:
        try:
            if publish:
                imports.keep_and_publish(review, seen=seen)
            else:
                imports.keep(review)
        except ConflictError as error:
            again = "La différence a été refaite sur la couche en service : relisez-la avant de publier."
            raise ConflictError([*error.problems, again]) from error
        finally:
            look_again()
        return said

    acts.once((KEEP, kind, acts.count(KEEP)), act)
    st.session_state.pop(SEEN, None)  # the next run shows what would change now, and holds its revision
    st.rerun()
