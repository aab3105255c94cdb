"""Who is in front of the screen: the machine, an address open to others, a provider, a proxy; what each may do on the pages.

What is forged in a session is refused by the core: the pages are driven with what their buttons would have left.
"""

from __future__ import annotations

import ast
import re
import time
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.context import StreamlitHeaders
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

from geo import register
from geo.errors import GeoInputError
from geo.imports import Review, keep, read_import
from geo.paths import ROOT
from geo.register import Statement
from geo.rights import Actor, Role
from tests.support import apptest, real
from tests.support.apptest import DATA
from tests.support.grid import plain
from ui import loaders
from ui.data import versions
from ui.identity import ground as grounds
from ui.identity.ground import Ground
from ui.identity.person import HOURS, person
from ui.identity.roles import given_role

AUTH = {
    "client_id": "clsm",
    "client_secret": "x",
    "cookie_secret": "y",
    "redirect_uri": "http://127.0.0.1/oauth2callback",
}
ROLES = {
    "ana@ars.example": "publicateur",
    "bob@ars.example": "contributeur",
    "cleo@ars.example": {"role": "publicateur", "departements": ["59"]},
    "groups=hdf": {"role": "publicateur", "regions": ["32"]},
}
LIST = "CLSM;Code INSEE;Commune;Etat\nCLSM du Calaisis;62193;Calais;en service\n"


@pytest.fixture(autouse=True)
def home(clean_home: Path) -> Path:
    return clean_home


def options(monkeypatch: pytest.MonkeyPatch, **known: object) -> None:
    """Have the server set so, for what `ui.identity` reads of it."""
    asked = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: known.get(name.rpartition(".")[2], asked(name)))


def user(email: str, **claims: object) -> dict[str, object]:
    return {"is_logged_in": True, "email": email, "name": email.partition("@")[0].title(), "iat": time.time(), **claims}


def page(who: dict[str, Any] | None = None, secrets: dict[str, Any] | None = None) -> AppTest:
    app = AppTest.from_file(apptest.HOME, default_timeout=60)
    app.secrets = secrets or {}
    app.user = who or {}
    app.switch_page(DATA)
    return apptest.ran(app.run())


def said(app: AppTest) -> str:
    found = (str(e.value) for kind in ("caption", "info", "warning", "markdown", "error") for e in app.get(kind))
    return plain(" ".join(found)).replace("\\", "")


def keys(app: AppTest) -> set[str]:
    return {str(b.key) for b in app.button}


def a_draft(home: Path) -> register.Version:
    draft = read_import(LIST.encode(), "clsm.csv", "clsm", atlas=real.atlas())
    return keep(Review(draft, Statement("ARS", "2026", "Ana"), loaders.official()), home)


