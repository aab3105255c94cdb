"""The commands `import` and `layers`: import a layer, list the versions kept, go back, export.

Status of `import`: 0 when all of the file was taken, 1 when the layer is in but something of the file was refused or set aside, be
it a name inside a list (or when someone published meanwhile), 2 when nothing could be taken, or something waits for an answer.
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
from geo.cli.terminal import Lines, as_json, typed, warn
from geo.communes import Atlas, split_codes
from geo.dataset import open_dataset, tidy
from geo.errors import GeoInputError, system_reason
from geo.imports import (
    KINDS,
    ROLES,
    WHOLE_COMMUNES,
    YES,
    Answers,
    Doubt,
    ImportDraft,
    Review,
    keep_and_publish,
    read_file,
    remembered,
)
from geo.layers import Etat, Mode, Over
from geo.register import ConflictError, Statement, Version

MOST_NAMES = 8


class PublishedMeanwhileError(GeoInputError):
    """Somebody else published: status 1, nothing changed."""

    exit_code = 1


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `import` and `layers` to the command line's grammar."""
    command = commands.add_parser(
        "import",
        help="importer une couche (CSV, classeur, polygones)",
        description="Importe une couche et la publie. Code de sortie : 0 si tout est retenu, 1 si quelque chose est refusé ou mis de "
        "côté (un nom dans une liste compris), 2 si rien ne peut être retenu, ou si une question reste ouverte.",
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
    command.add_argument(
        "--answer", action="append", default=[], metavar="CLÉ=RÉPONSE",
        help="répondre à une question du rapport (répétable) : sa clé, puis la réponse choisie",
    )  # fmt: skip
    command.add_argument(
        "--accept-proposals", action="store_true",
        help="publier en prenant pour réponse, sciemment, ce que la lecture propose à chaque question ouverte",
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
    draft, list_key = _draft(options, world.atlas)
    review = Review(draft, statement, world, list_key, options.accept_proposals)
    if draft.zones.empty:
        raise GeoInputError([str(remark) for remark in draft.remarks] or "Aucun territoire dans ce fichier.")
    review = _with_gaps_accepted(review, accept=options.accept_gaps, needed=not options.dry_run)
    version = None
    if not options.dry_run:
        _ensure_settled(draft, accept_proposals=options.accept_proposals)
        try:
            version = keep_and_publish(review, seen=seen)
        except ConflictError as error:
            raise PublishedMeanwhileError(error.problems) from error
    data = report(review, version)
    lines = Lines([as_json(data)] if options.json else report_text(review, version))
    lines.exit_code = 0 if draft.whole else 1
    return lines


def _draft(options: argparse.Namespace, atlas: Atlas) -> tuple[ImportDraft, str]:
    """Read the file, again with what was settled of the same list the last time; return the draft and the key of the list."""
    answers = _answers(options.column, options.answer, whole_communes=options.whole_communes)
    draft = _read(options, answers, atlas)
    known = remembered(draft)
    if known and known.answers.given and not options.forget:
        said = f"vos réglages du {fr.day(known.version.created)} (version {known.version.number}) sont repris"
        warn(f"{draft.file} : {said} ; --forget s’en passe.")
        draft = _read(options, replace(known.answers, given={**known.answers.given, **answers.given}), atlas)
    return draft, known.list_key if known else ""


def _read(options: argparse.Namespace, answers: Answers, atlas: Atlas) -> ImportDraft:
    return read_file(
        options.file,
        typed(options.file.name),
        options.kind,
        atlas=atlas,
        answers=answers,
        sheet=options.sheet,
        encoding=options.encoding,
        progress=_progress if sys.stderr.isatty() else None,
    )


def _with_gaps_accepted(review: Review, *, accept: bool, needed: bool) -> Review:
    if accept:
        said = tuple(gap.sentence for gap in review.gaps)
        return replace(review, statement=replace(review.statement, accepted=said)) if said else review
    if review.gaps and needed:
        ways = (
            "Si la liste est complète ainsi, dites-le par --accept-gaps ; sinon, retirez ce département de --complete."
        )
        raise GeoInputError([*(gap.sentence for gap in review.gaps), ways])
    return review


def _ensure_settled(draft: ImportDraft, *, accept_proposals: bool) -> None:
    try:
        draft.ensure_settled(accept_proposals=accept_proposals)
    except GeoInputError as error:
        ways = "Répondez par --column RÔLE=COLONNE ou --answer CLÉ=RÉPONSE (clés : --dry-run), ou publiez avec --accept-proposals."
        raise GeoInputError([*error.problems, ways]) from error


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


def _answers(pairs: list[str], given: list[str], *, whole_communes: bool) -> Answers:
    problems: list[str] = []
    found: dict[str, str] = {}
    for pair in pairs:
        role, mark, column = pair.partition("=")
        if not mark or role not in ROLES:
            problems.append(f"--column {pair} : écrivez RÔLE=COLONNE, avec un rôle parmi {', '.join(ROLES)}.")
        found[role] = column
    answers = Answers.of_columns(found)
    for pair in given:
        key, mark, answer = pair.rpartition("=")
        if not mark or "/" not in key:
            problems.append(f"--answer {pair} : écrivez CLÉ=RÉPONSE, avec une clé du rapport.")
        answers = answers.settle(key, answer)
    if problems:
        raise GeoInputError(problems)
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
        "lignes": {
            "lues": draft.rows,
            "retenues": draft.accepted,
            "refusees": draft.refused + draft.partly,
            "en_partie": draft.partly,
            "noms_refuses": draft.names_refused,
            "mises_de_cote": draft.aside,
        },
        "questions": [
            {
                "cle": d.key,
                "question": d.said,
                "proposition": d.proposal,
                "bloquante": d.blocking,
                "lignes": list(d.rows[:20]),
                "reponses": {answer: label for label, answer in d.candidates},
                "communes": list(d.atoms),
                "departements": list(d.departements),
            }
            for d in draft.doubts
        ],
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
    asked = [doubt for doubt in draft.doubts if doubt.blocking]
    if asked:
        lines.append(f"À régler avant de publier ({fr.number(len(asked))}) :")
        lines += [f"  {doubt.said}{_ways(doubt)}" for doubt in asked]
    if draft.partly or draft.aside:
        lines.append(f"Lignes retenues en partie : {fr.number(draft.partly)} ({fr.count(draft.names_refused, 'nom refusé', 'noms refusés')}) ; "
                     f"mises de côté : {fr.number(draft.aside)}.")  # fmt: skip
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


def _ways(doubt: Doubt) -> str:
    """Say how a question is answered from here."""
    answers = fr.listing([f"« {answer} »" for _, answer in doubt.candidates if answer], 8)
    proposed = f" ; proposé : « {doubt.proposal} »" if doubt.proposal else ""
    return f" [{doubt.key} = {answers}{proposed}]"


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
    kept = [version for version in register.versions(options.kind) if not version.kind.startswith(register.NEEDS)]
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
    used, name = register.head(options.kind), KINDS[options.kind].name
    if used.number == options.publish and not used.problem:  # None of both: nothing was imported, or it is withdrawn
        return f"{name} : {f'la version {used.number}' if used.version else 'la couche d’avant tout import'} est déjà en service."
    seen = used.revision
    try:
        if options.withdraw:
            register.withdraw(options.kind, who=options.who, seen=seen)
            return f"{name} : retour à la couche d’avant tout import."
        register.publish(register.find(options.kind, options.publish), who=options.who, seen=seen)
    except ConflictError as error:
        raise PublishedMeanwhileError(error.problems) from error
    return f"{name} : version {options.publish} en service."


def _export(options: argparse.Namespace) -> str:
    from geo.exports import export

    world = open_dataset()
    warn(*world.notices)
    version = register.find(options.kind, options.export)
    layer = register.read_layer(version, world.base(options.kind), world.atlas)
    made = export(version, layer, register.read_shapes(version), world.atlas)
    target = options.to / made.name
    try:
        options.to.mkdir(parents=True, exist_ok=True)
        target.write_bytes(made.body)
    except OSError as error:
        raise GeoInputError(f"{options.to} : écriture impossible ({system_reason(error)}).") from error
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
