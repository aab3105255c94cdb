"""The commands `import` and `layers`: import a layer, list the versions kept, go back, export.

Status of `import`: 0 when every row was taken, 1 when the layer is in but rows were refused (or when someone published
meanwhile), 2 when nothing could be taken.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from geo import french as fr
from geo import register
from geo.cli.terminal import as_json, warn
from geo.communes import Atlas, split_codes
from geo.dataset import open_dataset, tidy
from geo.errors import GeoInputError
from geo.imports import (
    KINDS,
    ROLES,
    WHOLE_COMMUNES,
    YES,
    Answers,
    ImportDraft,
    Review,
    keep_and_publish,
    read_file,
    remembered,
)
from geo.layers import Etat, Mode, Over
from geo.register import ConflictError, Statement, Version

MOST_NAMES = 8


class Lines(list[str]):
    """What a command says on stdout, and the status it ends with."""

    exit_code = 0


class PublishedMeanwhileError(GeoInputError):
    """Somebody else published: status 1, nothing changed."""

    exit_code = 1


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `import` and `layers` to the command line's grammar."""
    command = commands.add_parser(
        "import",
        help="importer une couche (CSV, classeur, polygones)",
        description="Importe une couche et la publie. Code de sortie : 0 si tout est retenu, 1 si des lignes sont refusées, "
        "2 si rien ne peut être retenu.",
    )
    command.add_argument("file", type=Path, metavar="FICHIER")
    command.add_argument("--kind", required=True, choices=sorted(KINDS), help="la couche")
    command.add_argument("--dry-run", action="store_true", help="montrer ce qui serait fait, ne rien garder")
    command.add_argument("--json", action="store_true", help="écrire du JSON")
    command.add_argument("--source", default="", help="d’où vient la couche (obligatoire pour publier)")
    command.add_argument("--date", default="", help="date des faits (2026, 2026-05-12)")
    command.add_argument(
        "--complete", default="", metavar="DEPARTEMENTS", help="départements où la liste est complète (94,79)"
    )
    command.add_argument(
        "--until",
        default="",
        metavar="JOUR",
        help="dernier jour où la liste est dite complète (2027-06-30) ; sans lui, pas de fin",
    )
    command.add_argument(
        "--accept-gaps", action="store_true",
        help="dire complète une liste de secteurs ou de DAC qui laisse des communes dans aucun territoire, ou dans plusieurs",
    )  # fmt: skip
    command.add_argument(
        "--forget", action="store_true", help="ne pas reprendre ce qui a été réglé du même fichier la fois d’avant"
    )
    command.add_argument(
        "--status", default=Etat.EN_SERVICE.value, choices=[e.value for e in Etat],
        help="état des territoires dont le fichier ne dit rien",
    )  # fmt: skip
    command.add_argument("--who", default=register.default_who(), help="qui importe (par défaut, le compte du système)")
    command.add_argument(
        "--mode", default=Mode.REPLACE.value, choices=[m.value for m in Mode],
        help="« remplace » les territoires en place dans les départements complets, ou « complète » sans rien retirer",
    )  # fmt: skip
    command.add_argument(
        "--over", default="en-service", choices=["en-service", "origine"],
        help="poser la liste sur la couche en service (les imports d’avant restent) ou sur la couche d’origine",
    )  # fmt: skip
    command.add_argument(
        "--column", action="append", default=[], metavar="RÔLE=COLONNE",
        help=f"fixer le rôle d’une colonne (répétable) ; rôles : {', '.join(ROLES)}",
    )  # fmt: skip
    command.add_argument(
        "--whole-communes", action="store_true",
        help="polygones faits de communes entières : chacune va au territoire qui en contient plus de la moitié",
    )  # fmt: skip
    command.add_argument("--sheet", help="feuille d’un classeur, couche d’un fichier de polygones")
    command.add_argument("--encoding", help="codage d’un fichier texte (utf-8, cp1252)")
    layers = commands.add_parser("layers", help="versions des couches importées : lister, revenir, exporter")
    layers.add_argument("--kind", choices=sorted(KINDS), help="une seule couche")
    act = layers.add_mutually_exclusive_group()
    act.add_argument("--publish", type=int, metavar="VERSION", help="mettre cette version en service (retour compris)")
    act.add_argument("--withdraw", action="store_true", help="revenir à la couche d’avant tout import")
    act.add_argument("--export", type=int, metavar="VERSION", help="écrire cette version dans sa forme d’origine")
    layers.add_argument("--to", type=Path, default=Path(), metavar="DOSSIER", help="où écrire l’export")
    layers.add_argument("--who", default=register.default_who(), help="qui publie")
    layers.add_argument("--json", action="store_true", help="écrire du JSON")


