"""The families of inputs: what they are made from, and what reads them."""

from __future__ import annotations

import json
import random
import sqlite3
import struct
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

from geo.errors import GeoInputError
from geo.exports.reimport import read_back
from geo.imports import KINDS, read_import
from geo.imports.publish import layer_from
from geo.layers import MEMBER_COLUMNS, ZONE_COLUMNS
from geo.register import Statement
from geo.scenarios import Scenario, Vintage, Workbook, from_file, pack, to_file, unpack
from tests.fuzz.good_files import ROWS, good_shapes, good_tables, one_of
from tests.fuzz.mutations import VALUES, WORDS, any_json, mutated, places_of
from tests.support import real
from tests.support.damaged_homes import build, damages, open_everything
from tests.support.table_files import csv_bytes, ods_bytes, ods_rows, xlsx_bytes

NOW = Vintage(2026, "2023", "2025")


class Case:
    """One input: its family, a name with the extension it pretends to, its bytes, and what reads it."""

    def __init__(self, family: str, name: str, data: bytes, read: Callable[[bytes], None]) -> None:
        self.family, self.name, self.data, self.read = family, name, data, read


def case(seed: int, number: int) -> Case:
    """Make the input of a number, the same every time."""
    rng = random.Random(f"{seed}/{number}")
    names = list(FAMILIES)
    return FAMILIES[names[number % len(names)]](rng)


# --- files to import --------------------------------------------------------------------------------------------
def _imported(family: str, name: str, data: bytes, rng: random.Random) -> Case:
    kind = rng.choice(list(KINDS))

    def read(body: bytes) -> None:
        draft = read_import(body, name, kind, atlas=real.atlas())
        assert draft.rows == draft.accepted + draft.refused, "rows are lost"
        assert list(draft.zones.columns) == list(ZONE_COLUMNS) and draft.zones.index.is_unique, "zones"
        assert list(draft.members.columns) == list(MEMBER_COLUMNS), "members"
        if len(draft.zones):
            layer_from(draft, Statement("ARS", "2026", "Moi"))

    return Case(family, name, data, read)


def tables(rng: random.Random) -> Case:
    """Change a table."""
    name, data = one_of(good_tables(), 5, rng)
    return _imported("tables", name, mutated(data, rng, list(good_tables().values())), rng)


def cells(rng: random.Random) -> Case:
    """Make a table of any cells."""
    heads = [
        "CLSM",
        "Code INSEE",
        "communes",
        "EPCI",
        "dep",
        "état",
        "part",
        "id",
        "type",
        "population",
        "retenue",
        "annee",
    ]
    width = rng.randint(1, 7)
    rows = [[rng.choice(heads) for _ in range(width)]]
    rows += [[rng.choice(WORDS) for _ in range(rng.randint(0, width + 1))] for _ in range(rng.randint(0, 12))]
    form = rng.randrange(3)
    if form == 0:
        data = csv_bytes(rows, sep=rng.choice(";,\t|"), encoding=rng.choice(("utf-8", "utf-16", "utf-8-sig")))
        return _imported("cells", "cellules.csv", data, rng)
    if form == 1:
        return _imported("cells", "cellules.xlsx", xlsx_bytes({"F": rows}), rng)
    safe = [[c.replace("<", "").replace("\x00", "").replace("\x1b", "") for c in row] for row in rows]
    return _imported("cells", "cellules.ods", ods_bytes(ods_rows(safe)), rng)


def shapes(rng: random.Random) -> Case:
    """Change a file of polygons."""
    name, data = one_of(good_shapes(), 7, rng)
    return _imported("shapes", name, mutated(data, rng, list(good_shapes().values())), rng)


def crafted(rng: random.Random) -> Case:
    """Make one of the kinds that aim at a ceiling, at a size that a reader may take."""
    name, data = rng.choice((_repeats, _comb, _holes, _columns, _view, _generated, _announced, _geometries))(rng)
    return _imported("crafted", name, data, rng)


def _size(rng: random.Random, most: int) -> int:
    return int(most ** rng.random())


