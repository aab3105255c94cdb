"""From a file someone holds to a layer in use: what it would change, then keep and publish. The page and the command line
go through here, so that they say and do the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo import isolated, register, store
from geo.communes import Atlas
from geo.difference import Difference, difference
from geo.errors import GeoInputError
from geo.import_draft import ImportDraft, layer_from, read_import
from geo.import_draft import Statement as DraftStatement
from geo.import_guard import MAX_BYTES, inspect, too_heavy
from geo.isolated import Stop, Tell
from geo.layers import Layer
from geo.merge import Over, merged
from geo.register import ConflictError, Origin, Statement, Version
from geo.world import World

if TYPE_CHECKING:
    import geopandas as gpd

FORMS = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods", "geojson", "json", "gpkg", "zip", "kml", "kmz", "fgb",
         "parquet", "geoparquet")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Review:
    """What a draft becomes under a statement, before anything is kept."""

    draft: ImportDraft
    statement: Statement
    world: World

    @cached_property
    def brought(self) -> Layer:
        """The layer of the file alone."""
        said = self.statement
        return layer_from(
            self.draft,
            DraftStatement(said.source, said.date, etat=said.etat, extent=said.extent, remark=said.remark),
        )

    @property
    def under(self) -> Version | None:
        """The version that it would be laid over, None for the layer in place before any import."""
        return self.world.imported.get(self.draft.kind) if self.statement.over is Over.IN_USE else None

    @cached_property
    def after(self) -> Layer:
        """The layer that would be in use."""
        base = self.before if self.under else self.world.base(self.draft.kind)
        return merged(base, self.brought, self.statement.mode, self.world.atlas)

    @property
    def before(self) -> Layer:
        """The layer in use."""
        return self.world.crosswalk.layers[self.draft.kind]

    @cached_property
    def difference(self) -> Difference:
        """What would change in the layer in use."""
        return difference(self.before, self.after, self.world.atlas)


def read_file(
    source: Path | bytes,
    name: str,
    kind: str,
    *,
    atlas: Atlas,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    progress: Tell | None = None,
    stop: Stop | None = None,
) -> ImportDraft:
    """Read a file as `read_import` does, in a process of its own; whatever a parser is surprised by becomes a sentence.

    `stop` ends the reading when it is set.

    Raises
    ------
    StoppedError
        When the reading was cancelled.
    GeoInputError
        When nothing can be taken from the file.
    """
    if isinstance(source, bytes) and len(source) > MAX_BYTES:  # not even written
        raise GeoInputError(too_heavy(name, len(source)))
    options = {
        "name": name,
        "kind": kind,
        "mapping": mapping,
        "encoding": encoding,
        "sheet": sheet,
        "home": store.home(),
    }
    draft: ImportDraft = isolated.read(
        read_draft, source, name, atlas=atlas, options=options, tell=progress, stop=stop
    ).result()
    return draft


def read_draft(
    path: Path, atlas: Atlas, tell: Tell, *, name: str, kind: str, home: Path, **options: Any
) -> ImportDraft:
    """Read a file in this process, with the population grid of `home` where outlines may cut communes.

    Raises
    ------
    GeoInputError
        As `read_import`.
    """
    squares = None
    if inspect(path, name).spatial:
        from geo.import_squares import load_squares  # with GeoPandas, which tables need not wait for

        squares = load_squares(home)
    return read_import(path, name, kind, atlas=atlas, squares=squares, progress=tell, **options)


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
    """Keep what was reviewed as a new version, not in use yet."""
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
    """Keep what was reviewed and put it in use, unless the head moved since `seen`: then nothing is kept.

    Raises
    ------
    ConflictError
        When somebody published meanwhile.
    """
    kind = review.draft.kind
    register.still(kind, seen, home)  # before a version is kept for nothing
    used, looked_at = register.head(kind, home).version, review.world.heads.get(kind)
    seen_then = looked_at.version if looked_at else None
    if (used.id if used else None) != (seen_then.id if seen_then else None):
        raise ConflictError(
            "La couche en service vient de changer ; relisez la différence, puis publiez. Rien n’est changé."
        )
    version = keep(review, home)
    head = register.publish(version, who=review.statement.who, seen=seen, home=home)
    return head.version or version
