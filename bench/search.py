"""The search field: bytes of the tables, what a key costs, against names folded and compared at each key."""

from __future__ import annotations

import gzip
import json
import subprocess
import tempfile
from pathlib import Path

from geo.build import node_command
from geo.communes.atlas import load_atlas
from geo.display import compact_json
from geo.layers import load_layers
from geo.paths import ROOT
from geo.search import commune_table, layer_table

TYPED = (
    "Saint-Denis", "Marseille 13e", "hauts de france", "mauzé sur le mignon", "79270", "niort agglo", "niortt sur mer",
    "la rochelle", "seine saint denis",
)  # fmt: skip


def main() -> None:
    """Print bytes and milliseconds of processor."""
    atlas = load_atlas()
    tables = {"communes": commune_table(atlas), "layers": layer_table(load_layers(atlas), atlas)}
    for name, table in tables.items():
        raw = compact_json(table).encode()
        print(f"  {name}: {len(raw) / 1000:.0f} kB, {len(gzip.compress(raw, 6, mtime=0)) / 1000:.0f} kB sent")
    with tempfile.TemporaryDirectory() as folder:
        for name, value in {**tables, "typed": TYPED}.items():
            (Path(folder) / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
        command = [*node_command(), str(ROOT / "bench" / "search.js"), folder]
        said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    print(
        f"  opened once in {said['open']:.0f} ms of processor; a key costs {said['median']:.2f} ms (median), "
        f"{said['most']:.1f} ms at most; all names at each key {said['naive']:.0f} ms, "
        f"{said['naive'] / max(said['median'], 0.01):.0f} times the median"
    )
