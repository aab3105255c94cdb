"""What the person states of a list: its source, who they are, where and until when it is complete, what they accept of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

import streamlit as st

from geo import french as fr
from geo.dataset import Dataset
from geo.imports import ImportDraft, Remembered, Review
from geo.layers import MODE_MEANINGS, OVER_MEANINGS, Etat, Mode, Over
from geo.register import Statement
from geo.rights import Act, Actor
from ui import html, identity, loaders
from ui.cache import keyed_on_data
from ui.choices import pick_one, pick_several

WHO = "import-qui"
MOST_KEPT = 8  # reviews of all sessions: a person has one in hand, two while reserves are accepted


@dataclass(frozen=True)
class Stated:
    """The statement, and what is amiss in it, in words."""

    statement: Statement
    problems: tuple[str, ...] = ()


def ask(draft: ImportDraft, known: Remembered | None) -> Stated:
    """Ask for the statement, the source and the choices of the last version of the list being offered again.

    Where the list is complete is never: that is stated anew each time. Nothing is kept yet, and nothing reads the file again.
    """
    st.html(html.section("6. Déclaration"))
    if known:
        _offer_again(known.version.statement)
    left, right = st.columns(2, gap="medium")
    with left:
        source = st.text_input("Source (obligatoire)", key="import-source", max_chars=300,
                               placeholder="ARS, tableau des CLSM de la région")  # fmt: skip
        actor = identity.ask_name("Votre nom (obligatoire)", WHO)
        who = actor.name
        date = st.text_input("Date des faits", key="import-date", max_chars=40, placeholder="2026, ou 12/05/2026")
        etat = pick_one(
            "État des territoires dont le fichier ne dit rien", list(Etat), format_func=str, key="import-etat"
        )
    with right:
        extent = _extent(draft, actor)
        until = st.text_input(
            "Complète jusqu’au (facultatif)", key="import-jusqu", max_chars=20, placeholder="30/06/2027",
            disabled=not extent,
            help="Passé ce jour, la liste n’est plus tenue pour complète : une absence redevient « inconnu ».",
        )  # fmt: skip
        mode = st.radio(
            "Face à la couche en place, elle…", list(Mode), format_func=str, key="import-mode",
            captions=[MODE_MEANINGS[m] for m in Mode],
        )  # fmt: skip
        over: Over | None = Over.IN_USE
        if draft.kind in loaders.official().imported:
            over = st.radio(
                "Elle se pose sur…", list(Over), format_func=str, key="import-sur",
                captions=[OVER_MEANINGS[o] for o in Over],
            )  # fmt: skip
    remark = st.text_input("Remarque (facultative)", key="import-remarque", max_chars=500)
    last, wrong = _last_day(until) if extent else ("", "")
    lacking = [label for label, value in (("la source", source), ("votre nom", who)) if not value.strip()]
    problems = [f"il manque {fr.listing(lacking)}"] if lacking else []
    problems += [wrong] if wrong else []
    said = Statement(
        source,
        date,
        who,
        frozenset(extent),
        Etat(etat),
        Mode(mode or Mode.REPLACE),
        Over(over or Over.IN_USE),
        remark,
        last,
    )
    return Stated(said, tuple(problems))


def _extent(draft: ImportDraft, actor: Actor) -> list[str]:
    """Ask where the list is complete, among the départements that whoever acts may say it of."""
    if not identity.offers(actor, Act.STATE_COMPLETE):
        return []
    names = loaders.atlas().departements["nom"]
    return pick_several(
        "Départements où cette liste est complète",
        [code for code in names.index if actor.departements is None or code in actor.departements],
        format_func=lambda d: f"{names[d]} ({d})",
        placeholder="aucun : une absence restera « inconnu »",
        key=f"import-complet-{draft.sha256[:12]}",
    )


def _offer_again(before: Statement) -> None:
    if not st.session_state.get("import-source"):
        st.session_state["import-source"] = before.source
    st.session_state.setdefault("import-etat", before.etat)
    st.session_state.setdefault("import-mode", before.mode)


def _last_day(text: str) -> tuple[str, str]:
    """Read a day; return it as ISO 8601, "" for none, and what is wrong with it."""
    text = text.strip()
    if not text:
        return "", ""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            found = datetime.strptime(text, form).date()
        except ValueError:
            continue
        if found < datetime.now().astimezone().date():
            return "", f"« {text} » est déjà passé : donnez un jour à venir, ou aucun"
        return found.isoformat(), ""
    return "", f"« {text} » n’est pas un jour : écrivez 30/06/2027"


class Reviews:
    """The last reviews made of some data, each of a draft itself, a statement, a list and the day, which they write."""

    def __init__(self, world: Dataset) -> None:
        self._world = world
        self._kept: dict[tuple[ImportDraft, Statement, str, str], Review] = {}

    def of(self, draft: ImportDraft, said: Statement, list_key: str) -> Review:
        """Return one, made now unless it is kept."""
        asked = (draft, said, list_key, f"{datetime.now():%Y-%m-%d}")
        found = self._kept.get(asked) or Review(draft, said, self._world, list_key)
        self._kept.setdefault(asked, found)
        for oldest in list(self._kept)[:-MOST_KEPT]:
            self._kept.pop(oldest, None)
        return found


@keyed_on_data(stated=False)
def _reviews() -> Reviews:
    return Reviews(loaders.official())


def reviewed(draft: ImportDraft, said: Statement, list_key: str) -> Review:
    """Return what a draft becomes under a statement: made once for all the runs of the page that change neither."""
    return _reviews().of(draft, said, list_key)


def accept(review: Review) -> tuple[Review, list[str]]:
    """Point out what keeps the list from being complete; return the review with what is accepted, and what stands in the way."""
    for why in review.refused_extent:
        st.warning(html.literal(f"{why} Réglez ces lignes, mettez-les de côté, ou retirez ce département."))
    accepted = [gap.sentence for gap in review.gaps if _tick(f"{gap.sentence} La liste est complète ainsi.", "reserve")]
    said = replace(review.statement, accepted=tuple(accepted))
    done = reviewed(review.draft, said, review.list_key) if accepted else review
    left = len(review.gaps) - len(accepted)
    problems = [fr.count(left, "réserve à accepter", "réserves à accepter")] if left else []
    problems += ["un département dit complet a des lignes à régler"] if review.refused_extent else []
    return done, problems


def confirm_losses(review: Review) -> bool:
    """Say in plain figures what would be taken away, and have it ticked; whether nothing stands in the way."""
    said = review.losses_text
    if not said:
        return True
    st.warning(html.literal(" ".join(said)))
    return _tick("J’ai lu ce qui sera retiré, et je le confirme.", "retraits", " ".join(said))


def _tick(label: str, name: str, of: str = "") -> bool:
    """Ask for a tick that goes with its words: other words, another tick."""
    mark = hashlib.sha256(f"{label}{of}".encode()).hexdigest()[:12]
    return st.checkbox(html.literal(label), key=f"import-{name}-{mark}")
