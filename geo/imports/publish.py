"""From a file someone holds to an active layer: what it would change, then keep and publish. The page and the command line
go through here, so that they say and do the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from geo import register
from geo.dataset import Dataset
from geo.imports.draft import KINDS, ImportDraft
from geo.layers import Difference, Layer, Over, difference, merged
from geo.register import ConflictError, Origin, Statement, Version

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
    )


@dataclass(frozen=True, eq=False)
class Review:
    """What a draft becomes under a statement, before anything is kept."""

    draft: ImportDraft
    statement: Statement
    world: Dataset

    @cached_property
    def brought(self) -> Layer:
        """The layer of the file alone."""
        return layer_from(self.draft, self.statement)

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


def keep(review: Review, home: Path | None = None) -> Version:
    """Keep what was reviewed as a new version, not active yet."""
    draft = review.draft
    origin = Origin(draft.file, draft.sha256, draft.size, form_of(draft.file))
    return register.keep(
        review.brought,
        review.statement,
        origin,
        review.difference,
        review.world.atlas,
        shapes=outlines_of(draft),
        under=review.under,
        home=home,
    )


def keep_and_publish(review: Review, *, seen: int, home: Path | None = None) -> Version:
    """Keep what was reviewed and make it active, unless the head moved since `seen`: then nothing is kept.

    Raises
    ------
    ConflictError
        When somebody published meanwhile.
    """
    kind = review.draft.kind
    register.ensure_head_is(kind, seen, home)  # before a version is kept for nothing
    used, looked_at = register.head(kind, home).version, review.world.heads.get(kind)
    seen_then = looked_at.version if looked_at else None
    if (used.id if used else None) != (seen_then.id if seen_then else None):
        raise ConflictError(
            "La couche en service vient de changer ; relisez la différence, puis publiez. Rien n’est changé."
        )
    version = keep(review, home)
    head = register.publish(version, who=review.statement.who, seen=seen, home=home)
    return head.version or version
