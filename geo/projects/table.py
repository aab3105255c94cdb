"""Projects as a table to fill and to send: written as XLSX or CSV, read back row by row, nothing kept before all of it makes sense."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from geo import french as fr
from geo import isolation
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.exports import Sheet, csv_bytes, original, workbook
from geo.files import inspect
from geo.imports import open_grids
from geo.isolation import Tell
from geo.projects.model import STEP_LABELS, STEPS, Kept, Project, Step, checked
from geo.visible import one_line

TABLE_FORMS = ("xlsx", "csv", "ods")
NUMBER, REVISION, NAME, COMMUNES, BODY, STEP = "Numéro", "Version", "Projet", "Communes", "EPCI", "Étape"
NEXT, DUE, REMARK, OVER = "Prochaine étape", "Échéance", "Remarque", "Sans suite"
DATES = {step: f"Date : {label.lower()}" for step, label in STEP_LABELS.items()}
PLACES, CHANGED = "Territoire", "Modifié le"
COLUMNS = (NUMBER, REVISION, NAME, PLACES, COMMUNES, STEP, *DATES.values(), NEXT, DUE, REMARK, OVER, CHANGED)
READ = tuple(c for c in (*COLUMNS, BODY) if c not in (PLACES, CHANGED))
NOTES = (
    "Une ligne par projet. « Numéro » et « Version » disent quel projet la ligne modifie : laissez-les tels quels, vides pour un projet nouveau.",
    "Communes : codes INSEE séparés par des points-virgules, ou une colonne « EPCI » avec son numéro SIREN.",
    f"Étape : {', '.join(STEP_LABELS.values()).lower()}. Dates : 12/03/2026, 03/2026 ou 2026 ; vide quand elle n’est pas connue.",
    "Aucune donnée personnelle : ni nom de personne, ni adresse électronique, ni téléphone ; écrivez des fonctions.",
)
MOST_ROWS, MOST_PROBLEMS = 2_000, 30
HEAD_WITHIN = 20  # first rows among which the heading is looked for
_FRENCH_DATE = re.compile(r"(?:(?:(\d{1,2})/)?(\d{1,2})/)?(\d{4})")
_ISO_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ]00:00(?::00)?(?:\.0+)?")
_ALIASES = {
    "avis rendu": Step.AVIS,
    "signe": Step.SIGNATURE,
    "signee": Step.SIGNATURE,
    "renouvele": Step.RENOUVELLEMENT,
}


# --- written ----------------------------------------------------------------------------------------------------
def _frame(every: Iterable[Kept], atlas: Atlas) -> pd.DataFrame:
    rows = []
    for one in every:
        p = one.project
        dates = {DATES[step]: french_date(p.dated(step)) for step in STEPS}
        rows.append({
            NUMBER: str(one.id), REVISION: str(one.revision), NAME: p.name, PLACES: places(p, atlas), COMMUNES: ";".join(sorted(p.codes)),
            STEP: STEP_LABELS[p.step], **dates, NEXT: p.next_step, DUE: french_date(p.due), REMARK: p.remark,
            OVER: "oui" if p.over else "", CHANGED: fr.day(one.at),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def places(project: Project, atlas: Atlas) -> str:
    """Name the communes of a project, the most populous first; « communes inconnues » where there is none."""
    rows = [atlas.row[code] for code in project.codes if code in atlas.row]
    rows.sort(key=lambda row: (-int(atlas.population[row]), str(atlas.codes[row])))
    return fr.listing((str(atlas.names[row]) for row in rows), most=4) or "communes inconnues"


def french_date(text: str) -> str:
    """Write a date as it is typed: 12/03/2026, 03/2026, 2026; "" for none."""
    return "/".join(reversed(text.split("-"))) if text else ""


def to_csv(every: Iterable[Kept], atlas: Atlas) -> bytes:
    """Write projects as a CSV: UTF-8 with its mark, semicolons; no cell is a formula."""
    return csv_bytes(_frame(every, atlas))


def to_xlsx(every: Iterable[Kept], atlas: Atlas) -> bytes:
    """Write projects as a workbook, whose second sheet explains the columns."""
    explained = pd.DataFrame({"À savoir": list(NOTES)})
    return workbook([Sheet("Projets", _frame(every, atlas)), Sheet("Lisez-moi", explained)], title="Projets de CLSM")


# --- read -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Taken:
    """What a table would change: `changes` as `save_all` takes them, how many projects are new, changed, the same, and the
    columns that were not read. `problems` names each row that makes no sense; nothing may be kept while there is one."""

    changes: tuple[tuple[Project, int | None, int], ...]
    same: int
    ignored: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Say in one sentence what would change."""
        new = sum(number is None for _, number, _ in self.changes)
        parts = [
            fr.count(new, "projet nouveau", "projets nouveaux"),
            fr.count(len(self.changes) - new, "modifié", "modifiés"),
            fr.count(self.same, "inchangé", "inchangés"),
        ]
        left = f" Colonnes non lues : {fr.listing(self.ignored, most=6)}." if self.ignored else ""
        return fr.typeset(f"{', '.join(parts)}.{left}")


