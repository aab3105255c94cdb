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

WAIT_S = 30  # for a lock, to write
READ_S = 5  # to read, which only an order on the whole table forbids
SLOW_S, REST_S = 2.0, 15.0  # who took so long to say nothing is not asked again for a while
# Unless the address says otherwise: a server that is silent, or whose network is lost, must not hold the pages.
DEFAULTS = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
SILENT, LOCKED, IMPOSSIBLE = "elle tarde à répondre", "un autre programme y écrit", "une valeur n’y entre pas"
_RESTING: dict[
    sa.URL, tuple[float, str]
] = {}  # database → until when it is not asked, and why; as many as `engine_of` keeps, or few more
# What a database says → what it means; the first that is found counts. A server speaks the language of its own settings, French too,
# but gives an error of an order its five signs (PostgreSQL, appendix A), which go before its words.
REASONS = tuple(
    (re.compile(said, re.IGNORECASE), means)
    for said, means in (
        (re.escape(REFUSED), REFUSED),
        ("^(?:55P03|40P01|40001)|is locked|lock timeout|deadlock", LOCKED),
        ("^53100|disk is full|no space left|could not extend", "le disque est plein"),
        (
            "^(?:25006|42501)|readonly|read-only|permission denied|droit refusé",
            "elle ne prend pas d’écriture, ou la refuse à ce serveur",
        ),
        ("unable to open", "son fichier ne s’ouvre pas"),
        ("not a database|malformed", "son fichier est abîmé"),
        ("disk i/o", "le disque ne répond pas"),
        ("^(?:22P05|22021)|has no equivalent", "elle n’est pas en UTF-8 : qui gère ce serveur doit la créer en UTF-8"),
        (r"invalid (?:connection option|\w+ value)", "une option de son adresse n’est pas comprise"),
        ("does not support ssl|certificate", "la connexion chiffrée que demande son adresse ne s’établit pas"),
        ("^3F000|no schema has been selected", "le schéma que demande son adresse n’y est pas"),
        (
            "authenti|no password|pg_hba|not permitted to log in|autorisé à se connecter",
            "elle refuse l’identification de ce serveur",
        ),
        ("^53300|too many|connection slots|trop de|emplacements de connexions", "trop de connexions à la fois"),
        (
            r"starting up|shutting down|recovery|se lance|s.arrête|restauration|n.accepte|not (?:yet|currently) accepting",
            "elle démarre ou s’arrête",
        ),
        ("^57014|timeout|timed out", SILENT),
        ("translate host|resolve|name or service|getaddrinfo", "son adresse ne mène à aucune machine"),
        ("refused|no such file|could not connect|no route", "rien n’écoute à son adresse"),
        (
            "^(?:57P0|08)|terminating|closed the connection|connection is closed|closed unexpectedly|ssl syscall|reset by|lost",
            "la connexion a été coupée",
        ),
        (
            "^(?:3D000|42P01)|does not exist|n.existe pas",
            "elle ne connaît pas cette base, cet utilisateur ou une de ses tables",
        ),
        ("^22|too long|out of range|nul ", IMPOSSIBLE),
        ("^23|constraint|duplicate", "une de ses règles l’interdit"),
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
        options = {"connect_args": {"timeout": READ_S}} if local else {}
        if url.get_backend_name() == "postgresql":
            url = url.set(
                query={**DEFAULTS, **url.query, "client_encoding": "utf8"}
            )  # whatever its own, or the machine's
        engine = sa.create_engine(url, poolclass=NullPool, **options)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):  # their own words hold pieces of the address
        raise GeoInputError(
            f"{ADDRESS} : l’adresse du registre n’est pas comprise, ou le pilote de cette base n’est pas installé. "
            "Exemple : postgresql+psycopg://utilisateur@serveur/base. Dans un mot de passe, @ s’écrit %40, : s’écrit %3A, / s’écrit %2F."
        ) from None
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    elif engine.dialect.name == "postgresql":
        _tune_postgresql(engine)
    return engine


def _tune_sqlite(engine: sa.Engine) -> None:
    """Let a writer wait for the other at its first word, not fail at its last: BEGIN IMMEDIATE; reads wait less."""

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: object, _: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        connection.text_factory = _text  # type: ignore[attr-defined]
        connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[attr-defined]
        connection.execute("PRAGMA synchronous=FULL")  # type: ignore[attr-defined]

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reads = connection.get_execution_options().get("reads")
        connection.exec_driver_sql(f"PRAGMA busy_timeout={1000 * (READ_S if reads else WAIT_S)}")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _tune_postgresql(engine: sa.Engine) -> None:
    """Let a transaction wait for a lock, but not for ever: one forgotten in a console would else hold every page. Not by an option
    of the connection, which a pooler in between may refuse."""

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        wait = READ_S if connection.get_execution_options().get("reads") else WAIT_S
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{wait}s'")


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
    until, why = _RESTING.get(engine.url, (0.0, ""))
    if begun < until:  # else each question of each page would wait as long
        raise GeoInputError(_sentence(why))
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        _rest(engine, begun, LOCKED if reason(error) == LOCKED else SILENT)
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
def patient(engine: sa.Engine) -> Iterator[None]:
    """Read; a database that stays locked is left alone for a while, as one that is silent is."""
    begun = time.monotonic()
    try:
        yield
    except SQLAlchemyError as error:
        if reason(error) == LOCKED:
            _rest(engine, begun, LOCKED)
        raise


def _rest(engine: sa.Engine, begun: float, why: str) -> None:
    if time.monotonic() - begun >= SLOW_S:
        _RESTING[engine.url] = (time.monotonic() + REST_S, why)


@contextmanager
def reported() -> Iterator[None]:
    """Turn what a database complains of into a French sentence."""
    try:
        yield
    except SQLAlchemyError as error:
        raise GeoInputError(_sentence(reason(error))) from error
    except UnicodeEncodeError as error:  # half of a letter, which no text of a database can hold
        raise GeoInputError(_sentence(IMPOSSIBLE)) from error


def reason(error: SQLAlchemyError) -> str:
    """Say what a complaint of a database means, in French; "" when that is not known."""
    orig = getattr(error, "orig", None)
    said = f"{getattr(orig, 'sqlstate', None) or ''} {orig or error}"
    return next((means for found, means in REASONS if found.search(said)), "")


def _sentence(reason: str) -> str:
    why = f" ({reason})" if reason else ""
    return f"Le registre des couches importées ne répond pas{why}. Rien n’est changé ; réessayez."
