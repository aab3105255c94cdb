"""What is asked of the budget: posts, their cost, running costs, who pays, their shares, the key among communes.

Each answer is kept with the scenario at once. A field has its own answer in its key: it follows an undo or another scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from geo import french as fr
from geo.budget import (
    EUROS_PER_POST,
    FULL_TIME,
    FUNDER_LABELS,
    KEY_LABELS,
    MOST_CUSTOM,
    MOST_EUROS,
    RUNNING_LINES,
    WHOLE,
    Budget,
    Funder,
    Key,
    posts_text,
    split_cents,
)
from geo.errors import GeoInputError
from geo.perimeters import PerimeterFacts
from ui import frame, html
from ui.choices import distinct, percent_column, pick_one, pick_several

POSTS = (10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 100, 125, 150, 200, 250, 300, 400, 500)  # hundredths
BY_BODIES = (Funder.COMMUNES, Funder.EPCI, Funder.DEPARTEMENT)
ALIKE, OWN = "Parts égales", "Parts choisies"
SHARE = "Part (%)"


def ask(budget: Budget, facts: PerimeterFacts) -> None:
    """Ask everything, in the order of a budget: expenses, then who pays."""
    at = frame.workbook().current
    left, right = st.columns(2, gap="small")
    with left:
        _posts(budget, at)
    with right:
        _euros(
            "Coût annuel d’un temps plein (€)", "unit", budget.unit or None, at,
            lambda held, value: replace(held, unit=round(value or 0)), step=1_000,
            placeholder=fr.typeset(f"{fr.number(EUROS_PER_POST)}, le repère du guide"),
        )  # fmt: skip
    known = dict(budget.running)
    with st.expander(f"Fonctionnement : {fr.number(len(known))} sur {len(RUNNING_LINES)} chiffrés"):
        st.caption(
            "Le guide nomme ces dépenses sans donner de montant. Une ligne vide est inconnue et n’entre dans aucun total ; "
            "écrivez 0 pour ce qui est prêté ou pris en charge."
        )
        columns = st.columns(2, gap="small", vertical_alignment="bottom")
        for rank, line in enumerate(RUNNING_LINES):
            with columns[rank % 2]:
                _running(line.id, f"{line.label} (€ par an)", known.get(line.id), at)
    _funders(budget, at)
    if len(budget.funders) > 1:
        _shares(budget, at)
    if set(budget.funders) & set(BY_BODIES):
        _key(budget, facts, at)


def _keep(at: int, change: Callable[[Budget], Budget]) -> None:
    """Keep a changed budget with its scenario, or say at once why not: this panel runs alone, without the messages of the page."""
    if at >= len(frame.workbook().scenarios):
        return
    try:
        frame.amend(frame.workbook().with_budget(change(frame.workbook().scenarios[at].budget), at))
    except GeoInputError as error:
        st.toast(html.literal(str(error)))


def _number(value: object) -> float | None:
    """Return a number that a field holds; None for nothing, and for what no field of ours could hold."""
    good = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
    return value if good else None  # type: ignore[return-value]


def _name(field: str, at: int, value: object) -> str:
    return f"budget-{field}-{at}-{value}"


def _posts(budget: Budget, at: int) -> None:
    options = sorted({*POSTS, *filter(None, [budget.posts])})
    key = _name("etp", at, budget.posts)
    pick_one(
        "Temps de coordination",
        options,
        index=options.index(budget.posts) if budget.posts else None,
        format_func=lambda posts: posts_text(posts) + (" (conseillé par le guide)" if posts == FULL_TIME else ""),
        placeholder="À choisir",
        key=key,
        on_change=lambda: _keep(at, lambda held: replace(held, posts=round(_number(st.session_state.get(key)) or 0))),
        help="ETP : équivalent temps plein. Rien n’est compté tant que ce temps n’est pas choisi.",
    )


def _running(name: str, label: str, value: int | None, at: int) -> None:
    _euros(label, name, value, at, lambda held, euros: held.with_running(name, euros), step=500, placeholder="inconnu")


def _euros(
    label: str, field: str, value: int | None, at: int, change: Callable[[Budget, Any], Budget], *, step: int, placeholder: str
) -> None:  # fmt: skip
    key = _name(field, at, value)
    st.session_state.setdefault(key, value)  # not its default, which a field that is emptied would go back to
    st.number_input(
        label, 0, MOST_EUROS, None, step, key=key, placeholder=placeholder,
        on_change=lambda: _keep(at, lambda held: change(held, _number(st.session_state.get(key)))),
    )  # fmt: skip


def _funders(budget: Budget, at: int) -> None:
    key = _name("financeurs", at, "-".join(budget.funders))
    pick_several(
        "Qui paie",
        list(Funder),
        default=list(budget.funders),
        format_func=FUNDER_LABELS.get,
        placeholder="Choisissez les financeurs",
        key=key,
        on_change=lambda: _keep(at, lambda held: held.with_funders(_funders_of(st.session_state.get(key)))),
        help="Le guide conseille au moins trois financeurs : collectivités, hôpital et agence régionale de santé (« Financement », partie 5).",
    )


def _funders_of(chosen: object) -> list[Funder]:
    every = list(chosen) if isinstance(chosen, list | tuple) else []
    return [funder for funder in Funder if funder in every]


def _shares(budget: Budget, at: int) -> None:
    own = bool(budget.percents)
    key = _name("parts", at, f"{own}-{'-'.join(budget.funders)}")
    st.segmented_control(
        "Parts des financeurs", [ALIKE, OWN], default=OWN if own else ALIKE, required=True, key=key,
        on_change=lambda: _keep(at, lambda held: _switched(held, st.session_state.get(key) == OWN)),
    )  # fmt: skip
    if not own:
        return
    given = dict(budget.percents)
    columns = st.columns(min(3, len(budget.funders)), gap="small", vertical_alignment="bottom")
    for rank, funder in enumerate(budget.funders):
        with columns[rank % len(columns)]:
            _share(funder, given.get(funder, 0), at)


def _share(funder: Funder, held_share: int, at: int) -> None:
    key = _name(f"part-{funder}", at, held_share)
    value = held_share // 100 if held_share % 100 == 0 else held_share / 100
    kind = type(value)
    st.number_input(
        f"{FUNDER_LABELS[funder].partition(' (')[0]} (%)", kind(0), kind(100), value, kind(1), key=key,
        on_change=lambda: _keep(at, lambda held: _with_share(held, funder, _number(st.session_state.get(key)))),
    )  # fmt: skip


def _with_share(held: Budget, funder: Funder, percent: float | None) -> Budget:
    if funder not in held.funders:  # taken away by another field of the same run
        return held
    shares = {name: share / 100 for name, share in held.percents}
    return held.with_percents(shares | {str(funder): percent or 0})


def _switched(held: Budget, own: bool) -> Budget:
    """Return the budget with shares of one's own, that start alike, or without."""
    if not own or not held.funders:
        return held.with_percents({})
    alike = split_cents(WHOLE, {str(f): 1 for f in held.funders})
    return held.with_percents({name: share / 100 for name, share in alike.items()})