# --- what the server knows people by ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "headers", "expected"),
    [
        ("127.0.0.1", {}, Ground.MACHINE),
        ("localhost", {"Host": "localhost:8501"}, Ground.MACHINE),
        ("::1", {"Host": "[::1]:8501"}, Ground.MACHINE),
        ("127.0.0.1", {"Host": "clsm.ars.example"}, Ground.CLOSED),
        ("127.0.0.1", {"Host": "127.0.0.1:8501", "X-Forwarded-For": "10.0.0.9"}, Ground.CLOSED),
        ("127.0.0.1", {"Host": "127.0.0.1:8501", "Origin": "http://localhost:8501"}, Ground.MACHINE),
        ("127.0.0.1", {"Host": "127.0.0.1:8501", "Origin": "https://clsm.ars.example"}, Ground.CLOSED),
        ("127.0.0.1", {"Host": "127.0.0.1:8501", "Origin": "null"}, Ground.CLOSED),
        ("0.0.0.0", {"Host": "127.0.0.1:8501"}, Ground.CLOSED),
        (None, {"Host": "localhost"}, Ground.CLOSED),
        ("clsm.ars.example", {}, Ground.CLOSED),
    ],
)
def test_only_a_machine_that_serves_itself_makes_everyone_a_publisher(
    address: str | None, headers: dict[str, str], expected: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    options(monkeypatch, address=address)
    monkeypatch.setattr(type(st.context), "headers", property(lambda _: headers))
    assert grounds.ground() is expected
    assert person().actor.role is (Role.PUBLISHER if expected is Ground.MACHINE else Role.READER)


def test_two_ways_at_once_and_a_file_that_cannot_be_read_close_publication(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth\n")
    options(monkeypatch, files=[str(broken)])
    monkeypatch.setattr(st, "secrets", _Unreadable())
    assert (grounds.ground(), person().actor.role) == (Ground.WRONG, Role.READER)
    monkeypatch.setattr(st, "secrets", {"auth": _Section(AUTH)})
    options(monkeypatch, trustedUserHeaders={"X-Email": "email"})
    assert (grounds.ground(), person().actor.role) == (Ground.WRONG, Role.READER)


@pytest.mark.parametrize("auth", ["clsm", ["clsm"], {}], ids=["a text", "a list", "an empty section"])
def test_an_identity_begun_and_not_settled_closes_publication_even_on_ones_own_machine(
    auth: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "secrets", {"auth": _Section(auth) if isinstance(auth, dict) else auth})
    assert (grounds.ground(), person().actor.role) == (Ground.WRONG, Role.READER)


@pytest.mark.parametrize("verified", [False, "false", "False", 0, "0", None, "no", []])
def test_an_address_that_is_not_surely_verified_gives_no_role_as_a_line_nor_as_a_claim(
    verified: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = {"ana@ars.example": "publicateur", "email=ana@ars.example": "publicateur"}
    monkeypatch.setattr(st, "secrets", {"auth": _Section(AUTH), "roles": _Section(roles)})
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: user("ana@ars.example", email_verified=verified))
    assert person().actor == Actor("Ana", Role.READER)
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: user("ana@ars.example", email_verified="true"))
    assert person().actor == Actor("Ana", Role.PUBLISHER)


def test_roles_that_are_no_section_leave_everyone_a_reader_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "secrets", {"auth": _Section(AUTH), "roles": ["ana@ars.example"]})
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: user("ana@ars.example"))
    assert person().actor == Actor("Ana", Role.READER)
    assert "section « roles »" in person().problem


