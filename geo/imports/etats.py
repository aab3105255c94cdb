"""États of a file: each distinct value is read once, with the rows that hold it, and asked about where it is not understood."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from geo.french import count, fold
from geo.imports.settling import DISSOLVED, Answers, Doubt, value_key
from geo.imports.vocabulary import (
    YEAR,
    day_of_serial,
    etat_in_name,
    etat_proposal,
    etat_word,
    says_unknown,
    says_yes,
    tells_of_end,
)
from geo.layers import Etat
from geo.remarks import Remark

# The surest first; a territory whose rows differ is no better than the least sure of them.
ORDER = (Etat.EN_SERVICE, Etat.ANNONCE, Etat.PROJET, Etat.A_CONFIRMER)
PASSED = "date de fin passée"
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

    def of_row(self, row: int, *, etat: str, end: str, name: str, note: str) -> str:
        """Return what a row says of its territory: its état, the least sure where its cells differ, "" when it says nothing.

        A name may say it (« CLSM de Créteil (dissous) »), and a remark that speaks of an end is asked about.
        """
        said = worst(self.read(etat, row) if etat else "", self._ended(end, row))
        if named := etat_in_name(name):
            said = worst(said, self.read(named, row))
        return self.read(note, row) if said != DISSOLVED and tells_of_end(note) else said

    def _ended(self, text: str, row: int) -> str:
        """Return what the column of ends says of a row: an état as `read`, "" where nothing has ended.

        A date that has passed may be that of an agreement that was renewed since: asked once for the file.
        """
        if not text.strip() or says_yes(text) is False or says_unknown(text):
            return ""
        passed = _has_passed(text, dt.date.today())
        if passed is None:
            return self.read("dissous" if says_yes(text) else text, row)
        return self.read(PASSED, row) if passed else ""

    def doubts(self) -> list[Doubt]:
        """Return one doubt for each distinct value, blocking where it was neither understood nor answered."""
        found = []
        for text, meaning, sure, rows in self._seen.values():
            words = {value: label for label, value in CANDIDATES}[meaning]
            verb = "compris" if sure else "non compris ; en attendant"
            said = f"État « {text[:60]} » ({count(len(rows), 'ligne')}) {verb} : {words}."
            if text == PASSED:
                said = f"La date de fin est passée sur {count(len(rows), 'ligne')} : renouvelé depuis, ou dissous ? En attendant : {words}."
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


def worst(said: str, ended: str) -> str:
    """Return the état of a row of which one column gives a state and another an end."""
    return DISSOLVED if DISSOLVED in (said, ended) else ended or said


def _has_passed(text: str, today: dt.date) -> bool | None:
    """Tell whether the day or the year that a text gives is over, None when it gives none, or several."""
    if serial := day_of_serial(text):
        return serial < today
    years = YEAR.findall(text)
    if len(years) != 1:
        return None
    day = re.search(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    iso = re.search(r"(\d{4})-(\d{2})-(\d{2})", text)
    parts = [int(p) for p in (iso.groups() if iso else day.groups()[::-1] if day else ())]
    try:
        return dt.date(*parts) < today if parts else int(years[0]) < today.year
    except ValueError:
        return None


def _said(text: str) -> str:
    """Return the text under which a value is remembered: « actif ? » is not « actif »."""
    return f"{text} incertain" if "?" in text else text