def _repeats(rng: random.Random) -> tuple[str, bytes]:
    columns, rows = _size(rng, 16_384), _size(rng, 1_048_576)
    if rng.random() < 0.7:  # else far more than a table may have
        rows = min(rows, 1 + 200_000 // columns)
    text = "x" * min(_size(rng, 20_000), 1 + 20_000_000 // (columns * rows))
    cell = (
        f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )
    line = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    return "repete.ods", ods_bytes(ods_rows(ROWS) + line)


def _comb(rng: random.Random) -> tuple[str, bytes]:
    teeth = _size(rng, 2_000)
    ring = [[2.44 + 0.1 * i / teeth, 48.77 + (0.05 if i % 2 else 0.0)] for i in range(teeth)]
    return "peigne.geojson", _features([{"type": "Polygon", "coordinates": [[*ring, [2.44, 48.7], ring[0]]]}])


def _holes(rng: random.Random) -> tuple[str, bytes]:
    holes = _size(rng, 1_000)
    rings = [[[2.0, 48.0], [3.0, 48.0], [3.0, 49.0], [2.0, 49.0], [2.0, 48.0]]]
    for _ in range(holes):
        x, y = 2 + rng.random(), 48 + rng.random()
        rings.append([[x, y], [x + 0.1, y], [x, y + 0.1], [x, y]])
    return "trous.geojson", _features([{"type": "Polygon", "coordinates": rings}])


def _columns(rng: random.Random) -> tuple[str, bytes]:
    data = "".join(f'<Data name="c{i}"><value>{i}</value></Data>' for i in range(_size(rng, 2_000)))
    marks = "".join(
        f"<Placemark><name>Z{i}</name><ExtendedData>{data if i % 2 else ''}</ExtendedData><Polygon><outerBoundaryIs><LinearRing>"
        f"<coordinates>2.4,48.7 2.5,48.7 2.5,48.8 2.4,48.7</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        for i in range(rng.randint(1, 5))
    )
    return "colonnes.kml", f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'.encode()


def _gpkg(*orders: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        path.write_bytes(good_shapes()["a.gpkg"])
        with closing(sqlite3.connect(path)) as base:
            base.create_function("ST_IsEmpty", 1, lambda _: 0)
            for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
                base.create_function(name, 1, lambda _: 0.0)
            for order in orders:
                try:
                    base.execute(order)
                except sqlite3.Error:
                    continue
            base.commit()
        return path.read_bytes()


def _view(rng: random.Random) -> tuple[str, bytes]:
    limit = f"LIMIT {_size(rng, 10_000)}"
    return "vue.gpkg", _gpkg(
        "ALTER TABLE a RENAME TO b",
        f"CREATE VIEW a AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n {limit}) SELECT i AS fid, geom, nom FROM n, b",
    )


def _generated(rng: random.Random) -> tuple[str, bytes]:
    word = rng.choice((f"hex(zeroblob({_size(rng, 100_000)}))", "1/0", "random()", "NULL", "x'ff'", "char(0, 27)"))
    return "calcul.gpkg", _gpkg(
        f"ALTER TABLE a ADD COLUMN c TEXT GENERATED ALWAYS AS ({word}) VIRTUAL",
        rng.choice(("UPDATE gpkg_geometry_columns SET srs_id = 999999", "DELETE FROM gpkg_contents", "UPDATE a SET geom = x'00'",
                    "UPDATE a SET geom = zeroblob(100)", "UPDATE a SET nom = x'ff'", "DELETE FROM gpkg_spatial_ref_sys", "SELECT 1")),
    )  # fmt: skip


def _announced(rng: random.Random) -> tuple[str, bytes]:
    data = bytearray(good_shapes()["a.parquet"])
    for _ in range(rng.randint(1, 6)):  # the footer says sizes and counts
        footer = struct.unpack("<I", data[-8:-4])[0]
        data[rng.randrange(max(4, len(data) - 8 - footer), len(data) - 4)] = rng.choice(
            (0, 0x7F, 0xFF, rng.randrange(256))
        )
    return "annonce.parquet", bytes(data)


def _geometries(rng: random.Random) -> tuple[str, bytes]:
    def point() -> list[Any]:
        odd = rng.random() < 0.05
        return [
            rng.choice((None, "x", 1e308, [], 0)) if odd else 2.4 + rng.random(),
            48.5 + rng.random(),
            *([7.0] * rng.randint(0, 2)),
        ]

    def ring() -> list[Any]:
        points = [point() for _ in range(rng.randint(0, 6))]
        return points + points[:1]

    def shape(depth: int = 2) -> Any:
        kind = rng.choice(("Polygon", "MultiPolygon", "Point", "LineString", "GeometryCollection", "Curve", None))
        if kind == "GeometryCollection":
            return {"type": kind, "geometries": [shape(depth - 1) for _ in range(rng.randint(0, 2))] if depth else []}
        coordinates: Any = {"Polygon": [ring(), ring()][: rng.randint(0, 2)], "MultiPolygon": [[ring()]], "Point": point(),
                            "LineString": ring()}.get(str(kind), [])  # fmt: skip
        return {"type": kind, "coordinates": coordinates} if rng.random() > 0.05 else rng.choice(VALUES)

    return "formes.geojson", _features([shape() for _ in range(rng.randint(1, 4))])


def _features(shapes_of: list[Any]) -> bytes:
    listed = [
        {"type": "Feature", "properties": {"nom": f"Z{i}", "id": i}, "geometry": one} for i, one in enumerate(shapes_of)
    ]
    return json.dumps({"type": "FeatureCollection", "features": listed}).encode()


# --- links and scenarios ----------------------------------------------------------------------------------------
def _book(rng: random.Random) -> Workbook:
    codes = [str(c) for c in real.atlas().codes]
    chosen = frozenset(rng.sample(codes, rng.randint(1, 40)))
    return Workbook(
        (Scenario("Périmètre", chosen, "note"), Scenario("Autre", chosen, locked=frozenset([min(chosen)]))),
        1,
        vintage=NOW,
    )


def links(rng: random.Random) -> Case:
    """Forge a link with a right checksum."""
    from tests.support.forged_links import forged, head_and_bits

    head, bits = head_and_bits(pack(_book(rng), real.atlas()))
    way = rng.random()
    if way < 0.1:
        head = any_json(rng)
    elif way < 0.8:
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            places = list(places_of(head))
            if not places:
                break
            inside = head
            place = rng.choice(places)
            for step in place[:-1]:
                inside = inside[step]
            inside[place[-1]] = any_json(rng, 2)
    else:
        bits = mutated(bits, rng, [bits])
    text = forged(head, bits)
    return Case("links", "lien.txt", text.encode(), lambda body: _opened(body.decode()))


def _opened(text: str) -> None:
    found = unpack(text, real.atlas(), NOW)
    assert all(text.endswith(".") for text in found.notices), found.notices


def scenarios(rng: random.Random) -> Case:
    """Change a file of scenarios."""
    data = mutated(to_file(_book(rng), real.atlas()), rng, [b"x"])
    return Case("scenarios", "scenarios.json", data, lambda body: (from_file(body, real.atlas(), NOW), None)[1])


@lru_cache(maxsize=1)
def _sent() -> dict[str, bytes]:
    from geo.exports.perimeter_files import COMMUNES, IDENTITY

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        with closing(sqlite3.connect(path)) as base, base:
            base.execute("CREATE TABLE communes (code TEXT)")
            base.execute("INSERT INTO communes VALUES ('94028')")
            base.execute("CREATE TABLE identite (cle TEXT, valeur TEXT)")
            base.execute("INSERT INTO identite VALUES ('nom', 'Nord')")
        gpkg = path.read_bytes()
    feature = {"type": "Feature", "properties": {"objet": "commune", "code": "94028"}, "geometry": None}
    content = {
        "type": "FeatureCollection",
        "perimetre": {"nom": "Nord", "verrouillees": "94028"},
        "features": [feature] * 2,
    }
    return {
        "a.csv": "perimetre;code;nom\r\nNord;94028;Créteil\r\n".encode(),
        "a.xlsx": xlsx_bytes(
            {COMMUNES: [["code", "nom"], ["94028", "Créteil"]], IDENTITY: [["cle", "valeur"], ["nom", "Nord"]]}
        ),
        "a.gpkg": gpkg,
        "a.geojson": json.dumps(content).encode(),
    }


def perimeters(rng: random.Random) -> Case:
    """Change a perimeter that was taken out."""
    name, data = rng.choice(list(_sent().items()))
    body = mutated(data, rng, list(_sent().values()))
    return Case("perimeters", name, body, lambda given: (read_back(given, real.atlas(), NOW), None)[1])


# --- homes ------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=1)
def _home() -> tuple[Path, list[Any]]:
    root = Path(tempfile.mkdtemp(prefix="clsm-fuzz-"))
    return root, list(damages(build(root / "good")))


def homes(rng: random.Random) -> Case:
    """Damage a home once or twice."""
    import shutil

    root, every = _home()
    chosen = rng.sample(every, rng.choice((1, 1, 2)))

    def read(_: bytes) -> None:
        home = root / "damaged"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(root / "good", home, symlinks=True)
        for _name, damage in chosen:
            try:
                damage(home)
            except Exception:  # the first damage may leave nothing for the second
                continue
        open_everything(home)

    return Case("homes", "degats.txt", "\n".join(name for name, _ in chosen).encode(), read)


FAMILIES: dict[str, Callable[[random.Random], Case]] = {
    "tables": tables, "shapes": shapes, "links": links, "cells": cells, "crafted": crafted, "scenarios": scenarios,
    "homes": homes, "perimeters": perimeters,
}  # fmt: skip


def judged(chosen: Case) -> str:
    """Read an input; return "read" or "refused". Whatever else happens is raised."""
    try:
        chosen.read(chosen.data)
    except GeoInputError as error:
        assert error.problems and all(isinstance(p, str) and p.strip().endswith((".", "?")) for p in error.problems), (
            error.problems
        )
        return "refused"
    return "read"