@pytest.mark.parametrize(("headers", "known"), [
    ([("X-Email", "ana@ars.example")], True),
    ([("X-Email", "eve@ars.example"), ("x-email", "ana@ars.example")], False),
    ([("X-Groups", "hdf"), ("X-Email", "eve@ars.example"), ("X-Groups", "agents")], False),
])  # fmt: skip
def test_a_header_that_comes_twice_names_nobody(
    headers: list[tuple[str, str]], known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser sent its own, and the proxy added one instead of replacing it: the framework reads the first."""
    options(monkeypatch, trustedUserHeaders={"X-Email": "email", "X-Groups": "groups"})
    monkeypatch.setattr(st, "secrets", {"roles": _Section(ROLES)})
    monkeypatch.setattr(type(st.context), "headers", property(lambda _: StreamlitHeaders(headers)))
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: {"email": "ana@ars.example", "groups": "hdf"})
    one = person()
    assert one.known is known and (one.actor.role is Role.PUBLISHER) is known
    assert ("deux fois" in one.problem) is not known


def test_every_header_that_the_guide_names_people_by_is_emptied_by_nginx() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    named = re.findall(r'^ *(X-[\w-]+) = "', guide, re.MULTILINE)
    conf = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert len(named) >= 3
    assert [header for header in named if f'proxy_set_header {header} "";' not in conf] == []


class _Unreadable(Secrets):
    def __getitem__(self, key: str) -> Any:
        raise grounds.StreamlitSecretNotFoundError("unreadable")


class _Section(dict[str, Any]):
    def to_dict(self) -> dict[str, Any]:
        return dict(self)


# --- roles ------------------------------------------------------------------------------------------------------
def role(email: str = "", table: dict[str, Any] | None = None, **claims: list[str]) -> Actor:
    return given_role("Ana", email, claims, ROLES if table is None else table, real.atlas())


def test_a_role_is_that_of_the_address_else_of_a_claim_else_a_readers() -> None:
    assert role("ANA@ars.example") == Actor("Ana", Role.PUBLISHER)
    assert role("bob@ars.example", groups=["hdf"]).role is Role.CONTRIBUTOR, "the address comes first"
    assert role(groups=["x", "hdf"]).departements == {"02", "59", "60", "62", "80"}
    assert role("dan@ars.example", groups=["hd"]) == Actor("Ana", Role.READER)
    assert role(table={}) == Actor("Ana", Role.READER)
    assert (
        role(table={"groups=a": {"role": "publicateur", "departements": []}}, groups=["a"]).departements == frozenset()
    )


@pytest.mark.parametrize(("line", "email"), [
    ("marie@ars.example", "\u212aarie@ars.example"), ("karl@ars.example", "\u212aarl@ars.example"),
    ("strasse@ars.example", "straße@ars.example"), ("ana@ars.example", "ana@ars.example.pirate.example"),
    ("ana@ars.example", "ana@ars.example\u200b"), ("ana@ars.example", "аna@ars.example"), ("ana@ars.example", "ana@ars.example,bob@ars.example"),
])  # fmt: skip
def test_an_address_that_only_resembles_gives_nothing(line: str, email: str) -> None:
    assert role(email, {line: "publicateur"}) == Actor("Ana", Role.READER)
    assert role(line.upper(), {line: "publicateur"}).role is Role.PUBLISHER
    assert role("zoé@ars.example", {"zoé@ars.example": "publicateur"}).role is Role.PUBLISHER


def test_a_comma_in_ones_own_name_makes_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A header holds a list as one text: of groups, which the organisation gives; a name is of whoever writes it."""
    options(monkeypatch, trustedUserHeaders={"X-Name": "name", "X-Login": "preferred_username", "X-Groups": "groups"})
    table = {"name=Marie Curie": "publicateur", "preferred_username=marie": "publicateur", "groups=hdf": "contributeur"}
    monkeypatch.setattr(st, "secrets", {"roles": _Section(table)})
    monkeypatch.setattr(grounds, "doubled", lambda: False)
    told = {"name": "X,Marie Curie", "preferred_username": "x,marie", "groups": "agents,hdf"}
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: told)
    assert person().actor == Actor("X,Marie Curie", Role.CONTRIBUTOR)
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: told | {"preferred_username": "marie"})
    assert person().actor.role is Role.PUBLISHER


@pytest.mark.parametrize(
    "line", ["chef", {"role": "chef"}, {}, {"role": "publicateur", "departements": "62"}, {"role": "publicateur", "dep": ["62"]},
             {"role": "publicateur", "departements": ["999"]}, {"role": "publicateur", "regions": [["32"]]}, 3],
)  # fmt: skip
def test_a_line_that_makes_no_sense_gives_nothing(line: object) -> None:
    with pytest.raises(GeoInputError, match="n’est pas compris"):
        role("ana@ars.example", {"ana@ars.example": line})


# --- the pages --------------------------------------------------------------------------------------------------
def test_on_ones_own_machine_the_page_says_that_everyone_may_publish(home: Path) -> None:
    a_draft(home)
    app = page()
    assert "ne sert que cette machine" in said(app)
    assert any(key.startswith("version-publier-clsm") for key in keys(app))
    assert app.text_input(key="version-qui-clsm").label == "Votre nom (obligatoire)"


