"""Links and files: the same workbook comes back, in few characters, and nothing else gets in."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoInputError
from geo.guidance import ANSWER_LENGTH, MOST_CLSM, QUESTION_IDS, Intent, Project, Settings
from geo.scenarios import (
    MAIL_LENGTH,
    Scenario,
    Vintage,
    Workbook,
    carries_answers,
    from_file,
    pack,
    to_file,
    unpack,
    vintage_of,
)
from geo.scenarios.bitcode import BitReader, BitWriter, read_codes, write_codes
from geo.scenarios.link import _checksum
from tests.fuzz.mutations import places_of
from tests.support import real
from tests.support.forged_links import forged
from tests.support.grid import draw, plain

GRID = draw([[100, 200, 300], [400, 500, 600]], former={"01900": ("01002", "Vieux-Bourg"), "01901": ("01002", "")})
NOW = Vintage(2026, "2023", "2025")
TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=30)
CODES = st.frozensets(st.sampled_from([str(c) for c in GRID.codes]))

IDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)
PROJECTS = st.one_of(
    st.sampled_from([Project(), Project(Intent.CREATE), Project(Intent.ENLARGE), Project(Intent.MERGE)]),
    st.builds(lambda i: Project(Intent.ENLARGE, (i,)), IDS),
    st.builds(lambda ids: Project.of(Intent.MERGE, ids), st.frozensets(IDS, max_size=MOST_CLSM)),
)
LINES = st.text(st.characters(exclude_categories=["C", "Z"], include_characters="\n "), max_size=60)
ANSWERS = st.dictionaries(st.sampled_from(sorted(QUESTION_IDS)), LINES.map(str.strip).filter(bool), max_size=4).map(
    lambda given: tuple(sorted(given.items()))
)


@st.composite
def workbooks(draw_one: st.DrawFn) -> Workbook:
    names = draw_one(st.lists(TEXT.filter(bool), min_size=1, max_size=4, unique=True))
    scenarios = []
    for name in names:
        codes = draw_one(CODES)
        locked = frozenset(c for c in codes if draw_one(st.booleans()))
        scenarios.append(Scenario(name, codes, draw_one(TEXT), locked, draw_one(PROJECTS), draw_one(ANSWERS)))
    settings = Settings(marker=draw_one(st.integers(1, 10**7)), central=draw_one(st.floats(0, 1)))
    sources = tuple(sorted(draw_one(st.dictionaries(TEXT, TEXT, max_size=3)).items()))
    vintage = draw_one(st.sampled_from([Vintage(), NOW, replace(NOW, sources=sources)]))
    return Workbook(tuple(scenarios), draw_one(st.integers(0, len(names) - 1)), settings, vintage)


@given(workbooks())
def test_a_workbook_comes_back_from_its_link_and_its_file_as_it_was(book: Workbook) -> None:
    assert unpack(pack(book, GRID), GRID).workbook == book
    again = from_file(to_file(book, GRID), GRID).workbook
    assert replace(again, vintage=book.vintage) == book
    assert again.vintage.communes == GRID.year


@given(st.frozensets(st.integers(0, 34_916), max_size=400), st.booleans())
def test_any_real_perimeter_comes_back_from_its_link(rows: frozenset[int], inverse: bool) -> None:
    atlas = real.atlas()
    codes = frozenset(str(atlas.codes[r]) for r in rows)
    chosen = frozenset(map(str, atlas.codes)) - codes if inverse else codes
    text = pack(Workbook().replace_codes(chosen), atlas)
    assert unpack(text, atlas).workbook.codes == chosen
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0])
def test_any_part_of_the_largest_region_fits_in_a_mail(share: float) -> None:
    atlas = real.atlas()
    region = [str(c) for c in atlas.codes[(atlas.table["region"] == "44").to_numpy()]]
    chosen = frozenset(random.Random(7).sample(region, int(len(region) * share)))
    book = Workbook((Scenario("Un scénario au nom long, pour voir", chosen),), vintage=vintage_of(real.world()))
    text = pack(book, atlas)
    assert unpack(text, atlas).workbook == book
    assert len(text) < MAIL_LENGTH - 800


def test_usual_perimeters_take_a_few_dozen_characters() -> None:
    atlas = real.atlas()
    epci = frozenset(str(atlas.codes[r]) for r in atlas.members("epci", "200041317"))
    book = Workbook((Scenario("Périmètre", epci),), vintage=vintage_of(real.world()))
    assert len(epci) == 40
    assert len(pack(book, atlas)) < 60
    assert len(pack(Workbook().replace_codes(map(str, atlas.codes)), atlas)) < 200  # the whole country


@given(st.data())
def test_a_link_with_one_character_changed_is_refused_with_a_sentence(data: st.DataObject) -> None:
    text = pack(Workbook((Scenario("Ville", frozenset({"01001", "01005"}), "note"),), vintage=NOW), GRID)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[at]))
    with pytest.raises(GeoInputError) as caught:
        unpack(text[:at] + other + text[at + 1 :], GRID)
    assert caught.value.problems[0][0].isupper() and caught.value.problems[0].endswith(".")


@given(st.text(max_size=60))
def test_any_text_gives_a_workbook_or_a_sentence(text: str) -> None:
    for candidate in (text, "1" + text):
        with pytest.raises(GeoInputError):
            unpack(candidate, GRID)


@given(st.binary(max_size=80))
def test_bytes_with_a_true_checksum_never_raise_anything_else(body: bytes) -> None:
    data = _checksum(body) + body
    try:
        opened = unpack("1" + base64.urlsafe_b64encode(data).decode().rstrip("="), GRID)
    except GeoInputError:
        return
    assert opened.workbook.codes <= set(GRID.codes)


KEYS = st.sampled_from([*"scnvl", "note", "marker", "central"]) | TEXT
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["\ud800", "n"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_heads_forged_with_a_true_checksum_never_raise_anything_else(head: object) -> None:
    try:
        unpack(forged(head), GRID)
    except GeoInputError:
        return


def test_a_forged_head_is_taken_when_it_is_sound() -> None:  # so that the test above forges true links
    assert unpack(forged({"s": {"marker": 5}}), GRID).workbook.settings.marker == 5


GOOD_HEAD: dict[str, object] = {
    "n": [{"n": "Un", "note": "x", "l": 1}, {"n": "Deux"}], "c": 1, "s": {"marker": 60_000},
    "v": [2026, "2023", "2025", {"qpv": "2025"}],
}  # fmt: skip
GOOD_FILE: dict[str, object] = json.loads(
    to_file(
        Workbook((Scenario("Un", frozenset({"01001"}), "x", frozenset({"01001"})),), 0, Settings(marker=60_000), NOW),
        GRID,
    )
)


def _with(content: dict[str, object], place: tuple[object, ...], value: object) -> object:
    changed = json.loads(json.dumps(content))
    inside = changed
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    return changed


@given(st.sampled_from(list(places_of(GOOD_HEAD))), JSON)
def test_any_value_at_any_place_of_a_head_gives_a_workbook_or_a_sentence(
    place: tuple[object, ...], value: object
) -> None:
    try:
        unpack(forged(_with(GOOD_HEAD, place, value), b"\x80\x80\x80"), GRID, NOW)
    except GeoInputError as error:
        assert all(problem.endswith(".") for problem in error.problems)


@given(st.sampled_from(list(places_of(GOOD_FILE))), JSON)
def test_any_value_at_any_place_of_a_file_gives_a_workbook_or_a_sentence(
    place: tuple[object, ...], value: object
) -> None:
    try:
        from_file(json.dumps(_with(GOOD_FILE, place, value)).encode(), GRID, NOW)
    except GeoInputError as error:
        assert all(problem.endswith(".") for problem in error.problems)


def test_a_forged_link_that_raised_gives_a_sentence() -> None:
    text = "1hgB3IAYAqwa5RKG6VkcBZLaCIZDOAwmASUOQMNAoBYhZCmDDlCA00IVAVWAHK0BcVxtbCwDA"
    with pytest.raises(GeoInputError):
        unpack(text, real.atlas())


@pytest.mark.parametrize(
    "head",
    [
        {"n": ["n"]},
        {"n": "n"},
        {"n": {"n": 1}},
        {"x": 1},
        {"s": {"marker": -1}},
        {"s": {"marker": 1.5}},
        {"s": {"marker": True}},
        {"s": {"toto": 1}},
        {"s": {"central": 1e300}},
        {"c": 3},
        {"c": True},
        {"n": []},
        {"n": [{"n": "a"}, {"n": "a"}]},
        {"n": [{"n": 5}]},
        {"n": [{"n": "x" * 100}]},
        {"v": [2026, "a\u0000b", ""]},
        {"v": [10**9, "", ""]},
        {"v": ["2026", "", ""]},
    ],
)
def test_forged_heads_are_refused(head: dict[str, object]) -> None:
    with pytest.raises(GeoInputError):
        unpack(forged(head, b"\x80\x80"), GRID)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(GeoInputError):
        unpack(forged({"v": [2026, "x" * 1_000_000, ""]}), GRID)


def test_a_link_of_another_format_says_so() -> None:
    with pytest.raises(GeoInputError, match="autre version"):
        unpack("9" + pack(Workbook().replace_codes({"01001"}), GRID)[1:], GRID)


# Links made before projects and answers were known: form 1, whose words never change.
OLD = (
    "1iu_LxiirrgUAWpA",
    "1JY2dTAJQq4a4BBaShqYGQKCDCCsDPRMdlFAwBinQM6jFdIt7UWJeikIS0MnpQPOhgXW4QaEotSw_swgoBDTOsFYHohgRiEbg8EB1MMJ9AFkqrVWkgA",
)


def test_links_made_before_projects_still_open() -> None:
    assert unpack(OLD[0], GRID).workbook == Workbook().replace_codes({"01001", "01002"})
    book = unpack(OLD[1], GRID).workbook
    first = Scenario("Grand bourg", frozenset({"01001", "01004"}), "À revoir", frozenset({"01001"}))
    assert book.scenarios == (first, Scenario("Scénario 2", frozenset({"01003"})))
    assert (book.current, book.settings) == (1, Settings(marker=150_000, central=0.4, max_span_m=30_000.0))


def test_a_workbook_without_project_nor_answer_is_written_as_older_installations_read_it() -> None:
    for old in OLD:
        assert pack(unpack(old, GRID).workbook, GRID) == old
    assert pack(Workbook().with_project(Project(Intent.CREATE)), GRID)[0] == "2"


def test_a_link_of_the_old_form_cannot_carry_what_it_did_not_know() -> None:
    for entry in ({"n": "a", "p": ["creer"]}, {"n": "a", "a": {"ptsm": "x"}}):
        with pytest.raises(GeoInputError):
            unpack(forged({"n": [entry]}), GRID)


@pytest.mark.parametrize(
    "entry",
    [
        {"p": []}, {"p": 5}, {"p": None}, {"p": ["autre"]}, {"p": ["creer", "a"]}, {"p": ["elargir", "a", "b"]}, {"p": [[]]},
        {"p": ["elargir", 3]}, {"p": ["elargir", "a\u0000"]}, {"p": {"creer": 1}}, {"p": ["fusionner", *"abcdefghijkl"]},
        {"a": 5}, {"a": []}, {"a": None}, {"a": {"ptsm": 5}}, {"a": {"ptsm": "x" * 501}}, {"a": {"ptsm": "a\u0000b"}},
        {"a": {"ptsm": "a\u202eb"}}, {"a": {f"q{i}": "x" for i in range(200)}},
    ],
)  # fmt: skip
def test_forged_projects_and_answers_are_refused(entry: dict[str, object]) -> None:
    with pytest.raises(GeoInputError):
        unpack(forged({"n": [{"n": "a", **entry}]}, form="2"), GRID)


def test_an_answer_to_a_question_of_another_version_is_left_out_and_said() -> None:
    opened = unpack(forged({"n": [{"n": "a", "a": {"jadis": "x", "ptsm": "Oui"}}]}, form="2"), GRID)
    assert opened.workbook.scenario.answers == (("ptsm", "Oui"),)
    assert tuple(map(plain, opened.notices)) == ("1 réponse laissée de côté : cette question n’est plus posée ici.",)


def test_long_answers_stay_in_the_file_and_leave_the_link_short() -> None:
    book = Workbook().replace_codes({"01001"}).with_project(Project(Intent.CREATE))
    for question in sorted(QUESTION_IDS)[:6]:
        book = book.answer(question, "é" * ANSWER_LENGTH)
    assert carries_answers(book)
    assert unpack(pack(book, GRID), GRID).workbook == book
    long = book.answer(sorted(QUESTION_IDS)[6], "x")
    assert not carries_answers(long)
    back = unpack(pack(long, GRID), GRID).workbook.scenario
    assert (back.answers, back.project) == ((), Project(Intent.CREATE))
    assert from_file(to_file(long, GRID), GRID).workbook.scenario == long.scenario


def test_the_fullest_workbook_still_opens() -> None:
    texts = "".join(chr(0x1F300 + i % 250) for i in range(ANSWER_LENGTH))
    scenarios = tuple(Scenario(f"{i} {texts[i : i + 50]}", frozenset({"01001"}), texts[:400]) for i in range(20))
    book = Workbook(scenarios)
    for i, question in enumerate(sorted(QUESTION_IDS)[:6]):
        book = book.answer(question, texts, i)
    assert unpack(pack(book, GRID), GRID).workbook == book


def test_a_link_carries_codes_and_no_figure_nor_name_of_commune() -> None:
    text = pack(Workbook((Scenario("Ville", frozenset({"01001"})),), vintage=NOW), GRID)
    data = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
    assert b"Bourg" not in data


def _with_codes(codes: set[str], vintage: Vintage) -> str:
    """Pack codes that need not exist: a link of another year."""
    return pack(Workbook((Scenario("Périmètre", frozenset(codes)),), vintage=vintage), GRID)


def test_a_commune_merged_since_becomes_the_one_of_today_and_is_said() -> None:
    opened = unpack(_with_codes({"01900", "01901", "01001"}, replace(NOW, communes=2024)), GRID, NOW)
    assert opened.workbook.codes == {"01001", "01002"}
    text = " ".join(opened.notices)
    assert "Vieux-Bourg (01900) fait maintenant partie de Bourg 2 (01002)" in text
    assert "données de 2024" in text


def test_a_commune_that_is_nowhere_is_left_out_and_said_when_the_data_differ() -> None:
    opened = unpack(_with_codes({"01999", "01001"}, replace(NOW, communes=2030)), GRID, NOW)
    assert opened.workbook.codes == {"01001"}
    assert any("01999" in n and "laissé de côté" in n for n in opened.notices)


def test_a_commune_that_is_nowhere_is_refused_when_the_data_are_the_same() -> None:
    with pytest.raises(GeoInputError, match="01999"):
        unpack(_with_codes({"01999", "01001"}, NOW), GRID, NOW)


def test_sources_that_differ_are_said() -> None:
    before = replace(NOW, sources=(("densite", "2024"), ("qpv", "2025")))
    here = replace(NOW, populations="2024", sources=(("densite", "2026"), ("ressources", "2025")))
    opened = unpack(_with_codes({"01001"}, before), GRID, here)
    said = " ".join(opened.notices)
    for word in (
        "Populations : l’envoi date des données de 2023",
        "2024 à l’envoi, 2026 ici",
        "n’est pas ici",
        "ne l’était pas",
    ):
        assert word in said
    assert opened.workbook.vintage == here
    assert unpack(_with_codes({"01001"}, before), GRID, before).notices == ()


@given(CODES.filter(bool), st.integers(0, 7))
def test_bits_are_read_back_to_the_last_one(codes: frozenset[str], extra: int) -> None:
    writer = BitWriter()
    writer.put(0, extra)
    write_codes(writer, codes, {})
    reader = BitReader(writer.data())
    assert reader.take(extra) == 0
    assert read_codes(reader, {}) == (codes, ())
    assert len(reader.bits) - reader.at < 8


# --- files --------------------------------------------------------------------------------------------------------
def test_a_file_names_the_communes_for_people() -> None:
    content = json.loads(to_file(Workbook((Scenario("Ville", frozenset({"01002"})),)), GRID))
    assert content["scenarios"][0]["communes"] == [{"code": "01002", "nom": "Bourg 2"}]
    assert content["scenarios"][0]["population"] == 200


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\xff\xfe", "JSON"),
        (b"{", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b"[]", "marque"),
        (b'{"type": "perimetres-clsm", "version": 9}', "version"),
        (b'{"type": "perimetres-clsm", "version": 1}', "scénario"),
        (b'{"type": "perimetres-clsm", "version": 1, "scenarios": []}', "scénarios"),
        (b'{"type": "perimetres-clsm", "version": 1, "scenarios": [{"nom": "a"}]}', "communes"),
        (b'{"type": "perimetres-clsm", "version": 1, "scenarios": [{"nom": "a", "communes": [1001]}]}', "guillemets"),
        (b'{"type": "perimetres-clsm", "version": 1, "scenarios": [{"nom": "a", "communes": ["01999"]}]}', "01999"),
        (b'{"type": "perimetres-clsm", "version": 1, "scenarios": [{"communes": ["01001"]}]}', "textes"),
        (
            b'{"type": "perimetres-clsm", "version": 1, "scenarios": [{"nom": "a", "communes": ["01001", "01001"]}]}',
            "plusieurs",
        ),
    ],
)
def test_a_file_that_is_not_sound_is_refused_with_a_sentence(data: bytes, word: str) -> None:
    with pytest.raises(GeoInputError, match=word):
        from_file(data, GRID)


@given(JSON, JSON, JSON, JSON)
def test_files_with_anything_inside_never_raise_anything_else(a: object, b: object, c: object, d: object) -> None:
    content = {"type": "perimetres-clsm", "version": 1, "scenarios": [a, {"nom": b, "communes": []}], "courant": c}
    for changed in (content, {**content, "scenarios": [{"nom": "a", "communes": ["01001"]}], "donnees": d}):
        try:
            from_file(json.dumps({**changed, "reglages": d}).encode(), GRID)
        except GeoInputError:
            continue


def test_an_old_code_in_a_file_is_moved_and_said() -> None:
    data = b'{"type": "perimetres-clsm", "version": 1, "scenarios": [{"nom": "a", "communes": [{"code": "01900"}]}]}'
    opened = from_file(data, GRID)
    assert opened.workbook.codes == {"01002"}
    assert "Vieux-Bourg" in opened.notices[0]
