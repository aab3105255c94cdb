"""A table of indicators becomes a draft: its sheet, header, territories, figures, then the series of each indicator."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from geo import isolation
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.files import MAX_BYTES, inspect, safe_name, sha256, too_heavy
from geo.french import count, fold, listing
from geo.imports.needs import places, proposals
from geo.imports.needs.figures import Figures, series_of, tally
from geo.imports.needs.places import PlaceColumn
from geo.imports.needs.plan import Item, NeedColumn, NeedsDraft, Plan, Question, Split, Way
from geo.imports.needs.rows import Rows, read_rows
from geo.imports.needs.splits import YEARS, find_splits, only
from geo.imports.needs.splits import questions as split_questions
from geo.imports.settling import Answers, shape_of
from geo.imports.tables.grid import Grid, open_grids
from geo.imports.tables.header_row import find_header
from geo.indicators import Grain, Series
from geo.isolation import Stop, Tell
from geo.remarks import Remark

MOST_COLUMNS = 300
MOST_INDICATORS = 60
_NAMES = ("indicateur", "indicateurs", "variable", "libelle indicateur", "nom indicateur", "libelle de l indicateur")
_VALUES = ("valeur", "valeurs", "value", "resultat", "chiffre")


def read_needs_file(
    source: Path | bytes,
    name: str,
    *,
    atlas: Atlas,
    plan: Plan | None = None,
    sheet: str | None = None,
    progress: Tell | None = None,
    stop: Stop | None = None,
) -> NeedsDraft:
    """Read a table of indicators (CSV, XLSX, ODS) in a process of its own, under what was settled of it.

    Raises
    ------
    StoppedError
        When the reading was cancelled.
    GeoInputError
        When nothing can be taken from the file.
    """
    if isinstance(source, bytes) and len(source) > MAX_BYTES:
        raise GeoInputError(too_heavy(name, len(source)))
    options = {"name": name, "plan": plan, "sheet": sheet}
    draft: NeedsDraft = isolation.read(
        read_needs_draft, source, name, atlas=atlas, options=options, tell=progress, stop=stop
    ).result()
    return draft


def read_needs_draft(
    source: Path | bytes, atlas: Atlas, tell: Tell | None = None, *, name: str, plan: Plan | None = None, sheet: str | None = None
) -> NeedsDraft:  # fmt: skip
    """Read a table of indicators in this process; errors as for `read_needs_file`."""
    if isinstance(source, bytes):
        with tempfile.TemporaryDirectory(prefix="clsm-import-") as folder:
            path = Path(folder) / safe_name(name)
            path.write_bytes(source)
            return read_needs_draft(path, atlas, tell, name=name, plan=plan, sheet=sheet)
    say = tell or (lambda _part, _text: None)
    say(0.05, "Ouverture du fichier")
    form = inspect(source, name)
    if form.spatial:
        raise GeoInputError(
            f"{name} : ce fichier porte des contours ; donnez les indicateurs en tableau (CSV, XLSX, ODS)."
        )
    grids = open_grids(source, form, name)
    table = _table(_sheet(grids, name, sheet, atlas), name, atlas)
    say(0.3, "Lecture des colonnes")
    body = source.read_bytes()
    made = _draft(table, name, atlas, plan or Plan(), say)
    named = tuple(grid.name for grid in grids if grid.name)
    say(1.0, "Fichier lu")
    return replace(made, sha256=sha256(body), size=len(body), sheets=named, sheet=table.sheet)


@dataclass(frozen=True)
class Table:
    """A sheet as columns: headers made distinct, the rows below with their numbers in the file."""

    sheet: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    remarks: tuple[Remark, ...] = ()
    text: bool = False

    def column(self, place: int) -> list[str]:
        """Return the cells of a column."""
        return [row[place] for _, row in self.rows]


def _sheet(grids: Sequence[Grid], filename: str, sheet: str | None, atlas: Atlas) -> Grid:
    """Return the sheet asked for, else the largest one that is shown."""
    if sheet:
        found = next((grid for grid in grids if grid.name == sheet), None)
        if found is None:
            raise GeoInputError(
                f"{filename} : pas de feuille « {sheet} » ; il y a {listing([g.name for g in grids], 12)}."
            )
        return found
    shown = [grid for grid in grids if not grid.concealed] or list(grids)
    return max(shown, key=lambda grid: sum(bool(cell.strip()) for row in grid.rows for cell in row))


def _table(grid: Grid, filename: str, atlas: Atlas) -> Table:
    place, _ = find_header(grid.rows, "clsm", atlas, Answers())
    if place < 0:
        raise GeoInputError(
            f"{filename} : la première ligne doit nommer les colonnes ; ajoutez des titres, puis redonnez le fichier."
        )
    width = max(len(row) for row in grid.rows[place:])
    if width > MOST_COLUMNS:
        raise GeoInputError(
            f"{filename} : plus de {MOST_COLUMNS} colonnes ; gardez celle du territoire et celles des indicateurs."
        )
    head = [*(" ".join(cell.split()) for cell in grid.rows[place]), *[""] * (width - len(grid.rows[place]))]
    below = [
        (place + 2 + i, (*row, *[""] * (width - len(row))))
        for i, row in enumerate(grid.rows[place + 1 :])
        if any(cell.strip() for cell in row) and place + 2 + i not in grid.hidden
    ]
    used = [i for i in range(width) if head[i] or any(row[i].strip() for _, row in below)]
    header: list[str] = []
    for i in used:
        name = head[i] or f"colonne {i + 1}"
        header.append(name if name not in header else f"{name} ({i + 1})")
    hidden = len([n for n in grid.hidden if n > place + 1])
    said = (
        (Remark("à savoir", "", f"{count(hidden, 'ligne masquée laissée', 'lignes masquées laissées')} de côté."),)
        if hidden
        else ()
    )
    table = Table(
        grid.name, tuple(header), tuple((n, tuple(row[i] for i in used)) for n, row in below), said, bool(grid.encoding)
    )
    if not table.rows:
        raise GeoInputError(f"{filename} : aucune ligne sous les titres.")
    return _widened(table)


def _widened(table: Table) -> Table:
    """Turn a long table (territory, indicator, value) into one column an indicator; any other is left as it is."""
    folded = [fold(name) for name in table.header]
    name = next((i for i, word in enumerate(folded) if word in _NAMES), None)
    value = next((i for i, word in enumerate(folded) if word in _VALUES), None)
    if name is None or value is None:
        return table
    kept = [i for i in range(len(table.header)) if i not in (name, value)]
    labels = list(dict.fromkeys(label for _, row in table.rows if (label := " ".join(row[name].split()))))[
        :MOST_COLUMNS
    ]
    made: dict[tuple[str, ...], list[tuple[int, dict[str, str]]]] = {}
    for n, row in table.rows:
        label = " ".join(row[name].split())
        lines = made.setdefault(tuple(row[i] for i in kept), [])
        line = next((cells for _, cells in lines if cells.get(label, row[value]) == row[value]), None)
        if line is None:
            lines.append((n, {}))
            line = lines[-1][1]
        line[label] = row[value]
    rows = [
        (n, (*key, *(cells.get(label, "") for label in labels))) for key, lines in made.items() for n, cells in lines
    ]
    said = Remark("à savoir", "", f"Tableau en longueur : {count(len(labels), 'indicateur')} mis en colonnes.")
    header = (*(table.header[i] for i in kept), *labels)
    return replace(table, header=header, rows=tuple(sorted(rows)), remarks=(*table.remarks, said))


def _draft(table: Table, filename: str, atlas: Atlas, plan: Plan, say: Tell) -> NeedsDraft:
    columns = [table.column(i) for i in range(len(table.header))]
    found = places.find_columns(table.header, columns, atlas)
    asked = table.header.index(plan.place) if plan.place in table.header else None
    chosen = next((one for one in found if one.place == asked), found[0] if found and asked is None else None)
    if chosen is None and asked is not None:
        chosen = PlaceColumn(asked, tuple(Grain), (0.0,))
    if chosen is None:
        raise GeoInputError(
            f"{filename} : aucune colonne de territoires n’a été reconnue (colonnes : {listing(table.header, 12)}). Nommez une colonne "
            "« code commune », « code IRIS », « EPCI », « département » ou « région », avec des codes ou des noms."
        )
    grain = plan.grain or chosen.grains[0]
    questions = _about_places(table.header[chosen.place], chosen, plan)
    open_grain = bool(questions)
    plan, described = _proposed(table, columns, replace(plan, place=table.header[chosen.place], grain=grain), found)
    say(0.5, "Lecture des territoires")
    territories = {table.header[one.place] for one in found if one.sure}
    splits = find_splits(table.rows, table.header, chosen.place, territories, plan)
    lines, aside, said = only(table.rows, table.header, splits)
    questions += split_questions(splits)
    for split in splits:
        if YEARS.fullmatch(split.kept) and plan.year in ("", *split.values):
            plan = replace(plan, year=split.kept)
    rows = read_rows(lines, table.header, chosen.place, grain, atlas)
    rows.aside += aside
    say(0.7, "Lecture des chiffres")
    figures = Figures(plan, table.header, rows, text=table.text)
    series, remarks = series_of(figures, atlas)
    questions += _about_columns(plan, described, len(series))
    return _drawn_up(
        table,
        filename,
        atlas,
        plan,
        described,
        rows,
        series,
        [*table.remarks, *said, *rows.remarks, *remarks],
        questions,
        chosen,
        open_grain,
        tuple(splits),
    )


def _drawn_up(
    table: Table, filename: str, atlas: Atlas, plan: Plan, described: Sequence[NeedColumn], rows: Rows, series: Sequence[Series],
    remarks: Sequence[Remark], questions: Sequence[Question], chosen: PlaceColumn,
    open_grain: bool, splits: tuple[Split, ...],
) -> NeedsDraft:  # fmt: skip
    grain = plan.grain or chosen.grains[0]
    names = {row.code: _shown(row.code, grain, atlas) for row in rows.kept}
    where = tuple(sorted(places.departements_of(list(names), grain, atlas)))
    return NeedsDraft(
        file=filename, sha256="", size=0, grain=grain, splits=splits, plan=replace(plan, grain=None) if open_grain else plan, columns=tuple(described), series=tuple(series), rows=len(table.rows),
        accepted=len(rows.kept), repaired=sum(row.repaired for row in rows.kept), refused=rows.refused, aside=rows.aside,
        remarks=tuple(sorted(remarks, key=lambda remark: remark.row)), questions=tuple(questions),
        tallies={one.id: tally(one) for one in series}, departements=where,
        expected=max(places.expected(grain, where, atlas), len(names)), shape=shape_of(table.header), names=names, grains=chosen.grains,
    )  # fmt: skip


def _shown(code: str, grain: Grain, atlas: Atlas) -> str:
    if grain is Grain.COMMUNE:
        return atlas.label(code) if code in atlas.row else str(atlas.villes["nom"].get(code, code))
    if grain is Grain.IRIS:
        return f"IRIS {code}"
    tables = {
        Grain.EPCI: (atlas.epci, atlas.ept),
        Grain.DEPARTEMENT: (atlas.departements,),
        Grain.REGION: (atlas.regions,),
    }[grain]
    return next((str(table.at[code, "nom"]) for table in tables if code in table.index), code)


def _proposed(
    table: Table, columns: Sequence[Sequence[str]], plan: Plan, found: Sequence[PlaceColumn]
) -> tuple[Plan, list[NeedColumn]]:
    """Return the plan with what the columns that nobody settled propose, and what each column holds."""
    known, items, described = plan.by_column, list[Item](), list[NeedColumn]()
    years = proposals.years_of(table.header)
    territories = {table.header[one.place] for one in found if one.sure}
    year = plan.year
    for name, texts in zip(table.header, columns, strict=True):
        column, cells = proposals.describe(name, texts)
        described.append(column)
        item = known.get(name) or replace(proposals.propose(column, cells, table.header), year=years.get(name, ""))
        if name == plan.place or (name in territories and name not in known):
            item = Item(name, Way.UNUSED)
        if fold(name) in ("annee", "millesime", "periode", "an") and not year:
            dates = {text.strip() for text in texts if text.strip()}
            year = dates.pop() if len(dates) == 1 else ""
        if item.denominator and (item.denominator not in table.header or item.denominator == name):
            item = replace(item, denominator="")
        items.append(item)
    return replace(plan, items=tuple(items), year=year), described


def _about_places(name: str, chosen: PlaceColumn, plan: Plan) -> list[Question]:
    if plan.grain is not None or len(chosen.grains) == 1:
        return []
    shown = tuple((places.GRAIN_NAMES[grain], grain.value) for grain in chosen.grains)
    said = f"La colonne « {name} » peut nommer des {' ou des '.join(s for s, _ in shown)} : dites ce qu’elle nomme."
    return [Question("", said, shown, chosen.grains[0].value)]


def _about_columns(plan: Plan, described: Sequence[NeedColumn], made: int) -> list[Question]:
    ways = tuple((way.value, way.value) for way in Way)
    found = [
        Question(item.column, f"Dites ce que compte ou mesure la colonne « {item.column} ».", ways)
        for item in plan.items
        if item.way is None
    ]
    found += [
        Question(item.column, f"Choisissez le dénominateur de « {item.label or item.column} ».")
        for item in plan.items
        if item.way in (Way.RATIO, Way.RATE_OF) and not item.denominator
    ]
    found += [
        Question(
            item.column,
            f"Dites à combien se rapporte « {item.label or item.column} » (100, 1 000, 100 000…), ou son unité.",
        )
        for item in plan.items
        if item.way is Way.RATE_OF and item.multiplier == 1 and not item.unit.strip()
    ]
    found += [
        Question(
            item.column,
            f"Les valeurs de « {item.column} » vont de 0 à 1 : dites si ce sont des parts (0,125 pour 12,5 %).",
        )
        for item in plan.items
        if item.is_indicator and item.scale is None
    ]
    found += [
        Question(item.column, f"Donnez un nom à l’indicateur de la colonne « {item.column} ».")
        for item in plan.items
        if item.is_indicator and not item.label.strip()
    ]
    labels = [fold(item.label) for item in plan.items if item.is_indicator]
    found += [
        Question(item.column, f"Deux indicateurs portent le nom « {item.label} » : changez-en un.")
        for item in plan.items
        if item.is_indicator and labels.count(fold(item.label)) > 1
    ]
    if not any(item.is_indicator for item in plan.items) and not found:
        found.append(Question("", "Aucune colonne n’est un indicateur : dites ce que mesure l’une d’elles au moins."))
    if made > MOST_INDICATORS:
        found.append(Question("", f"Plus de {MOST_INDICATORS} indicateurs : gardez ceux qui servent."))
    return found
