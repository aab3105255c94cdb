"""Who may do what, tried at each act of the core itself: every act with every role, and beyond the départements entrusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from geo import projects, register, sources
from geo.claims import Claim, Claims
from geo.communes import approximate_density
from geo.dataset import Dataset, ask_sync
from geo.errors import GeoInputError
from geo.imports import Review, claimed_review, keep, keep_and_publish, read_import
from geo.layers import Mode, difference, merged
from geo.projects import Project, Step
from geo.register import Origin, State, Statement, Version
from geo.rights import LEAST, Act, Actor, Role, actor_of, ensure_may, refusal
from tests.support.grid import crosswalk, draw, layer, plain, zone

ATLAS = draw([[100, 200, 300, 400]], departement=[["01", "01", "02", "02"]])
HERE, THERE = "01001", "02003"
BASE = layer(ATLAS, "clsm", {"clsm-wide": zone("01002", "02004", nom="CLSM large")})
WORLD = Dataset(crosswalk(ATLAS), approximate_density(ATLAS), None, {})
ORIGIN = Origin("clsm.csv", "0" * 64, 120, "csv")
SAID = Statement("ARS", "2026", "champ libre")
TABLE = "CLSM;Code INSEE;Commune;Etat\nCLSM Un;{};Bourg;en service\n"
ALL = Actor("Nationale", Role.PUBLISHER)


def kept(home: Path, *codes: str, name: str = "CLSM neuf", under: Version | None = None) -> Version:
    new = layer(ATLAS, "clsm", {"clsm-new": zone(*codes, nom=name)})
    after = merged(BASE, new, Mode.ADD, ATLAS)
    return register.keep(new, SAID, ORIGIN, difference(BASE, after, ATLAS), ATLAS, under=under, home=home)


def review(code: str = HERE, extent: tuple[str, ...] = ()) -> Review:
    draft = read_import(TABLE.format(code).encode(), "clsm.csv", "clsm", atlas=ATLAS)
    return Review(draft, replace(SAID, extent=frozenset(extent)), WORLD)


def project(code: str = HERE, step: Step = Step.INTENTION) -> Project:
    dates = {Step.SIGNATURE: "2026"} if step is Step.SIGNATURE else {}
    return Project("Bourg", f"R{code[:2]}", step, dates, frozenset({code}))


def claims(code: str = HERE) -> Claims:
    return Claims((Claim.of("cls", "CLS du bourg", "Ana", pieces=frozenset({code})),))


def put_in_use(home: Path, actor: Actor, code: str) -> object:
    return register.publish(kept(home, code), who=actor, seen=0, home=home)


def withdraw(home: Path, actor: Actor, code: str) -> object:
    register.publish(kept(home, code), who="Ana", seen=0, home=home)
    return register.withdraw("clsm", who=actor, seen=1, home=home)


def keep_and_use(home: Path, actor: Actor, code: str) -> object:
    return keep_and_publish(review(code), seen=0, home=home, by=actor)


def save(home: Path, actor: Actor, one: Project) -> object:
    return projects.save(one, who=actor, atlas=ATLAS, home=home)


def synchronise(home: Path, actor: Actor) -> object:
    """Ask for a source that does not exist: the process is started, and ends with a sentence in its own file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLSM_HOME", str(home))
        return sources.start("aucune", who=actor).wait(timeout=120)


ACTS: list[tuple[Act, Callable[[Path, Actor, str], object]]] = [
    (Act.BRING_DRAFT, lambda home, actor, code: keep(review(code), home, by=actor)),
    (Act.STATE_COMPLETE, lambda home, actor, code: keep(review(code, (code[:2],)), home, by=actor)),
    (Act.PUT_IN_USE, put_in_use),
    (Act.PUT_IN_USE, keep_and_use),
    (Act.WITHDRAW, withdraw),
    (Act.HAND_OVER, lambda _, actor, code: claimed_review("cls", claims(code), actor, WORLD)),
    (Act.WRITE_PROJECT, lambda home, actor, code: save(home, actor, project(code))),
    (Act.SIGN_PROJECT, lambda home, actor, code: save(home, actor, project(code, Step.SIGNATURE))),
    (Act.SYNCHRONISE, lambda home, actor, _: synchronise(home, actor)),
]
FOR_ALL_OF_FRANCE = {Act.SYNCHRONISE}  # acts that a role for some départements never does


