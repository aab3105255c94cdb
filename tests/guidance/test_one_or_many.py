"""The same sentences with none, one and two of what they count: nothing that is alone is said to be several."""

from __future__ import annotations

import pytest

from geo.guidance import Finding
from geo.guidance.questions import asked_questions
from geo.layers import Etat, Precision, known_populations
from tests.support.grid import check, draw, facts_of, plain, zone

SQUARE = draw([[5000, 4000], [3000, 2000]])


def quarters(number: int, **known: float) -> Finding:
    """Check a perimeter of two communes with so many QPV, each in both communes of which one is outside."""
    zones = {f"q{i}": zone("01001", "01003", nom=f"Cité {i}", **known) for i in range(number)}
    return check("qpv", facts_of(SQUARE, ["01001", "01002"], {"qpv": zones}, complete=["qpv"]))


@pytest.mark.parametrize(
    ("number", "says"),
    [(0, "Aucun QPV"), (1, "Part de ses habitants inconnue."), (2, "Part de leurs habitants inconnue.")],
)
def test_the_inhabitants_of_one_quarter_are_its_own(number: int, says: str) -> None:
    assert says in plain(quarters(number, population=900.0).sentence)


@pytest.mark.parametrize(
    ("number", "says"), [(1, "1 quartier connu, sans certitude d’être le seul."), (2, "d’être les seuls.")]
)
def test_a_quarter_known_alone_is_perhaps_not_the_only_one(number: int, says: str) -> None:
    zones = {f"q{i}": zone("01001", nom=f"Cité {i}") for i in range(number)}
    assert says in plain(check("qpv", facts_of(SQUARE, ["01001"], {"qpv": zones})).sentence)
    assert "certitude" not in check("qpv", facts_of(SQUARE, ["01001"])).sentence


def test_populations_unknown_of_all_the_quarters_are_said_once() -> None:
    def details(*people: float) -> str:
        zones = {f"q{i}": zone("01001", nom=f"Cité {i}", population=n) for i, n in enumerate(people)}
        return plain(check("qpv", facts_of(SQUARE, ["01001"], {"qpv": zones}, complete=["qpv"])).details[0])

    lost = float("nan")
    assert details(lost) == "Dans le périmètre : Cité 0 (population inconnue)."
    assert details(lost, lost) == "Dans le périmètre : Cité 0 et Cité 1 (populations inconnues)."
    assert details(900.0, lost) == "Dans le périmètre : Cité 0 (900 habitants) et Cité 1 (population inconnue)."


def test_known_populations_agree_with_their_number() -> None:
    assert [plain(known_populations(n, 3)) for n in (0, 1, 2)] == [
        "population connue pour aucun QPV", "population connue pour 1 QPV sur 3", "populations connues pour 2 QPV sur 3",
    ]  # fmt: skip
    assert known_populations(0, 0) == "aucun QPV"


@pytest.mark.parametrize(
    ("grid", "says"),
    [
        ([[300, 20]], "1 commune rurale limitrophe des mêmes intercommunalités (20 habitants) reste hors du périmètre : qui servira ses habitants ?"),
        ([[300, 20], [40, 900]], "restent hors du périmètre : qui servira leurs habitants ?"),
        ([[300, 900]], "Ni le périmètre ni les communes limitrophes"),
    ],
)  # fmt: skip
def test_one_rural_commune_left_outside_has_its_own_inhabitants(grid: list[list[int]], says: str) -> None:
    assert says in plain(check("rural", facts_of(draw(grid), ["01001"])).sentence)


def articulation(codes: list[str], **zones: dict[str, object]) -> str:
    return plain(check("articulation", facts_of(SQUARE, codes, zones, complete="all")).sentence)


def test_a_perimeter_of_one_commune_is_not_several() -> None:
    assert "Aucun CLS, CPTS, DAC ni autre CLSM sur cette commune." in articulation(["01001"])
    assert "Aucun CLS, CPTS, DAC ni autre CLSM sur ces communes." in articulation(["01001", "01002"])
    running = {"a": zone("01001", "01002", nom="CLSM du Val")}
    assert "Déjà sur tout ou partie de cette commune : CLSM du Val." in articulation(["01001"], clsm=running)
    unsure = {"a": zone("01001", "01002", nom="CLSM du Val", etat=Etat.A_CONFIRMER)}
    assert "Cité sur cette commune, à vérifier" in articulation(["01001"], clsm=unsure)


@pytest.mark.parametrize(("number", "s"), [(1, ""), (2, "s")])
def test_what_one_dispositif_is_takes_no_plural(number: int, s: str) -> None:
    partial = {f"p{i}": zone("01001", "01003", nom=f"CPTS {i}") for i in range(number)}
    aligned = {f"a{i}": zone("01001", "01002", "01003", nom=f"CLS {i}") for i in range(number)}
    vague = {f"v{i}": zone("01001", nom=f"DAC {i}", precision=Precision.PARTIELLE) for i in range(number)}
    text = articulation(["01001", "01002"], cpts=partial, cls=aligned, dac=vague)
    for word in ("Recoupé", "Aligné"):
        assert f"{word}{s} {'en partie seulement' if word == 'Recoupé' else '(l’un contient l’autre)'} :" in text
    assert f"Présent{s}, territoire mal connu" in text


@pytest.mark.parametrize(
    ("sectors", "says"),
    [
        ({"s1": ("01001",)}, "1 secteur adulte rencontré ; aucune de ses communes connues n’est dehors."),
        ({"s1": ("01001",), "s2": ("01001",)}, "2 secteurs adultes rencontrés ; aucune de leurs communes"),
        ({"s1": ("01001", "01002")}, "1 commune de ce secteur est hors du périmètre."),
        ({"s1": ("01001", "01002"), "s2": ("01001", "01003")}, "2 communes de ces secteurs sont hors du périmètre."),
    ],
)
def test_the_communes_of_one_sector_are_its_own(sectors: dict[str, tuple[str, ...]], says: str) -> None:
    made = {"secteurs-adultes": {name: zone(*codes, nom=name) for name, codes in sectors.items()}}
    facts = facts_of(SQUARE, ["01001"], made, complete="all")
    assert any(says in plain(q.data) for q in asked_questions(facts, answers=[("elus-du-secteur", "oui")]))