def rows_of(path: Path, atlas: Atlas, _tell: Tell, *, name: str) -> list[list[str]]:
    """Return the rows of the first sheet that holds a table of projects, in this process."""
    grids = open_grids(path, inspect(path, name), name)
    for grid in grids:
        if _heading(grid.rows) is not None:
            return [list(row) for row in grid.rows[: MOST_ROWS + HEAD_WITHIN + 2]]
    raise GeoInputError(
        fr.typeset(
            f"{name} : aucune feuille n’a les colonnes « {NAME} » et « {STEP} ». Partez du tableau que cette page donne à emporter."
        )
    )


def read_table(
    data: bytes, name: str, region: str, held: Iterable[Kept], atlas: Atlas, today: dt.date | None = None
) -> Taken:
    """Read a table of projects of a région, in a process of its own, against those held.

    Raises
    ------
    GeoInputError
        When it is no table of projects, or its reading was ended.
    """
    shown = one_line(fr.shortened(name, 80))
    stop = threading.Event()
    found = isolation.read(rows_of, data, name, atlas=atlas, options={"name": shown}, tell=lambda *_: None, stop=stop)
    return take(found.result(), region, held, atlas, today)


def _heading(rows: Sequence[Sequence[str]]) -> int | None:
    wanted = {fr.fold(NAME), fr.fold(STEP)}
    return next((i for i, row in enumerate(rows[:HEAD_WITHIN]) if wanted <= {fr.fold(c) for c in row}), None)


def take(
    rows: Sequence[Sequence[str]], region: str, held: Iterable[Kept], atlas: Atlas, today: dt.date | None = None
) -> Taken:
    """Return what the rows of a table, heading included, would change."""
    at = _heading(rows) or 0
    known = {fr.fold(c): c for c in (*COLUMNS, BODY)}
    columns = {known[fr.fold(c)]: j for j, c in reversed(list(enumerate(rows[at]))) if fr.fold(c) in known}
    ignored = tuple(one_line(c)[:40] for c in rows[at] if c.strip() and fr.fold(c) not in known)
    reader = _Reader({k.id: k for k in held if k.project.region == region}, region, atlas, today or dt.date.today())
    for place, row in enumerate(rows[at + 1 :], start=at + 2):
        cells = {name: original(row[j]).strip() for name, j in columns.items() if name in READ and j < len(row)}
        if any(cells.values()):
            reader.take(place, cells)
    if len(reader.seen) + len(reader.fresh) > MOST_ROWS:
        reader.problems.insert(0, f"Plus de {MOST_ROWS} projets : coupez le tableau en deux.")
    return Taken(tuple(reader.changes), reader.same, ignored, tuple(reader.problems[:MOST_PROBLEMS]))