def state_of(home: Path) -> object:
    return register.heads(home), [v.id for v in register.versions(home=home)], projects.kept(home=home)


def test_every_act_is_tried() -> None:
    assert {act for act, _ in ACTS} == set(Act) == set(LEAST)


@pytest.mark.parametrize("departements", [None, frozenset({"01"}), frozenset({"02"}), frozenset()], ids=str)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("act", "do"), ACTS)
def test_each_act_is_done_or_refused_by_role_and_departement(
    act: Act, do: Callable[[Path, Actor, str], object], role: Role, departements: frozenset[str] | None, tmp_path: Path
) -> None:
    actor = Actor("Ana", role, departements)
    held = departements is None or (HERE[:2] in departements and act not in FOR_ALL_OF_FRANCE)
    if role >= LEAST[act] and held:
        do(tmp_path, actor, HERE)
        return
    with pytest.raises(GeoInputError) as refused:
        do(tmp_path, actor, HERE)
    said = plain(str(refused.value))
    first = {Act.STATE_COMPLETE: Act.BRING_DRAFT, Act.SIGN_PROJECT: Act.WRITE_PROJECT}.get(act, act)  # judged before it
    assert said.startswith(tuple(plain(str(one)) for one in (act, first, Act.BRING_DRAFT)))
    assert said.count("Rien n’est changé.") == 1 and "refusé à Ana" in said and "qui gère ce serveur" in said


@pytest.mark.parametrize("actor", [Actor("Ana", Role.CONTRIBUTOR), Actor("Ana", Role.PUBLISHER, frozenset({"02"}))])
def test_a_publication_refused_keeps_nothing(actor: Actor, tmp_path: Path) -> None:
    before = state_of(tmp_path)
    with pytest.raises(GeoInputError, match="refusé à Ana"):
        keep_and_publish(review(), seen=0, home=tmp_path, by=actor)
    assert state_of(tmp_path) == before


def test_a_version_that_lies_partly_outside_is_refused_whole(tmp_path: Path) -> None:
    version = kept(tmp_path, HERE, THERE)
    with pytest.raises(GeoInputError, match=r"confiés \(01\).: 02"):
        register.publish(version, who=Actor("Ana", departements=frozenset({"01"})), seen=0, home=tmp_path)
    assert register.head("clsm", tmp_path).version is None
    both = Actor("Ana", departements=frozenset({"01", "02"}))
    assert register.publish(version, who=both, seen=0, home=tmp_path).revision == 1


def test_a_territory_taken_away_elsewhere_counts(tmp_path: Path) -> None:
    """« CLSM large » lies in both départements: a list that says it again in one takes it away from the other."""
    version = kept(tmp_path, "01002", name="CLSM large")
    with pytest.raises(GeoInputError, match="02"):
        register.publish(version, who=Actor("Ana", departements=frozenset({"01"})), seen=0, home=tmp_path)


