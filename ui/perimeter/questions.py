"""The panel « Questions du guide »: what no figure settles, each question folded with what the data says and a place to answer."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.guidance import ANSWER_LENGTH, AskedQuestion, asked_questions
from geo.perimeters import Perimeter
from geo.scenarios import carries_answers
from ui import frame, html, loaders


def panel(perimeter: Perimeter) -> None:
    """Show the questions that arise for this perimeter, in two columns, each folded."""
    workbook = frame.workbook()
    asked = asked_questions(loaders.facts(perimeter), frame.settings(), workbook.scenario.answers)
    st.html(html.section("Questions du guide", _state(asked, carried=carries_answers(workbook))))
    columns = st.columns(2, gap="medium")
    half = -(-len(asked) // 2)
    for place, question in enumerate(asked):
        with columns[place // half]:
            _question(question, workbook.current)


def _state(asked: tuple[AskedQuestion, ...], *, carried: bool) -> str:
    answered = sum(bool(q.answer) for q in asked)
    kept = (
        "gardées dans le scénario, son lien et son fichier"
        if carried
        else "trop longues pour le lien : gardées dans le fichier"
    )
    return (
        f"Aucun chiffre ne les tranche : {fr.count(answered, 'réponse', 'réponses')} sur {len(asked)}, {kept}, imprimées dans la note. "
        "Une ligne vide s’y imprime où il n’y a pas de réponse."
    )


def _question(question: AskedQuestion, at: int) -> None:
    mark = " ✓" if question.answer else ""
    box = st.expander(f"{html.literal(question.theme)}{mark}", key=f"question-{at}-{question.id}", on_change="rerun")
    if not box.open:  # sent only when asked for: a click on the map sends the panel again
        return
    with box:
        st.html(_words(question))
        key = f"reponse-{at}-{question.id}-{frame.move_key([question.answer])}"
        st.text_area(
            question.question,
            question.answer,
            max_chars=ANSWER_LENGTH,
            height=96,
            key=key,
            on_change=_take,
            args=(key, at, question.id),
            placeholder="Votre réponse",
            label_visibility="collapsed",
        )


def _words(question: AskedQuestion) -> str:
    data = f"<p>{html.escape(f'Données : {question.data}')}</p>" if question.data else ""
    return (
        f"<p><b>{html.escape(question.question)}</b></p>{data}"
        f'<p class="clsm-muted">{html.escape(f"Source : {question.source}.")}</p>'
    )


def _take(key: str, at: int, question: str) -> None:
    frame.attempt(lambda book: book.answer(question, st.session_state.get(key) or "", at))
