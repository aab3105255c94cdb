"""The address of a page: a table of parts, read once and written back; what is refused is said, and the rest is kept."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from geo.errors import GeoInputError
from ui.address import Address, Part, RefusedError, refused
from ui.coverage import export


class Query(dict[str, str]):
    """What stands for the address of the browser."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, wanted: dict[str, str]) -> None:
        self.clear()
        self.update(wanted)


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> Query:
    query = Query()
    monkeypatch.setattr(st, "query_params", query)
    monkeypatch.setattr(st, "session_state", {})
    return query


def number(text: str) -> int:
    if not text.isdigit():
        raise refused("nombre", text, "Le nombre par défaut est gardé.")
    return int(text)


def letters(text: str) -> tuple[str, ...]:
    known = tuple(c for c in text.split(",") if c in "abc")
    if len(known) < len(text.split(",")):
        raise RefusedError("Certaines lettres sont ignorées.", known)
    return known


def broken(text: str) -> Any:
    raise GeoInputError(["Premier problème.", "Second *problème*."])


said: list[object] = []


def told(value: object) -> list[str]:
    said.append(value)
    return ["Ce lien date."]


def held(key: str) -> str:
    return str(st.session_state.get(key, ""))


PAGE = Address(
    "Essai",
    (
        Part("nombre", "n", number, lambda: held("n")),
        Part("lettres", "letters", letters, lambda: ",".join(st.session_state.get("letters", ()))),
        Part("paire", ("x", "y"), lambda text: text.split("-"), lambda: ""),
        Part("lien", told, str, lambda: ""),
        Part("casse", "broken", broken, lambda: ""),
    ),
    most=3,
)


def test_a_misspelt_name_is_said_with_the_one_that_was_meant(browser: Query) -> None:
    browser.update(nombres="7", **{"<b>" * 40: "x"})
    near, far = PAGE.read().problems
    assert near.replace("\\", "").endswith("il est ignoré. Peut-être « nombre » ?")
    assert "<b>" not in far and len(far) < 600
    assert "n" not in st.session_state
    assert PAGE.read().problems == (), "said once"


def test_each_name_is_held_under_its_key(browser: Query) -> None:
    browser.update(nombre="7", lettres="a,c", paire="1-2", autre="x")
    found = PAGE.read()
    assert [p.replace("\\", "") for p in found.problems] == [
        "Lien : « autre » n’est pas un nom que cette page connaît ; il est ignoré."
    ]
    assert found.notices == ()
    assert found.names == {"nombre", "lettres", "paire"}
    assert {k: st.session_state[k] for k in ("n", "letters", "x", "y")} == {
        "n": 7, "letters": ("a", "c"), "x": "1", "y": "2",
    }  # fmt: skip


def test_an_address_is_read_once_and_again_when_it_changes(browser: Query) -> None:
    browser.update(nombre="7")
    assert PAGE.read().names
    assert not PAGE.read().names
    browser.update(nombre="8")
    assert PAGE.read().names
    assert st.session_state["n"] == 8


def test_what_the_page_wrote_is_not_read_back(browser: Query) -> None:
    st.session_state["n"] = 3
    PAGE.write()
    assert browser == {"nombre": "3"}
    st.session_state["n"] = 4
    assert not PAGE.read().names
    assert st.session_state["n"] == 4


def test_a_refused_value_is_said_and_the_rest_is_kept(browser: Query) -> None:
    browser.update(nombre="<b>" + "x" * 100, lettres="a,z")
    found = PAGE.read()
    assert "n" not in st.session_state
    assert st.session_state["letters"] == ("a",), "what is understood of it"
    (first, second) = found.problems
    assert first.startswith("Lien \\: nombre « \\<b\\>x") and "…" in first and len(first) < 150
    assert second == "Certaines lettres sont ignorées."


def test_messages_are_dead_letters_and_not_too_many(browser: Query) -> None:
    browser.update(nombre="-", lettres="z", casse="1")
    assert PAGE.read().problems[2:] == ("Premier problème.", "Et 1\u00a0autre message.")
    browser.update(nombre="1", lettres="a")
    assert PAGE.read().problems == ("Premier problème.", "Second \\*problème\\*.")


def test_what_a_value_brings_to_say_is_a_notice(browser: Query) -> None:
    browser.update(lien="abc")
    assert PAGE.read().notices == ("Ce lien date.",)
    assert said[-1] == "abc"


def test_the_whole_address_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        url = "http://127.0.0.1:8501/dossier/Perimetre?x=1"

    monkeypatch.setattr(st, "context", Context)
    st.session_state["letters"] = ("a", "b")
    assert PAGE.url() == "http://127.0.0.1:8501/dossier/Essai?lettres=a%2Cb"
    assert PAGE.url({"lien": "é&"}) == "http://127.0.0.1:8501/dossier/Essai?lien=%C3%A9%26"
    monkeypatch.setattr(Context, "url", None)
    assert PAGE.url({"lien": "1"}) == "/Essai?lien=1"


def test_names_are_never_twice_in_the_address_of_a_page() -> None:
    from ui import comparison, coverage, perimeter

    for page in (coverage.ADDRESS, perimeter.ADDRESS, comparison.ADDRESS):
        names = [part.name for part in page.parts]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("here", "printed"),
    [
        ("https://clsm.exemple.fr/ars/Couverture?x=1", True),
        ("http://127.0.0.1:8501/Couverture?x=1", False),
        ("http://localhost:8501/Couverture?x=1", False),
        ("/Couverture?x=1", False),
    ],
)
def test_a_printed_address_is_whole_or_absent(monkeypatch: pytest.MonkeyPatch, here: str, printed: bool) -> None:
    monkeypatch.setattr(Address, "url", lambda self, query=None: here)
    assert export._link() == (here if printed else "")
