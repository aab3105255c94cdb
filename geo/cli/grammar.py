"""The grammar of the command line, in French: argparse speaks English to whoever mistypes a command or asks for help.

Its sentences have no numbers nor classes, only their English text: those met are told in French here, and any other leads to the help.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from geo import french as fr
from geo.cli.terminal import warn

_SAID: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"the following arguments are required: (.+)", lambda m: f"Il manque : {m[1]}."),
    (r"one of the arguments (.+) is required", lambda m: f"Il manque l’un de : {', '.join(m[1].split())}."),
    (r"argument (.+?): not allowed with argument (.+)", lambda m: f"{m[1]} et {m[2]} ne vont pas ensemble."),
    (
        r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)",
        lambda m: f"{m[1]} : {_quoted(m[2])} n’est pas un choix ; possibles : {fr.listing(_choices(m[3]), 30)}.",
    ),
    (r"argument (.+?): invalid int value: (.+)", lambda m: f"{m[1]} : {_quoted(m[2])} n’est pas un nombre entier."),
    (r"argument (.+?): invalid float value: (.+)", lambda m: f"{m[1]} : {_quoted(m[2])} n’est pas un nombre."),
    (r"argument (.+?): expected .*argument.*", lambda m: f"{m[1]} : il manque une valeur."),
    (r"argument (.+?): ignored explicit argument (.+)", lambda m: f"{m[1]} n’attend pas de valeur ({_quoted(m[2])})."),
    (r"ambiguous option: (.+?) could match (.+)", lambda m: f"{m[1]} est trop court : {m[2]}."),
    (r"unrecognized arguments: (.+)", lambda m: f"Options ou valeurs de trop : {m[1]}."),
)


def _quoted(text: str) -> str:
    return f"« {text.strip(chr(39) + chr(34))} »"


def _choices(text: str) -> list[str]:
    """Return the choices that a message lists, which Python writes with quotes or without, by its version."""
    return [one.strip(" '\"") for one in text.split(",")]


def in_french(message: str) -> str:
    """Say in French what argparse says of a command that it does not understand."""
    for pattern, said in _SAID:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return said(found)
    return "La commande n’est pas comprise."


class FrenchFormatter(argparse.HelpFormatter):
    """Help whose headings are French."""

    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        """Add the line of usage."""
        super().add_usage(usage, actions, groups, "Usage : " if prefix is None else prefix)


class FrenchParser(argparse.ArgumentParser):
    """A parser that helps and refuses in French: one sentence on stderr, and status 2. Commands added to it are of the same kind."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": FrenchFormatter, **options, "add_help": False})
        self._positionals.title = f"à donner{fr.NBSP}"
        self._optionals.title = f"options{fr.NBSP}"
        self.add_argument("-h", "--help", action="help", help="montrer cette aide")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where the help is, and leave with status 2."""
        warn(f"{in_french(message)} Aide : {self.prog} --help")
        self.exit(2)