def test_on_another_address_publication_is_closed_until_identity_is_configured(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_draft(home)
    options(monkeypatch, address="0.0.0.0")
    app = page()
    assert "La publication est fermée" in said(app)
    assert not any(key.startswith("version-publier") for key in keys(app))
    assert "est refusé à un lecteur" in said(app)


@pytest.mark.parametrize(
    ("email", "offered", "line"),
    [
        ("ana@ars.example", True, "Ana (publicateur : France entière)"),
        ("bob@ars.example", False, "Bob (contributeur : France entière)"),
        ("cleo@ars.example", True, "Cleo (publicateur : Nord)"),
        ("dan@ars.example", False, "Dan (lecteur)"),
    ],
)
def test_each_role_sees_its_buttons_and_its_name_is_no_field(email: str, offered: bool, line: str, home: Path) -> None:
    a_draft(home)
    app = page(user(email), {"auth": AUTH, "roles": ROLES})
    assert f"Vous êtes {line}." in said(app)
    assert any(key.startswith("version-publier") for key in keys(app)) is offered
    assert all("Votre nom" not in field.label for field in app.text_input)


@pytest.mark.parametrize(
    "who",
    [
        {},
        {"is_logged_in": False, "email": "ana@ars.example"},
        user("ana@ars.example", iat=time.time() - HOURS * 3600 - 60),
        user("ana@ars.example", iat=None),
        user("ana@ars.example", iat=time.time() * 1_000),
        user("ana@ars.example", iat=float("nan")),
        user("ana@ars.example", email_verified=False),
    ],
    ids=["nobody", "logged out", "expired", "undated", "of a day to come", "of no day", "address not verified"],
)
def test_whoever_is_not_surely_known_may_only_read(who: dict[str, Any], home: Path) -> None:
    a_draft(home)
    app = page(who, {"auth": AUTH, "roles": ROLES})
    assert not any(key.startswith("version-publier") for key in keys(app))
    known = who.get("email_verified") is False
    assert ("identite-entrer" in keys(app)) is not known


def test_a_header_of_a_proxy_gives_the_name_and_its_groups(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options(monkeypatch, trustedUserHeaders={"X-Name": "name", "X-Groups": "groups"})
    app = page({"name": "Zoé".encode().decode("latin-1"), "groups": "agents,hdf"}, {"roles": ROLES})
    assert "Vous êtes Zoé (publicateur : Aisne, Nord, Oise, Pas-de-Calais et Somme)." in said(app)
    assert "Votre identité n’est pas parvenue" in said(page({"name": None, "groups": None}, {"roles": ROLES}))


@pytest.mark.parametrize("email", ["bob@ars.example", "cleo@ars.example", "dan@ars.example"])
def test_what_a_forged_session_asks_is_refused_by_the_core(
    email: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The callback of « Confirmer », with a name typed in a field that this session never had."""
    version = a_draft(home)
    move = versions.Move("clsm", version.number, 0)
    monkeypatch.setattr(st, "secrets", {"auth": _Section(AUTH), "roles": _Section(ROLES)})
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: user(email))
    st.session_state["version-qui-clsm"] = "Ana"
    st.session_state.pop("acts", None)
    versions._move(move)
    assert [ok for ok, _ in st.session_state["acts"].said] == [False]
    assert "Mettre une couche en service est refusé à" in plain(st.session_state["acts"].said[0][1])
    assert register.head("clsm", home).version is None


@pytest.mark.parametrize(
    ("email", "offered"),
    [
        ("ana@ars.example", {"import-publier", "import-garder"}),
        ("bob@ars.example", {"import-garder"}),
        ("dan@ars.example", set()),
    ],
)
def test_an_import_ends_with_what_the_role_may_do(email: str, offered: set[str], home: Path) -> None:
    app = page(user(email), {"auth": AUTH, "roles": ROLES})
    app = apptest.settled(app.file_uploader[0].set_value(("clsm.csv", LIST.encode(), "text/csv")).run())
    app = app.text_input(key="import-source").input("ARS").run()
    assert keys(app) & {"import-publier", "import-garder"} == offered
    assert any(m.key.startswith("import-complet") for m in app.multiselect) is (email == "ana@ars.example")
    if offered:
        app = apptest.ran(app.button(key="import-garder").click().run())
        assert [v.statement.who for v in register.versions(home=home)] == [email.partition("@")[0].title()]


@pytest.mark.parametrize(
    ("email", "offered"),
    [("ana@ars.example", True), ("bob@ars.example", False), ("cleo@ars.example", False), ("", False)],
)
def test_sources_are_updated_by_a_publisher_for_all_of_france(email: str, offered: bool) -> None:
    app = page(user(email) if email else {}, {"auth": AUTH, "roles": ROLES})
    assert any(b.label == "Mettre à jour les sources officielles" for b in app.button) is offered
    assert any("aussi les IRIS" in b.label for b in app.button) is offered
    assert ("Mettre à jour les sources officielles est refusé à" in said(app)) is not offered


def test_a_reader_sees_no_form_of_projects() -> None:
    app = AppTest.from_file(apptest.HOME, default_timeout=60)
    app.secrets, app.user = {"auth": AUTH, "roles": ROLES}, user("dan@ars.example")
    app.query_params["region"], app.query_params["onglet"] = "32", "projets"
    app.switch_page("pages/6_Ma_region.py")
    app = apptest.ran(app.run())
    assert "Écrire un projet de CLSM est refusé à Dan (lecteur)" in said(app)
    assert not any(field.key.startswith("region-nom") for field in app.text_input)


# --- the journal ------------------------------------------------------------------------------------------------
def test_the_journal_is_read_by_layer_and_by_day_and_taken_away(home: Path) -> None:
    version = a_draft(home)
    register.publish(version, who="=Bob <b>", seen=0)
    app = page()
    assert "couche d’origine version 1" not in apptest.written(app, " ")
    app = apptest.ran(app.toggle(key="journal-ouvert").set_value(True).run())
    text = apptest.written(app, " ")
    assert "=Bob <b> CLSM mise en service couche d’origine version 1" in text
    assert "Ana CLSM version 1 gardée" in text
    assert {"journal-csv", "journal-xlsx"} <= {str(b.key) for b in app.get("download_button")}
    days = app.selectbox(key="journal-jour")
    assert len(days.options) == 2 and app.selectbox(key="journal-couche").options == ["toutes", "CLSM"]
    assert app.selectbox(key="journal-qui").options == ["tous", "Ana", "=Bob <b>"]
    register.withdraw("clsm", who=Actor("Ana", id="7f"), seen=1)
    register.publish(version, who=Actor("Ana", id="b8"), seen=2)
    app = apptest.ran(app.run())
    assert app.selectbox(key="journal-qui").options == ["tous", "Ana", "Ana (7f)", "Ana (b8)", "=Bob <b>"]
    text = apptest.written(apptest.ran(app.selectbox(key="journal-qui").set_value("Ana (7f)").run()), " ")
    assert "Ana (7f) CLSM retour à la couche d’origine" in text and "Ana (b8) CLSM mise en service" not in text


@pytest.mark.parametrize(
    ("claims", "known"),
    [
        ({"sub": "7f3a", "preferred_username": "ana2"}, "7f3a"),
        ({"preferred_username": "ana2"}, "ana2"),
        ({}, "ana@ars.example"),
        ({"email_verified": False}, ""),
        ({"name": ""}, ""),
    ],
)
def test_a_person_is_told_from_a_namesake_by_what_the_provider_gives_that_is_stable(
    claims: dict[str, object], known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "secrets", {"auth": _Section(AUTH), "roles": _Section(ROLES)})
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: user("ana@ars.example", **claims))
    assert person().actor.id == known


# --- every call of a page gives the core who acts -----------------------------------------------------------------
WRITERS = {
    "keep": "by",
    "keep_and_publish": "by",
    "keep_needs": "by",
    "publish_needs": "by",
    "publish": "who",
    "withdraw": "who",
    "save": "who",
    "save_all": "who",
    "sync_now": "actor",
}
OWNERS = {name: {"register", "imports", "projects"} for name in WRITERS} | {"sync_now": {""}}


def test_no_page_writes_under_a_plain_name() -> None:
    """A plain name is a publisher's everywhere: only the command line may give one."""
    found = []
    for path in [*(ROOT / "ui").glob("**/*.py"), *(ROOT / "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            owner, _, name = ast.unparse(node.func).rpartition(".")
            if name not in WRITERS or owner not in OWNERS[name]:
                continue
            given = {word.arg: ast.unparse(word.value) for word in node.keywords}
            found.append((path.name, name, given.get(WRITERS[name])))
    assert {what for _, what, _ in found} == set(WRITERS)
    assert [one for one in found if one[2] != "actor"] == []
