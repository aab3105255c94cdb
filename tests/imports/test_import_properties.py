"""Whatever is thrown at the door of tables: one French sentence or a whole report, never anything else."""

from __future__ import annotations

import pandas as pd
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from geo.errors import GeoInputError
from geo.imports import KINDS, Answers, ImportDraft, read_import
from geo.layers import MEMBER_COLUMNS, ZONE_COLUMNS
from tests.support.real import atlas
from tests.support.table_files import csv_bytes, ods_bytes, ods_rows, xlsx_bytes

CALM = settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
CODES = [str(c) for c in atlas().codes]
WORDS = ["CLSM", "Code INSEE", "commune", "communes", "EPCI", "dep", "état", "part", "id", "note", "type", "Créteil", "Saint-Denis",
         "94028", "1001", "93059", "75056", "94000", "200041317", "79", "partielle", "en projet", "TOTAL", "département 79", "",
         "Niort, Chauray", "94028;94033", "=1+1", "<b>", "2a4", "NaN", "inf", "-1", "é", "Ã©"]  # fmt: skip
CELLS = st.one_of(st.sampled_from(WORDS), st.sampled_from(CODES), st.text(max_size=12))
WORKBOOKS = [
    xlsx_bytes({"F": [["CLSM", "INSEE"], ["Nord", "94028"]]}),
    ods_bytes(ods_rows([["CLSM", "INSEE"], ["N", "94028"]])),
]
TABLES = st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=12)


def members(draft: ImportDraft) -> set[tuple[str, str, bool]]:
    """Name of the zone, code and wholeness of each member."""
    names = list(draft.zones["nom"])
    return {(names[m.zone], str(atlas().codes[m.row]), bool(m.whole)) for m in draft.members.itertuples()}


def check(draft: ImportDraft) -> None:
    """Hold a draft to what it promises."""
    assert list(draft.zones.columns) == list(ZONE_COLUMNS)
    assert list(draft.members.columns) == list(MEMBER_COLUMNS)
    assert draft.zones.index.is_unique
    assert draft.rows == draft.accepted + draft.refused
    assert 0 < draft.accepted <= draft.rows
    refused_rows = {r.row for r in draft.remarks if r.kind == "refusé" and r.where.startswith("ligne")}
    assert len(refused_rows) >= draft.refused
    assert draft.members["zone"].between(0, len(draft.zones) - 1).all()
    assert draft.members["row"].between(0, len(atlas().codes) - 1).all()
    assert not draft.members.duplicated(["zone", "row"]).any()
    assert draft.members.loc[draft.members["whole"], "inhabitants"].notna().all()
    assert (draft.zones["nom"] != "").all()
    for remark in draft.remarks:
        assert remark.message.strip()
        assert "\n" not in remark.where


def attempt(content: bytes, name: str, kind: str = "clsm") -> ImportDraft | None:
    try:
        draft = read_import(content, name, kind, atlas=atlas())
    except GeoInputError as error:
        assert error.problems
        assert all(problem.strip() for problem in error.problems)
        return None
    if draft.method == "codes":
        check(draft)
    return draft


@CALM
@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.xlsx", "x", "../x.zip"]))
def test_any_bytes_are_a_draft_or_a_sentence(content: bytes, name: str) -> None:
    attempt(content, name)


@CALM
@given(
    st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x05\x06"]),
    st.binary(max_size=300),
)
def test_any_bytes_behind_a_known_start_are_too(start: bytes, rest: bytes) -> None:
    attempt(start + rest, "x")


@CALM
@given(st.data())
def test_a_workbook_with_any_byte_changed_or_cut_is_too(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(WORKBOOKS))
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    attempt(bytes(content[: data.draw(st.integers(1, len(content)))]), "x.xlsx")


@CALM
@given(
    TABLES,
    st.sampled_from(sorted(KINDS)),
    st.sampled_from([";", ",", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
def test_any_table_is_a_whole_report_or_a_sentence(rows: list[list[str]], kind: str, sep: str, encoding: str) -> None:
    content = csv_bytes(rows, sep=sep).decode("utf-8", "ignore").encode(encoding, "replace")
    attempt(content, "x.csv", kind)


@CALM
@given(TABLES)
def test_any_table_under_a_header_is_a_whole_report(rows: list[list[str]]) -> None:
    attempt(csv_bytes([["CLSM", "Code INSEE", "Commune", "Communes", "EPCI", "dep"], *rows]), "x.csv")


def damaged(code: str, how: str) -> str:
    """Damage a code as spreadsheets and people do."""
    return {"zero": code.lstrip("0"), "point": code + ".0", "case": code.lower(), "blank": f" {code[:2]} {code[2:]}\u00a0",
            "quoted": f'="{code}"', "none": code}[how]  # fmt: skip


@CALM
@given(
    st.lists(
        st.tuples(st.sampled_from(["Nord", "Sud", "L’Est"]), st.sampled_from(CODES)),
        min_size=3,
        max_size=20,
        unique=True,
    ),
    st.data(),
)
def test_a_damaged_file_gives_what_the_clean_one_gives(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    ways = st.sampled_from(["zero", "point", "case", "blank", "quoted", "none"])
    rows = [(name, damaged(code, data.draw(ways))) for name, code in pairs]
    assume(
        not any(1990 <= int(code) <= 2035 for _, code in rows if code.isdigit() and len(code) == 4)
    )  # years, never codes
    clean = read_import(csv_bytes([("clsm", "code_commune"), *pairs]), "x.csv", "clsm", atlas=atlas())
    mended = read_import(
        csv_bytes([("clsm", "code_commune"), *rows]), "x.csv", "clsm", atlas=atlas(),
        answers=Answers.of_columns({"nom": "clsm", "code_commune": "code_commune"}),
    )  # fmt: skip
    assert members(mended) == members(clean) == {(name, code, True) for name, code in pairs}
    assert mended.accepted == len(pairs)


@CALM
@given(
    st.lists(st.sampled_from(CODES), min_size=2, max_size=15, unique=True),
    st.permutations(["clsm", "code_commune", "nom_commune", "departement"]),
    st.sampled_from([";", ",", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_the_order_of_columns_the_separator_and_the_encoding_change_nothing(
    codes: list[str], order: list[str], sep: str, encoding: str
) -> None:
    table = atlas().table.set_index("code").loc[codes]
    frame = pd.DataFrame({"clsm": "Nord", "code_commune": codes, "nom_commune": table["nom"].to_numpy(),
                          "departement": table["departement"].to_numpy()})[order]  # fmt: skip
    draft = read_import(
        csv_bytes([order, *frame.to_numpy().tolist()], sep=sep, encoding=encoding), "x.csv", "clsm", atlas=atlas()
    )
    assert members(draft) == {("Nord", code, True) for code in codes}
    assert not [r for r in draft.remarks if r.kind == "refusé"]


@CALM
@given(st.lists(st.sampled_from(CODES), min_size=2, max_size=12, unique=True), st.integers(1, 4))
def test_a_list_in_a_cell_is_the_same_as_one_row_a_commune(codes: list[str], way: int) -> None:
    cell = {1: ";".join(codes), 2: ", ".join(codes), 3: " ".join(codes), 4: "\n".join(codes)}[way]
    rows = [["clsm", "communes"], ["Nord", cell], ["Sud", "Niort, Chauray"]]
    draft = read_import(csv_bytes(rows), "x.csv", "clsm", atlas=atlas())
    assert {c for name, c, _ in members(draft) if name == "Nord"} == set(codes)