# --- import -----------------------------------------------------------------------------------------------------
def run_import(options: argparse.Namespace) -> Iterable[str]:
    """Read a file, say what was understood, and publish it unless asked not to.

    Raises
    ------
    GeoInputError
        When nothing can be taken from the file, or what must be stated is not.
    """
    tidy()
    world = open_dataset()
    warn(*world.notices)
    seen = register.head(options.kind).revision
    statement = _statement(options, world.atlas)
    if not options.file.is_file():
        raise GeoInputError(f"{options.file.name} : fichier introuvable.")
    answers = _answers(options.column, whole_communes=options.whole_communes)
    draft = _read(options, answers, world.atlas)
    known = remembered(draft)
    if known and known.answers.given and not options.forget:
        said = f"vos réglages du {fr.day(known.version.created)} (version {known.version.number}) sont repris"
        warn(f"{draft.file} : {said} ; --forget s’en passe.")
        draft = _read(options, replace(known.answers, given={**known.answers.given, **answers.given}), world.atlas)
    review = Review(draft, statement, world, known.list_key if known else "")
    if draft.zones.empty:
        raise GeoInputError([str(remark) for remark in draft.remarks] or "Aucun territoire dans ce fichier.")
    if options.accept_gaps:
        review = replace(review, statement=replace(statement, accepted=tuple(gap.sentence for gap in review.gaps)))
    elif review.gaps and not options.dry_run:
        raise GeoInputError(
            [*(gap.sentence for gap in review.gaps), "Si la liste est complète ainsi, dites-le par --accept-gaps."]
        )
    version = None
    if not options.dry_run:
        try:
            version = keep_and_publish(review, seen=seen)
        except ConflictError as error:
            raise PublishedMeanwhileError(error.problems) from error
    data = report(review, version)
    lines = Lines([as_json(data)] if options.json else report_text(review, version))
    lines.exit_code = 1 if draft.refused else 0
    return lines


def _read(options: argparse.Namespace, answers: Answers, atlas: Atlas) -> ImportDraft:
    return read_file(
        options.file,
        options.file.name,
        options.kind,
        atlas=atlas,
        answers=answers,
        sheet=options.sheet,
        encoding=options.encoding,
        progress=_progress if sys.stderr.isatty() else None,
    )


def _statement(options: argparse.Namespace, atlas: Atlas) -> Statement:
    extent = [code.upper() for code in split_codes(options.complete)]
    problems = [f"{code} : département inconnu." for code in extent if code not in atlas.departements.index]
    if not options.source.strip() and not options.dry_run:
        problems.append("Dites d’où vient la couche : --source « … » (ou --dry-run pour voir sans garder).")
    if problems:
        raise GeoInputError(problems)
    return Statement(
        source=options.source or "source non indiquée",
        date=options.date,
        who=options.who,
        extent=frozenset(extent),
        etat=Etat(options.status),
        mode=Mode(options.mode),
        over=Over.ORIGIN if options.over == "origine" else Over.IN_USE,
        until=options.until.strip(),
    )


def _answers(pairs: list[str], *, whole_communes: bool) -> Answers:
    problems: list[str] = []
    found: dict[str, str] = {}
    for pair in pairs:
        role, mark, column = pair.partition("=")
        if not mark or role not in ROLES:
            problems.append(f"--column {pair} : écrivez RÔLE=COLONNE, avec un rôle parmi {', '.join(ROLES)}.")
        found[role] = column
    if problems:
        raise GeoInputError(problems)
    answers = Answers.of_columns(found)
    return answers.settle(WHOLE_COMMUNES, YES) if whole_communes else answers


def _progress(done: float, what: str) -> None:
    sys.stderr.write(f"\r{round(100 * done):3d} % {what[:60]:60}" + ("\n" if done >= 1 else ""))
    sys.stderr.flush()


def report(review: Review, version: Version | None) -> dict[str, Any]:
    """Return everything an import has to report, as plain values."""
    draft = review.draft
    return {
        "fichier": {"nom": draft.file, "sha256": draft.sha256, "octets": draft.size, "codage": draft.encoding},
        "couche": draft.kind,
        "colonnes": dict(draft.understanding),
        "lignes": {"lues": draft.rows, "retenues": draft.accepted, "refusees": draft.refused},
        "territoires": len(draft.zones),
        "communes": int(draft.members["row"].nunique()),
        "methode": draft.method,
        "remarques": [
            {"genre": r.kind, "ligne": r.row or None, "ou": r.where, "message": r.message, "que_faire": r.advice}
            for r in draft.remarks
        ],
        "difference": review.difference.summary(),
        "retire": review.losses_text,
        "complete": sorted(review.stated.extent),
        "non_complete": review.refused_extent,
        "dans_aucun_ou_plusieurs": [gap.sentence for gap in review.gaps],
        "publiee": version.number if version else None,
    }


