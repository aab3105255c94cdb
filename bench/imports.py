"""A table of 35 000 rows brought to communes, against a per-row search in a pandas table.

The table has every commune of the country, one row each, with the faults that real ones have: lost zeros, codes of merged
communes, whole names in capitals, unknown codes. The baseline does what a first script does, for the rows that need no
repair: it walks the frame with iterrows and looks each code (or folded name) up with a comparison on the whole column.
It is given a sample of the rows, and its cost a row is compared.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from time import perf_counter, process_time

import pandas as pd

from geo.communes import Atlas, history
from geo.communes.atlas import load_atlas
from geo.french import fold
from geo.imports import read_draft, read_import
from geo.isolation import Outcome
from geo.isolation import reading as isolated
from geo.paths import home

SAMPLE = 600


def table(atlas: Atlas) -> pd.DataFrame:
    """Return one row a commune, one in ten with a fault."""
    frame = pd.DataFrame(
        {
            "clsm": ["CLSM " + str(e) for e in atlas.table["epci"]],
            "code_commune": atlas.table["code"],
            "nom_commune": atlas.table["nom"],
            "departement": atlas.table["departement"],
        }
    )
    old = sorted(history(atlas).since)[: len(frame) // 40]
    frame.loc[frame.index[::40][: len(old)], "code_commune"] = old[: len(frame.index[::40])]
    frame.loc[frame.index[1::40], "code_commune"] = frame.loc[frame.index[1::40], "code_commune"].str.lstrip("0")
    frame.loc[frame.index[2::40], "nom_commune"] = frame.loc[frame.index[2::40], "nom_commune"].str.upper()
    frame.loc[frame.index[3::40], "code_commune"] = "99999"
    return frame


def naive_codes(rows: pd.DataFrame, atlas: Atlas) -> list[int]:
    """Find the row of each code, one comparison of the whole column a row."""
    found = []
    for _, row in rows.iterrows():
        hits = atlas.table.index[atlas.table["code"] == row["code_commune"]]
        found.append(int(hits[0]) if len(hits) else -1)
    return found


def naive_names(rows: pd.DataFrame, atlas: Atlas, folded: pd.Series) -> list[int]:
    """Find the row of each name in its département, likewise."""
    found = []
    for _, row in rows.iterrows():
        hits = atlas.table.index[
            (folded == fold(row["nom_commune"])) & (atlas.table["departement"] == row["departement"])
        ]
        found.append(int(hits[0]) if len(hits) == 1 else -1)
    return found


def ours(frame: pd.DataFrame, columns: Sequence[str], atlas: Atlas) -> tuple[float, str]:
    """Return the seconds of processor that the import takes, and what came out."""
    content = frame[list(columns)].to_csv(index=False, sep=";").encode()
    start = process_time()
    draft = read_import(content, "liste.csv", "clsm", atlas=atlas)
    took = process_time() - start
    counts = ", ".join(f"{n:,} {kind}" for kind, n in draft.counts.items())
    assert draft.rows == len(frame) == draft.accepted + draft.refused
    return took, f"{len(content) / 1e6:.1f} MB, {draft.accepted:,} rows of {draft.rows:,} kept; remarks: {counts}"


def apart(content: bytes, atlas: Atlas) -> Outcome:
    """Read a table as the page and the command line do, in a process of its own."""
    options = {"name": "x.csv", "kind": "clsm", "home": home()}
    found = isolated.read(read_draft, content, "x.csv", atlas=atlas, options=options)
    assert found.ended == "read", found.problems
    return found


def processes(frame: pd.DataFrame, atlas: Atlas) -> None:
    """Print what a process of its own adds to a reading, on the clock: the best of five each."""
    start = perf_counter()
    apart(b"clsm;insee\nA;94028\n", atlas)
    print(f"  the first file, with the start of the template that forks readers: {perf_counter() - start:.2f} s")
    for rows in (50, len(frame)):
        content = frame.head(rows).to_csv(index=False, sep=";").encode()
        here, there = [], []
        for _ in range(5):
            start = perf_counter()
            read_import(content, "x.csv", "clsm", atlas=atlas)
            here.append(perf_counter() - start)
            start = perf_counter()
            found = apart(content, atlas)
            there.append(perf_counter() - start)
        print(
            f"  {rows:,} rows: {min(here):.3f} s in the caller, {min(there):.3f} s in a process of its own "
            f"(at most {found.peak / 1e6:.0f} MB, what it shares with the template included)"
        )


def main() -> None:
    """Print the ratios."""
    atlas = load_atlas()
    frame = table(atlas)
    folded = atlas.table["nom"].map(fold)
    sample = frame.sample(SAMPLE, random_state=1)
    read_import(frame.head(50).to_csv(index=False).encode(), "x.csv", "clsm", atlas=atlas)  # the index of names, once
    for label, columns, baseline in (
        ("codes", ("clsm", "code_commune"), lambda: naive_codes(sample, atlas)),
        ("names", ("clsm", "nom_commune", "departement"), lambda: naive_names(sample, atlas, folded)),
        ("both", ("clsm", "code_commune", "nom_commune", "departement"), None),
    ):
        took, what = ours(frame, columns, atlas)
        print(
            f"{len(frame):,} rows by {label}: {took:.2f} s of processor, {took / len(frame) * 1e6:.0f} us a row ({what})"
        )
        if baseline:
            start = process_time()
            baseline()
            each = (process_time() - start) / SAMPLE
            print(
                f"  × {each * len(frame) / took:,.0f} for a search of the column a row, which repairs and tells nothing"
            )
    processes(frame, atlas)
    tracemalloc.start()
    ours(frame, ("clsm", "code_commune"), atlas)
    print(f"  memory at its peak: {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB above what was held")
    tracemalloc.stop()


if __name__ == "__main__":
    main()
