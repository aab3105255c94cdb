"""The storage of the register: tables in a database, zones in GeoParquet files beside it, or in it when machines share it.

The database is SQLite in the user's data folder unless `CLSM_REGISTER` gives the address of another one
(postgresql+psycopg://…, its driver installed beside). Files are named by their content, made elsewhere and given their
name in one move, and written before any row speaks of them: a row always has its files, whatever the moment of a cut. In a
database that has an address they are rows, written with that of the version (geo/register/bodies.py): machines share nothing else.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.communes import SHAPE_OF_IRIS, Atlas, read_code
from geo.errors import GeoInputError, system_reason
from geo.files import Content, DamagedError, has_outlines, owner, read_table, remove, sync_folder, write_json
from geo.geometry import WGS84
from geo.layers import MEMBER_COLUMNS, ZONE_COLUMNS, Etat, Layer, Precision, estimated, fine_frame, members_frame
from geo.paths import home as default_home
from geo.register import bodies as database
from geo.register import schema
from geo.register.bodies import ADDRESS
from geo.register.engine import commit, connected, engine_of, patient, reported
from geo.register.rows import CONTENT

if TYPE_CHECKING:
    import geopandas as gpd

ZONE_CONTENT: Mapping[str, Content] = {
    **dict.fromkeys(("id", *(name for name in ZONE_COLUMNS if name != "population")), "text"), "population": "number",
}  # fmt: skip
MEMBER_CONTENT: Mapping[str, Content] = {"id": "text", "code": "text", "whole": "flag", "inhabitants": "number"}
FINE_CONTENT: Mapping[str, Content] = {"id": "text", "iris": "text", "share": "number"}
ZONES, MEMBERS = "zones.parquet", "members.parquet"
FINE = "iris.parquet"  # only where a list knows zones by IRIS
SERIES = "indicateurs.parquet"  # of a set of indicators, which has no zones
FILES = frozenset({ZONES, MEMBERS, FINE, SERIES})
DATABASE = "registre.sqlite"
STAGE = ".en-cours-"  # what is being written, and by whom
ELSEWHERE = ".autre-registre"  # this folder has served a database of another address (CLSM_REGISTER)


def register_folder(home: Path | None = None) -> Path:
    """Return where the files are, and the database unless it is elsewhere; it may not exist yet."""
    return (home or default_home()) / "registre"


def exists(home: Path | None = None) -> bool:
    """Return whether anything was ever kept; looking never makes a file."""
    return bool(os.environ.get(ADDRESS)) or os.path.lexists(register_folder(home) / DATABASE)


def _database(home: Path | None) -> sa.Engine:
    """Return the database, whatever its tables.

    Raises
    ------
    GeoInputError
        When the folder cannot be made, or as `engine_of`.
    """
    if address := os.environ.get(ADDRESS, ""):
        return engine_of(address)
    folder = register_folder(home)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GeoInputError(f"{folder} : dossier inaccessible en écriture ({system_reason(error)}).") from error
    # Not as a text: a folder whose name holds « ? » would lead elsewhere.
    return engine_of(sa.URL.create("sqlite", database=str(folder / DATABASE)))


@contextmanager
def reading(home: Path | None = None) -> Iterator[sa.Connection]:
    """Open the database to read; one that takes no writing (disk, rights) is read all the same.

    Raises
    ------
    GeoInputError
        When the database does not answer, or has a newer schema.
    """
    with reported(), _transaction(home, reads=True) as connection:
        yield connection


@contextmanager
def writing(home: Path | None = None) -> Iterator[sa.Connection]:
    """Open one transaction: all of it is kept, or nothing; errors as for `reading`."""
    with reported(), _transaction(home, reads=False) as connection:
        yield connection


def prepare(home: Path | None = None) -> None:
    """Make the register ready to be written to, its schema included, before any file is; errors as for `reading`."""
    with writing(home):
        pass


@contextmanager
def _transaction(home: Path | None, *, reads: bool) -> Iterator[sa.Connection]:
    """Open a transaction on the schema of this code, to which an older register is migrated first."""
    engine = _database(home).execution_options(reads=reads)
    with patient(engine) if reads else nullcontext(), connected(engine) as connection:
        connection.begin()
        if not schema.is_current(connection):
            connection.rollback()
            schema.migrate(engine, to_read=reads)
            connection.begin()
        yield connection
        commit(connection)


# --- the files --------------------------------------------------------------------------------------------------
def files_of(layer: Layer, shapes: gpd.GeoDataFrame | None, atlas: Atlas) -> tuple[str, dict[str, bytes]]:
    """Return the files of a layer's zones (with their outlines when there are some, EPSG:4326) and members, and their name."""
    zones = layer.zones.rename_axis("id").reset_index()
    zones["etat"], zones["precision"] = zones["etat"].astype(str), zones["precision"].astype(str)
    texts = [c for c in zones.columns if c != "population"]
    zones[texts] = zones[texts].fillna("").astype(str)
    members = pd.DataFrame(
        {
            "id": layer.zones.index.to_numpy(dtype=object)[layer.members["zone"].to_numpy(dtype=np.intp)].astype(str),
            "code": atlas.codes[layer.members["row"].to_numpy(dtype=np.intp)].astype(str),
            "whole": layer.members["whole"].to_numpy(dtype=bool),
            "inhabitants": layer.members["inhabitants"].to_numpy(dtype=float),
            "estimated": estimated(layer.members),
        }
    )
    files = {ZONES: _bytes(_with_shapes(zones, shapes)), MEMBERS: _bytes(members)}
    if layer.fine is not None and len(layer.fine):
        ids = layer.zones.index.to_numpy(dtype=object)[layer.fine["zone"].to_numpy(dtype=np.intp)].astype(str)
        files[FINE] = _bytes(
            pd.DataFrame({"id": ids, "iris": layer.fine["iris"].astype(str), "share": layer.fine["share"]})
        )
    return content_of(files), files


