"""The questions of a table of indicators: where its territories are, what each column of figures says; the proposals stand until changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from geo import french as fr
from geo.imports import GRAIN_NAMES, Item, NeedColumn, NeedsDraft, Split, Way
from geo.indicators import Direction, Grain
from ui import html
from ui.choices import pick_one
from ui.data.needs import reading

MOST_COLUMNS = 60
MOST_ASKED = 8
TO_TELL = ""
SCALES = {0.0: "à dire", 100.0: "des parts (0,125 pour 12,5 %)", 1.0: "déjà des pourcentages"}
BASES = (1.0, 100.0, 1_000.0, 10_000.0, 100_000.0)


def ask(draft: NeedsDraft) -> None:
    """Ask about the territories, then about each column of figures."""
    st.html(html.section("2. Colonnes"))
    if draft.questions:
        asked = [f"- {html.literal(question.said)}" for question in draft.questions[:MOST_ASKED]]
        left = len(draft.questions) - MOST_ASKED
        asked += [f"- et {fr.count(left, 'autre question', 'autres questions')}"] if left > 0 else []
        st.warning("\n".join(["À régler avant de publier :", "", *asked]))
    _territories(draft)
    for split in draft.splits:
        _split(draft, split)
    plan = reading.plan_in_hand(draft)
    figures = [c for c in draft.columns if c.is_figures and c.name != plan.place][:MOST_COLUMNS]
    places = {item.column for item in draft.plan.items if item.way is Way.UNUSED}
    shown = [c for c in figures if c.name not in places]
    rest = [c for c in figures if c.name in places]
    for column in shown:
        _column(draft, column)
    if rest:
        names = fr.listing([column.name for column in rest], 4)
        with st.expander(
            html.literal(f"{fr.count(len(rest), 'colonne non employée', 'colonnes non employées')} : {names}")
        ):
            for column in rest:
                _column(draft, column)


def _territories(draft: NeedsDraft) -> None:
    column, grain = st.columns(2, gap="medium")
    plan, mark = reading.plan_in_hand(draft), draft.sha256[:12]
    with column:
        widget = f"besoins-lieu-{mark}"
        st.session_state[widget] = draft.plan.place
        pick_one("Colonne des territoires", [c.name for c in draft.columns], format_func=html.literal, key=widget,
                 on_change=reading.place_chosen, args=(draft, widget))  # fmt: skip
    with grain:
        widget = f"besoins-grain-{mark}-{draft.plan.place}"
        st.session_state[widget] = (plan.grain or draft.grain).value
        pick_one("Ce sont des", [g.value for g in Grain], format_func=lambda g: GRAIN_NAMES[Grain(g)], key=widget,
                 on_change=reading.grain_chosen, args=(draft, widget))  # fmt: skip
        if draft.questions and any(not q.about and q.candidates for q in draft.questions):
            st.button("C’est bien cela", key=f"{widget}-oui", on_click=reading.grain_chosen, args=(draft, widget))


def _split(draft: NeedsDraft, split: Split) -> None:
    """Ask which rows of a territory are kept, where a column tells them apart."""
    widget = f"besoins-lignes-{draft.sha256[:12]}-{draft.sheet}-{split.column}"
    kept = dict(reading.plan_in_hand(draft).only).get(split.column, split.kept)
    st.session_state[widget] = kept if kept in split.values else TO_TELL
    options = [TO_TELL, *split.values] if st.session_state[widget] == TO_TELL else list(split.values)
    label = html.literal(f"Lignes retenues : celles où « {split.column} » vaut")
    pick_one(label, options, format_func=lambda v: html.literal(v) or "à dire", key=widget,
             on_change=reading.only_chosen, args=(draft, split.column, widget))  # fmt: skip
    if not split.sure and split.kept:
        st.button(
            html.literal(f"Garder « {split.kept} »"),
            key=f"{widget}-oui",
            on_click=reading.only_chosen,
            args=(draft, split.column, widget),
        )


def _column(draft: NeedsDraft, column: NeedColumn) -> None:
    """Show a column, what it is taken for, and what goes with that."""
    item = reading.plan_in_hand(draft).by_column.get(column.name, Item(column.name))
    place = [c.name for c in draft.columns].index(column.name)
    with st.container(border=True, key=f"besoins-colonne-{place}"):
        name, way = st.columns([5, 6], gap="medium", vertical_alignment="center")
        with name:
            st.markdown(f"**{html.literal(column.name)}**")
            st.caption(html.literal(f"{' · '.join(column.examples)}  \n{_held(column)}"))
        with way:
            _choice(draft, item, "way", "Ce que dit la colonne", [TO_TELL, *(w.value for w in Way)],
                    shown=lambda w: w or "à dire", given=item.way.value if item.way else TO_TELL)  # fmt: skip
        if item.is_indicator:
            _indicator(draft, item)
            if column.secrets and not item.secrecy and item.way is not Way.RATE:
                st.caption(
                    "Des chiffres sont secrets, et le seuil n’est pas écrit : indiquez-le si vous le connaissez."
                )


def _held(column: NeedColumn) -> str:
    words = (
        (column.numbers, "chiffre"),
        (column.secrets, "secret"),
        (column.unknowns, "inconnu"),
        (column.unreadable, "illisible"),
    )
    return ", ".join(fr.count(number, word) for number, word in words if number) + "."


def _indicator(draft: NeedsDraft, item: Item) -> None:
    left, right = st.columns([5, 6], gap="medium")
    with left:
        _text(draft, item, "label", "Nom de l’indicateur")
        _choice(
            draft, item, "direction", "Ce qu’il dit du besoin", [d.value for d in Direction], given=item.direction.value
        )
    with right:
        if item.way in (Way.RATIO, Way.RATE_OF):
            below = [c.name for c in draft.columns if c.is_figures and c.name not in (item.column, draft.plan.place)]
            _choice(draft, item, "denominator", "Dénominateur", [TO_TELL, *below], shown=lambda c: html.literal(c) or "à choisir",
                    given=item.denominator if item.denominator in below else TO_TELL)  # fmt: skip
            base, unit = st.columns(2)
            with base:
                every = sorted({*BASES, item.multiplier})
                _choice(
                    draft, item, "multiplier", "Rapporté à", every, shown=lambda n: fr.number(n), given=item.multiplier
                )
            with unit:
                _text(draft, item, "unit", "Unité", placeholder="pour 1 000 habitants")
        else:
            _text(draft, item, "unit", "Unité", placeholder="personnes, %, €, points…")
        if item.year:
            _text(draft, item, "year", "Année de cette colonne", placeholder="celle du tableau")
        if item.scale != 1:
            _choice(
                draft,
                item,
                "scale",
                "Ces valeurs de 0 à 1 sont",
                list(SCALES),
                shown=SCALES.get,
                given=item.scale or 0.0,
            )
        if item.way is not Way.RATE:
            widget = _key(draft, item, "secrecy")
            st.session_state[widget] = item.secrecy
            st.number_input(
                "Seuil de secret (0 : aucun)", 0, 1000, step=1, key=widget, on_change=_settled, args=(draft, item.column, "secrecy", widget),
                help="Un nombre de 1 jusqu’à ce seuil, non compris, ne sera jamais montré ni additionné.",
            )  # fmt: skip


def _key(draft: NeedsDraft, item: Item, field: str) -> str:
    return f"besoins-{field}-{draft.sha256[:12]}-{draft.sheet}-{item.column}"


def _choice(
    draft: NeedsDraft, item: Item, field: str, label: str, options: list[Any], *, given: Any, shown: Any = str
) -> None:
    widget = _key(draft, item, field)
    st.session_state[widget] = given
    pick_one(
        label, options, format_func=shown, key=widget, on_change=_settled, args=(draft, item.column, field, widget)
    )


def _text(draft: NeedsDraft, item: Item, field: str, label: str, placeholder: str = "") -> None:
    widget = _key(draft, item, field)
    st.session_state[widget] = getattr(item, field)
    st.text_input(
        label,
        key=widget,
        max_chars=200,
        placeholder=placeholder,
        on_change=_settled,
        args=(draft, item.column, field, widget),
    )


def _settled(draft: NeedsDraft, column: str, field: str, widget: str) -> None:
    """Settle one thing of a column; a count that becomes a ratio is in percent until somebody says otherwise."""
    plan = reading.plan_in_hand(draft)
    value: Any = st.session_state.get(widget)
    item = plan.by_column.get(column, Item(column))
    if field == "way":
        item = replace(item, way=Way(value) if value else None)
        if item.way is Way.RATIO and item.multiplier == 1:
            item = replace(item, multiplier=100.0, unit="%")
    elif field == "multiplier":
        unit = "%" if value == 100 else f"pour {fr.number(value)}" if value > 1 else ""
        item = replace(item, multiplier=float(value), unit=unit)
    elif field == "scale":
        item = replace(item, scale=value or None)
    elif field == "direction":
        item = replace(item, direction=Direction(value))
    else:
        item = replace(item, **{field: value})
    reading.settle(plan.with_item(item))