@pytest.mark.parametrize("way", ["dissolved", "taken over"])
def test_a_territory_whose_communes_are_unknown_is_its_departement_s(way: str, tmp_path: Path) -> None:
    """Many CLSM are known by their name alone: no commune moves when a list of elsewhere says one dissolved, or takes its identifier."""
    base = layer(
        ATLAS, "clsm", {"clsm-02-pays": zone(nom="CLSM du Pays", departement="02"), "clsm-b": zone("01002", nom="B")}
    )
    ident = "clsm-02-pays" if way == "taken over" else "clsm-neuf"
    ended = frozenset({"clsm du pays"}) if way == "dissolved" else frozenset()
    new = replace(layer(ATLAS, "clsm", {ident: zone(HERE, nom="CLSM neuf", departement="01")}), ended=ended)
    changes = difference(base, merged(base, new, Mode.ADD, ATLAS), ATLAS)
    mine = Actor("Ana", departements=frozenset({"01"}))
    with pytest.raises(GeoInputError, match="02"):
        register.keep(new, SAID, ORIGIN, changes, ATLAS, by=mine, home=tmp_path)
    version = register.keep(new, SAID, ORIGIN, changes, ATLAS, home=tmp_path)  # by whoever holds for all of France
    with pytest.raises(GeoInputError, match="02"):
        register.publish(version, who=mine, seen=0, home=tmp_path)
    other = replace(new, zones=new.zones.rename(index={ident: "clsm-autre"}), ended=frozenset())
    changes = difference(base, merged(base, other, Mode.ADD, ATLAS), ATLAS)
    assert register.keep(other, SAID, ORIGIN, changes, ATLAS, by=mine, home=tmp_path).number == 2


def test_going_back_is_judged_on_what_it_undoes(tmp_path: Path) -> None:
    mine = Actor("Ana", departements=frozenset({"01"}))
    lower = layer(ATLAS, "clsm", {"clsm-there": zone(THERE, nom="CLSM là-bas")})
    first = register.keep(lower, SAID, ORIGIN, None, ATLAS, home=tmp_path)
    register.publish(first, who=ALL, seen=0, home=tmp_path)
    upper = layer(ATLAS, "clsm", {"clsm-here": zone(HERE, nom="CLSM ici")})
    second = register.keep(upper, SAID, ORIGIN, None, ATLAS, under=first, by=mine, home=tmp_path)
    register.publish(second, who=mine, seen=1, home=tmp_path)  # what is below stays as it is
    register.publish(first, who=mine, seen=2, home=tmp_path)
    with pytest.raises(GeoInputError, match="Revenir à la couche d’origine est refusé à Ana"):
        register.withdraw("clsm", who=mine, seen=3, home=tmp_path)
    assert register.head("clsm", tmp_path).version is not None


def test_what_can_no_longer_be_read_is_left_to_a_role_for_all_of_france(tmp_path: Path) -> None:
    version = kept(tmp_path, HERE)
    register.publish(version, who=ALL, seen=0, home=tmp_path)
    (register.register_folder(tmp_path) / version.content / "members.parquet").write_bytes(b"")
    with pytest.raises(GeoInputError, match="toute la France"):
        register.withdraw("clsm", who=Actor("Ana", departements=frozenset({"01"})), seen=1, home=tmp_path)
    assert register.withdraw("clsm", who=ALL, seen=1, home=tmp_path).version is None


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u00a0\u2060", "\x00\x1b", "\u2800", "\u3164\u00ad"])
def test_nobody_acts_under_a_name_of_which_nothing_is_seen(name: str, tmp_path: Path) -> None:
    nobody, version = Actor(name), kept(tmp_path, HERE)
    for do in (
        lambda: register.publish(version, who=nobody, seen=0, home=tmp_path),
        lambda: keep(review(), tmp_path, by=nobody),
        lambda: claimed_review("cls", claims(), nobody, WORLD),
        lambda: save(tmp_path, nobody, project()),
    ):
        with pytest.raises(GeoInputError, match="Dites qui"):
            do()
    assert register.heads(tmp_path) == {} and projects.kept(home=tmp_path) == ()


def test_the_name_kept_is_the_actors_whatever_the_statement_says(tmp_path: Path) -> None:
    version = keep_and_publish(review(), seen=0, home=tmp_path, by=ALL)
    assert (version.statement.who, version.state) == ("Nationale", State.PUBLISHED)
    assert [event.who for event in register.history("clsm", tmp_path)] == ["Nationale"]


