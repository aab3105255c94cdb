"""The région through time: openings year after year, 2018, 2022 and now beside the surveys, and what changed since a day."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from geo import french as fr
from geo import projects, watch
from geo.coverage import Scope
from geo.errors import GeoInputError
from geo.region import Trend
from ui import html, loaders
from ui.region import loaders as region_loaders

SINCE = "region-depuis"
MOST_LINES = 40


def panel(scope: Scope, today: date) -> None:
    """Show what changed since a day, then the trend."""
    left, right = st.columns([5, 6], gap="medium")
    with left:
        _changes(scope, today)
    with right:
        _trend(scope)


def _changes(scope: Scope, today: date) -> None:
    st.html(html.section("Ce qui a changé"))
    since = st.date_input(
        "Depuis le",
        projects.months_before(today, 1),
        max_value=today,
        min_value=today - timedelta(days=3_650),
        key=SINCE,
        format="DD/MM/YYYY",
    )
    moved = projects.changes(scope.code, since)
    rows = [(fr.day(c.at), f"{c.after.name}\nprojet n° {c.id}, {c.who}", c.words) for c in moved[:MOST_LINES]]
    if rows:
        st.html(
            html.table(
                [("Quand", False), ("Projet", False), ("Ce qui a changé", False)], rows, caption="Projets changés"
            )
        )
    said = _news(scope, since)
    for text in said[:MOST_LINES]:
        st.markdown(f"- {html.literal(text)}")
    if len(said) > MOST_LINES:
        st.caption(f"Et {fr.count(len(said) - MOST_LINES, 'autre changement', 'autres changements')}.")
    if not rows and not said:
        st.write("Rien de connu n’a changé dans cette région : ni projet, ni couche mise en service.")


def _news(scope: Scope, since: date) -> list[str]:
    """Say what moved in the layers of the région; what keeps the register from being read is said instead."""
    world = loaders.official()
    try:
        news = watch.layer_news(world, since)
    except GeoInputError as error:
        return list(error.problems)
    return [text for one in news for text in watch.inside(one, scope.rows, world.atlas)]


def _trend(scope: Scope) -> None:
    here = region_loaders.trend(scope)
    st.html(html.section("Ouvertures de CLSM, année par année"))
    if here.openings:
        st.html(_bars(here))
    else:
        st.write("Aucune année d’ouverture n’est connue ici.")
    st.caption(html.literal(here.caution))
    st.html(html.section("Couverture hier et aujourd’hui"))
    st.html(_moments(here, scope.name))
    france = region_loaders.trend(loaders.every_scope()["france"])
    with st.expander("Et les enquêtes nationales ?"):
        st.write(
            "Les enquêtes ne publient rien par région. Pour la France entière, voici de quoi la différence est faite."
        )
        st.html(_moments(france, "France"))
        for moment in france.moments:
            for text in moment.sentences:
                st.markdown(f"- {html.literal(f'{moment.label} : {text}')}")
        sources = dict.fromkeys(m.survey.source for m in france.moments if m.survey)
        st.caption(html.literal(f"Sources : {' ; '.join(sources)}."))


def _bars(here: Trend) -> str:
    """Return the openings as bars, each with its number, and the years below in a sentence for who cannot see them."""
    first, last = min(here.openings), max(here.openings)
    most = max(here.openings.values())
    bars = []
    for year in range(first, last + 1):
        many = here.openings.get(year, 0)
        label = f"{many}" if many else ""
        bars.append(
            f'<li style="height:{80 * many // most}%" title="{year} : {many}"><span aria-hidden="true">{label}</span></li>'
        )
    told = ", ".join(f"{many} en {year}" for year, many in sorted(here.openings.items()))
    return (
        f'<ol class="clsm-barres" role="img" aria-label="{html.escape(f"CLSM ouverts : {told}")}">{"".join(bars)}</ol>'
        f'<p class="clsm-muted" style="display:flex;justify-content:space-between;margin:0"><span>{first}</span><span>{last}</span></p>'
    )


def _moments(here: Trend, name: str) -> str:
    rows = [
        (
            m.label,
            fr.number(m.sure),
            fr.number(m.maybe) if m.maybe else "—",
            m.amount,
            fr.number(m.survey.clsm) if m.survey else "—",
        )
        for m in here.moments
    ]
    headers = [
        ("Moment", False),
        ("CLSM sûrs", True),
        ("Année inconnue", True),
        ("Habitants couverts", False),
        ("Enquête", True),
    ]
    return html.table(headers, rows, caption=f"CLSM et habitants couverts : {name}")
