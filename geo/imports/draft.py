"""Draft of a layer read from a file, before anything is kept: what was understood, repaired or refused (made by `geo.imports.read`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from geo.errors import GeoInputError
from geo.french import count, listing, number
from geo.imports.settling import Answers, Doubt
from geo.remarks import Remark

Progress = Callable[[float, str], None]
Method = Literal["communes", "codes", "surface", "carreaux", "iris"]
MAX_ROWS = 500_000  # of a table
MAX_COLUMNS = 20_000
MAX_ZONES = 20_000
EXAMPLES = 3  # values shown for a column


@dataclass(frozen=True)
class Kind:
    """A layer that can be imported: its names, and how one of its zones is called."""

    id: str
    name: str
    long_name: str
    singular: str

    @property
    def names(self) -> tuple[str, str]:
        """How one of its zones, and several, are called; a name of capitals does not change."""
        return self.singular, self.singular if self.singular.isupper() else f"{self.singular}s"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.id: kind
        for kind in (
            Kind("clsm", "CLSM", "Conseils locaux de santé mentale", "CLSM"),
            Kind("cls", "CLS", "Contrats locaux de santé", "CLS"),
            Kind("cpts", "CPTS", "Communautés professionnelles territoriales de santé", "CPTS"),
            Kind("dac", "DAC", "Dispositifs d’appui à la coordination", "DAC"),
            Kind("secteurs-adultes", "Secteurs adultes", "Secteurs de psychiatrie adulte", "secteur"),
            Kind(
                "secteurs-enfants", "Secteurs infanto-juvéniles", "Secteurs de psychiatrie infanto-juvénile", "secteur"
            ),
        )
    }
)


def known_kind(kind: str) -> Kind:
    """Return the kind of layer that is imported under an id.

    Raises
    ------
    GeoInputError
        When no such layer is imported; the sentence says which are.
    """
    if kind not in KINDS:
        raise GeoInputError(f"Couche « {kind} » inconnue ; possibles : {listing(KINDS)}.")
    return KINDS[kind]


# What a column may be. The same words serve for tables and for the attributes of polygons (which have no commune, EPCI…).
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "nom": "Nom du territoire",
        "id": "Identifiant du territoire",
        "code_commune": "Code de commune (INSEE)",
        "nom_commune": "Nom de commune",
        "code_postal": "Code postal (aide à distinguer les homonymes)",
        "communes": "Liste de communes (codes ou noms)",
        "code_iris": "Code d’IRIS (neuf caractères), un ou plusieurs",
        "epci": "EPCI (SIREN ou nom), étendu à ses communes",
        "departement": "Département (code ou nom)",
        "part_commune": "Part de la commune (« partielle » ou « entière »)",
        "etat": "État (en service, annoncé, projet, à confirmer)",
        "fin": "Fin du dispositif (oui ou non, ou sa date)",
        "annee": "Année",
        "annee_source": "Année de la source",
        "population": "Population publiée",
        "nombre_communes": "Nombre de communes annoncé",
        "territoire": "Territoire ou établissement",
        "precision": "Façon dont la composition est connue",
        "source_titre": "Source",
        "source_url": "Adresse de la source",
        "status": "Statut de la lecture",
        "note": "Note",
        "retenue": "Oui ou non : la ligne fait partie de la couche",
        "exclue": "Oui ou non : la ligne n’est plus dans la couche",
        "type": "Type de dispositif (les autres types sont laissés de côté)",
    }
)


@dataclass(frozen=True)
class Column:
    """A column of the file: its header, first values, the role it was given ("" if none) and how surely (0 to 1)."""

    name: str
    examples: tuple[str, ...] = ()
    role: str = ""
    confidence: float = 0.0
    why: str = ""


@dataclass(frozen=True, eq=False)
class ImportDraft:
    """A layer read from a file, not kept yet.

    Parameters
    ----------
    kind
        Layer id, one of KINDS.
    zones, members
        In the form of `geo.layers.Layer` (`zones_frame`, `members_frame`). `etat` is "" where the file states none:
        `geo.imports.publish.layer_from` fills it.
    rows, accepted
        Rows (or features) that hold something, and those that made it into the draft.
    remarks
        Everything worth reporting, in the order of the file.
    understanding
        Role (a key of ROLES) → header of the column that plays it. May be changed: `Answers.of_columns`.
    columns
        Every column seen, with examples.
    file, sha256, size
        Name, checksum and bytes of the file.
    method
        How inhabitants of zones are known: "communes" (polygons that follow communes), "codes" (lists of communes), "surface"
        and "carreaux" (polygons that cut communes, shared by area or by the population grid), "iris" (all that they cut is measured
        by IRIS).
    outlines
        Polygons as drawn (GeoJSON FeatureCollection, EPSG:4326, properties `id` and `nom`), None when there are only codes.
    sheets, sheet
        Tables or layers that the file holds and the one that was read, "" when there is only one without a name.
    encoding
        How the text was decoded, in words a person knows ("UTF-8", "Windows-1252"…), "" when it does not apply.
    whole_communes
        Whether the planner stated that polygons are made of whole communes (`settling.WHOLE_COMMUNES`).
    doubts
        What the file leaves open, in the order of the file: questions that publication waits for (`blocking`), values that were
        understood and may be corrected, rows that were refused with the communes that they may speak of.
    answers
        What the planner had settled, as far as it applied to this file.
    shape
        The shape of the file (`geo.imports.settling.shape_of`): answers are remembered for it.
    without
        Codes of the communes of today that the file says to be in no territory (« Pas de CLSM »).
    dissolved
        Names of the territories that the file says to be dissolved or dormant: they are in no zone.
    partly, names_refused, aside
        Rows kept of which a part was refused, names refused inside their lists, rows left aside without being read (hidden
        ones, those that the planner set aside).
    fine
        What the file says of zones at the grain of IRIS (`geo.layers.fine_frame`), None when it says nothing of them.
    """

    kind: str
    zones: pd.DataFrame
    members: pd.DataFrame
    rows: int
    accepted: int
    remarks: tuple[Remark, ...]
    understanding: Mapping[str, str]
    columns: tuple[Column, ...]
    file: str
    sha256: str
    size: int
    method: Method
    outlines: dict[str, Any] | None = None
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    encoding: str = ""
    whole_communes: bool = False
    doubts: tuple[Doubt, ...] = ()
    answers: Answers = field(default_factory=Answers)
    shape: str = ""
    without: tuple[str, ...] = ()
    dissolved: tuple[str, ...] = ()
    partly: int = 0
    names_refused: int = 0
    aside: int = 0
    fine: pd.DataFrame | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing is left that publication waits for."""
        return not any(doubt.blocking for doubt in self.doubts)

    @property
    def whole(self) -> bool:
        """Whether all of the file was taken: nothing refused, not even a name inside a list, and nothing set aside."""
        return not (self.refused or self.partly or self.aside)

    def ensure_settled(self, *, accept_proposals: bool = False) -> None:
        """Refuse to go on as long as something waits for an answer.

        `accept_proposals`: whether the planner says on purpose that what the reading proposed is right.

        Raises
        ------
        GeoInputError
            With one sentence for each question left.
        """
        left = [doubt for doubt in self.doubts if doubt.blocking and not (accept_proposals and doubt.proposal)]
        if left:
            words = count(len(left), "question à régler", "questions à régler")
            raise GeoInputError([f"{self.file} : {words} avant de publier.", *(doubt.said for doubt in left[:20])])

    @property
    def refused(self) -> int:
        """Number of rows that were refused."""
        return self.rows - self.accepted

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Number of remarks of each kind."""
        found = {"réparé": 0, "refusé": 0, "à savoir": 0}
        for remark in self.remarks:
            found[remark.kind] += 1
        return MappingProxyType(found)

    @property
    def departements(self) -> tuple[str, ...]:
        """Départements that the zones are said to be in, in order."""
        return tuple(sorted({str(d) for d in self.zones["departement"] if d}))

    @property
    def summary(self) -> str:
        """Say in one sentence what came out of the file."""
        kept = f"{count(len(self.zones), 'territoire')}, {count(self.members['row'].nunique(), 'commune')}"
        rows = f"{count(self.accepted, 'ligne retenue', 'lignes retenues')} sur {number(self.rows)}"
        return f"{kept} ; {rows}."
