"""The database of a register: servers of another encoding, locks that stay, what a server says in French, texts that none can write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from geo.errors import GeoInputError
from geo.register import ADDRESS, engine, register
from geo.register.store import register_folder
from tests.register.test_register import ATLAS, ORIGIN, SAID, brought, home, kept, local

__all__ = ["home", "local"]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for a lock, and leave no database alone after a test."""
    monkeypatch.setattr(engine, "WAIT_S", 1)
    monkeypatch.setattr(engine, "READ_S", 1)
    monkeypatch.setattr(engine, "SLOW_S", 0.5)
    monkeypatch.setattr(engine, "_RESTING", {})


def database(address: str, name: str, encoding: str) -> str:
    """Make a database of an encoding, and return its address."""
    with sa.create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(
            sa.text(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
        )
    return address.replace("/postgres?", f"/{name}?")


def test_a_database_without_an_encoding_keeps_french_texts(
    server: str, local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, database(server, "sans_codage", "SQL_ASCII"))
    kept(local, said=replace(SAID, who="Zoé L’Œuvre"))
    register.publish(register.find("clsm", 1, local), who="Zoé L’Œuvre", seen=0, home=local)
    assert [event.who for event in register.history("clsm", local)] == ["Zoé L’Œuvre"]
    assert register.head("clsm", local).version.statement.who == "Zoé L’Œuvre"


@pytest.mark.usefixtures("on_postgres")
def test_the_encoding_of_the_machine_changes_nothing(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    assert kept(local, said=replace(SAID, who="Zoé L’Œuvre")).statement.who == "Zoé L’Œuvre"


def test_a_database_in_latin_1_is_refused_by_a_sentence(
    server: str, local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, database(server, "latin", "LATIN1"))
    for do in (lambda: kept(local), lambda: register.heads(local), lambda: register.token(local)):
        with pytest.raises(GeoInputError, match=r"elle n’est pas en UTF-8.*Rien n’est changé"):
            do()


@pytest.mark.parametrize(("option", "means"), [
    ("sslmode=wrong", "une option de son adresse n’est pas comprise"),
    ("foo=bar", "une option de son adresse n’est pas comprise"),
    ("options=-csearch_path%3Dabsent", "le schéma que demande son adresse n’y est pas"),
])  # fmt: skip
def test_an_option_of_the_address_that_leads_nowhere_is_said(
    option: str, means: str, server: str, local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, f"{server}&{option}")
    with pytest.raises(GeoInputError, match=means):
        kept(local)


def locked(home: Path, address: str) -> Callable[[], None]:
    """Have a console hold the whole register and forget it; return what ends it."""
    if address:
        other = sa.create_engine(address, poolclass=NullPool).connect()
        other.execute(sa.text("LOCK TABLE clsm_heads, clsm_versions IN ACCESS EXCLUSIVE MODE"))
        return other.close
    held = sqlite3.connect(register_folder(home) / "registre.sqlite", isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    return held.close


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_a_lock_that_stays_costs_a_sentence_once_and_holds_no_page(
    where: str, local: Path, request: pytest.FixtureRequest
) -> None:
    if where == "postgresql":
        request.getfixturevalue("on_postgres")
    version = kept(local)
    end = locked(local, request.getfixturevalue("server") if where == "postgresql" else "")
    try:
        with pytest.raises(GeoInputError, match="un autre programme y écrit"):
            register.publish(version, who="Ana", seen=0, home=local)
        with pytest.raises(GeoInputError, match="un autre programme y écrit"):
            register.heads(local)
        assert len(engine._RESTING) == 1
        for _ in range(200):  # the questions of a page that are still to come: each would wait as long
            with pytest.raises(GeoInputError, match="un autre programme y écrit"):
                register.token(local)
    finally:
        end()
    engine._RESTING.clear()  # a quarter of a minute later
    assert register.publish(version, who="Ana", seen=0, home=local).revision == 1


@pytest.mark.parametrize(("state", "said", "means"), [
    ("55P03", "annulation de la requête à cause du délai écoulé pour l’obtention des verrous", "un autre programme y écrit"),
    ("40001", "n’a pas pu sérialiser un accès à cause d’une mise à jour en parallèle", "un autre programme y écrit"),
    ("53100", "n’a pas pu étendre le fichier", "le disque est plein"),
    ("25006", "ne peut pas exécuter INSERT dans une transaction en lecture seule", "elle ne prend pas d’écriture"),
    ("42501", "droit refusé pour la table clsm_heads", "elle ne prend pas d’écriture"),
    ("57P01", "arrêt des connexions suite à la demande de l’administrateur", "la connexion a été coupée"),
    ("42P01", "la relation « clsm_heads » n’existe pas", "elle ne connaît pas cette base"),
    (None, "FATAL:  authentification par mot de passe échouée pour l'utilisateur  « clsm »", "elle refuse l’identification"),
    (None, "FATAL:  désolé, trop de clients sont déjà connectés", "trop de connexions à la fois"),
    (None, "FATAL:  la base de données « clsm » n'existe pas", "elle ne connaît pas cette base"),
    (None, "FATAL:  le système de bases de données se lance", "elle démarre ou s’arrête"),
    (None, "connection failed: server does not support SSL, but SSL was required", "la connexion chiffrée"),
    (None, 'root certificate file "/x.pem" does not exist', "la connexion chiffrée"),
    (None, "consuming input failed: SSL connection has been closed unexpectedly", "la connexion a été coupée"),
])  # fmt: skip
def test_a_server_that_speaks_french_is_understood(state: str | None, said: str, means: str, local: Path) -> None:
    orig = sqlite3.OperationalError(said)
    orig.sqlstate = state  # type: ignore[attr-defined]
    assert engine.reason(sa.exc.OperationalError("SELECT", {}, orig)).startswith(means)


def test_half_of_a_letter_is_replaced_in_what_is_kept(home: Path) -> None:
    """The name of a file, or of an account, whose bytes are not UTF-8."""
    version = register.keep(
        brought('01003'), replace(SAID, who="Zo\udce9", source="AR\ud800S"), replace(ORIGIN, name="Donn\udce9es.csv"), None, ATLAS, home=home
    )  # fmt: skip
    assert (version.statement.who, version.statement.source, version.origin.name) == ("Zo?", "AR?S", "Donn?es.csv")