def note_of(folder: Path) -> Path:
    """Return the note that is beside the files of a version while they are written."""
    return folder.with_name(f"{STAGE}{folder.name}.json")


@contextmanager
def written(
    content: str, files: dict[str, bytes], home: Path | None = None
) -> Iterator[Callable[[sa.Connection], None]]:
    """Write the files of a version, and note that they are somebody's until its row is there.

    Gives what writes them within the transaction of that row: into the database, or again should somebody have swept them meanwhile. A process that is killed inside leaves the note:
    it means that the files are nobody's, unless the register names them.

    Raises
    ------
    GeoInputError
        When nothing can be written.
    """
    if database.in_database():
        if largest := [name for name, body in files.items() if len(body) > database.LARGEST_BYTES]:
            raise GeoInputError(
                f"La couche est trop grande pour le registre ({', '.join(largest)}) : simplifiez ses contours."
            )
        yield lambda connection: database.put(connection, content, files)
        return
    root = register_folder(home)
    note = note_of(root / content)

    def again(_: sa.Connection | None = None) -> None:
        try:
            _place(files, root, root / content)
        except OSError as error:
            raise GeoInputError(f"{root} : écriture impossible ({system_reason(error)}). Rien n’est gardé.") from error

    try:
        root.mkdir(parents=True, exist_ok=True)
        if os.environ.get(ADDRESS):
            (root / ELSEWHERE).touch()
        write_json(note, {"owner": owner()})
        again()
        yield again
    except OSError as error:
        raise GeoInputError(f"{root} : écriture impossible ({system_reason(error)}). Rien n’est gardé.") from error
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)


def _with_shapes(zones: pd.DataFrame, shapes: gpd.GeoDataFrame | None) -> pd.DataFrame:
    if shapes is None or shapes.empty:
        return zones
    import geopandas as gpd  # a quarter of a second that figures need not wait for

    outlines = shapes.geometry.to_crs(WGS84) if shapes.crs is not None else shapes.geometry.set_crs(WGS84)
    by_id = pd.Series(outlines.to_numpy(), index=[str(i) for i in shapes.index])
    return gpd.GeoDataFrame(zones, geometry=gpd.GeoSeries(by_id.reindex(zones["id"]).to_numpy(), crs=WGS84))


def _bytes(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, compression="zstd", index=False)
    return buffer.getvalue()


def _place(files: dict[str, bytes], root: Path, target: Path) -> None:
    with suppress(OSError):
        if all((target / name).read_bytes() == body for name, body in files.items()):
            return
    stage = Path(tempfile.mkdtemp(dir=root, prefix=f"{STAGE}{owner()}-"))
    try:
        for name, body in files.items():
            with (stage / name).open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(stage)
        if os.path.lexists(target):  # damaged: half of its files, or others
            remove(target)
        try:
            stage.rename(target)
        except OSError:
            if not target.is_dir():  # else another process has just written the very same
                raise
        sync_folder(root)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def read_bodies(content: str, home: Path | None = None) -> dict[str, bytes]:
    """Return the files of a version, as they were written: their name is their checksum.

    Raises
    ------
    DamagedError
        When one is absent, shut, or is no longer what was written.
    """
    files: dict[str, bytes] = {}
    if database.in_database():
        with reading(home) as connection:
            files = database.get(connection, content)
    folder = register_folder(home) / content
    try:
        if not files:
            needed = (SERIES,) if os.path.lexists(folder / SERIES) else (ZONES, MEMBERS)
            found = (*needed, *(name for name in (FINE,) if os.path.lexists(folder / name)))
            files = {name: (folder / name).read_bytes() for name in found}
    except OSError as error:
        raise DamagedError("ses fichiers manquent ou ne s’ouvrent pas") from error
    if content_of(files) != content:
        raise DamagedError("ses fichiers ne sont plus tels qu’ils ont été gardés")
    return files


