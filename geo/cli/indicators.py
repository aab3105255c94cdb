"""The command `indicators`: the sets of indicators of need, a table brought with its answers, the way back.

Status: 0 when all of the table was taken, 1 when something of it was refused, 2 when nothing could be taken or something waits for an answer.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from geo import french as fr
from geo import register
from geo.cli.imports import PublishedMeanwhileError
from geo.cli.terminal import Lines, as_json, typed, warn
from geo.communes import Atlas
from geo.dataset import open_dataset
from geo.errors import GeoInputError
from geo.imports import (
    GRAIN_NAMES,
    Item,
    NeedsDraft,
    NeedsStatement,
    Plan,
    Way,
    publish_needs,
    read_needs_file,
    remembered_plan,
    resumed,
)
from geo.indicators import Direction, Grain
from geo.register import ConflictError

WAYS = {
    "nombre": Way.COUNT,
    "rapport": Way.RATIO,
    "taux-de": Way.RATE_OF,
    "taux": Way.RATE,
    "denominateur": Way.BELOW,
    "rien": Way.UNUSED,
}
SENSES = {"pire": Direction.WORSE, "mieux": Direction.BETTER, "aucun": Direction.NEITHER}


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `indicators` to the command line's grammar."""
    command = commands.add_parser("indicators", help="indicateurs de besoin : lister, apporter un tableau, revenir")
    command.add_argument("file", type=Path, nargs="?", metavar="FICHIER", help="un tableau à apporter (CSV, XLSX, ODS)")
    command.add_argument("--name", default="", help="le nom du jeu (obligatoire pour publier)")
    command.add_argument("--source", default="", help="d’où viennent les chiffres (obligatoire pour publier)")
    command.add_argument("--year", default="", help="leur année (2023, 2021-2023)")
    command.add_argument("--who", default=register.default_who(), help="qui apporte (par défaut, le compte du système)")
    command.add_argument("--dry-run", action="store_true", help="montrer ce qui serait fait, ne rien garder")
    command.add_argument(
        "--accept-proposals", action="store_true", help="dire que ce que la lecture propose de chaque colonne est juste"
    )
    command.add_argument(
        "--forget", action="store_true", help="ne pas reprendre ce qui a été réglé du même tableau la fois d’avant"
    )
    command.add_argument("--place", default="", metavar="COLONNE", help="la colonne des territoires")
    command.add_argument("--grain", choices=[g.value for g in Grain], help="ce que sont les territoires")
    command.add_argument("--sheet", help="la feuille d’un classeur")
    command.add_argument(
        "--column", action="append", default=[], metavar="COLONNE=SORTE",
        help=f"dire ce qu’est une colonne (répétable) : {', '.join(WAYS)} ; « rapport:DÉNOMINATEUR:100 » et « taux-de:DÉNOMINATEUR:1000 »",
    )  # fmt: skip
    command.add_argument(
        "--sense",
        action="append",
        default=[],
        metavar="COLONNE=SENS",
        help=f"ce qu’un chiffre élevé dit du besoin : {', '.join(SENSES)}",
    )
    command.add_argument(
        "--secrecy",
        action="append",
        default=[],
        metavar="COLONNE=SEUIL",
        help="le plus petit nombre qui peut être montré",
    )
    command.add_argument(
        "--keep", action="append", default=[], metavar="COLONNE=VALEUR", help="les lignes à garder (sexe=Ensemble)"
    )
    command.add_argument("--set", default="", metavar="JEU", help="l’identifiant d’un jeu, tel que la liste le donne")
    act = command.add_mutually_exclusive_group()
    act.add_argument(
        "--publish", type=int, metavar="VERSION", help="mettre cette version du jeu en service (retour compris)"
    )
    act.add_argument("--withdraw", action="store_true", help="retirer le jeu")
    command.add_argument("--json", action="store_true", help="écrire du JSON")


def run(options: argparse.Namespace) -> Iterable[str]:
    """List the sets, move one, or bring a table.

    Raises
    ------
    GeoInputError
        When nothing can be taken from the table, something is left to settle or to state, or the set does not exist.
    """
    if options.file is not None:
        return _bring(options)
    if options.publish is not None or options.withdraw:
        return [_move(options)]
    sets = register.need_sets()
    if options.json:
        return [as_json([{"jeu": one.kind.removeprefix(register.NEEDS), "nom": one.name,
                          "en_service": one.head.version.number if one.head.version else None,
                          "versions": [version.number for version in one.versions]} for one in sets])]  # fmt: skip
    lines = [
        f"{one.kind.removeprefix(register.NEEDS)}  {one.name}  "
        f"{f'version {one.head.version.number} en service' if one.head.version else 'aucune version en service'}  "
        f"({fr.count(len(one.versions), 'version gardée', 'versions gardées')})"
        for one in sets
    ]
    return lines or ["Aucun jeu d’indicateurs n’a été apporté."]


def _move(options: argparse.Namespace) -> str:
    kind = register.kind_of(options.set)
    if not any(one.kind == kind for one in register.need_sets()):
        raise GeoInputError(f"{options.set or 'Jeu'} : aucun jeu de ce nom ; donnez --set, tel que la liste le donne.")
    used = register.head(kind)
    if used.number == options.publish and not used.problem:
        return f"{options.set} : {f'la version {used.number} est déjà' if used.version else 'aucune version n’est'} en service."
    seen = used.revision
    try:
        if options.withdraw:
            register.withdraw(kind, who=options.who, seen=seen)
            return f"{options.set} : retiré ; ses versions restent gardées."
        register.publish(register.find(kind, options.publish), who=options.who, seen=seen)
    except ConflictError as error:
        raise PublishedMeanwhileError(error.problems) from error
    return f"{options.set} : version {options.publish} en service."