def test_a_project_moves_only_between_ones_own_departements(tmp_path: Path) -> None:
    mine = Actor("Ana", Role.CONTRIBUTOR, frozenset({"01"}))
    one = projects.save(project(THERE), who=ALL, atlas=ATLAS, home=tmp_path)
    with pytest.raises(GeoInputError, match="02"):  # it would be taken from another
        projects.save(project(HERE), who=mine, atlas=ATLAS, number=one.id, seen=1, home=tmp_path)
    with pytest.raises(GeoInputError, match="02"):
        projects.save_all([(project(HERE), None, 0), (project(THERE), None, 0)], who=mine, atlas=ATLAS, home=tmp_path)
    assert len(projects.kept(home=tmp_path)) == 1
    unknown = replace(project(), codes=frozenset())
    assert projects.save(unknown, who=mine, atlas=ATLAS, home=tmp_path).who == "Ana"
    with pytest.raises(GeoInputError, match="02"):
        projects.save(replace(unknown, region="R02"), who=mine, atlas=ATLAS, home=tmp_path)


def test_a_synchronisation_refused_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[object] = []
    monkeypatch.setattr("subprocess.Popen", lambda *told, **_: begun.append(told))
    for actor in (
        Actor("Ana", Role.CONTRIBUTOR),
        Actor("Ana", Role.PUBLISHER, frozenset({"01"})),
        Actor("", Role.READER),
    ):
        with pytest.raises(GeoInputError, match="Mettre à jour les sources officielles est refusé"):
            sources.start(who=actor)
        with pytest.raises(GeoInputError, match="Mettre à jour les sources officielles est refusé"):
            ask_sync(who=actor, home=tmp_path)
    assert begun == [] and register.journal(tmp_path) == []
    sources.start("iris", who=ALL)
    ask_sync("iris", who=ALL, home=tmp_path)
    assert [one[0][1:] for one in begun] == [["-m", "geo.sources", "iris"]] * 2
    assert [(line.who, line.kind, line.changes) for line in register.journal(tmp_path)] == [
        ("Nationale", register.SOURCES, sources.load_sources()["iris"].name)
    ]


def test_a_synchronisation_that_cannot_be_written_down_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []
    monkeypatch.setattr("subprocess.Popen", lambda *told, **_: begun.append(told))
    monkeypatch.setenv(register.ADDRESS, "postgresql+psycopg://clsm@127.0.0.1:1/base")
    with pytest.raises(GeoInputError, match="ne répond pas"):
        ask_sync(who=ALL, home=tmp_path)
    assert begun == []


def test_a_contributor_changes_a_signed_project_but_not_its_signature(tmp_path: Path) -> None:
    contributor, signed = Actor("Ana", Role.CONTRIBUTOR), project(step=Step.SIGNATURE)
    one = projects.save(signed, who=ALL, atlas=ATLAS, home=tmp_path)
    noted = replace(signed, remark="Relire en mars.")
    projects.save(noted, who=contributor, atlas=ATLAS, number=one.id, seen=1, home=tmp_path)
    undone = (
        project(),
        replace(signed, over=True),
        replace(signed, dates={Step.SIGNATURE: "2025"}),
        replace(signed, dates={}),
        replace(signed, step=Step.RENOUVELLEMENT, dates={Step.SIGNATURE: "2024", Step.RENOUVELLEMENT: "2026"}),
    )
    for changed in undone:
        with pytest.raises(GeoInputError, match="signature"):
            projects.save(changed, who=contributor, atlas=ATLAS, number=one.id, seen=2, home=tmp_path)
    projects.save(undone[1], who=ALL, atlas=ATLAS, number=one.id, seen=2, home=tmp_path)
    with pytest.raises(GeoInputError, match="signature"):  # nor does it stand again by a contributor's word
        projects.save(signed, who=contributor, atlas=ATLAS, number=one.id, seen=3, home=tmp_path)


def test_a_plain_name_is_that_of_whoever_holds_the_machine() -> None:
    assert actor_of("Ana") == Actor("Ana", Role.PUBLISHER, None)
    assert all(refusal(actor_of("Ana"), act, None) == "" for act in Act)
    with pytest.raises(GeoInputError) as refused:
        ensure_may(Actor("A\n<b>", Role.READER), Act.PUT_IN_USE)
    assert "\n" not in str(refused.value)
