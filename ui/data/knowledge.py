"""The page Données: what one knows of the territory, stated in a few gestures, and handed over to the register by whoever may."""

from __future__ import annotations

import streamlit as st

from geo import imports, register
from geo.claims import CLAIM_KINDS, Claims
from geo.errors import GeoInputError
from geo.imports import KINDS, Review, claimed_kinds, claimed_review
from geo.rights import Act, Actor
from ui import acts, claims, frame, html, identity, loaders
from ui.cache import keyed_on_data, look_again
from ui.choices import pick_one
from ui.data import import_report, import_statement

HAND_OVER = "claims-kind"  # the layer whose claims are being handed over


def show_knowledge() -> None:
    """Show the form, what is stated, and the way to the register."""
    for text in st.session_state[frame.MESSAGES]:
        st.info(html.literal(text))
    st.session_state[frame.MESSAGES] = ()
    st.html(html.section("Ce que vous savez de votre territoire"))
    st.caption(
        "Un secteur, un CLS, une CPTS, un DAC, un GEM, une association : ce que vous déclarez compte aussitôt dans votre session, avec votre nom "
        "et la date. Pour marquer des communes au clic, allez à la page Périmètre, panneau « Secteurs »."
    )
    left, right = st.columns(2, gap="large")
    with left:
        claims.form(with_map=False)
    with right:
        claims.request(frame.workbook().codes)
        claims.stated()
    _hand_over(frame.workbook().claims)


@keyed_on_data(max_entries=16, stated=False)
def _review(kind: str, held: Claims, who: Actor) -> Review:
    return claimed_review(kind, held, who, loaders.official())


def _hand_over(held: Claims) -> None:
    kinds = claimed_kinds(held)
    if not kinds:
        return
    st.html(
        html.section(
            "Verser au registre",
            "Ce qui est versé sert à tous ceux qui partagent ces données, et se défait dans « Versions et retours ».",
        )
    )
    bodies = [c for c in held if not CLAIM_KINDS[c.kind].layer]
    if bodies:
        st.caption("GEM et associations restent dans le lien et le fichier des scénarios : aucune couche ne les tient.")
    if not identity.offers(identity.acting(), Act.HAND_OVER):
        return
    kind = pick_one("Couche", kinds, format_func=lambda k: KINDS[k].name, key=HAND_OVER)
    if not st.toggle("Voir ce que cela changerait", key=f"claims-review-{kind}"):
        return
    try:
        review = _review(kind, held, identity.acting())
    except GeoInputError as error:
        for problem in error.problems:
            st.warning(html.literal(problem))
        return
    import_report.changes(review)
    _publish(review, held)


def _publish(review: Review, held: Claims) -> None:
    kind = review.draft.kind
    confirmed = import_statement.confirm_losses(review)
    seen = _revision(kind)
    may_publish = identity.offers(identity.acting(), Act.PUT_IN_USE)
    with st.container(horizontal=True, gap="small"):
        for publish, label in ((True, "Publier"), (False, "Garder en brouillon")):
            if publish and not may_publish:
                continue
            st.button(
                label, key=f"claims-keep-{publish}", type="primary" if publish else "secondary", disabled=not confirmed,
                on_click=_keep, args=(kind, held, seen, publish),  # not the review: a button is held by an idle session, and it by its data
            )  # fmt: skip


def _revision(kind: str) -> int:
    try:
        return register.head(kind).revision
    except GeoInputError:
        return 0


def _keep(kind: str, held: Claims, seen: int, publish: bool) -> None:
    """Keep what was reviewed, once, and make it active unless somebody changed the active version since."""
    actor = identity.acting()

    def act() -> str:
        try:
            review = _review(kind, held, actor)
            if publish:
                imports.keep_and_publish(review, seen=seen, by=actor)
                return f"{KINDS[kind].name} : vos déclarations sont en service."
            imports.keep(review, by=actor)
            return f"{KINDS[kind].name} : vos déclarations sont gardées en brouillon, dans « Versions et retours »."
        finally:
            look_again()

    acts.once(("claims", kind, held.digest, seen, publish), act)
