"""What is mistyped on the command line is told in French, in one line, with where the help is; the help is French too."""

from __future__ import annotations

import argparse

import pytest

import geo.__main__ as command
from geo.cli.grammar import FrenchParser, in_french
from tests.support.grid import plain


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Il manque : commande. Aide : python -m geo --help"),
        ("evaluat", "commande : « evaluat » n’est pas un choix ; possibles : evaluate, note,"),
        ("import", "Il manque : FICHIER, --kind. Aide : python -m geo import --help"),
        ("import x --kind foo", "--kind : « foo » n’est pas un choix ; possibles : cls, clsm,"),
        ("import x --kind clsm --acc", "--acc est trop court : --accept-gaps, --accept-proposals."),
        ("layers --publish z", "--publish : « z » n’est pas un nombre entier."),
        ("layers --publish", "--publish : il manque une valeur."),
        ("layers --json=3", "--json n’attend pas de valeur (« 3 »)."),
        ("divide 62 --seconds u", "--seconds : « u » n’est pas un nombre."),
        ("evaluate", "Il manque l’un de : --communes, --epci, --clsm, --secteur."),
        ("evaluate --communes 1 --epci 2", "--epci et --communes ne vont pas ensemble."),
        ("evaluate --communes 1 --nada", "Options ou valeurs de trop : --nada."),
    ],
)
def test_a_mistyped_command_gets_one_french_line(typed: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command.main(typed.split())
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert plain(err).startswith(said)
    assert len(err.splitlines()) == 1 and plain(err).rstrip().endswith("--help")


def test_a_message_that_is_not_known_leads_to_the_help_all_the_same() -> None:
    assert in_french("something that a later Python says") == "La commande n’est pas comprise."


def commands() -> list[str]:
    (every,) = [a.choices for a in command.parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return list(every)


@pytest.mark.parametrize("name", ["", *commands()])
def test_help_is_in_french(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command.main([*name.split(), "--help"])
    assert left.value.code == 0
    out = plain(capsys.readouterr().out)
    assert out.startswith(f"Usage : python -m geo {name}".rstrip())
    assert "montrer cette aide" in out
    for english in ("usage:", "positional arguments", "options:", "show this help", "default"):
        assert english not in out


def test_every_choice_of_a_command_is_of_the_same_grammar() -> None:
    (every,) = [a.choices for a in command.parser()._actions if isinstance(a, argparse._SubParsersAction)]
    assert {type(one) for one in every.values()} == {FrenchParser}
