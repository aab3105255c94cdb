"""A pasted list comes back in three blocks, and what it leaves to choose is settled one by one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.communes import history
from geo.errors import GeoInputError
from geo.search import INSEE, POSTAL, Choice, Index, Pasted, Place, pasted, read_pasted
from tests.search.test_search import index
from tests.support import real


def read(text: str, departement: str | None = None) -> Pasted:
    return read_pasted(text, real.atlas(), index(), departement)


def labels(found: Pasted, number: int = 0) -> list[str]:
    return [choice.label for choice in found.to_choose[number].choices]


def test_names_codes_and_territories_are_taken_and_what_was_mended_is_told_apart() -> None:
    found = read("Niort\n79174\nCA du Niortais\n1001\nLomme\nThorigné (79)")
    assert [one.text for one in found.taken] == ["Niort", "79174", "CA du Niortais"]
    assert [one.text for one in found.corrected] == ["1001", "Lomme", "Thorigné (79)"]
    assert found.to_choose == ()
    assert {"79191", "79174", "01001", "59350", "79185"} < found.codes
    assert len(found.codes) == 40 + 4


def test_a_list_mixes_codes_names_and_territories_and_names_its_lines() -> None:
    found = read(
        "Créteil, 94033; 94080 et Cachan\n\n1001\nMans, Le\n• 94041 - Ivry-sur-Seine\n200057867\ndépartement 90"
    )
    named = {"94028", "94033", "94080", "94016", "01001", "72181", "94041", "93066"}
    assert named | set(real.atlas().codes[real.atlas().members("departement", "90")]) <= found.codes
    assert [(one.text, one.line) for one in found.corrected] == [("1001", 3)]
    assert [one.said.split()[0] for one in found.taken if one.line > 5] == ["EPT", "département"]
    found = read("Créteil\nSaint-Denis\nTrifouilly\n94028\n94999")
    assert found.codes == {"94028"}
    assert [one.line for one in found.to_choose] == [2, 3, 5]
    assert [one.line for one in found.taken if "déjà" in one.said] == [4]


def test_a_double_and_a_territory_in_full_are_not_to_be_looked_at_again() -> None:
    found = read("Niort, Niort\nCA du Niortais\nniort")
    assert len(found.taken) == 4
    assert (found.corrected, found.to_choose) == ((), ())
    assert [one.said for one in found.taken if "déjà" in one.said] == [
        "« Niort » figure déjà dans la liste : compté une fois.",
        "« niort » figure déjà dans la liste : compté une fois.",
    ]


@pytest.mark.parametrize(
    ("text", "departement", "first"),
    [
        ("Mauzé", "79", "Mauzé-sur-le-Mignon (79170)"),
        ("Saint-Hilaire", "79", "Saint-Hilaire-la-Palud (79257)"),
        ("Saint-Hilaire", None, "Saint-Hilaire (31486)"),
        ("Mellois", "79", "CC Mellois en Poitou"),
        ("Chauré", "79", "Chauray (79081)"),
        ("Saint-Denis", None, "Saint-Denis (97411)"),
        ("nioort", None, "Niort (79191)"),
    ],
)
def test_the_names_of_the_departement_are_the_first_candidates(text: str, departement: str | None, first: str) -> None:
    found = read(text, departement)
    assert found.codes == frozenset()
    assert labels(found)[0] == first


def test_a_homonym_is_settled_by_the_departement_of_the_map() -> None:
    assert read("Saint-Denis", "93").codes == {"93066"}


def test_the_only_commune_of_a_name_is_taken_from_another_departement_and_it_is_said() -> None:
    found = read("Créteil", "79")
    assert found.codes == {"94028"}
    assert found.taken[0].said == "hors du département affiché : Créteil (94028)."


@pytest.mark.parametrize(
    ("code", "first", "also"),
    [
        ("13013", "Belcodène (13013), code INSEE", "Marseille 13e Arrondissement (13213), code postal"),
        ("79270", "Saint-Maixent-l'École (79270), code INSEE", "Frontenay-Rohan-Rohan (79130), code postal"),
        ("59000", "Lille (59350), code postal", "Lille (59350), code postal"),
    ],
)
def test_a_code_that_may_be_postal_is_never_guessed(code: str, first: str, also: str) -> None:
    found = read(code)
    assert found.codes == frozenset()
    assert labels(found)[0] == first
    assert also in labels(found)


def test_every_code_of_a_commune_that_is_no_postal_code_is_taken_as_it_is() -> None:
    codes = [str(c) for c in real.atlas().codes[::7]]
    found = read("\n".join(codes))
    asked = {one.text for one in found.to_choose}
    assert found.codes == set(codes) - asked
    assert all(text in history(real.atlas()).postal for text in asked)
    assert found.corrected == ()
    as_insee = found.read_as(INSEE)
    assert (as_insee.codes, as_insee.to_choose) == (set(codes), ())


@given(
    st.lists(st.sampled_from([str(c) for c in real.atlas().codes]), min_size=1, max_size=30, unique=True),
    st.sampled_from([", ", ";", "\n", " ", " / "]),
)
def test_any_list_of_codes_is_read_whole(codes: list[str], sep: str) -> None:
    found = read(sep.join(codes)).read_as(INSEE)
    assert (found.codes, found.to_choose) == (set(codes), ())


def test_all_the_communes_of_a_postal_code_are_one_choice() -> None:
    found = read("79270")
    whole = next(c for c in found.to_choose[0].choices if c.label.startswith("les 7"))
    settled = found.settled(0, whole)
    assert (len(settled.codes), settled.to_choose) == (7, ())
    assert settled.corrected[0].said.endswith("votre choix.")
    assert found.to_choose, "the list read does not change"


def test_codes_of_two_kinds_are_read_at_once_as_one_of_them() -> None:
    found = read("13013, 13014\n59000")
    assert (found.doubtful(INSEE), found.doubtful(POSTAL)) == (2, 3)
    assert found.read_as(POSTAL).codes == {"13213", "13214", "59350"}
    insee = found.read_as(INSEE)
    assert (insee.codes, [one.text for one in insee.to_choose]) == ({"13013", "13014"}, ["59000"])


@pytest.mark.parametrize(
    "text", ["79191 79174", "79191,79174", "79191;\tMelle (79)", "niort\r\n\r\nMELLE (79)", "Niort (79191), 79174"]
)
def test_a_list_may_be_written_in_many_ways(text: str) -> None:
    assert read(text).codes == {"79191", "79174"}


@given(st.text(max_size=200))
def test_any_text_gives_three_blocks_or_a_sentence(text: str) -> None:
    try:
        found = read(text)
    except GeoInputError as error:
        assert error.problems
        return
    assert found.taken or found.corrected or found.to_choose
    assert all(one.atoms for one in (*found.taken, *found.corrected))
    assert not any(one.atoms for one in found.to_choose)
    assert found.codes <= set(real.atlas().codes)


def test_what_is_left_out_is_no_more_asked_for() -> None:
    found = read("zzzz\n94999\nNiort")
    assert [one.choices for one in found.to_choose] == [(), ()]
    assert all(one.said for one in found.to_choose)
    left = found.settled(0, None).settled(0, None)
    assert (left.to_choose, left.codes) == ((), {"79191"})
    assert found.settled(0, Choice("Melle", ("79174",))).codes == {"79191", "79174"}


@pytest.mark.parametrize(
    "text", ["", "  \n ", ";;", "x" * 200_001, "94028\n" * 7_000, "94028 " * 990 * 8, "0 " * 4_000, "1" * 7_000]
)
def test_nothing_to_read_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(GeoInputError):
        read(text)


def test_a_text_that_nobody_would_paste_is_said_in_a_sentence_and_holds_nobody_up() -> None:
    """One of 200 000 figures took the only interpreter for minutes, in one search of a pattern: the whole server stood still."""
    with pytest.raises(GeoInputError, match=r"200.000 caractères sans virgule"):
        read("0" * 200_000)
    with pytest.raises(GeoInputError, match=r"7.000 noms ou codes ; 6.000 au plus"):
        read("a\n" * 7_000)
    codes = [str(c) for c in real.atlas().codes[:900]]
    assert len(read(" ".join(codes)).read_as(INSEE).codes) == 900  # beside one another, without a comma
    assert read(f"Niort{' ' * 20_000}58 000 habitants, Melle (79)").codes == {"79191", "79174"}


def test_near_names_are_looked_for_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    near = Index.near

    def counted(self: Index, text: str, **kinds: Any) -> tuple[Place, ...]:
        looked.append(text)
        return near(self, text, **kinds)

    monkeypatch.setattr(Index, "near", counted)
    monkeypatch.setattr(pasted, "MOST_NEAR", 3)
    found = read("zzbzz\nzzbzz\nzzczz\nzzdzz\nzzezz\nNiort\nParthenai", "79")
    assert len(looked) == 4  # « zzbzz » and « zzczz », once each, with the département and without
    assert [one.line for one in found.to_choose] == [1, 2, 3, 4, 5, 7] and found.codes == {"79191"}
    assert all(one.said for one in found.to_choose)


def test_a_name_of_elsewhere_costs_no_search_of_near_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Index, "_near", lambda *_: pytest.fail("near names were looked for"))
    found = read("Niort\nThouars\nParthenay", "94")
    assert found.codes == {"79191", "79329", "79202"}


def test_a_part_of_a_commune_and_a_mark_of_the_mail_are_left_to_choose() -> None:
    found = read("Vincennes, Créteil (en partie) ; Lyon Cedex 03\nCA du Niortais sauf Niort (en partie)")
    assert found.codes == {"94080"}
    assert [labels(found, n) for n in range(3)] == [
        ["Créteil (94028) en entier"], ["Lyon (69123)", "Lyon 3e Arrondissement (69383)"],
        ["avec Niort (79191) en entier", "sans Niort (79191)"],
    ]  # fmt: skip
    assert "une partie seulement de Créteil" in found.to_choose[0].said and "courrier" in found.to_choose[1].said
    assert "79191" not in found.settled(2, found.to_choose[2].choices[1]).codes
