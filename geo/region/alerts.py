"""What calls for an act in a territory: facts grown old, quarters without CLSM, projects that wait, lists to complete first.

Each alert lists what is sure, and says apart what cannot be told (a source without date, a year without month): never in its number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geo import french as fr
from geo.arrays import Rows
from geo.coverage import (
    OLD_AFTER,
    CoverageState,
    Doubt,
    Scope,
    Status,
    ToCheck,
    compared,
    coverage,
    line_rows,
    source_years,
    zone_doubts,
)
from geo.layers import Etat, LayerId
from geo.projects import (
    MONTHS_WITHOUT_SIGNATURE,
    STEP_LABELS,
    Kept,
    earliest,
    latest,
    months_before,
    said_date,
)

FEW_QPV = 2  # an EPCI with so many quarters is looked at
ALERT_TITLES: Mapping[str, str] = {
    "echeances": "Prochaines étapes dont l’échéance est passée",
    "projets": f"Projets annoncés depuis {MONTHS_WITHOUT_SIGNATURE} mois ou plus, sans signature",
    "qpv": "EPCI avec deux QPV ou plus et aucun CLSM connu",
    "anciens": "CLSM connus par une source de plus de cinq ans",
    "listes": "Listes à compléter d’abord",
}
CLSM, PROJECT = "clsm", "projet"  # what a line is, beside the levels of gaps
SERVED = (Status.COUVERT, Status.SUPPOSE, Status.PARTIEL)


@dataclass(frozen=True)
class AlertLine:
    """One thing to look at. `level` and `code` name it (a level of gaps, « clsm » or « projet »); `codes` are its communes, none
    where they are not known; `words` says why it is there."""

    level: str
    code: str
    name: str
    words: str
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Alert:
    """One kind of thing to look at: its lines, the most pressing first, and what cannot be told (« apart », "" for nothing)."""

    id: str
    lines: tuple[AlertLine, ...]
    apart: str = ""

    @property
    def title(self) -> str:
        """The name of the alert."""
        return ALERT_TITLES[self.id]


def alerts(
    scope: Scope, state: CoverageState, projects: Iterable[Kept], checks: ToCheck, today: dt.date
) -> tuple[Alert, ...]:
    """Return the alerts of a territory, those with nothing to show included; `checks` is what `geo.coverage.to_check` answers."""
    scope, followed = scope.on(state.atlas), tuple(projects)
    known = _Clsm(scope, state)
    return (
        _overdue(followed, today),
        _waiting(followed, known, today),
        _quarters(scope, state, followed),
        _old(known),
        _lists(checks, scope, state),
    )


class _Clsm:
    """The CLSM known in a territory, with the communes of each and what is doubted of it."""

    def __init__(self, scope: Scope, state: CoverageState) -> None:
        self.layer, self.atlas = state.crosswalk.layers[LayerId.CLSM], state.atlas
        found = coverage(scope, state.crosswalk, complete=state.complete, aside=state.aside)
        self.table = found.clsm()
        self.year = source_years(self.layer)
        doubts = zone_doubts(self.layer, state.atlas.year, OLD_AFTER)
        self.old = pd.Series(doubts[Doubt.ANCIENNE], index=self.layer.zones.index)
        zone = self.layer.members["zone"].to_numpy(dtype=np.intp)
        self.zone, self.row = zone, self.layer.members["row"].to_numpy(dtype=np.intp)

    def codes(self, clsm: str) -> frozenset[str]:
        """Return the communes of a CLSM, whole or in part."""
        place = int(self.layer.zones.index.get_loc(clsm))
        return frozenset(str(c) for c in self.atlas.codes[self.row[self.zone == place]])


def _old(known: _Clsm) -> Alert:
    running = known.table[known.table["etat"] == Etat.EN_SERVICE]
    lines = []
    old = running[known.old.reindex(running.index).to_numpy(dtype=bool)]
    for clsm, row in old.assign(annee_lue=known.year.reindex(old.index)).sort_values("annee_lue").iterrows():
        people = fr.inhabitants(row["habitants"]) if row["habitants"] > 0 else "habitants inconnus"
        words = fr.typeset(f"source de {int(row['annee_lue'])} ; {people} ici")
        lines.append(AlertLine(CLSM, str(clsm), str(row["nom"]), words, known.codes(str(clsm))))
    undated = int(known.year.reindex(running.index).isna().sum())
    apart = f"{fr.count(undated, 'autre CLSM a une source', 'autres CLSM ont une source')} sans date : leur âge est inconnu."
    return Alert("anciens", tuple(lines), fr.typeset(apart) if undated else "")


def _quarters(scope: Scope, state: CoverageState, followed: Sequence[Kept]) -> Alert:
    layer, table = state.crosswalk.layers[LayerId.QPV], compared("epci", scope, state).table
    zone, row = (layer.members[c].to_numpy(dtype=np.intp) for c in ("zone", "row"))
    listed = layer.complete_at(state.atlas)
    lines, projects = [], 0
    for code in table.index:
        rows = line_rows("epci", str(code), scope, state)
        many = len(np.unique(zone[np.isin(row, rows)]))
        if many < FEW_QPV or np.isin(state.status[rows], SERVED).any():
            continue
        if (state.status[rows] == Status.PROJET).any():
            projects += 1
            continue
        whole = bool(listed[rows].all())
        lines.append(_quarter_line(str(code), table.loc[code], many, rows, state, whole=whole))
    lines = [(order, _with_project(line, followed)) for order, line in sorted(lines, key=lambda line: line[0])]
    doubt = any((state.status[state.atlas.rows(line.codes)] == Status.INCONNU).any() for _, line in lines)
    said = [
        "Là où la liste des CLSM n’est pas complète, il peut en exister un sans qu’on le sache." if doubt else "",
        f"{fr.count(projects, 'autre a', 'autres ont')} deux QPV ou plus et un CLSM en projet." if projects else "",
        "" if state.known_here(LayerId.QPV, scope.rows)
        else "La liste des QPV n’est pas complète ici : d’autres peuvent en avoir deux ou plus.",
    ]  # fmt: skip
    return Alert("qpv", tuple(line for _, line in lines), fr.typeset(" ".join(filter(None, said))))


def _with_project(line: AlertLine, followed: Sequence[Kept]) -> AlertLine:
    """Say which projects of the register are on the communes of a line."""
    mine = [k.id for k in followed if not k.project.over and k.project.codes & line.codes]
    if not mine:
        return line
    said = fr.listing(f"n° {number}" for number in mine)
    return replace(
        line, words=fr.typeset(f"{line.words} ; {'projet' if len(mine) == 1 else 'projets'} {said} en cours")
    )


def _quarter_line(
    code: str, row: pd.Series, many: int, rows: Rows, state: CoverageState, *, whole: bool
) -> tuple[tuple[float, int, str], AlertLine]:
    people = row["qpv"]
    known = f"{fr.inhabitants(people)} en QPV" if people == people else "habitants en QPV inconnus"
    sure = (state.status[rows] == Status.NON_COUVERT).all()
    list_of = " ; sûr, la liste des CLSM y est complète" if sure else ""
    least = "" if whole else "au moins "
    words = fr.typeset(f"{least}{many} QPV, {known} ; {fr.inhabitants(row['population'])} ici{list_of}")
    codes = frozenset(str(c) for c in state.atlas.codes[rows])
    order = (-float(people) if people == people else 0.0, -many, code)
    return order, AlertLine("epci", code, str(row["nom"]), words, codes)


# --- projects ---------------------------------------------------------------------------------------------------
def _waiting(followed: Sequence[Kept], known: _Clsm, today: dt.date) -> Alert:
    """List the projects without signature of which even the last day that they may date from is far enough."""
    limit = months_before(today, MONTHS_WITHOUT_SIGNATURE)
    open_ones = list(_followed(followed))
    held = frozenset[str]().union(*(line.codes for line, _ in open_ones))
    every = [*open_ones, *((line, when) for line, when in _cited(known) if not line.codes & held)]
    lines, maybe, undated = [], 0, 0
    for line, when in every:
        if not when:
            undated += 1
        elif latest(when) <= limit:
            lines.append((latest(when), line.name, line))
        elif earliest(when) <= limit:
            maybe += 1
    said = [
        f"{fr.count(maybe, 'autre, de date', 'autres, de date')} connue à l’année près, {'peut' if maybe == 1 else 'peuvent'} l’être." if maybe else "",
        f"{fr.count(undated, 'projet n’a', 'projets n’ont')} pas de date : inconnu." if undated else "",
    ]  # fmt: skip
    lines.sort(key=lambda one: one[:2])
    return Alert("projets", tuple(line for *_, line in lines), fr.typeset(" ".join(filter(None, said))))


def _followed(followed: Iterable[Kept]) -> Iterable[tuple[AlertLine, str]]:
    for one in followed:
        p = one.project
        if p.signed or p.over:
            continue
        since = f"depuis {said_date(p.first_date)}" if p.first_date else "sans date"
        words = fr.typeset(f"projet n° {one.id}, {since} ; étape : {STEP_LABELS[p.step].lower()}")
        yield AlertLine(PROJECT, str(one.id), p.name, words, p.codes), p.first_date


def _cited(known: _Clsm) -> Iterable[tuple[AlertLine, str]]:
    """Yield the CLSM that a list says announced, in project or to confirm; the year is that of the project, else of its source."""
    for clsm, row in known.table[known.table["etat"] != Etat.EN_SERVICE].iterrows():
        stated = [str(row[c])[-4:] for c in ("annee", "annee_source")]
        year = next((y for y in stated if y.isdigit() and len(y) == 4), "")
        words = fr.typeset(f"{row['etat']}, {year or 'sans date'}, d’après la liste des CLSM")
        yield AlertLine(CLSM, str(clsm), str(row["nom"]), words, known.codes(str(clsm))), year


def _overdue(followed: Iterable[Kept], today: dt.date) -> Alert:
    late = [k for k in followed if k.project.due and not k.project.over and latest(k.project.due) < today]
    lines = [
        AlertLine(
            PROJECT, str(k.id), k.project.name,
            fr.typeset(f"échéance {said_date(k.project.due)} : {k.project.next_step or 'étape non dite'}"),
            k.project.codes,
        )
        for k in sorted(late, key=lambda k: (latest(k.project.due), k.id))
    ]  # fmt: skip
    return Alert("echeances", tuple(lines))


def _lists(checks: ToCheck, scope: Scope, state: CoverageState) -> Alert:
    level = "departements" if checks.departements else "epci"
    lines = []
    for code, sentence in zip(checks.table.index, checks.sentences(len(checks.table)), strict=True):
        name = str(checks.table.at[code, "nom"])
        rows = line_rows("epci", str(code), scope, state)
        words = sentence.partition("\u00a0: ")[2]
        lines.append(AlertLine(level, str(code), name, words, frozenset(str(c) for c in state.atlas.codes[rows])))
    return Alert("listes", tuple(lines))
