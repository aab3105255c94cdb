"""Whatever the perimeter, no suggestion breaks the rules that make it defensible; recomputed here from the plain tables."""

from __future__ import annotations

from functools import lru_cache
from random import Random

import numpy as np
import pandas as pd
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geo.guidance import Settings
from geo.moves import incidence_of
from geo.suggest import Kind, Suggestion, suggest
from tests.moves.test_trials import grown
from tests.suggest.test_suggest import check_announced
from tests.support import real
from tests.support.grid import plain

KINDS = ("communes", "one body and a spill", "a body less a piece", "several bodies", "parts of a city")


def random_perimeter(kind: str, seed: int) -> frozenset[str]:
    """Draw a perimeter of a kind that suggestions look at."""
    ground, chance = incidence_of(real.world().evidence), Random(seed)
    atlas = ground.atlas
    row = chance.randrange(len(atlas.codes))
    if kind == "parts of a city":
        parts = chance.choice(list(atlas.parts.values()))
        return frozenset(chance.sample(parts, chance.randint(1, len(parts))))
    if kind == "communes":
        return grown(ground, row, chance.randint(1, 40))[0]
    code = str(atlas.communities[0].iat[row])
    body = [str(atlas.codes[r]) for r in atlas.members("community", code)]
    if kind == "a body less a piece":
        return frozenset(body[: max(1, chance.randint(len(body) // 2, len(body)))]) or frozenset(body)
    touching = np.unique(ground.links[atlas.rows(body)].indices) if body else np.empty(0, dtype=np.intp)
    around = sorted({str(atlas.codes[r]) for r in touching} - set(body))
    more = chance.sample(around, min(len(around), chance.randint(1, 3)))
    if kind == "several bodies":
        owners = {str(atlas.communities[0].iat[atlas.row[c]]) for c in more}
        more = [str(atlas.codes[r]) for o in owners for r in atlas.members("community", o)]
    return frozenset([*body, *more]) or frozenset({str(atlas.codes[row])})


@lru_cache(maxsize=1)
def clsm() -> list[tuple[str, frozenset[str]]]:
    layer, atlas = real.crosswalk().layers["clsm"], real.atlas()
    held: dict[int, set[str]] = {}
    for zone, row in zip(layer.members["zone"], layer.members["row"], strict=True):
        held.setdefault(int(zone), set()).add(str(atlas.codes[row]))
    return [(str(layer.zones["nom"].iloc[z]), frozenset(codes)) for z, codes in held.items()]


@lru_cache(maxsize=1)
def indexed() -> tuple[pd.DataFrame, pd.Series]:
    atlas = real.atlas()
    return atlas.table.set_index("code"), atlas.communities[0].set_axis(atlas.table["code"])


def check_rules(codes: frozenset[str], suggestion: Suggestion, settings: Settings, *, beyond: bool) -> None:
    atlas = real.atlas()
    table, owner = indexed()
    move = suggestion.effect.move
    after = move.apply(codes)
    people, people_after = (int(table.loc[sorted(c), "population"].sum()) for c in (codes, after))
    against = plain(" ; ".join(suggestion.words.cons))

    # Never away from the marker when above it, and never far past it.
    assert people_after <= people or people_after <= settings.marker * (1 + settings.around)
    assert people <= settings.marker or people_after <= people

    # Nothing across a département unless asked, and then said.
    home = set(table.loc[sorted(codes), "departement"])
    new = set(table.loc[sorted(move.added), "departement"]) - home
    assert not new or beyond
    for departement in new:
        assert departement in against.split(" ; ", maxsplit=1)[0]
    regions = set(table.loc[sorted(move.added), "region"]) - set(table.loc[sorted(codes), "region"])
    assert ("autre ARS" in against) == bool(regions)

    # No commune of a whole body leaves, nor a main town.
    for body in {owner[c] for c in move.removed if isinstance(owner[c], str)}:
        members = {str(atlas.codes[r]) for r in atlas.members("community", body)}
        assert not members <= codes or members <= move.removed
        towns = table.loc[sorted(members)].groupby("commune")["population"].sum()
        assert towns.idxmax() not in set(table.loc[sorted(move.removed), "commune"])
    largest = table.loc[sorted(codes)].groupby("commune")["population"].sum().idxmax()
    assert largest not in set(table.loc[sorted(move.removed), "commune"])
    assert 2 * people_after >= people

    # No CLSM is absorbed without its name.
    for name, held in clsm():
        if held & move.added and not held & codes and len(against.split(" existe déjà")) > 1:
            assert plain(name)[:12] in against or "autre" in against
        assert not (held & move.added and not held & codes) or "existe déjà" in against

    # A move has a meaning, gains more than it loses, and says what it gains; never by a threshold of the tool.
    assert suggestion.kind in Kind and suggestion.net > 0 and suggestion.words.pros
    for own in ("Coordination", "Centralité", "Choix de l’échelle"):
        assert own not in " ".join(suggestion.words.pros)


@hypothesis_settings(max_examples=12)
@given(st.sampled_from(KINDS), st.integers(0, 10**6), st.sampled_from([60_000, 200_000]), st.booleans())
@example("one body and a spill", 11, 200_000, True)
def test_no_suggestion_breaks_a_rule(kind: str, seed: int, marker: int, beyond: bool) -> None:
    codes, settings = random_perimeter(kind, seed), Settings(marker=marker)
    found = suggest(real.world().evidence, codes, settings, beyond=beyond)
    for suggestion in (*found.add, *found.drop):
        check_rules(codes, suggestion, settings, beyond=beyond)
    assert (
        found.add or found.drop or found.nothing.startswith("Rien à ajouter" if found.divisions else "Rien à proposer")
    )
    check_announced(real.world(), codes, found, settings)
    for division in found.divisions:
        every = [c for part in division.parts for c in part.codes]
        assert len(every) == len(set(every)) and set(every) == codes
        assert len(division.parts) > 1


@hypothesis_settings(max_examples=12)
@given(st.sampled_from(KINDS), st.integers(0, 10**6))
def test_thresholds_of_the_tool_change_no_suggestion(kind: str, seed: int) -> None:
    codes, evidence = random_perimeter(kind, seed), real.world().evidence
    own = Settings(small=90_000, central=0.2, sliver=0.3, max_communes=5, max_bodies=0, max_area_m2=1e7, max_span_m=5e3)
    one, two = suggest(evidence, codes), suggest(evidence, codes, own)
    assert [(s.effect.move, s.net) for s in one.add] == [(s.effect.move, s.net) for s in two.add]
    assert [(s.effect.move, s.net) for s in one.drop] == [(s.effect.move, s.net) for s in two.drop]
    assert one.divisions == two.divisions
