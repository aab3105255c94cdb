"""The database of a register: how it is opened, and what it complains of, in French.

What a driver says is in English and names machines, users, and pieces of a password that was written badly in an address: none of it
goes to a page nor to a log. What it means is said instead, where that is known.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from geo.errors import GeoInputError
from geo.register.append_only import REFUSED
from geo.register.bodies import ADDRESS

WAIT_S = 30
SLOW_S, REST_S = 2.0, 15.0  # who took so long to say nothing is not asked again for a while
CONNECT_S = 5  # unless the address says otherwise: a server that is silent must not hold the pages
SILENT = "elle tarde à répondre"
_RESTING: dict[sa.URL, float] = {}  # database → until when it is not asked; as many as `engine_of` keeps, or few more
# What a database says → what it means; the first that is found counts.
REASONS = tuple(
    (re.compile(said, re.IGNORECASE), means)
    for said, means in (
        (re.escape(REFUSED), REFUSED),
        ("is locked|lock timeout|deadlock", "un autre programme y écrit"),
        ("disk is full|no space left|could not extend", "le disque est plein"),
        ("readonly|read-only|permission denied", "elle ne prend pas d’écriture, ou la refuse à ce serveur"),
        ("unable to open", "son fichier ne s’ouvre pas"),
        ("not a database|malformed", "son fichier est abîmé"),
        ("disk i/o", "le disque ne répond pas"),
        ("authentication failed|no password|pg_hba", "elle refuse l’identification de ce serveur"),
        ("too many|connection slots", "trop de connexions à la fois"),
        ("starting up|shutting down|recovery", "elle démarre ou s’arrête"),
        ("timeout|timed out", SILENT),
        ("translate host|resolve|name or service|getaddrinfo", "son adresse ne mène à aucune machine"),
        ("refused|no such file|could not connect|no route", "rien n’écoute à son adresse"),
        ("terminating|closed the connection|connection is closed|reset by|lost", "la connexion a été coupée"),
        ("does not exist", "elle ne connaît pas cette base, cet utilisateur ou une de ses tables"),
        ("too long|out of range|nul ", "une valeur n’y entre pas"),
        ("constraint|duplicate", "une de ses règles l’interdit"),
    )
)


@lru_cache(maxsize=8)
def engine_of(address: str | sa.URL) -> sa.Engine:
    """Return the database of an address.

    Raises
    ------
    GeoInputError
        When the address is not valid, or its driver is absent.
    """
    try:
        url = sa.make_url(address)
        local = url.get_backend_name() == "sqlite"
        if not local and "@" in f"{url.host}{url.database}":
            raise ArgumentError("a password with a sign of addresses")
        options = {"connect_args": {"timeout": WAIT_S}} if local else {}
        if url.get_backend_name() == "postgresql" and "connect_timeout" not in url.query:
            url = url.update_query_dict({"connect_timeout": str(CONNECT_S)})
        engine = sa.create_engine(url, poolclass=NullPool, **options)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):  # their own words hold pieces of the address
        raise GeoInputError(
            f"{ADDRESS} : l’adresse du registre n’est pas comprise, ou le pilote de cette base n’est pas installé. "
            "Exemple : postgresql+psycopg://utilisateur@serveur/base. Dans un mot de passe, @ s’écrit %40, : s’écrit %3A, / s’écrit %2F."
        ) from None
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    return engine


def _tune_sqlite(engine: sa.Engine) -> None:
    """Let a writer wait for the other at its first word, not fail at its last: BEGIN IMMEDIATE; reads take no lock."""

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: object, _: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        connection.text_factory = _text  # type: ignore[attr-defined]
        connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[attr-defined]
        connection.execute("PRAGMA synchronous=FULL")  # type: ignore[attr-defined]

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reads") else "BEGIN IMMEDIATE")


def _text(value: bytes) -> str:
    """Read a text of the database; one byte that is not UTF-8 must not hide every row."""
    return value.decode("utf-8", "replace")


def connected(engine: sa.Engine) -> sa.Connection:
    """Connect to a database; what is read there in one transaction is of one moment.

    PostgreSQL would else show each question what others have written since the one before: a backup would hold moves without
    their versions.

    Raises
    ------
    GeoInputError
        When its address leads nowhere, or when it was silent a moment ago.
    SQLAlchemyError
        When it does not answer.
    """
    begun = time.monotonic()
    if begun < _RESTING.get(engine.url, 0.0):  # else each question of each page would wait as long
        raise GeoInputError(_sentence(SILENT))
    try:
        connection = engine.connect()
    except SQLAlchemyError:
        if time.monotonic() - begun >= SLOW_S:
            _RESTING[engine.url] = time.monotonic() + REST_S
        raise
    except (OSError, UnicodeError) as error:  # of the name of a machine, before the driver speaks
        raise GeoInputError(_sentence("son adresse ne mène à aucune machine")) from error
    if engine.dialect.name == "postgresql" and connection.get_execution_options().get("reads"):
        return connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def commit(connection: sa.Connection) -> None:
    """Commit a transaction.

    Raises
    ------
    GeoInputError
        When the database was lost at that very moment: nobody knows then whether it is done.
    SQLAlchemyError
        When it refuses: nothing is done.
    """
    try:
        connection.commit()
    except sa.exc.DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise GeoInputError(
            "La connexion au registre des couches importées a été coupée au moment d’écrire. Rechargez la page pour voir si c’est "
            "fait, avant de recommencer."
        ) from error


@contextmanager
def reported() -> Iterator[None]:
    """Turn what a database complains of into a French sentence."""
    try:
        yield
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error)
        raise GeoInputError(_sentence(next((means for found, means in REASONS if found.search(said)), ""))) from error


def _sentence(reason: str) -> str:
    why = f" ({reason})" if reason else ""
    return f"Le registre des couches importées ne répond pas{why}. Rien n’est changé ; réessayez."
