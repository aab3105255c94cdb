"""A home on a drawn country that holds one of each thing a home holds, and every way to damage it.

`build` writes it; `damages` lists what may happen to it, each a name and a function of the folder; `open_everything` does what
the dashboard does with a home, and returns the sentences it has to say.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from geo.dataset import dataset as world
from geo.dataset import outlines, tidy
from geo.dataset.official import KINDS, OTHERS
from geo.errors import GeoInputError
from geo.files import write_json
from geo.files.transfer import Part
from geo.guidance import run_checks
from geo.imports.shapes.squares import load_squares
from geo.layers import Precision, difference
from geo.perimeters import Perimeter
from geo.register import Origin, Statement, register
from geo.register.store import MEMBERS, ZONES
from geo.sources import background as sync_beside
from geo.sources import versions
from tests.register.edited import edit, editing
from tests.support.grid import FACT_LAYERS, draw, layer, zone

Damage = Callable[[Path], None]
ATLAS = draw(
    [[100, 200, 300], [400, 500, 600]],
    epci=[["200000001"] * 3, ["200000002"] * 3],
    ept=[["200000051"] * 3, [None] * 3],
)
ATLAS.manifest["epci_libelle"] = "EPCI au 1er janvier 2025"
CODES = [str(code) for code in ATLAS.codes]
BASE = {name: layer(ATLAS, name, {f"{name}-a": zone("01001", "01002", nom="Embarqué")}) for name in FACT_LAYERS}
SQUARE = shapely.box(3.0, 45.99, 3.01, 46.0)
WRONG: tuple[Any, ...] = (
    None,
    0,
    -1,
    2**70,
    1.5,
    True,
    "x",
    "",
    "2026-99-99",
    [],
    ["x", 1],
    {},
    {"a": 1},
    float("inf"),
    "a\x1b[31m\ud800",
)
MARK = {"url": "http://localhost/x", "etag": '"1"', "modified": "", "total": 10, "encoding": ""}


def _tables(kind: str) -> dict[str, pd.DataFrame]:
    """Return the products of a kind, for the whole drawn country."""
    six = len(CODES)
    frames: dict[str, dict[str, Any]] = {
        "densite": {"code": CODES, "niveau": [1] * six, "classe": [1, 2, 3, 1, 2, 3]},
        "qpv": {"code": ["QN1"], "nom": ["Un"], "communes": ["01001"], "population": [50.0], "population_annee": ["2020"]},
        "cpts": {"id": ["c1"] * 2, "nom": ["CPTS"] * 2, "statut": [""] * 2, "atom": CODES[:2], "part": [1.0] * 2,
                 "exact": [True, False]},
        "ressources": {"id": ["1"], "nom": ["CMP"], "categorie_code": ["156"], "categorie": ["CMP"], "code": ["01001"],
                       "lon": [3.0], "lat": [46.0]},
        "epci": {"code": CODES, "siren": ["200000009"] * six, "nom": ["Neuf"] * six, "nature": ["CC"] * six},
        "ept": {"code": CODES[:3], "siren": ["200000059"] * 3, "nom": ["Neuf"] * 3},
        "frr": {"code": CODES, "statut": ["FRR socle"] * six},
        "passage": {"ancien": ["01901"], "actuel": ["01001"]},
        "populations": {"code": CODES, "population": [10] * six, "annee": ["2030"] * six},
        "iris": {"iris": ["010010101", "010010102"], "commune": ["01001"] * 2, "nom": ["Nord", "Sud"], "population": [1.0, 2.0],
                 "area_m2": [5e5] * 2, "x": [7e5] * 2, "y": [6.6e6] * 2, "lon": [3.0] * 2, "lat": [46.0] * 2},
        "quartiers": {"code": ["QN1"], "fait": ["pauvrete"], "valeur": [46.0], "annee": ["2021"]},
        "carreaux": {"x": [0.0], "y": [0.0], "epsg": [2154], "cote_m": [200], "population": [5.0]},
    }  # fmt: skip
    found = {f"{kind}.parquet": pd.DataFrame(frames.get(kind, {"code": CODES}))}
    if kind == "iris":
        found["iris_voisins.parquet"] = pd.DataFrame({"a": ["010010101"], "b": ["010010102"]})
    if kind == "qpv":
        import geopandas as gpd

        found["qpv.parquet"] = gpd.GeoDataFrame(found["qpv.parquet"], geometry=[SQUARE], crs=4326)
        found["qpv_membres.parquet"] = pd.DataFrame(
            {"code": ["QN1"], "atom": ["01001"], "part": [1.0], "exact": [True], "population": [50.0]}
        )
    return found


def build(home: Path) -> Path:
    """Write a whole home: two versions of each source, three of a layer (one over another, one with outlines), leftovers."""
    for kind in (*KINDS, *OTHERS):
        for day in ("2029-01-01", "2030-01-01"):
            stage = home / "stage"
            stage.mkdir(parents=True)
            for name, frame in _tables(kind).items():
                frame.to_parquet(stage / name, index=False)
            given = (versions.Input("http://localhost/x", hashlib.sha256(day.encode()).hexdigest(), 1, day),)
            mark = versions.fingerprint(given)
            manifest = versions.Manifest(kind, f"{day}-{mark[:10]}", f"{day}T10:00:00+01:00", "officiel", "INSEE", "LO", "2030",
                                         6, ("01",), ("note",), given, versions.inventory(stage))  # fmt: skip
            versions.install(stage, manifest, home)
    for number, (codes, with_shapes) in enumerate(((["01003"], False), (["01004"], True), (["01005"], False))):
        _import(home, codes, with_shapes=with_shapes, published=number < 2)
    write_json(
        home / "sources" / "etat.json",
        sync_beside.Journal(home).state | {"done": {"qpv": "inchangé"}, "running": False},
    )
    part = Part(home / "sources" / ".telechargements" / "qpv-x")
    part.target.parent.mkdir()
    part.path.write_bytes(b"12345")
    write_json(part.note, MARK)
    return home


def _import(home: Path, codes: list[str], *, with_shapes: bool, published: bool) -> None:
    brought = layer(ATLAS, "clsm", {"b": zone(*codes, nom="Importé", precision=Precision.LUE)}, extent=["01"])
    used = register.head("clsm", home)
    said = Statement("ARS", "2026", "Ana", frozenset({"01"}))
    shapes = None
    if with_shapes:
        import geopandas as gpd

        shapes = gpd.GeoDataFrame({"nom": ["Importé"]}, index=["b"], geometry=[SQUARE], crs=4326)
    version = register.keep(
        brought, said, Origin("clsm.csv", "0" * 64, 10, "csv"), difference(BASE["clsm"], brought, ATLAS), ATLAS,
        shapes=shapes, under=used.version, home=home,
    )  # fmt: skip
    if published:
        register.publish(version, who="Ana", seen=used.revision, home=home)


def import_cut_short(home: Path) -> None:
    """Die between the files of a version and its row."""
    register.add_row = lambda *_: os._exit(9)
    _import(home, ["01006"], with_shapes=False, published=False)


# --- what may happen --------------------------------------------------------------------------------------------
def damages(home: Path, *, cuts: int = 5) -> Iterator[tuple[str, Damage]]:
    """Yield every damage: to each file, each field of each JSON, each column of each Parquet, each cell of the register."""
    files = sorted(p.relative_to(home) for p in home.rglob("*") if p.is_file())
    for file in files:
        for name, damage in _to_file(file, (home / file).stat().st_size, cuts):
            yield f"{file} {name}", damage
    for folder in sorted(p.relative_to(home) for p in home.rglob("*") if p.is_dir()):
        yield f"{folder} absent", lambda root, folder=folder: shutil.rmtree(root / folder)
        yield f"{folder} is a file", lambda root, folder=folder: _a_file(root / folder)
    for file in files:
        if file.suffix == ".json":
            yield from _to_json(home, file)
        if file.suffix == ".parquet":
            yield from _to_parquet(home, file)
    yield from _to_register(home)


def _a_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_bytes(b"x")


def _to_file(file: Path, size: int, cuts: int) -> Iterator[tuple[str, Damage]]:
    def rewritten(change: Callable[[bytes], bytes]) -> Damage:
        return lambda root: (root / file).write_bytes(change((root / file).read_bytes())) and None  # type: ignore[func-returns-value]

    def a_folder(root: Path) -> None:
        (root / file).unlink()
        (root / file).mkdir()

    def a_loop(root: Path) -> None:
        (root / file).unlink()
        (root / file).symlink_to(file.name)

    yield "absent", lambda root: (root / file).unlink()
    yield "empty", rewritten(lambda body: b"")
    yield "is a folder", a_folder
    yield "points to itself", a_loop
    yield "zeros", rewritten(lambda body: b"\0" * len(body))
    yield "invalid text", rewritten(lambda body: b"\xff\xfe{" + body)
    yield "too deep", rewritten(lambda body: b"[" * 100_000)
    for at in range(size // (cuts + 1), size, max(1, size // (cuts + 1))):
        yield f"cut at {at}", rewritten(lambda body, at=at: body[:at])
        yield (
            f"bit at {at}",
            rewritten(
                lambda body, at=at: body[:at] + bytes([body[at] ^ 4]) + body[at + 1 :] if at < len(body) else body
            ),
        )


def _to_json(home: Path, file: Path) -> Iterator[tuple[str, Damage]]:
    def put(place: tuple[Any, ...], value: Any) -> Damage:
        def damage(root: Path) -> None:
            content = json.loads((root / file).read_text(encoding="utf-8"))
            inside = content
            for step in place[:-1]:
                inside = inside[step]
            if value is put:
                del inside[place[-1]]
            else:
                inside[place[-1]] = value
            (root / file).write_text(json.dumps(content), encoding="utf-8")

        return damage

    for place in _places(json.loads((home / file).read_text(encoding="utf-8"))):
        yield f"{file} without {place}", put(place, put)
        for value in WRONG:
            yield f"{file} {place} = {value!r}", put(place, value)


def _places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in pairs:
        yield (*before, key)
        yield from _places(inside, (*before, key))


def _to_parquet(home: Path, file: Path) -> Iterator[tuple[str, Damage]]:
    """Change each column in turn, then seal the file again, as a program that means no harm would."""
    changes: dict[str, Callable[[pd.DataFrame, str], pd.DataFrame]] = {
        "dropped": lambda f, c: f.drop(columns=c),
        "null": lambda f, c: f.assign(**{c: None}),
        "numbers": lambda f, c: f.assign(**{c: 7}),
        "words": lambda f, c: f.assign(**{c: "mot"}),
        "bytes": lambda f, c: f.assign(**{c: b"\xff\x00"}),
        "infinite": lambda f, c: f.assign(**{c: float("-inf")}),
        "lists": lambda f, c: f.assign(**{c: [[1]] * len(f)}),
        "twice": lambda f, c: pd.concat([f, f], ignore_index=True),
        "empty": lambda f, c: f.iloc[:0],
    }
    for column in pd.read_parquet(home / file).columns:
        for name, change in changes.items():

            def damage(root: Path, column: str = column, change: Any = change) -> None:
                frame = change(pd.read_parquet(root / file), column)
                frame.to_parquet(root / file, index=False)
                _seal(root, file)

            yield f"{file} {column} {name}", damage


def _seal(home: Path, file: Path) -> None:
    folder = (home / file).parent
    if file.parts[0] == "sources":
        manifest = json.loads((folder / "manifest.json").read_text())
        write_json(folder / "manifest.json", manifest | {"files": versions.inventory(folder)})
        return
    body = b"".join((folder / name).read_bytes() for name in sorted((ZONES, MEMBERS)))
    content = hashlib.sha256(body).hexdigest()[:32]
    with editing(home) as base:
        base.execute("UPDATE clsm_versions SET content = ? WHERE content = ?", (content, folder.name))
    folder.rename(folder.with_name(content))


def _to_register(home: Path) -> Iterator[tuple[str, Damage]]:
    values = (
        0,
        -1,
        2**62,
        1.5,
        "x",
        "",
        "2026-99-99",
        b"\xff\x00",
        "[1]",
        '{"a": 1}',
        "[" * 50_000,
        "../..",
        "a\x1b[31m",
        None,
    )
    file = home / "registre" / "registre.sqlite"
    with closing(sqlite3.connect(file)) as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {table: [row[1] for row in base.execute(f"PRAGMA table_info({table})")] for table in tables}
    for table in tables:
        yield f"register without {table}", lambda root, table=table: edit(root, f"DROP TABLE {table}")
        yield f"register {table} emptied", lambda root, table=table: edit(root, f"DELETE FROM {table}")
        for column in columns[table]:
            if len(columns[table]) > 1:  # SQLite has no table without a column
                yield (
                    f"register {table}.{column} dropped",
                    lambda root, t=table, c=column: edit(root, f"CREATE TABLE n AS SELECT * FROM {t}", f"DROP TABLE {t}",
                                                     f"ALTER TABLE n DROP COLUMN {c}", f"ALTER TABLE n RENAME TO {t}"),
            )  # fmt: skip
            for value in values:
                yield (
                    f"register {table}.{column} = {str(value)[:20]!r}",
                    lambda root, t=table, c=column, v=value: _set(root, t, c, v),
                )


def _set(home: Path, table: str, column: str, value: Any) -> None:
    """Set a cell of the last row, past every constraint."""
    with closing(sqlite3.connect(home / "registre" / "registre.sqlite")) as base, base:
        base.execute(f"CREATE TABLE n AS SELECT * FROM {table}")
        base.execute(
            f"UPDATE n SET {column} = ? WHERE rowid IN (SELECT rowid FROM n ORDER BY rowid DESC LIMIT 2)", (value,)
        )
        base.execute(f"DROP TABLE {table}")
        base.execute(f"ALTER TABLE n RENAME TO {table}")


# --- what the dashboard does with a home ------------------------------------------------------------------------
def small_country(patch: Any) -> None:
    """Have the world opened on the drawn country."""
    patch.setattr(world, "embedded_atlas", lambda: ATLAS)
    patch.setattr(world, "load_layers", lambda atlas: dict(BASE))


def open_everything(home: Path) -> list[str]:
    """Open a home as the dashboard does, sweeping first; return all it has to say. Nothing may raise."""
    tidy(home)
    opened = world.open_dataset(home)
    said = list(opened.notices)
    assert isinstance(world.token(home), str)
    run_checks(opened.facts(Perimeter.of(["01001", "01004"], opened.atlas)))
    for kind in (*KINDS, *OTHERS):
        versions.current(kind, home)
    sync_beside.read_status(home)
    load_squares(home, said)
    Part(home / "sources" / ".telechargements" / "qpv-x").state(MARK["url"])
    reading: list[Callable[[], Any]] = [lambda: outlines(opened.sources["qpv"])] if "qpv" in opened.sources else []
    reading += [lambda: register.heads(home), lambda: register.history("clsm", home)]
    try:
        found = register.versions(home=home)
    except GeoInputError as error:
        said += error.problems
        found = []
    for version in found:
        assert version.vintage
        reading += [
            lambda version=version: register.read_shapes(version, home),
            lambda version=version: world.layer_with(version, BASE["clsm"], ATLAS, home),
        ]
    for read in reading:
        try:
            read()
        except GeoInputError as error:
            said += error.problems
    assert all(isinstance(text, str) and text.endswith(".") for text in said), said
    return said


def tree(home: Path) -> dict[str, bytes]:
    """Return every version that a home holds, file by file."""
    return {
        str(p.relative_to(home)): p.read_bytes()
        for p in home.rglob("*")
        if p.is_file()
        and not p.is_symlink()
        and p.parent.name not in ("sources", ".telechargements")
        and p.name != ".verrou"
    }