class _Reader:
    """Rows taken one after the other."""

    def __init__(self, held: Mapping[int, Kept], region: str, atlas: Atlas, today: dt.date) -> None:
        self.held, self.region, self.atlas, self.today = held, region, atlas, today
        self.changes: list[tuple[Project, int | None, int]] = []
        self.problems: list[str] = []
        self.same = 0
        self.seen: set[int] = set()
        self.fresh: dict[str, int] = {}
        self.named = {fr.fold(k.project.name): k.id for k in held.values()}

    def take(self, place: int, cells: Mapping[str, str]) -> None:
        """Take one row, or say why it cannot be."""
        try:
            before = self._before(cells)
            project = checked(self._project(cells, before), self.atlas, self.today)
            if before is None:
                self._ensure_new(project, place)
        except GeoInputError as error:
            self.problems += [fr.typeset(f"Ligne {place} : {problem}") for problem in error.problems]
            return
        if before is not None and before.project == project:
            self.same += 1
        else:
            self.changes.append((project, before.id if before else None, before.revision if before else 0))

    def _before(self, cells: Mapping[str, str]) -> Kept | None:
        text = cells.get(NUMBER, "")
        if not text:
            return None
        number, revision = (_whole(cells.get(name, "")) for name in (NUMBER, REVISION))
        if number is None or number not in self.held:
            raise GeoInputError(
                f"le projet n° {one_line(text)[:12]} n’est pas de cette région, ou n’existe pas ; videz le numéro s’il est nouveau."
            )
        if number in self.seen:
            raise GeoInputError(f"le projet n° {number} vient deux fois.")
        self.seen.add(number)
        before = self.held[number]
        if revision != before.revision:
            raise GeoInputError(
                f"{before.who} a modifié le projet n° {number} depuis (le {fr.moment(before.at)}) ; reprenez le tableau du jour."
            )
        return before

    def _ensure_new(self, project: Project, place: int) -> None:
        key = fr.fold(project.name)
        if key in self.named:
            raise GeoInputError(f"« {project.name} » est déjà suivi (projet n° {self.named[key]}) ; donnez son numéro.")
        if key in self.fresh:
            raise GeoInputError(f"« {project.name} » vient déjà ligne {self.fresh[key]}.")
        self.fresh[key] = place

    def _project(self, cells: Mapping[str, str], before: Kept | None) -> Project:
        """Make a project of the cells; a column that the table lacks leaves what is kept."""
        old = before.project if before else Project("", self.region)
        dates = {step: typed_date(cells[name]) if (name := DATES[step]) in cells else old.dated(step) for step in STEPS}
        dates = {step: text for step, text in dates.items() if text}
        return Project(
            cells.get(NAME, old.name),
            self.region,
            _step(cells.get(STEP, ""), dates),
            MappingProxyType(dates),
            self._codes(cells, old),
            cells.get(NEXT, old.next_step),
            typed_date(cells[DUE]) if DUE in cells else old.due,
            cells.get(REMARK, old.remark),
            _yes(cells[OVER]) if OVER in cells else old.over,
        )

    def _codes(self, cells: Mapping[str, str], old: Project) -> frozenset[str]:
        given = [c for c in re.split(r"[;,\s]+", cells.get(COMMUNES, "")) if c]
        codes = {c.zfill(5) if c.isdigit() and len(c) == 4 else c for c in given}
        for body in re.split(r"[;,\s]+", cells.get(BODY, "")):
            for column in ("epci", "ept"):
                if body and body in getattr(self.atlas, column).index:
                    codes |= {str(self.atlas.codes[r]) for r in self.atlas.members(column, body)}
                    break
            else:
                if body:
                    raise GeoInputError(
                        f"EPCI « {one_line(body)[:20]} » inconnu : donnez un numéro SIREN de neuf chiffres."
                    )
        return frozenset(codes) if COMMUNES in cells or BODY in cells else old.codes


def _whole(text: str) -> int | None:
    plain = text.removesuffix(".0").removesuffix(",0")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def _yes(text: str) -> bool:
    word = fr.fold(text)
    if word not in ("", "oui", "non", "x", "vrai", "faux"):
        raise GeoInputError(f"« {OVER} » vaut oui ou non, pas « {one_line(text)[:20]} ».")
    return word in ("oui", "x", "vrai")


def _step(text: str, dates: Mapping[Step, str]) -> Step:
    known = {fr.fold(label): step for step, label in STEP_LABELS.items()} | _ALIASES
    word = fr.fold(text)
    if word in known:
        return known[word]
    if not word and dates:
        return max(dates, key=STEPS.index)
    shown = f"« {one_line(text)[:30]} » inconnue" if word else "vide"
    raise GeoInputError(f"étape {shown} : écrivez {fr.listing(STEP_LABELS.values()).lower()}.")


def typed_date(text: str) -> str:
    """Return a typed date as it is kept (ISO 8601); a text that is none stays, for `checked` to name it."""
    plain = text.strip()
    if moment := _ISO_MOMENT.fullmatch(plain):
        return moment[1]
    if found := _FRENCH_DATE.fullmatch(plain):
        day, month, year = found.groups()
        return "-".join(part.zfill(2) for part in (year, month, day) if part)
    return plain
