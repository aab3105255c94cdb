"""What can go wrong with a transfer, in plain French, and how the network's own errors become that.

A cut is worth another try, an unknown server is not; each error says which it is by its class.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
import urllib3

from geo.errors import GeoInputError
from geo.french import NBSP, count, number


class DownloadError(GeoInputError):
    """A file could not be brought; `status` is the server's answer when there was one."""

    def __init__(self, problem: str, *, status: int | None = None) -> None:
        super().__init__(problem)
        self.status = status


class UnreachableError(DownloadError):
    """No server answered: no network, wrong proxy, unknown name, closed door."""


class RefusedError(DownloadError):
    """An address or a redirection that is not followed."""


class TooLargeError(DownloadError):
    """More bytes than the ceiling allows."""


class CutError(DownloadError):
    """A transfer that stopped, or an answer that may be better next time; `wait_s` is what the server asks."""

    def __init__(self, problem: str, *, status: int | None = None, wait_s: float = 0.0) -> None:
        super().__init__(problem, status=status)
        self.wait_s = wait_s

    def after(self, attempts: int) -> CutError:
        """Return the same error, for a user, once no other try is left."""
        tries = count(attempts, "essai")
        return CutError(
            f"{self.problems[0]} ({tries}). Relancez : un transfert commencé reprend où il s’est arrêté.",
            status=self.status,
        )


class ChangedError(DownloadError):
    """The server's file is no longer the one whose beginning is here: start again."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{host_of(url)} : le fichier change pendant le transfert. Relancez plus tard.")


def megabytes(size: float) -> str:
    """Write a number of bytes: « 12,3 Mo », « 540 ko », « 12 octets »."""
    if size < 1000:
        return count(size, "octet")
    kilo = size < 1e6
    value = size / (1e3 if kilo else 1e6)
    return f"{number(value, 0 if kilo or value >= 100 else 1)}{NBSP}{'ko' if kilo else 'Mo'}"


def host_of(url: str) -> str:
    """Return the host of an address, which is how a message names a server."""
    return urlsplit(url).hostname or url


def without_login(url: str) -> str:
    """Return an address as it may be kept and shown: without the name and password it may carry."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url


@contextmanager
def translate(url: str) -> Iterator[None]:
    """Turn the errors of the HTTP libraries into ours."""
    host = host_of(url)
    try:
        yield
    except requests.exceptions.ProxyError as error:
        raise UnreachableError(f"{host} : le serveur mandataire (proxy) ne laisse pas passer.") from error
    except (requests.exceptions.SSLError, urllib3.exceptions.SSLError) as error:
        raise RefusedError(f"{host} : certificat de sécurité refusé. Voyez votre service informatique.") from error
    except requests.exceptions.ConnectTimeout as error:
        raise UnreachableError(f"{host} : pas de connexion dans le temps imparti.") from error
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise CutError(f"{host} : le serveur n’envoie plus rien") from error
    except requests.exceptions.ConnectionError as error:
        if _never_connected(error):
            raise UnreachableError(f"{host} : serveur injoignable. Vérifiez l’accès au réseau.") from error
        if _too_slow(error):
            raise CutError(f"{host} : le serveur n’envoie plus rien") from error
        raise CutError(f"{host} : connexion coupée") from error
    except (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.ProtocolError) as error:
        raise CutError(f"{host} : transfert coupé") from error
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
        raise DownloadError(f"{host} : adresse ou réponse incompréhensible ({type(error).__name__}).") from error


def _reason(error: requests.exceptions.ConnectionError) -> object:
    cause = error.args[0] if error.args else None
    return getattr(cause, "reason", cause)


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    return isinstance(_reason(error), urllib3.exceptions.NewConnectionError)


def _too_slow(error: requests.exceptions.ConnectionError) -> bool:
    return isinstance(_reason(error), urllib3.exceptions.TimeoutError)
