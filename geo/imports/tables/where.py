"""Names read where they stand: in the département of their territory, beside its other communes, with its names of the past.

« Évry » in a territory of the Essonne is Évry-Courcouronnes, whatever commune bears that name in the Yonne. What remains open, or
lies far from all the rest, is asked about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from geo.communes import Atlas, Named, departement_of, near, part_of, read_loose_name, read_with_parts, take_apart
from geo.french import fold, kilometres, listing, of
from geo.imports.tables.records import Record
from geo.imports.tables.table import Loose, Missed, Reading, Said
from geo.kept import kept_on_subject

FAR_M = 60_000.0  # from every other commune of a territory, in another département: surely another place of that name
MOST_LIKE = 3
MOST_FAR = 0.3  # of the communes of a territory: past that, none is the exception


@dataclass(frozen=True)
class Context:
    """Where a name stands: the communes of its territory that are sure (rows of the atlas), the départements that these, or the whole
    file, are in."""

    rows: frozenset[int]
    departements: frozenset[str]


@dataclass(frozen=True)
class Settled:
    """What became of a name: the communes it stands for, what is to be said, or why it is refused."""

    rows: tuple[int, ...] = ()
    said: tuple[Said, ...] = ()
    missed: Missed | None = None


def settle(loose: Loose, context: Context, atlas: Atlas) -> Settled:
    """Choose among the communes that bear a name the one that stands where the name does; ask where there is not one only."""
    here = [n for n in loose.named if departement_of(n.code, atlas) in context.departements]
    chosen = [n for n in here if n.today] or here
    if len(chosen) > 1:
        chosen = [n for n in chosen if _touches(n, context.rows, atlas)] or chosen
    if not here:
        chosen = [n for n in loose.named if _touches(n, context.rows, atlas)]
    if len(chosen) == 1:
        return _taken(loose, chosen[0], atlas)
    if (not chosen and len(loose.named) == 1) or (
        not chosen and context.rows and sum(n.today for n in loose.named) == 1 and not here
    ):
        only = next((n for n in loose.named if n.today), loose.named[0])
        if _far(only, context.rows, atlas) is None:
            return _taken(loose, only, atlas)
        return _away(loose, only, context, atlas)
    return _asked(loose, chosen or list(loose.named), context, atlas)


def _taken(loose: Loose, named: Named, atlas: Atlas) -> Settled:
    rows = tuple(atlas.row[a] for a in atlas.parts.get(named.code, (named.code,)))
    shown = " ".join(loose.text.split())[:60]
    if named.today:
        plain = read_with_parts(loose.text, atlas)
        if len(loose.named) == 1 and (plain.atoms or plain.partial):
            said = ((plain.status, plain.message, plain.advice),) if plain.status == "réparé" else ()
            return Settled(rows, said)
        others = [n for n in loose.named if n is not named and n.today]
        if not others:
            return Settled(
                rows,
                ()
                if loose.whole
                else (("réparé", f"« {shown} » : une partie seulement {of(atlas.label(named.code))}.", ""),),
            )
        message = f"« {shown} » : {atlas.label(named.code)}, d’après les autres communes du territoire ; {len(others)} autre{'s' if len(others) > 1 else ''} commune{'s' if len(others) > 1 else ''} de ce nom."
        return Settled(rows, (("réparé", message, ""),))
    place = read_loose_name(part_of(loose.text, atlas) or loose.text, atlas, departement_of(named.code, atlas))
    was = (
        place.message
        if rows == tuple(atlas.row[a] for a in place.atoms)
        else f"« {shown} » : nom d’avant, aujourd’hui {atlas.label(named.code)}."
    )
    return Settled(rows, (("réparé", was, ""),))


def _asked(loose: Loose, named: Sequence[Named], context: Context, atlas: Atlas) -> Settled:
    shown = " ".join(loose.text.split())[:60]
    codes = tuple(n.code for n in named)
    kind = (
        "plusieurs communes portent ce nom"
        if all(n.today for n in named)
        else "plusieurs communes portent ou ont porté ce nom"
    )
    hints = (
        ()
        if any(departement_of(c, atlas) in context.departements for c in codes)
        else like(shown, context.departements, atlas)
    )
    hint = f" Plutôt {listing([atlas.label(c) for c in hints], 3)} ?" if hints else ""
    message = f"« {shown} » : {kind} ({listing(sorted(atlas.label(c) for c in codes), 6)}).{hint}"
    return Settled(
        missed=Missed(
            loose.text,
            message,
            "Donnez le code INSEE, ou le département entre parenthèses.",
            (*hints, *codes),
            whole=loose.whole,
        )
    )


def like(text: str, departements: frozenset[str], atlas: Atlas) -> tuple[str, ...]:
    """Return the communes of some départements whose names begin as a text does, or look like it, the nearest first."""
    key = fold(take_apart(part_of(text, atlas) or text, atlas).name)
    if len(key) < 3:
        return ()
    names = {
        str(atlas.codes[r]): fold(str(atlas.names[r]))
        for d in sorted(departements)[:4]
        for r in atlas.members("departement", d)
    }
    starts = [code for code, name in names.items() if name.startswith(f"{key} ") or key.startswith(f"{name} ")]
    close = process.extract(key, names, scorer=fuzz.ratio, limit=MOST_LIKE, score_cutoff=80)
    return tuple(dict.fromkeys([*starts, *(code for _, _, code in close)]))[:MOST_LIKE]


def _away(loose: Loose, named: Named, context: Context, atlas: Atlas) -> Settled:
    """Refuse a name whose only bearer lies far from the rest of its territory, with the names like it that are near."""
    shown = " ".join(loose.text.split())[:60]
    distance = _far(named, context.rows, atlas) or 0.0
    hints = [
        c
        for c in near(take_apart(part_of(shown, atlas) or shown, atlas).name, atlas, most=12)
        if _far(Named(c, True), context.rows, atlas) is None and c != named.code
    ][:3]
    hint = f" Plutôt {listing([atlas.label(c) for c in hints], 3)} ?" if hints else ""
    where = (
        f"à {kilometres(distance)} des autres communes du territoire"
        if np.isfinite(distance)
        else "outre-mer, loin des autres communes du territoire"
    )
    message = f"« {shown} » : la seule commune de ce nom, {atlas.label(named.code)}, est {where}.{hint}"
    return Settled(
        missed=Missed(
            loose.text, message, "Vérifiez le nom, ou donnez le code INSEE.", (named.code, *hints), whole=loose.whole
        )
    )


def _touches(named: Named, rows: frozenset[int], atlas: Atlas) -> bool:
    """Tell whether a commune is beside one of some others, or among them."""
    if not rows:
        return False
    graph = atlas.neighbours
    for atom in atlas.parts.get(named.code, (named.code,)):
        row = atlas.row[atom]
        if row in rows or not rows.isdisjoint(graph.indices[graph.indptr[row] : graph.indptr[row + 1]].tolist()):
            return True
    return False


def _far(named: Named, rows: frozenset[int], atlas: Atlas) -> float | None:
    """Return the distance in metres (infinite over the sea) from a commune to the nearest of several others, None when that is near."""
    others = [r for r in rows if r != atlas.row.get(named.code)]
    if len(others) < 2:
        return None
    row = atlas.row[atlas.parts.get(named.code, (named.code,))[0]]
    owner = departement_of(named.code, atlas)
    if any(departement_of(str(atlas.codes[r]), atlas) == owner for r in others):
        return None
    distance = distances(row, others, atlas).min()
    return float(distance) if distance > FAR_M else None


def distances(row: int, others: Sequence[int], atlas: Atlas) -> np.ndarray:
    """Return the distances in metres between the centres of a commune and of others; infinite in another projection."""
    places = _places(atlas)
    here, there = places[row], places[list(others)]
    found: np.ndarray = np.where(there[:, 2] == here[2], np.hypot(there[:, 0] - here[0], there[:, 1] - here[1]), np.inf)
    return found


@kept_on_subject
def _places(atlas: Atlas) -> np.ndarray:
    return atlas.table[["x", "y", "epsg"]].to_numpy(dtype=float)


def far_rows(rows: Sequence[int], atlas: Atlas) -> dict[int, float]:
    """Return the communes that lie far from the rest of their territory, each with its distance to the nearest other."""
    places = atlas.table["departement"].to_numpy(dtype=object)
    owners = {row: str(places[row]) for row in rows}
    counts = Counter(owners.values())
    if len(counts) < 2 or len(rows) < 3:
        return {}
    main = counts.most_common(1)[0][0]
    apart = [row for row in rows if owners[row] != main]
    if len(apart) > max(1, MOST_FAR * len(rows)):
        return {}
    found = {}
    for row in apart:
        others = [r for r in rows if r != row]
        distance = float(distances(row, others, atlas).min())
        if distance > FAR_M:
            found[row] = distance
    return found


def connected(left: frozenset[int], right: frozenset[int], atlas: Atlas) -> bool:
    """Tell whether two groups of communes share one, or touch."""
    graph = atlas.neighbours
    small, large = sorted((left, right), key=len)
    return any(
        r in large or not large.isdisjoint(graph.indices[graph.indptr[r] : graph.indptr[r + 1]].tolist()) for r in small
    )


@dataclass(slots=True)
class Item:
    """A row with what it gives, before its names are settled."""

    record: Record
    reading: Reading
    owner: str


def single(loose: Sequence[Loose], atlas: Atlas) -> tuple[int, ...]:
    """Return the communes of the names that only one commune bears or bore."""
    return tuple(
        atlas.row[a]
        for name in loose
        if len(name.named) == 1
        for a in atlas.parts.get(name.named[0].code, (name.named[0].code,))
    )


def touching(groups: list[list[Item]], atlas: Atlas) -> list[list[Item]]:
    """Join the groups whose communes touch."""
    joined: list[tuple[frozenset[int], list[Item]]] = []
    for group in groups:
        rows = frozenset(r for i in group for r in (*i.reading.sure, *single(i.reading.loose, atlas)))
        near = [j for j in joined if not rows or not j[0] or connected(rows, j[0], atlas)]
        for other in near:
            joined.remove(other)
            rows, group = rows | other[0], [*other[1], *group]
        joined.append((rows, group))
    return [sorted(group, key=lambda i: i.record.line) for _, group in joined]


def without_strays(groups: list[list[Item]]) -> list[list[Item]]:
    """Put back with the others a lone row, among many, that does not state its département: a fault rather than a territory."""
    largest = max(groups, key=len)
    strays = [g for g in groups if len(g) == 1 and not g[0].owner and len(largest) >= 3]
    if not strays:
        return groups
    largest += [i for g in strays for i in g]
    largest.sort(key=lambda i: i.record.line)
    return [g for g in groups if g not in strays]


def identity(name: str, ident: str) -> tuple[str, str, str]:
    """Return the name and the id of a territory as they are kept, and the key that its rows share."""
    name, ident = " ".join((name or ident).split())[:200], " ".join(ident.split())[:100]
    return name, ident, f"id:{fold(ident)}" if ident else fold(name) or name


def mostly(seen: Mapping[str, int], share: float, *, least: int = 1) -> frozenset[str]:
    """Return the départements that hold at least a share of what was seen."""
    total = sum(seen.values())
    return frozenset(d for d, n in seen.items() if d and n >= max(least, share * total))


def place_key(zone: str, text: str) -> str:
    """Return the key of the doubt about a place of a territory."""
    return f"ligne/{fold(zone)}/{fold(text)}"[:200]
