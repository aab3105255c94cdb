"""Effects and previews: what is announced is what happens, in the words that the checks will have."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geo.communes import read_any
from geo.dataset import Dataset
from geo.guidance import CHECKS, Measures, Settings, judge_moves, run_checks
from geo.moves import Move, incidence_of
from geo.perimeters import count_pieces
from geo.suggest import Effect, Suggestions, effect_of, preview, single_moves, suggest, tried_around
from tests.moves.test_trials import facts_on, grown, same_as_the_facts
from tests.support import real
from tests.support.grid import crosswalk, draw, plain, zone


def world_of(people: list[list[int]], zones: dict | None = None, **options: object) -> Dataset:
    from geo.communes import approximate_density

    complete = options.pop("complete", "all")
    atlas = draw(people, **options)  # type: ignore[arg-type]
    return Dataset(crosswalk(atlas, zones or {}, complete=complete), approximate_density(atlas), None, {})  # type: ignore[arg-type]


ROW = [[60_000, 40_000, 30_000, 50_000]]
SECTORS = {
    "secteurs-adultes": {
        "s1": zone("01001", "01002", nom="Secteur Un"),
        "s2": zone("01003", "01004", nom="Secteur Deux"),
    },
    "qpv": {"q": zone("01003", nom="Le Parc", population=1000.0)},
}


def fresh(world: Dataset, codes: frozenset[str], settings: Settings | None = None) -> Measures:
    return judge_moves(incidence_of(world.evidence), codes, [], settings).measures(0)


def check_announced(world: Dataset, codes: frozenset[str], found: Suggestions, settings: Settings) -> None:
    ground = incidence_of(world.evidence)
    pieces = count_pieces(ground.links, ground.atlas.rows(codes))
    for effect in (s.effect for s in (*found.add, *found.drop)):
        after = effect.move.apply(codes)
        assert effect.before == fresh(world, codes, settings)
        assert effect.after == fresh(world, after, settings)
        same_as_the_facts(ground, after, effect.after, settings)
        assert count_pieces(ground.links, ground.atlas.rows(after)) <= max(1, pieces)
        assert effect.people == int(ground.atlas.population[ground.atlas.rows(after)].sum()) - effect.before.population


def badges(world: Dataset, codes: frozenset[str], settings: Settings) -> dict[str, str]:
    found = run_checks(facts_on(incidence_of(world.evidence), codes), settings)
    return {c.id: f.badge for c, f in found}


def check_turns(world: Dataset, codes: frozenset[str], move: Move, settings: Settings) -> None:
    titles = {c.id: c.title for c in CHECKS}
    before, after = badges(world, codes, settings), badges(world, move.apply(codes), settings)
    turned = {f"« {titles[c]} » : {before[c]} → {after[c]}" for c in before if before[c] != after[c]}
    assert {t.text for t in effect_of(world.evidence, codes, move, settings).turns} == turned


@hypothesis_settings(max_examples=5)
@given(st.integers(0, 34_916), st.integers(1, 12), st.randoms(use_true_random=False))
def test_a_turn_is_said_in_the_words_of_the_checks_before_and_after(seed: int, size: int, chance: Random) -> None:
    world = real.world()
    ground = incidence_of(world.evidence)
    codes, _ = grown(ground, seed, size)
    moves = single_moves(ground, codes)[0]
    for move in chance.sample(moves, min(3, len(moves))):
        check_turns(world, codes, move, Settings())


@pytest.mark.parametrize("name", ["Créteil", "Lille", "Saint-Denis (93)", "Toulouse"])
def test_a_check_that_does_not_concern_one_town_is_never_said_favourable_there(name: str) -> None:
    world, codes = real.world(), frozenset(read_any(name, real.atlas()).atoms)
    assert len(codes) == 1
    around = [m for m in single_moves(incidence_of(world.evidence), codes)[0] if m.added]
    for move in around[:3]:
        check_turns(world, codes, move, Settings())
        back = Move("Retirer", removed=move.added)
        check_turns(world, move.apply(codes), back, Settings())
    texts = " ".join(preview(world.evidence, codes).texts)
    assert "Centralité » : favorable" not in plain(texts)
    assert "« Centralité » : sans objet → à discuter" in plain(texts)


@hypothesis_settings(max_examples=5)  # as many again as test_rules draws, of perimeters of every kind
@given(st.integers(0, 34_916), st.integers(1, 60), st.sampled_from([30_000, 200_000]))
@example(152, 13, 30_000)
def test_every_suggestion_applied_gives_exactly_the_effect_announced(seed: int, size: int, marker: int) -> None:
    world = real.world()
    codes, _ = grown(incidence_of(world.evidence), seed, size)
    settings = Settings(marker=marker)
    found = suggest(world.evidence, codes, settings)
    check_announced(world, codes, found, settings)


def test_preview_tells_what_each_neighbour_and_member_would_change() -> None:
    world = world_of(ROW, SECTORS)
    seen = preview(world.evidence, {"01001", "01002"})
    assert seen.people == 100_000
    assert set(seen.of) == {"01001", "01002", "01003"}
    said = [plain(seen.texts[i]) for i in seen.of["01003"]]
    assert "fait entrer le secteur Deux" in said
    assert "QPV entiers : 0 → 1" in said
    assert "« Secteurs de psychiatrie » : favorable → à discuter" in said
    assert "coupe le secteur Un" in [plain(seen.texts[i]) for i in seen.of["01002"]]


@pytest.mark.parametrize("code", ["01003", "01001"])
def test_preview_says_the_same_as_the_effect_of_the_move(code: str) -> None:
    world, codes = world_of(ROW, SECTORS), frozenset({"01001", "01002"})
    move = Move("x", added=frozenset({code}) - codes, removed=frozenset({code}) & codes)
    effect: Effect = effect_of(world.evidence, codes, move)
    seen = preview(world.evidence, codes)
    assert [plain(seen.texts[i]) for i in seen.of[code]] == [plain(r).replace("« ", "« ") for r in effect.reasons]


def test_the_preview_of_a_large_perimeter_is_small() -> None:
    world = real.world()
    codes, _ = grown(incidence_of(world.evidence), world.atlas.row["63113"], 300)
    seen = preview(world.evidence, codes)
    size = sum(map(len, seen.texts)) + sum(6 + 3 * len(v) for v in seen.of.values())
    assert len(seen.of) > 300
    assert size < 10_000


def test_the_whole_country_is_no_reason_to_wait() -> None:
    world = real.world()
    codes = frozenset(map(str, world.atlas.codes))
    found = suggest(world.evidence, codes)
    assert found.add == found.drop == found.divisions == ()
    assert found.nothing.startswith("Rien à proposer")
    assert [t.current for t in tried_around(world.evidence, codes)] == [True]
    assert preview(world.evidence, codes).complete is False


def test_an_empty_perimeter_has_neither_suggestion_nor_preview() -> None:
    world = world_of(ROW)
    assert suggest(world.evidence, ()) == Suggestions()
    assert preview(world.evidence, ()).of == {}
    assert tried_around(world.evidence, ()) == ()


def test_a_locked_member_is_not_tried_by_the_preview() -> None:
    world = world_of(ROW, SECTORS)
    assert "01002" not in preview(world.evidence, {"01001", "01002"}, locked={"01002"}).of


def test_what_was_tried_holds_the_perimeter_itself_and_its_neighbours() -> None:
    world = world_of(ROW, SECTORS)
    tried = tried_around(world.evidence, {"01001"})
    assert [t.current for t in tried].count(True) == 1
    neighbour = next(t for t in tried if t.codes_added == {"01002"})
    assert (neighbour.population, neighbour.sector_people_outside, neighbour.qpv, neighbour.epci) == (100_000, 0, 0, 1)
