"""The command `python -m geo coverage`: figures of a scope, gaps of a level, next CLSM, files."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from geo import french as fr
from geo.cli.documents import zone_readings
from geo.cli.terminal import warn
from geo.communes import Atlas, counted, split_codes
from geo.coverage import (
    AGES,
    CANDIDATE_KINDS,
    GAP_LEVELS,
    MARKER,
    NOTHING_ASIDE,
    PART_WORDS,
    STATUS_LABELS,
    Coverage,
    Doubt,
    Figure,
    Siting,
    SitingQuestion,
    Status,
    complete_text,
    coverage,
    coverage_state,
    explain,
    read_aside,
    read_scope,
    situations_of,
)
from geo.dataset import Dataset, open_dataset
from geo.errors import GeoInputError, system_reason
from geo.exports import CoverageReport, coverage_files, siting_notes

SHOWN = 10


def add_parser(commands: Any) -> None:
    """Add the command to a parser."""
    cover = commands.add_parser("coverage", help="couverture d’un territoire")
    cover.add_argument(
        "--scope", required=True, help="france, un département (94), une région (reg-32) ou un EPCI (SIREN)"
    )
    cover.add_argument("--complete", default="", metavar="DEPARTEMENTS",
                       help="départements où vous savez complète la liste des CLSM (94,79)")  # fmt: skip
    cover.add_argument(
        "--aside", default="", metavar="FAITS", help=f"faits à écarter : {', '.join(Doubt)} (séparés par des virgules)"
    )
    cover.add_argument("--age", type=int, default=NOTHING_ASIDE.years, choices=AGES,
                       help="années après lesquelles une source est ancienne")  # fmt: skip
    cover.add_argument("--level", choices=GAP_LEVELS, help="écarts et priorités à ce niveau")
    cover.add_argument(
        "--next", type=int, default=0, metavar="K", help="les K prochains CLSM, parmi les zones du niveau"
    )
    cover.add_argument("--ceiling", type=int, default=round(MARKER * 1.1), metavar="HABITANTS",
                       help="habitants à servir au plus par CLSM (0 : sans plafond)")  # fmt: skip
    cover.add_argument("--out", type=Path, metavar="DOSSIER", help="écrire CSV, XLSX, GeoJSON, GeoPackage et PDF ici")
    cover.add_argument("--json", action="store_true", help="écrire du JSON")


def run(options: argparse.Namespace) -> dict[str, Any] | list[str]:
    """Run the command: data when JSON is asked for, else lines of text. Files are written when `--out` is given.

    Raises
    ------
    GeoInputError
        On a scope, a département or a level that cannot be used, or a folder that cannot be written to.
    """
    world = open_dataset()
    warn(*world.notices)
    scope = read_scope(options.scope, world.atlas)
    complete = departements(options.complete, world.atlas)
    aside = read_aside([n for n in options.aside.split(",") if n], options.age)
    state = coverage_state(world.crosswalk, world.density, complete=complete, aside=aside)
    level = options.level or ("epci" if scope.kind not in ("epci", "ept") else "commune")
    report = CoverageReport(scope, state, level=level)
    if level not in report.gaps:
        raise GeoInputError(f"{GAP_LEVELS[level]} : aucun connu dans ce territoire ; choisissez un autre niveau.")
    if options.next:
        report = CoverageReport(scope, state, level=level, siting=_next(options, report))
    if options.out:
        _write(options.out, report, world)
    found = coverage(scope, world.crosswalk, complete=complete, aside=aside)
    if options.json:
        return coverage_data(found, report) | _data(report, asked=bool(options.level))
    return [*coverage_text(found), *_text(report, asked=bool(options.level))]


def departements(text: str, atlas: Atlas) -> list[str]:
    """Return the codes of départements that an option names; GeoInputError on one that does not exist."""
    codes = [code.upper() for code in split_codes(text)]
    problems = [f"{c} : département inconnu." for c in codes if c not in atlas.departements.index]
    if problems:
        raise GeoInputError(problems)
    return codes


def _next(options: argparse.Namespace, report: CoverageReport) -> Siting:
    kind = report.level if report.level in CANDIDATE_KINDS else "epci"
    question = SitingQuestion(kind, options.next, ceiling=float(options.ceiling) or None)
    return question.answer(report.scope, report.state)


def _write(folder: Path, report: CoverageReport, world: Dataset) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in coverage_files(report).items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise GeoInputError(
            f"{error.filename or folder} : impossible d’écrire ici ({system_reason(error)}) ; donnez un autre dossier."
        ) from error


def _data(report: CoverageReport, *, asked: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "indicateurs": [
            {
                "id": f.id, "libelle": f.label, "valeur": f.value, "au_plus": f.most, "sur": f.total, "unite": f.unit, "part": f.share, "part_au_plus": f.most_share,
                "dont": [{"facon": str(m.doubt), "habitants": m.people, "phrase": m.text} for m in f.within],
                "au_moins": f.at_least, "estimation": f.estimated, "denominateur_complet": f.total_complete,
                "annee": f.year, "source": f.source, "limite": f.reason, "completer": f.remedy,
                "parties": _parts(f),
                "niveau_superieur": {"nom": f.above_name, "valeur": f.above.value, "sur": f.above.total} if f.above else None,
            }
            for f in report.figures
        ],
        "limites": [{"couche": x.name, "pourquoi": x.why, "completer": x.remedy} for x in report.limits],
    }  # fmt: skip
    if asked:
        found["ecarts"] = _records(report.gaps[report.level])
        found["priorites"] = _records(report.ranking.table)
        found["priorites_remarques"] = [
            *report.ranking.remarks,
            *([report.compared.remark] if report.compared.remark else []),
        ]
        found["a_verifier"] = _records(report.checks.table)
    if report.siting:
        s = report.siting
        found["prochains"] = {
            "phrase": s.sentence, "demontre": s.exact, "ex_aequo": s.ties, "avis": list(s.notices), "valeur": s.value,
            "besoin": s.whole, "simple_tri": s.disjoint, "a_diviser": [
                {"code": d.candidate.code, "nom": d.candidate.name, "a_servir": d.people, "clsm_au_moins": d.at_least,
                 "secteurs": dict(d.pieces), "phrase": d.sentence} for d in s.divisions], "choix": _records(s.table), "glouton": s.greedy_value,
            "apres": [{"id": f.id, "valeur": f.value, "sur": f.total} for f in s.figures_after(report.state)],
        }  # fmt: skip
    return found


def _parts(figure: Figure) -> dict[str, Any] | None:
    """Return the bodies of a figure by how much of them is covered, and the people that makes."""
    parts = figure.parts
    if parts is None:
        return None
    share = parts.covered
    return {
        "territoires": dict(zip(PART_WORDS, parts.counts, strict=True)),
        "habitants": dict(zip(PART_WORDS, parts.people, strict=True)),
        "couverts": None if share.value is None else share.part,
        "sur": None if share.value is None else share.whole,
        "au_moins": parts.least,
        "sous_la_moitie": parts.under_half,
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain values; what is not known is null."""
    plain = table.reset_index().astype(object)
    rows: list[dict[str, Any]] = plain.where(plain.notna(), None).to_dict("records")
    return rows