def contents(home: Path | None = None) -> list[Path]:
    """Return the folders of files of versions, whether the register names them or not."""
    try:
        return sorted(path for path in register_folder(home).iterdir() if CONTENT.fullmatch(path.name))
    except OSError:
        return []


def content_of(files: Mapping[str, bytes]) -> str:
    """Return the name that the files of a version give."""
    return hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()[:32]


def read_files(
    content: str, atlas: Atlas, home: Path | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame | None]:
    """Return the zones and members of a version on the communes of today, and what it knows of them by IRIS (None when nothing).

    Raises
    ------
    DamagedError
        When a file is absent or damaged.
    """
    files = read_bodies(content, home)
    if not {ZONES, MEMBERS} <= files.keys():
        raise DamagedError("elle ne contient pas de territoires")
    zones = read_table(files[ZONES], ZONE_CONTENT, key=["id"]).set_index("id")
    members = read_table(files[MEMBERS], MEMBER_CONTENT, optional={"estimated": "flag"})
    known = zones.index.is_unique and members["id"].isin(zones.index).all()
    if not known or not zones["etat"].isin(list(Etat)).all() or not zones["precision"].isin(list(Precision)).all():
        raise DamagedError("ses territoires ont un état, une précision ou des communes qui ne se comprennent pas")
    zones["etat"] = zones["etat"].map(Etat)
    zones["precision"] = zones["precision"].map(Precision)
    return zones, _on_today(zones, members, atlas), _fine_of(files, zones)


def _fine_of(files: Mapping[str, bytes], zones: pd.DataFrame) -> pd.DataFrame | None:
    if FINE not in files:
        return None
    fine = read_table(files[FINE], FINE_CONTENT, key=["id", "iris"])
    if not fine["id"].isin(zones.index).all() or not fine["iris"].map(SHAPE_OF_IRIS.fullmatch).all():
        raise DamagedError("ses IRIS ne se comprennent pas")
    return fine_frame(zones.index.get_indexer(fine["id"]), fine["iris"], fine["share"])


def _on_today(zones: pd.DataFrame, members: pd.DataFrame, atlas: Atlas) -> pd.DataFrame:
    position = {zone: i for i, zone in enumerate(zones.index)}
    records = []
    known = members[["id", "code", "whole", "inhabitants"]].assign(estimated=estimated(members))
    for zone, code, whole, people, guess in known.itertuples(index=False):
        today = code in atlas.row
        reading = None if today else read_code(code, atlas)
        atoms = (code,) if reading is None else reading.atoms
        # A commune merged since is only a part of the commune of today.
        entire = bool(whole) and (reading is None or reading.kind == "city")
        records += [(position[zone], atlas.row[a], entire, people if len(atoms) == 1 else np.nan, guess) for a in atoms]
    frame = members_frame(*(pd.DataFrame(records, columns=list(MEMBER_COLUMNS))[name] for name in MEMBER_COLUMNS))
    if frame.duplicated(["zone", "row"]).any():  # communes merged since: parts of a known size make a part of that size
        grouped = frame.groupby(["zone", "row"], sort=False)
        frame = grouped.agg(
            whole=("whole", "any"),
            inhabitants=("inhabitants", lambda s: s.sum(skipna=False)),
            estimated=("estimated", "any"),
        ).reset_index()
    population = atlas.population[frame["row"].to_numpy(dtype=np.intp)].astype(float)
    frame["inhabitants"] = np.where(frame["whole"], population, frame["inhabitants"])
    return frame


def read_shapes(content: str, home: Path | None = None) -> gpd.GeoDataFrame | None:
    """Return the outlines that a version came with (EPSG:4326), indexed by zone, or None when it came as a table.

    Raises
    ------
    DamagedError
        When a file is absent or damaged.
    """
    import geopandas as gpd

    body = read_bodies(content, home)[ZONES]
    if not has_outlines(body):
        return None
    try:
        return gpd.read_parquet(io.BytesIO(body)).set_index("id")
    except Exception as error:  # GEOS raises whatever it likes on bytes that are no outline
        raise DamagedError("ses contours sont illisibles") from error