def _key(budget: Budget, facts: PerimeterFacts, at: int) -> None:
    offered = [
        k for k in Key if k is not Key.CUSTOM or (Funder.COMMUNES in budget.funders and len(facts.towns) <= MOST_CUSTOM)
    ]
    if budget.key not in offered:
        offered.append(budget.key)
    key = _name("cle", at, f"{budget.key}-{len(offered)}")
    pick_one(
        "Entre communes (ou EPCI, départements)", offered, index=offered.index(budget.key), format_func=KEY_LABELS.get, key=key,
        on_change=lambda: _keep(at, lambda held: _keyed(held, st.session_state.get(key), facts)),
        help="Des parts choisies valent pour les communes ; les EPCI et les départements suivent alors leurs habitants.",
    )  # fmt: skip
    if budget.key is Key.CUSTOM and Funder.COMMUNES in budget.funders:
        _town_shares(budget, facts, at)


def _keyed(held: Budget, chosen: object, facts: PerimeterFacts) -> Budget:
    if chosen not in list(Key):
        return held
    key = Key(str(chosen))
    return by_people(held, facts) if key is Key.CUSTOM else replace(held, key=key, town_percents=())


def by_people(held: Budget, facts: PerimeterFacts) -> Budget:
    """Return the budget with percentages of one's own for every commune, that start from their inhabitants."""
    people = {str(code): int(n) for code, n in facts.towns.items()}
    shares = split_cents(WHOLE, people if sum(people.values()) else dict.fromkeys(people, 1))
    return held.with_town_percents({code: share / 100 for code, share in shares.items()})


def _town_shares(budget: Budget, facts: PerimeterFacts, at: int) -> None:
    given = dict(budget.town_percents)
    codes = [str(code) for code in facts.towns.index]
    names = distinct({code: facts.town_name(code) for code in codes})
    table = pd.DataFrame(
        {"Commune": list(names.values()), SHARE: [given.get(code, 0) / 100 for code in codes]}, index=codes
    )
    key = _name("communes", at, frame.move_key([f"{code}{share}" for code, share in given.items()] + codes))
    st.data_editor(
        table, key=key, hide_index=True, disabled=["Commune"], height=min(38 + 35 * len(codes), 240),
        column_config={SHARE: percent_column()},
        on_change=lambda: _keep(at, lambda held: edited(held, codes, (st.session_state.get(key) or {}).get("edited_rows", {}))),
    )  # fmt: skip
    st.button(
        "Repartir des habitants", icon=":material/restart_alt:", key=f"budget-repartir-{at}",
        on_click=lambda: _keep(at, lambda held: by_people(held, facts)),
    )  # fmt: skip


def edited(held: Budget, codes: list[str], rows: Mapping[int, Mapping[str, Any]]) -> Budget:
    """Return the budget with what was typed in the table of communes; those outside the perimeter leave the key."""
    given = dict(held.town_percents)
    shares = {code: given.get(code, 0) / 100 for code in codes}
    for row, changed in rows.items():
        if str(row).isdecimal() and int(row) < len(codes) and isinstance(changed, Mapping):
            shares[codes[int(row)]] = _number(changed.get(SHARE)) or 0.0
    return held.with_town_percents(shares)
