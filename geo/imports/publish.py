"""From a file someone holds to an active layer: what it would change, then keep and publish. The page and the command line
go through here, so that they say and do the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from geo import register
from geo.dataset import Dataset
from geo.errors import GeoInputError
from geo.imports import memory, reserves
from geo.imports.draft import KINDS, ImportDraft
from geo.imports.reserves import Gap
from geo.layers import (
    Declared,
    Difference,
    Layer,
    Losses,
    Over,
    departement_of_place,
    difference,
    losses,
    merged,
    settled_by_iris,
)
from geo.register import ConflictError, Origin, Statement, Version
from geo.rights import Act, Actor, actor_of, ensure_may

if TYPE_CHECKING:
    import geopandas as gpd

FORMS = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods", "geojson", "json", "gpkg", "zip", "kml", "kmz", "fgb",
         "parquet", "geoparquet")  # fmt: skip


def layer_from(draft: ImportDraft, statement: Statement) -> Layer:
    """Turn a draft and what is stated of it into a layer; the file's own words win over the statement, zone by zone."""
    zones = draft.zones.copy()
    zones["etat"] = zones["etat"].where(zones["etat"] != "", statement.etat)
    zones["source_titre"] = zones["source_titre"].where(zones["source_titre"] != "", statement.source)
    year = statement.date.strip()[-4:] if statement.date.strip()[-4:].isdigit() else statement.date.strip()[:4]
    zones["annee_source"] = zones["annee_source"].where(zones["annee_source"] != "", year if year.isdigit() else "")
    kind = KINDS[draft.kind]
    return Layer(
        id=kind.id,
        name=kind.name,
        long_name=kind.long_name,
        source=statement.source,
        vintage=statement.date,
        extent=frozenset(statement.extent),
        remark=statement.remark or f"Importée du fichier « {draft.file} ».",
        zones=zones,
        members=draft.members,
        fine=draft.fine,
    )


@dataclass(frozen=True, eq=False)
class Review:
    """What a draft becomes under a statement, before anything is kept.

    `list_key` is that of a list that the register remembers (`geo.imports.remembered`), "" for a new one; `accept_proposals`
    says on purpose that what the reading proposed is right.
    """

    draft: ImportDraft
    statement: Statement
    world: Dataset
    list_key: str = ""
    accept_proposals: bool = False

    @cached_property
    def unsettled(self) -> frozenset[str]:
        """The places that rows still to be settled may speak of: codes of communes, or of départements."""
        return reserves.unsettled_places(self.draft, self.world.atlas)

    @cached_property
    def withheld(self) -> frozenset[str]:
        """The départements that cannot be stated complete: rows still to be settled may speak of them."""
        return frozenset(departement_of_place(place) for place in self.unsettled)

    @cached_property
    def stated(self) -> Statement:
        """The statement as far as it can hold: without the départements withheld."""
        return replace(self.statement, extent=frozenset(self.statement.extent) - self.withheld)

    @cached_property
    def key(self) -> str:
        """The key of the list."""
        return self.list_key or memory.new_key(self.draft)

    @cached_property
    def brought(self) -> Layer:
        """The layer of the file alone."""
        said = self.stated
        lapsed = said.lapsed()
        declared = Declared(said.who, date.today().isoformat(), said.extent, said.until, lapsed, said.accepted)
        layer = settled_by_iris(layer_from(self.draft, said), self.world.iris, self.world.atlas)
        return replace(
            layer,
            extent=frozenset() if lapsed else said.extent,
            declared=(declared,) if said.extent else (),
            unsettled={self.key: self.unsettled},
            ended=memory.ended_of(self.draft),
        )

    @property
    def under(self) -> Version | None:
        """The version that it would be laid over, None for the layer in place before any import."""
        return self.world.imported.get(self.draft.kind) if self.statement.over is Over.IN_USE else None

    @cached_property
    def after(self) -> Layer:
        """The layer that would be active."""
        base = self.before if self.under else self.world.base(self.draft.kind)
        return merged(base, self.brought, self.statement.mode, self.world.atlas)

    @property
    def before(self) -> Layer:
        """The active layer."""
        return self.world.crosswalk.layers[self.draft.kind]

    @cached_property
    def difference(self) -> Difference:
        """What would change in the active layer."""
        return difference(self.before, self.after, self.world.atlas)

    @cached_property
    def losses(self) -> Losses:
        """What would be taken away."""
        return losses(self.before, self.after, self.difference, self.world.atlas)

    @property
    def losses_text(self) -> list[str]:
        """What would be taken away, in sentences; none when nothing is."""
        return self.losses.sentences(*KINDS[self.draft.kind].names)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """The communes that are in no territory, or in several, where a layer that partitions is stated complete."""
        return reserves.gaps(self.after, self.stated.extent, self.world.atlas)

    @property
    def refused_extent(self) -> list[str]:
        """Say which départements cannot be stated complete, and why; none when all can."""
        names = self.world.atlas.departements["nom"]
        left = reserves.rows_left(self.draft)
        return [
            f"{names[code]} ({code}) ne peut pas être dit complet tant que des lignes qui peuvent en parler sont à régler ({left})."
            for code in sorted(frozenset(self.statement.extent) & self.withheld)
        ]

    def ensure_accepted(self) -> None:
        """Check that every question was settled, and that what keeps the list from being a partition was accepted, in these very
        words (`Statement.accepted`).

        Raises
        ------
        GeoInputError
            With a sentence for each question and each gap that was not.
        """
        self.draft.ensure_settled(accept_proposals=self.accept_proposals)
        left = [gap.sentence for gap in self.gaps if gap.sentence not in self.statement.accepted]
        if left:
            raise GeoInputError(["La liste n’est pas complète telle quelle, ou dites que c’est ainsi :", *left])


