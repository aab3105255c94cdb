"""A right list, damaged as people and tools damage lists, gives the right answer or a question: never a difference without a word."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.communes import history
from geo.errors import GeoInputError
from geo.imports import ImportDraft, read_import
from geo.layers import Etat
from tests.support.real import atlas
from tests.support.table_files import csv_bytes, xlsx_bytes

CALM = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
TOWNS = atlas().table[atlas().table["departement"].isin(["79", "94", "91", "22"])]
BY_PLACE = {d: group["code"].tolist() for d, group in TOWNS.groupby("departement")}
POSTAL = {code: postal for postal, codes in history(atlas()).postal.items() for code in codes}
Row = dict[str, str]


@st.composite
def lists(draw: st.DrawFn) -> list[Row]:
    """Draw a list: two or three territories, each in one département, one row a commune."""
    rows = []
    for name, place in zip(("Nord-Est", "Bocage", "Littoral"), draw(st.permutations(sorted(BY_PLACE))), strict=False):
        for code in draw(st.lists(st.sampled_from(BY_PLACE[place]), min_size=3, max_size=6, unique=True)):
            town = str(atlas().names[atlas().row[code]])
            rows.append({"CLSM": name, "Code INSEE": code, "Commune": town, "Département": place, "État": "en service"})
    return rows


def written(rows: list[Row], *columns: str) -> bytes:
    return csv_bytes([list(columns), *[[row[c] for c in columns] for row in rows]])


def answer(draft: ImportDraft) -> set[tuple[str, str]]:
    names = list(draft.zones["nom"])
    return {(names[z], str(atlas().codes[r])) for z, r in zip(draft.members["zone"], draft.members["row"], strict=True)}


def judge(body: bytes, right: set[tuple[str, str]], name: str = "liste.csv") -> None:
    """Hold that what differs from the right answer is asked about, or refused."""
    try:
        draft = read_import(body, name, "clsm", atlas=atlas())
    except GeoInputError as error:
        assert error.problems
        return
    found = answer(draft)
    if found == right:
        return
    spoken = {atom for doubt in draft.doubts for atom in doubt.atoms}
    assert draft.doubts, f"lost {right - found}, gained {found - right}, and nothing is asked"
    if draft.settled:  # then each difference is a row that was refused, or is asked about by its commune
        assert (
            draft.refused or draft.partly or draft.aside or {c for _, c in found ^ right} <= spoken | set(draft.without)
        )


@CALM
@given(
    lists(),
    st.sampled_from(["Code", "Numéro", "code territoire", "CP", "Année de signature", "Population 2023", "x"]),
    st.data(),
)
def test_a_column_of_other_numbers_changes_nothing(rows: list[Row], header: str, data: st.DataObject) -> None:
    numbers = st.integers(1990, 2035) | st.integers(200, 95_000)
    for row in rows:
        row[header] = str(data.draw(numbers))
    right = {(r["CLSM"], r["Code INSEE"]) for r in rows}
    judge(written(rows, "CLSM", header, "Commune", "Département"), right)
    judge(written(rows, "CLSM", "Commune", "Département", header), right)


@CALM
@given(lists(), st.sampled_from(["Code INSEE", "Code", "Code postal", "Commune"]))
def test_postal_codes_are_never_read_as_codes(rows: list[Row], header: str) -> None:
    right = {(r["CLSM"], r["Code INSEE"]) for r in rows}
    for row in rows:
        row["postal"] = POSTAL.get(row["Code INSEE"], "94000")
    named = header != "Commune"
    head = ["CLSM", header, "Ville"] if named else ["CLSM", header]
    body = [[r["CLSM"], r["postal"], r["Commune"]][: len(head)] for r in rows]
    judge(csv_bytes([head, *body]), right)
    judge(csv_bytes([["CLSM", header], *[line[:2] for line in body]]), right)


NONE = ["", "NULL", "Aucun", "Pas de CLSM", "Non couverte", "-", "N/A", "0", "sans objet", "néant", "NC", "?"]


@CALM
@given(lists(), st.data())
def test_an_absence_is_no_territory(rows: list[Row], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.integers(0, len(rows) - 1), max_size=len(rows) - 1))
    word = data.draw(st.sampled_from(NONE))
    for at in gone:
        rows[at]["CLSM"] = word
    right = {(r["CLSM"], r["Code INSEE"]) for at, r in enumerate(rows) if at not in gone}
    draft = read_import(written(rows, "Code INSEE", "Commune", "CLSM"), "x.csv", "clsm", atlas=atlas())
    assert answer(draft) <= right
    judge(written(rows, "Code INSEE", "Commune", "CLSM"), right)


STATES = {"dissous": None, "Abandonné": None, "inactif": None, "pas encore signé": Etat.A_CONFIRMER, "plus ou moins actif": Etat.A_CONFIRMER,
          "En service": Etat.EN_SERVICE, "projet": Etat.PROJET, "non signé": Etat.A_CONFIRMER, "désactivé": None}  # fmt: skip


@CALM
@given(lists(), st.sampled_from(sorted(STATES)))
def test_an_etat_is_never_better_than_what_is_written(rows: list[Row], word: str) -> None:
    for row in rows:
        if row["CLSM"] == "Bocage":
            row["État"] = word
    draft = read_import(written(rows, "CLSM", "Code INSEE", "État"), "x.csv", "clsm", atlas=atlas())
    read = dict(zip(draft.zones["nom"], draft.zones["etat"], strict=True)).get("Bocage")
    assert read == STATES[word]
    assert draft.settled == (word not in ("pas encore signé", "plus ou moins actif", "non signé"))


WRITERS: dict[str, Callable[[Row], str]] = {
    "plain": lambda r: r["Commune"],
    "upper": lambda r: r["Commune"].upper().replace("-", " "),
    "département": lambda r: f"{r['Commune']} ({r['Département']})",
    "code": lambda r: f"{r['Commune']} ({r['Code INSEE']})",
    "postal": lambda r: f"{POSTAL.get(r['Code INSEE'], '')} {r['Commune']}".strip(),
    "bar": lambda r: r["Commune"].replace("-sur-", "/").replace("-sous-", "/"),
    "number": lambda r: f"3. {r['Commune']}",
    "cedex": lambda r: f"{r['Commune']} CEDEX",
    "cut": lambda r: r["Commune"][:-1],
}


@CALM
@given(lists(), st.sampled_from(sorted(WRITERS)), st.booleans())
def test_names_are_read_as_they_are_written_or_asked_about(rows: list[Row], way: str, listed: bool) -> None:
    right = {(r["CLSM"], r["Code INSEE"]) for r in rows}
    texts: dict[str, list[str]] = {}
    for row in rows:
        texts.setdefault(row["CLSM"], []).append(WRITERS[way](row))
    if listed:
        judge(csv_bytes([["CLSM", "Communes"], *[[name, " ; ".join(parts)] for name, parts in texts.items()]]), right)
    else:
        judge(
            csv_bytes([["CLSM", "Commune"], *[[name, part] for name, parts in texts.items() for part in parts]]), right
        )


@CALM
@given(lists(), st.integers(0, 5))
def test_names_written_once_are_asked_about_or_all_there(rows: list[Row], drop: int) -> None:
    right = {(r["CLSM"], r["Code INSEE"]) for r in rows}
    before = ""
    for row in rows:
        before, row["CLSM"] = row["CLSM"], "" if row["CLSM"] == before else row["CLSM"]
    judge(written(rows, "CLSM", "Code INSEE", "Commune"), right)
    body = [[row["CLSM"], row["Code INSEE"]] for row in rows]
    judge(csv_bytes([["titre"]] * drop + [["CLSM", "Code INSEE"], *body]), right)


@CALM
@given(lists(), st.booleans())
def test_no_header_or_one_sheet_a_territory(rows: list[Row], apart: bool) -> None:
    right = {(r["CLSM"], r["Code INSEE"]) for r in rows}
    if not apart:
        judge(written(rows, "CLSM", "Code INSEE", "Commune").split(b"\n", 1)[1], right)
        return
    sheets: dict[str, list[list[str]]] = {}
    for row in rows:
        sheets.setdefault(row["Département"], [["CLSM", "Code INSEE"]]).append([row["CLSM"], row["Code INSEE"]])
    judge(xlsx_bytes(sheets), right, "x.xlsx")
