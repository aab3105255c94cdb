"""États of a file: each distinct value is read once, with the rows that hold it, and asked about where it is not understood."""

from __future__ import annotations

from collections.abc import Sequence

from geo.french import count, fold
from geo.imports.settling import DISSOLVED, Answers, Doubt, value_key
from geo.imports.vocabulary import etat_proposal, etat_word
from geo.layers import Etat
from geo.remarks import Remark

# The surest first; a territory whose rows differ is no better than the least sure of them.
ORDER = (Etat.EN_SERVICE, Etat.ANNONCE, Etat.PROJET, Etat.A_CONFIRMER)
CANDIDATES = (*((str(e), str(e)) for e in ORDER), ("dissous ou en sommeil : ne couvre pas", DISSOLVED))


class Etats:
    """The distinct values of the column of états of a file, as they are met."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._seen: dict[str, tuple[str, str, bool, list[int]]] = {}

    def read(self, text: str, row: int) -> str:
        """Return what a value means: one of `geo.layers.Etat`, or DISSOLVED."""
        key = fold(text) or text
        if "?" in text:
            key += " ?"
        held = self._seen.get(key)
        if held is None:
            sure = self._answers.value("etat", _said(text)) or etat_word(text)
            held = self._seen[key] = (text, sure or etat_proposal(text), bool(sure), [])
        held[3].append(row)
        return held[1]

    def doubts(self) -> list[Doubt]:
        """Return one doubt for each distinct value, blocking where it was neither understood nor answered."""
        found = []
        for text, meaning, sure, rows in self._seen.values():
            words = {value: label for label, value in CANDIDATES}[meaning]
            verb = "compris" if sure else "non compris ; en attendant"
            said = f"État « {text[:60]} » ({count(len(rows), 'ligne')}) {verb} : {words}."
            found.append(Doubt("valeur", value_key("etat", _said(text)), said, value=text, proposal=meaning, rows=tuple(rows), candidates=CANDIDATES,
                               blocking=not sure))  # fmt: skip
        return found


def etat_of(name: str, etats: Sequence[str], row: int) -> tuple[str | None, Remark | None]:
    """Bring the états of the rows of a territory to one; None when it is dissolved."""
    where = f"territoire « {name} »"
    said = list(dict.fromkeys(etats))
    if not said:
        return "", None
    if said == [DISSOLVED]:
        return None, Remark("à savoir", where, "dissous ou en sommeil : ne couvre pas, laissé de côté.", "", row)
    if len(said) == 1:
        return Etat(said[0]), None
    kept = Etat.A_CONFIRMER if DISSOLVED in said else max((Etat(e) for e in said), key=ORDER.index)
    words = ", ".join(f"« {e} »" for e in said)
    return kept, Remark(
        "à savoir", where, f"ses lignes donnent plusieurs états ({words}) ; « {kept} » est retenu.", "", row
    )


def _said(text: str) -> str:
    """Return the text under which a value is remembered: « actif ? » is not « actif »."""
    return f"{text} incertain" if "?" in text else text
