"""Layers that are no longer what they were on a day: published or withdrawn since, or received by a synchronisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geo import french as fr
from geo import register
from geo.arrays import Rows
from geo.communes import Atlas
from geo.dataset import Dataset, communities, layer_with, quarters
from geo.errors import GeoInputError
from geo.layers import Difference, Layer, LayerId, difference, load_layers
from geo.register import Event
from geo.sources import CurrentVersion, kept

MOST_NAMES = 6
# Sources that become a layer, and how a version of theirs does.
READ_AS: Mapping[str, Callable[[CurrentVersion, Layer, Atlas], Layer]] = {
    LayerId.QPV: quarters,
    LayerId.CPTS: communities,
}
# Sources that change figures without being a layer of zones.
FIGURES = {
    "populations": "Populations", "densite": "Grille de densité", "ressources": "Lieux de santé mentale",
    "epci": "Composition des EPCI", "ept": "Composition des EPT", "frr": "France ruralités revitalisation",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class News:
    """A layer or a source that moved since a day: what happened, in words, and for a layer what it was and what it is.

    `before`, `after` and `change` are None where the source is no layer, or where what it was can no longer be read (`lost`).
    """

    kind: str
    name: str
    words: str
    before: Layer | None = None
    after: Layer | None = None
    change: Difference | None = None
    lost: bool = False


def layer_news(world: Dataset, since: dt.date, home: Path | None = None) -> tuple[News, ...]:
    """Return what moved since a day, that day included, by layer.

    Raises
    ------
    GeoInputError
        When the register does not answer.
    """
    found = [news for kind in world.crosswalk.layers if (news := _published(kind, world, since, home))]
    taken = {news.kind for news in found}
    sources = [*READ_AS, *FIGURES]
    found += [news for kind in sources if kind not in taken and (news := _received(kind, world, since, home))]
    return tuple(found)


def _published(kind: str, world: Dataset, since: dt.date, home: Path | None) -> News | None:
    events = register.history(kind, home)
    fresh = [event for event in events if event.at[:10] >= since.isoformat()]
    if not fresh:
        return None
    words = " ; ".join(_event(event) for event in reversed(fresh[:MOST_NAMES]))
    older = next((event for event in events if event.at[:10] < since.isoformat()), None)
    name, after = world.crosswalk.layers[kind].name, world.crosswalk.layers[kind]
    try:
        before = world.base(kind)
        if older is not None and older.number is not None:
            before = layer_with(register.find(kind, older.number, home), before, world.atlas, home)
        elif older is not None and older.lost:
            raise GeoInputError("version perdue")
    except GeoInputError:
        return News(kind, name, words, lost=True)
    change = difference(before, after, world.atlas)
    same = change.empty and before.extent == after.extent
    return None if same else News(kind, name, words, before, after, change)


def _event(event: Event) -> str:
    what = f"version {event.number} mise en service" if event.number else "retour à la couche d’origine"
    return f"{what} par {event.who} le {fr.day(event.at)}"


def _received(kind: str, world: Dataset, since: dt.date, home: Path | None) -> News | None:
    """Say that a synchronisation brought a version since, against the one of before; none where nothing of it differs."""
    current = world.sources.get(kind)
    if current is None or current.manifest.date[:10] < since.isoformat() or kind in world.imported:
        return None
    name = world.crosswalk.layers[kind].name if kind in world.crosswalk.layers else FIGURES.get(kind, kind)
    words = f"version reçue le {fr.day(current.manifest.date)} ({current.manifest.vintage})"
    if kind not in READ_AS:
        return News(kind, name, words)
    embedded = load_layers(world.atlas)[kind]
    older = [v for v in kept(kind, home)[0] if v.manifest.date[:10] < since.isoformat()]
    try:
        before = READ_AS[kind](older[0], embedded, world.atlas) if older else embedded
    except GeoInputError:
        return News(kind, name, words, lost=True)
    after = world.crosswalk.layers[kind]
    change = difference(before, after, world.atlas)
    return None if change.empty else News(kind, name, words, before, after, change)


# --- what of it concerns some communes ----------------------------------------------------------------------------
def inside(news: News, rows: Rows, atlas: Atlas) -> tuple[str, ...]:
    """Return what of a layer's change concerns some atoms, a sentence each; all of it for a source that is no layer.

    A layer whose former state is lost concerns them all: what changed in it is not known, and is said so.
    """
    if news.lost:
        return (fr.typeset(f"{news.name} : {news.words} ; ce qu’elle était avant n’est plus lisible, à vérifier."),)
    if news.change is None or news.before is None or news.after is None:
        return (fr.typeset(f"{news.name} : {news.words} ; les chiffres peuvent différer."),)
    before, after = _met(news.before, rows), _met(news.after, rows)
    said = [
        *_extents(news.before, news.after, rows, atlas),
        *(f"{_named(z.name)} ajouté, sur {_communes(after[z.id])}" for z in news.change.added if z.id in after),
        *(
            f"{_named(z.name)} retiré, il était sur {_communes(before[z.id])}"
            for z in news.change.removed
            if z.id in before
        ),
    ]
    for one in news.change.changed:
        if one.before not in before and one.after not in after:
            continue
        parts = [f"{len(codes)} {word}" for codes, word in ((one.gained, "de plus"), (one.lost, "de moins")) if codes]
        words = [f"communes : {' et '.join(parts)}"] if parts else []
        words += one.words
        if one.inhabitants_before != one.inhabitants_after:
            words.append(f"habitants : {fr.number(one.inhabitants_before)} → {fr.number(one.inhabitants_after)}")
        said.append(f"{_named(one.name)} modifié ({' ; '.join(words)})")
    return tuple(fr.typeset(f"{news.name} : {text}.") for text in said)


def _extents(before: Layer, after: Layer, rows: Rows, atlas: Atlas) -> list[str]:
    """Say where the list has become complete, or is no longer, among the départements of some atoms: « inconnu » then changes."""
    here = set(atlas.table["departement"].iloc[rows])
    fresh, gone = sorted((after.extent - before.extent) & here), sorted((before.extent - after.extent) & here)
    said = [f"liste désormais complète pour {fr.listing(fresh)}"] if fresh else []
    return said + ([f"liste qui n’est plus complète pour {fr.listing(gone)}"] if gone else [])


def _named(name: str) -> str:
    return f"« {name} »"


def _communes(number: int) -> str:
    return fr.count(number, "commune d’ici", "communes d’ici")


def _met(layer: Layer, rows: Rows) -> dict[str, int]:
    """Return the zones of a layer that hold some of these atoms, whole or in part, and how many of them."""
    members = layer.members
    held = np.isin(members["row"].to_numpy(dtype=np.intp), rows)
    zones, many = np.unique(members["zone"].to_numpy(dtype=np.intp)[held], return_counts=True)
    return {str(layer.zones.index[z]): int(n) for z, n in zip(zones, many, strict=True)}
