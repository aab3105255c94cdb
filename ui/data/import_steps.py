"""The page Données, second part: a file becomes a layer, step by step, and nothing is kept before the last."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from geo import french as fr
from geo import imports, register
from geo.errors import GeoInputError
from geo.exports import SHEET
from geo.imports import KINDS, ImportDraft, Review, template, template_name
from geo.register import ConflictError
from geo.rights import Act
from ui import acts, html, identity
from ui.cache import look_again
from ui.choices import pick_one
from ui.data import import_columns, import_reading, import_report, import_rows, import_statement, questions
from ui.data.import_reading import SEEN, Reading
from ui.data.stepper import STYLE, Step, steps

TYPES = list(imports.FORMS)
NAMES = ("Fichier", "Colonnes", "Valeurs", "Lignes", "Carte et différence", "Déclaration", "Publication")
KEEP = "import"  # the kind of act (ui/acts.py): a version kept, made active or not


def show_import() -> None:
    """Show the steps; those that wait for an answer say how many, and publication is closed until then."""
    st.html(STYLE)
    top = st.container(key="import-etapes")
    kind, file = _file_of_kind()
    if file is None:
        import_reading.forget()
    found = import_reading.read(file, kind) if file else None
    if found is None:
        with top:
            st.html(steps([Step(NAMES[0], "attend", "en lecture" if file else "à choisir"), *_to_come(NAMES[1:])]))
        return
    draft = found.draft
    _known(found)
    questions.about_the_file(draft)
    import_columns.columns(draft)
    questions.values(draft)
    import_rows.rows(draft)
    import_report.report(draft)
    if draft.zones.empty:
        _steps(top, draft, None, [])
        st.error(
            "Aucun territoire n’a pu être retenu : réglez les colonnes et les lignes, ou corrigez le fichier, puis déposez-le de nouveau."
        )
        return
    _to_the_end(top, found)


def _to_the_end(top: DeltaGenerator, found: Reading) -> None:
    """Show the steps that need territories: the difference is shown above the statement, and follows it."""
    shown = st.container()
    stated = import_statement.ask(found.draft, found.known)
    key = found.known.list_key if found.known else ""
    review, reserves = import_statement.accept(import_statement.reviewed(found.draft, stated.statement, key))
    with shown:
        import_report.changes(review)
    lacking = [*stated.problems, *reserves]
    closed = [*_waiting(found), *lacking]
    _steps(top, found.draft, review, lacking)
    _publish(review, closed)


def _waiting(found: Reading) -> list[str]:
    """Return what of the reading publication waits for."""
    words = (
        ("feuille", "question sur le fichier", "questions sur le fichier"),
        ("colonne", "colonne à confirmer", "colonnes à confirmer"),
        ("valeur", "valeur à ranger", "valeurs à ranger"),
        ("ligne", "ligne à régler", "lignes à régler"),
    )
    waits = [
        fr.count(len(left), one, many) for kind, one, many in words if (left := questions.waiting(found.draft, kind))
    ]
    return [*waits, "le fichier est relu"] if found.again else waits


def _steps(top: DeltaGenerator, draft: ImportDraft, review: Review | None, lacking: list[str]) -> None:
    asked = {kind: len(questions.waiting(draft, kind)) for kind in ("feuille", "colonne", "valeur")}
    rows = len(import_rows.to_settle(draft))
    roles = sum(map(bool, draft.understanding.values()))
    values = len(questions.of_kind(draft, "valeur"))

    def step(name: str, left: int, done: str, what: str = "à régler") -> Step:
        return Step(name, "attend" if left else "fait", f"{fr.number(left)} {what}" if left else done)

    shown = [
        step(NAMES[0], asked["feuille"], fr.count(draft.rows, "ligne lue", "lignes lues")),
        step(NAMES[1], asked["colonne"], fr.count(roles, "comprise"), "à confirmer"),
        step(NAMES[2], asked["valeur"], fr.count(values, "rangée") if values else "aucune à ranger", "à ranger"),
        step(NAMES[3], rows, fr.count(draft.accepted, "retenue")),
    ]
    if review is None:
        shown += _to_come(NAMES[4:])
    else:
        found = review.difference
        words = f"+ {len(found.added)}, − {len(found.removed)}, {fr.count(len(found.changed), 'modifié')}"
        waits = any(asked.values()) or any(d.blocking for d in draft.doubts)
        shown += [
            Step(NAMES[4], "fait", words),
            Step(NAMES[5], "attend" if lacking else "fait", "à compléter" if lacking else "complète"),
            Step(NAMES[6], "suite", "fermée" if waits or lacking else "ouverte"),
        ]
    with top:
        st.html(steps(shown))


def _to_come(names: Sequence[str]) -> list[Step]:
    return [Step(name, "suite", "") for name in names]


def _known(found: Reading) -> None:
    """Say that what was settled the last time serves again, and let it be dropped."""
    used = found.taken_up
    if used is None:
        return
    said, drop = st.columns([9, 3], vertical_alignment="center")
    version = used.version
    said.info(
        html.literal(
            f"Vos réglages du {fr.day(version.created)} sont repris (version {version.number}, {version.statement.who}) : "
            f"{fr.count(len(used.answers.given), 'réponse')}."
        )
    )
    drop.button(
        "Repartir sans eux", key="import-oublier", icon=":material/restart_alt:", on_click=import_reading.drop_known
    )


# --- 1: which layer, which file ---------------------------------------------------------------------------------
def _file_of_kind() -> tuple[str, UploadedFile | None]:
    st.html(html.section("1. Fichier"))
    choose, take = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with choose:
        kind: str = pick_one(
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
    file = st.file_uploader(
        "Tableau (CSV, XLSX, ODS) ou polygones (GeoJSON, GeoPackage, Shapefile zippé, KML, KMZ, FlatGeobuf, GeoParquet), "
        "jusqu’à 200 Mo",
        type=TYPES,
        key=_upload_key(kind),
    )
    return kind, file


def _upload_key(kind: str) -> str:
    """Return the key of the field that takes a file: another after each version kept."""
    return f"import-fichier-{kind}-{acts.count(KEEP)}"


# --- 7: publish -------------------------------------------------------------------------------------------------
def _publish(review: Review, closed: list[str]) -> None:
    st.html(html.section("7. Publication"))
    name = KINDS[review.draft.kind].name
    st.caption(
        "Publier met la couche en service pour tous ceux qui partagent ces données. Chaque version est gardée : vous pourrez "
        "revenir à la précédente, ou à la couche d’origine."
    )
    actor = identity.acting(import_statement.WHO)
    if not identity.offers(actor, Act.BRING_DRAFT):
        return
    st.session_state.setdefault(SEEN, _revision(review.draft.kind))
    confirmed = import_statement.confirm_losses(review)
    if closed:
        st.info(html.literal(f"Publication fermée : {' ; '.join(closed)}."))
    elif not confirmed:
        st.caption("Cochez la confirmation pour publier.")
    may_publish = identity.offers(actor, Act.PUT_IN_USE)
    with st.container(horizontal=True, gap="small"):
        if may_publish and st.button(
            "Publier",
            type="primary",
            disabled=bool(closed) or not confirmed,
            icon=":material/publish:",
            key="import-publier",
        ):
            _done(review, publish=True, said=f"{name} : la nouvelle version est en service.")
        if st.button("Garder en brouillon", disabled=bool(closed), key="import-garder"):
            _done(
                review,
                publish=False,
                said=f"{name} : la version est gardée en brouillon, dans « Versions et retours ».",
            )


def _revision(kind: str) -> int:
    try:
        return register.head(kind).revision
    except GeoInputError:
        return 0


def _done(review: Review, *, publish: bool, said: str) -> None:
    """Keep what was reviewed, once for each file, and make it active unless somebody changed the active version since."""
    kind, seen = review.draft.kind, st.session_state[SEEN]
    actor = identity.acting(import_statement.WHO)

    def act() -> str:
        try:
            if publish:
                imports.keep_and_publish(review, seen=seen, by=actor)
            else:
                imports.keep(review, by=actor)
        except ConflictError as error:
            again = "La différence a été refaite sur la couche en service : relisez-la avant de publier."
            raise ConflictError([*error.problems, again]) from error
        finally:
            look_again()
        return said

    acts.once((KEEP, kind, acts.count(KEEP)), act)
    st.session_state.pop(SEEN, None)  # the next run shows what would change now, and holds its revision
    st.rerun()
