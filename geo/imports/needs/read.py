"""A table of indicators becomes a draft: its sheet, header, territories, figures, then the series of each indicator."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from geo import isolation
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.files import MAX_BYTES, inspect, safe_name, sha256, too_heavy
from geo.french import fold, listing
from geo.imports.needs import places, proposals
from geo.imports.needs.columns import Table, sheets_of, table_of
from geo.imports.needs.contradictions import is_beside
from geo.imports.needs.figures import Figures, series_of, tally
from geo.imports.needs.places import PlaceColumn
from geo.imports.needs.plan import Item, NeedColumn, NeedsDraft, Plan, Question, Split, Way
from geo.imports.needs.rows import Rows, read_rows
from geo.imports.needs.splits import YEARS, find_splits, only
from geo.imports.needs.splits import questions as split_questions
from geo.imports.settling import shape_of
from geo.imports.tables.grid import Grid, open_grids
from geo.indicators import Grain, Series
from geo.isolation import Stop, Tell
from geo.remarks import Remark

MOST_INDICATORS = 60


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
    say(0.3, "Lecture des colonnes")
    made = _first_table(sheets_of(grids, name, sheet), name, atlas, plan or Plan(), say)
    body, named = source.read_bytes(), tuple(grid.name for grid in grids if grid.name)
    say(1.0, "Fichier lu")
    return replace(made, sha256=sha256(body), size=len(body), sheets=named)


def _first_table(sheets: Sequence[Grid], filename: str, atlas: Atlas, plan: Plan, say: Tell) -> NeedsDraft:
    """Read the first sheet that names territories (a sheet of explanations may be the largest); of none, say what ails the first."""
    problem: GeoInputError | None = None
    for grid in sheets:
        try:
            return replace(_draft(table_of(grid, filename, atlas), filename, atlas, plan, say), sheet=grid.name)
        except GeoInputError as error:
            problem = problem or error
    assert problem is not None
    raise problem


def _draft(table: Table, filename: str, atlas: Atlas, plan: Plan, say: Tell) -> NeedsDraft:
    columns = [table.column(i) for i in range(len(table.header))]
    found = places.find_columns(table.header, columns, atlas)
    asked = table.header.index(plan.place) if plan.place in table.header else None
    chosen = next((one for one in found if one.place == asked), found[0] if found and asked is None else None)
    if chosen is None and asked is not None:
        chosen = PlaceColumn(asked, tuple(Grain), (0.0,))
    if chosen is None:
        if mixed := places.mixed_places(table.header, columns, atlas):
            raise GeoInputError(f"{filename} : {mixed}")
        raise GeoInputError(
            f"{filename} : aucune colonne de territoires n’a été reconnue (colonnes : {listing(table.header, 12)}). Nommez une colonne "
            "« code commune », « code IRIS », « EPCI », « département » ou « région », avec des codes ou des noms."
        )
    chosen = _told_by_names(chosen, found, table, atlas)
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


def _told_by_names(chosen: PlaceColumn, found: Sequence[PlaceColumn], table: Table, atlas: Atlas) -> PlaceColumn:
    """Return the column of codes that may be of two grains with the one that the names beside them say."""
    if len(chosen.grains) < 2:
        return chosen
    told = [g for g in chosen.grains for one in found
            if one.sure and one.grains == (g,) and one.place != chosen.place
            and is_beside(table.rows, chosen.place, one.place, g, atlas)]  # fmt: skip
    return replace(chosen, grains=tuple(told)) if len(told) == 1 else chosen


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
    years = proposals.years_of(table.header) | table.years
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
