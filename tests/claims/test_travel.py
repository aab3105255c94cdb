"""Claims in links and files: they come back the same, old links still open, and nothing forged gets in."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.claims import Claim, Claims
from geo.errors import GeoInputError
from geo.scenarios import Scenario, Workbook, from_file, pack, to_file, unpack
from geo.scenarios.link import _checksum
from tests.support import real
from tests.support.grid import draw

GRID = draw([[100, 200, 300], [400, 500, 600]])
CODES = st.frozensets(st.sampled_from(sorted(GRID.codes)), min_size=1)
CLAIMS = st.builds(
    lambda kind, name, who, pieces, parts, whole, hospital, prevails: Claim.of(
        kind,
        name,
        who,
        pieces=pieces,
        parts=parts - pieces,
        whole=whole,
        hospital=hospital,
        prevails=prevails,
        day="2026-11-26",
    ),
    st.sampled_from(["secteurs-adultes", "cls", "gem"]),
    st.sampled_from(["Nord", "Sud", "Île d’à côté"]),
    st.sampled_from(["Ana", "M. Bé"]),
    CODES,
    CODES,
    st.booleans(),
    st.sampled_from(["", "CH du Bourg"]),
    st.booleans(),
)


@given(st.lists(CLAIMS, max_size=6), CODES)
def test_a_workbook_comes_back_with_its_claims(claims: list[Claim], codes: frozenset[str]) -> None:
    book = Workbook((Scenario("Essai", codes),), claims=Claims(tuple(claims)))
    assert unpack(pack(book, GRID), GRID).workbook == book
    assert from_file(to_file(book, GRID), GRID).workbook.claims == book.claims


def test_a_workbook_without_claims_is_written_as_before() -> None:
    assert pack(Workbook((Scenario("Essai", frozenset({"01001"})),)), GRID)[0] == "1"


def test_two_sectors_of_a_departement_stay_a_short_link() -> None:
    atlas = real.atlas()
    codes = sorted(c for c in atlas.codes if str(c).startswith("79"))
    halves = [Claim.of("secteurs-adultes", f"79G0{i + 1}", "Marie Dupont", pieces=frozenset(codes[i::2]), hospital="CH de Niort") for i in range(2)]  # fmt: skip
    book = Workbook((Scenario("Niort", frozenset({"79191"})),), claims=Claims(tuple(halves)))
    assert len(pack(book, atlas)) < 400


def test_pieces_smaller_than_a_commune_come_back_too() -> None:
    small = Claim.of(
        "secteurs-adultes", "01G01", "Ana", pieces=frozenset({"01001", "010020101"}), parts=frozenset({"010030102"})
    )
    book = Workbook(claims=Claims((small,)))
    assert unpack(pack(book, GRID), GRID).workbook.claims == book.claims
    assert from_file(to_file(book, GRID), GRID).workbook.claims == book.claims


def test_a_reader_is_told_whose_word_counts() -> None:
    book = Workbook(claims=Claims((Claim.of("cls", "CLS Nord", "Ana", pieces=frozenset({"01001"})),)))
    (notice,) = unpack(pack(book, GRID), GRID).notices
    assert "1\u00a0déclaration locale, d’après Ana, compte dans les chiffres" in notice


def test_merging_keeps_the_claims_of_both_and_undo_keeps_those_of_today() -> None:
    one = Claim.of("cls", "CLS Nord", "Ana", pieces=frozenset({"01001"}))
    other = replace(one, who="Bob")
    mine, theirs = Workbook(claims=Claims((one,))), Workbook(claims=Claims((other,)))
    assert set(mine.merge(theirs).claims) == {one, other}
    assert set(Workbook().with_words_of(mine).claims) == {one}


def forged(head: dict[str, object], bits: bytes = b"\x80") -> str:
    from geo.scenarios.bitcode import BitWriter
    from geo.scenarios.link import _WORDS_OF, CLAIMED

    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=_WORDS_OF[CLAIMED])
    short = packer.compress(json.dumps(head).encode()) + packer.flush()
    size = BitWriter()
    size.gamma(len(short) + 1)
    body = size.data() + short + bits
    return CLAIMED + base64.urlsafe_b64encode(_checksum(body) + body).decode().rstrip("=")


@pytest.mark.parametrize(
    "claims",
    [{}, [1], [["cls"]], [["cls", "N", "Ana", "2026-11-26", "", 0, ["x"], []]], [["cls", "N", "Ana", "2026-11-26", "", 0, 1, []]], [["cls", "N", "Ana", "2026-11-26", "", 9]], [["cls", 1, "Ana", "2026-11-26", "", 0]], [None] * 61,
     [["cls", "N", "Ana", "hier", "", 0]], [["autre", "N", "Ana", "2026-11-26", "", 0]], [["cls", "N", "", "2026-11-26", "", 0]]],
)  # fmt: skip
def test_a_forged_claim_gets_a_sentence(claims: object) -> None:
    with pytest.raises(GeoInputError):
        unpack(forged({"d": claims}, b"\x80\x80"), GRID)


@pytest.mark.parametrize("claims", [1, [1], [{"communes": [1]}], [{"sorte": "cls", "communes": ["01001"]}], [{}] * 61])
def test_a_forged_file_gets_a_sentence(claims: object) -> None:
    content = json.loads(to_file(Workbook(), GRID)) | {"declarations": claims}
    with pytest.raises(GeoInputError):
        from_file(json.dumps(content).encode(), GRID)