def form_of(name: str) -> str:
    """Return the extension of a file, among the forms that are read; « csv » for another."""
    found = Path(name).suffix.lstrip(".").lower()
    return found if found in FORMS else "csv"


def outlines_of(draft: ImportDraft) -> gpd.GeoDataFrame | None:
    """Return the polygons of a draft, indexed by zone (EPSG:4326), or None when it has none."""
    features = (draft.outlines or {}).get("features", [])
    if not features:
        return None
    import geopandas as gpd

    frame = gpd.GeoDataFrame.from_features(features, crs=4326)
    return frame.set_index("id")[["nom", "geometry"]].loc[lambda f: ~f.index.duplicated()]


def keep(review: Review, home: Path | None = None, *, by: Actor | None = None) -> Version:
    """Keep what was reviewed as a new version, not active yet, with what was settled of the list; `by` is who acts, None for
    whoever holds the machine, under the name of the statement.

    Raises
    ------
    GeoInputError
        When something that must be stated, or accepted, is not, or `by` may not.
    """
    ensure_may(by or actor_of(review.statement.who), Act.BRING_DRAFT)
    review.ensure_accepted()
    draft = review.draft
    return register.keep(
        review.brought,
        review.stated,
        Origin(draft.file, draft.sha256, draft.size, form_of(draft.file)),
        review.difference,
        review.world.atlas,
        shapes=outlines_of(draft),
        under=review.under,
        settled=memory.to_keep(draft, review.key, review.unsettled),
        by=by,
        home=home,
    )


def keep_and_publish(
    review: Review, *, seen: int, home: Path | None = None, by: Actor | None = None
) -> Version:  # fmt: skip
    """Keep what was reviewed and make it active, unless the head moved since `seen`: then nothing is kept; `by` as for `keep`.

    Raises
    ------
    ConflictError
        When somebody published meanwhile.
    GeoInputError
        As for `keep`, or when `by` may not put it in use everywhere it changes something: nothing is kept.
    """
    kind, actor = review.draft.kind, by or actor_of(review.statement.who)
    ensure_may(actor, Act.PUT_IN_USE)
    register.ensure_head_is(kind, seen, home)  # before a version is kept for nothing
    used, looked_at = register.head(kind, home).version, review.world.heads.get(kind)
    seen_then = looked_at.version if looked_at else None
    if (used.id if used else None) != (seen_then.id if seen_then else None):
        raise ConflictError(
            "La couche en service vient de changer ; relisez la différence, puis publiez. Rien n’est changé."
        )
    if not actor.everywhere:  # what it leaves; what it brings is judged as it is kept
        register.ensure_may_go(actor, kind, review.under, seen, home)
    version = keep(review, home, by=by)
    head = register.publish(version, who=actor, seen=seen, home=home)
    return head.version or version
