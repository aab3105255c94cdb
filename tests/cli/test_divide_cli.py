"""The command that divides a département: its lines, its data, its refusals."""

from __future__ import annotations

import json

from geo.__main__ import main
from tests.support.grid import plain


def test_a_departement_is_divided_in_lines_or_in_data(capsys) -> None:
    assert main(["divide", "01", "--into", "3"]) == 0
    text = plain(capsys.readouterr().out)
    assert text.startswith(
        "Ain (01), en 3 CLSM de 100 000 à 300 000 habitants : aucune intercommunalité coupée ; c’est le minimum."
    )
    assert "D’un seul tenant" in text
    assert main(["divide", "01", "--into", "3", "--whole", "epci", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["demontre"] and found["minimum_demontre"] == 0 and found["entiers"] == "intercommunalités"
    parts = found["divisions"][0]["parties"]
    assert len(parts) == 3 and len({c for p in parts for c in p["communes"]}) == 391
    assert all(100_000 <= p["habitants"] <= 300_000 for p in parts)


def test_what_cannot_be_divided_is_refused_in_a_sentence(capsys) -> None:
    assert main(["divide", "01", "--into", "9"]) == 2
    assert "donnez un nombre de 3 à 6" in plain(capsys.readouterr().err)
    assert main(["divide", "62", "--keep", "secteurs"]) == 2
    assert "pas tous connus" in capsys.readouterr().err
    assert main(["divide", "99"]) == 2
    assert main(["divide", "01", "--into", "-1"]) == 2
