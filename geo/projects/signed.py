"""A signed project becomes a CLSM through the door that lists come by: a table, read as any other, kept as a draft of the layer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date

from geo import french as fr
from geo.communes import Atlas
from geo.dataset import Dataset
from geo.errors import GeoInputError
from geo.imports import Review, read_import
from geo.layers import Etat, LayerId, Mode
from geo.projects.model import Kept, Project, Step
from geo.register import Statement
from geo.visible import blank

_COLUMNS = (
    "nom",
    "code_commune",
    "nom_commune",
    "departement",
    "part_commune",
    "etat",
    "annee",
    "source_titre",
    "note",
)


def clsm_name(project: Project) -> str:
    """Return the name of the CLSM that a project becomes."""
    return project.name if "clsm" in fr.fold(project.name).split() else f"CLSM {fr.of(project.name)}"


def signed_codes(project: Project, atlas: Atlas) -> tuple[str, ...]:
    """Return the communes of today of a project, in order."""
    return tuple(sorted(code for code in project.codes if code in atlas.row))


def projects_table(every: Iterable[Kept], atlas: Atlas) -> bytes:
    """Return projects as the table that the page Données reads: a row a commune; one whose communes are unknown has none.

    Only what was signed is in service; the others are announced.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for one in every:
        p = one.project
        year = p.dated(Step.SIGNATURE)[:4] if p.signed else p.first_date[:4]
        state = Etat.EN_SERVICE if p.signed else Etat.PROJET
        for code in signed_codes(p, atlas):
            row = atlas.row[code]
            writer.writerow([
                clsm_name(p), code, str(atlas.names[row]), str(atlas.table["departement"].iat[row]), "entière", str(state),
                year, f"Suivi régional des projets, projet n° {one.id}", "",
            ])  # fmt: skip
    return stream.getvalue().encode("utf-8-sig")


def signed_review(one: Kept, who: str, world: Dataset) -> Review:
    """Return what a signed project becomes in the layer of CLSM: read as a table, to be added, complete nowhere.

    `world` is the active data, without any claim. `geo.imports.keep` makes a draft of it, which the page Données publishes.

    Raises
    ------
    GeoInputError
        When it is not signed, has no known commune, or `who` is not said.
    """
    project, day = one.project, date.today().isoformat()
    if not project.signed or project.over:
        raise GeoInputError("Seul un projet signé devient un CLSM en service.")
    if not signed_codes(project, world.atlas):
        raise GeoInputError("Donnez d’abord les communes du projet : un CLSM sans commune ne couvre personne.")
    if blank(who):
        raise GeoInputError("Dites qui vous êtes.")
    table = projects_table([one], world.atlas)
    draft = read_import(table, f"projet-{one.id}.csv", str(LayerId.CLSM), atlas=world.atlas)
    source = f"Suivi régional des projets, projet n° {one.id}"
    return Review(draft, Statement(source, project.dated(Step.SIGNATURE) or day, who.strip(), mode=Mode.ADD), world)