def _text(report: CoverageReport, *, asked: bool) -> Iterator[str]:
    yield ""
    yield "Indicateurs"
    for figure in report.figures:
        above = f" {report.figures[0].above_name} : {figure.above.amount}." if figure.above else ""
        yield f"  {figure.sentence}{above}"
    yield from (f"  Limite, {limit.sentence}" for limit in report.limits)
    if asked:
        yield ""
        yield f"Écarts : {GAP_LEVELS[report.level]}"
        for code, row in report.gaps[report.level].head(SHOWN).iterrows():
            yield (
                f"  {row['nom']} ({code}) : {fr.inhabitants(row['sans_clsm'])} sans CLSM ni projet connu sur "
                f"{fr.number(row['population'])}, QPV {fr.number(row['qpv_sans_clsm'])}, rural "
                f"{fr.number(row['rural_sans_clsm'])} ; {row['lecture']} ; {row['dispositifs'] or 'aucun dispositif connu'}"
            )
        yield ""
        yield "Priorités, à poids égaux"
        yield from (f"  {line}" for line in _ranks(report))
        yield ""
        yield "À vérifier d’abord"
        yield from (f"  {line}" for line in report.checks.sentences(SHOWN))
    if report.siting:
        yield ""
        yield f"Les prochains CLSM ({CANDIDATE_KINDS[report.siting.kind]})"
        for pick in report.siting.picks:
            yield f"  {pick.candidate.name} ({pick.candidate.code}) : + {fr.inhabitants(pick.added['habitants'])}"
        yield from (f"  {line}" for line in siting_notes(report.siting) if line)


def _ranks(report: CoverageReport) -> Iterator[str]:
    for code in report.ranking.table.head(SHOWN).index:
        yield explain(report.ranking, str(code))
    yield from report.ranking.remarks
    if report.compared.remark:
        yield report.compared.remark


def coverage_data(found: Coverage, report: CoverageReport) -> dict[str, Any]:
    """Return the coverage of a scope as plain values, ready for JSON."""
    by_status, situations = found.by_status, situations_of(found)
    counted = situations.counted(found.rows, found.crosswalk.atlas.population)
    return {
        "territoire": found.scope.name,
        "population": found.population,
        "population_annee": found.population_year,
        "communes": found.communes,
        "communes_et_arrondissements": int(by_status["communes"].sum()),
        "statuts": {
            status.name.lower(): {
                "libelle": STATUS_LABELS[status],
                "communes": int(by_status.at[status, "communes"]),
                "population": int(by_status.at[status, "population"]),
            }
            for status in Status
        },
        "situations": [
            {"libelle": situations.kinds[i].label, "communes": n, "population": people}
            for i, n, people in counted.reset_index().to_numpy().tolist()
        ],
        "listes": complete_text(found.scope.departements, found.crosswalk, found.complete),
        "population_des_parties_couvertes_estimation": found.partly_covered,
        "epci": zone_readings(report, "epci"),
        "ept": zone_readings(report, "ept"),
        "secteurs_adultes": zone_readings(report, "secteurs-adultes"),
        "cls": zone_readings(report, "cls"),
        "clsm": [
            {"id": str(i), "nom": z["nom"], "etat": str(z["etat"]), "composition": str(z["precision"])}
            for i, z in found.clsm().iterrows()
        ],
    }


def coverage_text(found: Coverage) -> Iterator[str]:
    """Yield the lines of a readable coverage."""
    total, situations = found.population, situations_of(found)
    yield f"{found.scope.name} : {fr.inhabitants(total)} (population municipale {found.population_year})"
    for i, row in situations.counted(found.rows, found.crosswalk.atlas.population).iterrows():
        atoms = found.rows[situations.of[found.rows] == i]
        yield fr.typeset(
            f"  {situations.kinds[int(str(i))].label} : {counted(found.crosswalk.atlas, atoms)}, "
            f"{fr.ratio(row['population'], total)} des habitants"
        )
    yield f"  {complete_text(found.scope.departements, found.crosswalk, found.complete)}"