def _bring(options: argparse.Namespace) -> Lines:
    if not options.file.is_file():
        raise GeoInputError(f"{options.file.name} : fichier introuvable.")
    world = open_dataset()
    warn(*world.notices)
    draft = _read(options, None, world.atlas)
    known = None if options.forget else remembered_plan(draft.shape)
    if known:
        warn(
            f"{draft.file} : vos réglages du {fr.day(known[1].created)} (version {known[1].number}) sont repris ; --forget s’en passe."
        )
    base = resumed(known[0], draft) if known else draft.plan
    plan = _settled(options, base, [column.name for column in draft.columns])
    draft = _read(options, plan, world.atlas)
    said = NeedsStatement(
        options.name,
        options.source,
        options.year or draft.plan.year,
        options.who,
        bool(options.accept_proposals or options.column or known),
    )
    lines = _report(draft)
    if options.dry_run:
        lines.append("Essai : rien n’est gardé.")
    else:
        version = _published(draft, said)
        lines.append(f"Publié : {said.name.strip()}, version {version}.")
    found = Lines(lines)
    found.exit_code = 1 if draft.refused else 0
    return found


def _published(draft: NeedsDraft, said: NeedsStatement) -> int:
    try:
        return publish_needs(draft, said, seen=register.head(said.kind).revision).number
    except ConflictError as error:
        raise PublishedMeanwhileError(error.problems) from error
    except GeoInputError as error:
        ways = "Répondez par --name, --source, --year, --column, --grain ou --keep ; --accept-proposals dit que les propositions sont justes (voyez --dry-run)."
        raise GeoInputError([*error.problems, ways]) from error


def _read(options: argparse.Namespace, plan: Plan | None, atlas: Atlas) -> NeedsDraft:
    return read_needs_file(options.file, typed(options.file.name), atlas=atlas, plan=plan, sheet=options.sheet)


def _settled(options: argparse.Namespace, plan: Plan, names: list[str]) -> Plan:
    """Return the plan with what the command says."""
    grain = Grain(options.grain) if options.grain else plan.grain
    kept = {**dict(plan.only), **dict(_pairs(options.keep, names))}
    plan = replace(plan, place=options.place or plan.place, grain=grain, only=tuple(kept.items()))
    for column, text in _pairs(options.column, names):
        way, _, rest = text.partition(":")
        below, _, base = rest.rpartition(":") if rest.count(":") or rest.isdigit() else (rest, "", "")
        if way not in WAYS or (base and not base.isdigit()) or (below and below not in names):
            raise GeoInputError(
                f"--column {column}={text} : écrivez {', '.join(WAYS)}, avec « :DÉNOMINATEUR:100 » pour « rapport » et « taux-de »."
            )
        item = replace(plan.by_column.get(column, Item(column)), way=WAYS[way], denominator=below)
        if base:
            item = replace(item, multiplier=float(base), unit="%" if base == "100" else f"pour {fr.number(int(base))}")
        plan = plan.with_item(item)
    for column, text in _pairs(options.sense, names):
        if text not in SENSES:
            raise GeoInputError(f"--sense {column}={text} : écrivez {', '.join(SENSES)}.")
        plan = plan.with_item(replace(plan.by_column.get(column, Item(column)), direction=SENSES[text]))
    for column, text in _pairs(options.secrecy, names):
        if not text.isdigit():
            raise GeoInputError(f"--secrecy {column}={text} : écrivez un nombre entier.")
        plan = plan.with_item(replace(plan.by_column.get(column, Item(column)), secrecy=int(text)))
    return plan


def _pairs(given: list[str], names: list[str]) -> list[tuple[str, str]]:
    found = []
    for pair in given:
        column = max((name for name in names if pair.startswith(f"{name}=")), key=len, default="")
        if not column:
            raise GeoInputError(f"{pair} : aucune colonne de ce nom ; il y a {fr.listing(names, 20)}.")
        found.append((column, pair[len(column) + 1 :].strip()))
    return found


def _report(draft: NeedsDraft) -> list[str]:
    """Say what was understood, taken, repaired, refused and set aside."""
    lines = [
        f"{draft.file} : {fr.count(draft.accepted, 'ligne retenue', 'lignes retenues')} sur {fr.number(draft.rows)}, dont {fr.number(draft.repaired)} "
        f"réparées ; {fr.number(draft.refused)} refusées, {fr.number(draft.aside)} mises de côté.",
        f"Territoires : colonne « {draft.plan.place} », {GRAIN_NAMES[draft.grain]}.",
    ]
    for item in draft.plan.items:
        beside = f" (« {item.denominator} » × {fr.number(item.multiplier)})" if item.denominator else ""
        lines.append(f"Colonne « {item.column} » : {item.way.value if item.way else 'à dire'}{beside}")
    for series in draft.series:
        found = draft.tallies[series.id]
        lines.append(f"{series.indicator.label} : {fr.number(found.known)} chiffres sur {fr.number(draft.expected)} {GRAIN_NAMES[draft.grain]}, "
                     f"{fr.count(found.secret, 'secret')}, {fr.count(found.absent, 'inconnu')} dans le tableau.")  # fmt: skip
    if draft.questions:
        lines += [
            f"À régler avant de publier ({fr.number(len(draft.questions))}) :",
            *(f"  {question.said}" for question in draft.questions),
        ]
    for kind, title in (("refusé", "Refusé"), ("réparé", "Réparé"), ("à savoir", "À savoir")):
        told = [remark for remark in draft.remarks if remark.kind == kind]
        lines += [f"{title} ({fr.number(len(told))}) :", *(f"  {remark}" for remark in told)] if told else []
    return lines
