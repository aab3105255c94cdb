"""The search, held to one file of cases with the browser's own; then every name of the country, and the texts that failed."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from geo.build import node_command
from geo.errors import MissingDataError
from geo.french import fold
from geo.paths import ROOT
from geo.search import KINDS, Index, Place, commune_table, layer_table, line, open_index
from tests.support import real

SHARED = json.loads((ROOT / "tests" / "data" / "search.json").read_text(encoding="utf-8"))
BROWSER = ROOT / "tests" / "js" / "search_all.js"


@lru_cache(maxsize=1)
def tables() -> tuple[dict[str, Any], dict[str, Any]]:
    return commune_table(real.atlas()), layer_table(real.crosswalk().layers, real.atlas())


@lru_cache(maxsize=1)
def index() -> Index:
    return open_index(*tables())


def drawn() -> Index:
    return open_index(SHARED["tables"]["communes"], SHARED["tables"]["layers"])


def named(place: Place) -> str:
    return f"former:{place.id}" if place.kind == "ancien" else place.id


@pytest.mark.parametrize("title", SHARED["cases"])
def test_a_text_finds_what_the_file_shared_with_the_browser_says(title: str) -> None:
    here = drawn()
    for case in SHARED["cases"][title]:
        wanted = dict(case.get("wanted", {}))
        if "only" in wanted:
            continue  # the browser's own: a list of the page restricts what it finds
        found = here.search(case["text"], **wanted)
        assert [named(hit.place) for hit in found.hits] == case["answer"], case["text"]
        assert [named(place) for place in found.near] == case.get("near", []), case["text"]
        if "most" not in wanted:
            assert found.total == case.get("total", len(case["answer"])), case["text"]


def test_each_line_says_what_a_place_is() -> None:
    here = drawn()
    for wanted, note, said in SHARED["lines"]:
        place = next(place for place in here.places if named(place) == wanted)
        assert line(place, here.departements, note) == said


def every_name() -> list[tuple[str, str, str]]:
    """Return each name with the name and the number of its département, and its code."""
    atlas = real.atlas()
    owners = atlas.table["departement"].to_numpy()
    names = atlas.departements["nom"]
    return [(f"{n} {names[d]}", f"{n} ({d})", str(c)) for c, n, d in zip(atlas.codes, atlas.names, owners, strict=True)]


def test_each_territory_and_dispositif_is_found_by_its_whole_name() -> None:
    found = index()
    others = [p for p in found.places if p.kind not in ("commune", "arrondissement", "ancien")]
    alike = Counter((p.kind, fold(p.name)) for p in others)
    wrong = [
        p.id
        for p in others
        if p not in [h.place for h in found.search(p.name, kinds=(p.kind,), most=alike[p.kind, fold(p.name)] + 2).hits]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("hauts de france", "reg-32"), ("bethune", "62119"), ("seine saint denis", "dep-93"), ("val de marne", "dep-94"),
        ("cote d or", "dep-21"), ("Lens", "62498"), ("Mellois", "epci/200069755"), ("lille", "59350"), ("Niort", "79191"),
        ("13013", "13213"), ("Lomme", "former:59350"), ("Hellemmes", "former:59350"), ("st denis 93", "93066"),
        ("territoire de belfort", "dep-90"), ("ile de france", "reg-11"), ("paris", "dep-75"), ("marseille", "13055"),
        ("pierrefitte sur seine", "former:93066"), ("hay les roses", "94038"), ("lhay les roses", "94038"), ("2a004", "2A004"),
        ("metropole europeenne de lille", "epci/200093201"), ("plaine commune", "ept/200057867"),
        ("MEL", "epci/200093201"), ("GPSEO", "epci/200059889"), ("Grand Lyon", "epci/200046977"), ("mamp", "epci/200054807"),
        ("T12", "ept/200058014"), ("ept 6", "ept/200057867"), ("paca", "reg-93"), ("IDF", "reg-11"), ("aura", "reg-84"),
        ("Val-de-Marne (94)", "dep-94"), ("92 hauts de seine", "dep-92"), ("centre", "reg-24"), ("bourgogne", "reg-27"),
        ("boulogne", "92012"), ("roissy", "77390"), ("nogent/marne", "94052"), ("aulnay s/bois", "93005"),
        ("fontenay s/s bois", "94033"), ("vitry s/ seine", "94081"), ("chalon/saone", "71076"), ("st-pierre 97410", "97416"),
    ],
)  # fmt: skip
def test_what_the_reviews_looked_for_comes_first(text: str, first: str) -> None:
    assert named(index().search(text).hits[0].place) == first


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("niort agglo", "epci/200041317"), ("Pierrefitte", "former:93066"), ("mauze", "79170"), ("lens", "epci/246200364"),
        ("13013", "13013"), ("bethune", "epci/200072460"), ("lille", "epci/200093201"), ("clsm lens", "clsm/clsm-62-lens-henin"),
    ],
)  # fmt: skip
def test_what_the_reviews_looked_for_is_listed(text: str, among: str) -> None:
    hits = [named(hit.place) for hit in index().search(text).hits]
    if among not in hits and among.startswith("clsm/"):
        assert any(hit.startswith("clsm/") for hit in hits)
    else:
        assert among in hits


def test_niort_finds_no_quarter_by_letters_here_and_there() -> None:
    hits = index().search("Niort").hits
    assert all("niort" in fold(f"{hit.place.name} {hit.place.also}") for hit in hits)
    assert not any("94" in hit.place.departements for hit in hits)


def test_lille_is_found_by_the_word_alone() -> None:
    hits = index().search("lille", kinds=("region", "departement", "commune", "epci", "ept")).hits
    assert [hit.place.id for hit in hits[:1]] == ["59350"]
    assert all(any(word.startswith("lille") for word in fold(f"{h.place.name} {h.place.also}").split()) for h in hits)


def test_a_spelling_near_a_name_proposes_it() -> None:
    found = index().search("Nioort")
    assert (found.hits, [place.id for place in found.near]) == ((), ["79191"])


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("créteil ivry", ["94028", "94041"]), ("clermont fd", ["63113"]), ("aix-en-pce", ["13001"]), ("cc pays basque", ["epci/200067106"]),
        ("ivry sur seine lille", ["94041"]), ("Perpignon", ["66136"]), ("Vileurbanne", ["69266"]),
    ],
)  # fmt: skip
def test_what_is_not_found_leads_to_what_was_meant(text: str, near: list[str]) -> None:
    found = index().search(text)
    assert (found.hits, [named(place) for place in found.near][: len(near)]) == ((), near)


def test_quarters_of_one_name_are_told_apart_by_their_commune() -> None:
    found = index().search("qpv centre ville", kinds=("qpv",), most=40)
    said = [line(hit.place, index().departements) for hit in found.hits if fold(hit.place.name) == "centre ville"]
    assert len(said) > 3
    assert len(set(said)) == len(said)


def test_each_name_of_france_is_found_first_and_the_browser_finds_what_the_server_finds(tmp_path: Path) -> None:
    """Every name with its département, in the browser’s search; then all that unfinished texts find in both, in order."""
    try:
        node = node_command()
    except MissingDataError as error:
        pytest.skip(str(error))
    names = every_name()
    unfinished = [n[:k] for n, _, _ in names[:: len(names) // 60] for k in (1, 2, 4, 7, 30)]
    typed = [
        *unfinished,
        "niort agglo",
        "79",
        "790",
        "13013",
        "2a0",
        "st denis 93",
        "xyz",
        "niorrt",
        "la",
        "d",
        "mauzé 79",
        *(
            "MEL",
            "Val-de-Marne (94)",
            "fontenay s/s bois",
            "aulnay s/ bois",
            "vitry/seine",
            "créteil ivry",
            "paris XII",
        ),
        *("Boulogne", "Évry", "centre", "st denis", "t12", "cc pays basque", "' OR 1=1", "L’Haÿ", "94 041", "saint s"),
    ]
    asked = {"first": [text for by_name, by_number, _ in names for text in (by_name, by_number)], "whole": typed}
    for name, content in zip(("communes", "layers", "asked"), (*tables(), asked), strict=True):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    done = subprocess.run(
        [*node, str(BROWSER), str(tmp_path)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert [code for *_, code in names for _ in range(2)] == said["first"]
    found = index()
    for text, theirs in zip(typed, said["whole"], strict=True):
        mine = found.search(text)
        assert [[named(h.place), h.note] for h in mine.hits] + [mine.total, [named(p) for p in mine.near]] == theirs, (
            text
        )


def test_the_tables_are_plain_small_and_the_same_each_time() -> None:
    communes, layers = tables()
    again = commune_table(real.atlas()), layer_table(real.crosswalk().layers, real.atlas())
    assert (communes, layers) == again
    assert {row[0] for row in (*communes["places"], *layers["places"])} <= set(range(len(KINDS)))
    assert sum(len(names.split("\n")) for names, _, _ in communes["communes"].values()) == 34_917
    assert all(len(tails) == 3 * len(people) for _, tails, people in communes["communes"].values())
