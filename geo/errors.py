"""One error for everything that a user can mend: its text is French and says what, where and what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping

_REASONS: Mapping[int, str] = {
    errno.ENOENT: "ce chemin n’existe pas",
    errno.EACCES: "vous n’en avez pas le droit",
    errno.EPERM: "vous n’en avez pas le droit",
    errno.EROFS: "ce disque est en lecture seule",
    errno.ENOSPC: "il n’y a plus de place sur le disque",
    errno.EDQUOT: "il n’y a plus de place sur le disque",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "un fichier est à la place d’un dossier du chemin",
    errno.EEXIST: "un fichier porte déjà ce nom",
    errno.ENAMETOOLONG: "ce nom est trop long",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENFILE: "trop de fichiers sont ouverts",
    errno.ENOMEM: "la mémoire manque",
    errno.EAGAIN: "le système est trop chargé",
    errno.EIO: "le disque ne répond pas",
}


class GeoInputError(ValueError):
    """Bad input, with every problem found at once.

    `problems` holds one plain French sentence per problem, ready to be shown to a user.
    """

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class MissingDataError(GeoInputError):
    """A file the dashboard needs is absent or unreadable; the message says how to make it again."""


def system_reason(error: OSError) -> str:
    """Say in French why the system refused; what it says itself is in its own language."""
    if error.errno is None:
        return "le système ne dit pas pourquoi"
    return _REASONS.get(error.errno, f"erreur {error.errno} du système")