def report_text(review: Review, version: Version | None) -> list[str]:
    """Say everything an import has to report, line by line."""
    draft = review.draft
    lines = [f"{draft.file} : {draft.summary}"]
    lines += [f"Colonne « {column} » : {ROLES[role]}" for role, column in draft.understanding.items() if column]
    for kind, title in (("refusé", "Refusé"), ("réparé", "Réparé"), ("à savoir", "À savoir")):
        found = [remark for remark in draft.remarks if remark.kind == kind]
        if found:
            lines += [f"{title} ({fr.number(len(found))}) :", *(f"  {remark}" for remark in found)]
    lines.append(f"Différence avec la couche en place : {review.difference.sentence()}")
    for word, moved in (("ajouté", review.difference.added), ("retiré", review.difference.removed)):
        if moved:
            lines.append(f"  {word} : {fr.listing((z.name for z in moved), MOST_NAMES)}")
    lines += [f"  {said}" for said in review.losses_text]
    lines += [f"À accepter : {gap.sentence}" for gap in review.gaps if gap.sentence not in review.statement.accepted]
    lines += review.refused_extent
    if version:
        lines.append(f"Publié : {KINDS[draft.kind].name}, version {version.number}.")
    else:
        lines.append("Essai : rien n’est gardé.")
    return lines


# --- layers -----------------------------------------------------------------------------------------------------
def run_layers(options: argparse.Namespace) -> Iterable[str]:
    """List the versions kept, or publish, withdraw or take out one of them."""
    acts = options.publish is not None or options.withdraw or options.export is not None
    if acts and not options.kind:
        raise GeoInputError("Dites quelle couche : --kind.")
    if options.export is not None:
        return [_export(options)]
    if acts:
        return [_move(options)]
    kept = register.versions(options.kind)
    if options.json:
        return [as_json([_plain(version) for version in kept])]
    if not kept:
        return ["Aucune couche importée : les couches embarquées ou synchronisées sont en service."]
    return [
        f"{v.kind}  version {v.number}  {v.state.value}  {v.created[:16].replace('T', ' ') or 'date inconnue'}  {v.statement.who}  "
        f"{fr.count(v.zones, 'territoire')}  {v.origin.name}  ({v.statement.source})"
        + (f"  illisible dans le registre : {fr.listing(v.faults)}" if v.faults else "")
        for v in kept
    ]


def _move(options: argparse.Namespace) -> str:
    seen = register.head(options.kind).revision
    try:
        if options.withdraw:
            register.withdraw(options.kind, who=options.who, seen=seen)
            return f"{KINDS[options.kind].name} : retour à la couche d’avant tout import."
        register.publish(register.find(options.kind, options.publish), who=options.who, seen=seen)
    except ConflictError as error:
        raise PublishedMeanwhileError(error.problems) from error
    return f"{KINDS[options.kind].name} : version {options.publish} en service."


def _export(options: argparse.Namespace) -> str:
    from geo.exports import export

    world = open_dataset()
    warn(*world.notices)
    version = register.find(options.kind, options.export)
    layer = register.read_layer(version, world.base(options.kind), world.atlas)
    made = export(version, layer, register.read_shapes(version), world.atlas)
    target = options.to / made.name
    try:
        target.write_bytes(made.body)
    except OSError as error:
        raise GeoInputError(f"{options.to} : écriture impossible ({error.strerror}).") from error
    return str(target)


def _plain(version: Version) -> dict[str, Any]:
    said, origin = version.statement, version.origin
    return {
        "couche": version.kind,
        "version": version.number,
        "etat": version.state.value,
        "quand": version.created,
        "qui": said.who,
        "source": said.source,
        "date": said.date,
        "mode": said.mode.value,
        "posee_sur": said.over.value,
        "complete": sorted(said.extent),
        "jusqu_au": said.until,
        "territoires": version.zones,
        "communes": version.communes,
        "fichier": {"nom": origin.name, "sha256": origin.sha256, "octets": origin.bytes},
        "difference": dict(version.changes),
    }
