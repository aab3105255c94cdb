"""The portrait of a set of communes: each indicator here, in the intercommunal body, the département, the région, France, and in the ten
territories most like it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.arrays import Rows
from geo.communes import Atlas
from geo.dataset import Dataset
from geo.indicators import Answer, Indicator, Kind, SetAnswers, answer, answers_over
from geo.needs.verdict import Verdict, sentence, verdict
from geo.similar import nearest_bodies

PEERS = 10
AROUND = {
    "epci": "Intercommunalité",
    "departement": "Département",
    "region": "Région",
    "france": "France",
    "semblables": "Territoires semblables",
}


@dataclass(frozen=True)
class Beside:
    """The same indicator on another set: what it is (a key of AROUND), its name, the answer, and what the figure here is beside it."""

    kind: str
    name: str
    answer: Answer
    verdict: Verdict


@dataclass(frozen=True)
class Line:
    """One indicator: its answer here, beside others, and in each territory alike whose figure may be compared (name, figure)."""

    indicator: Indicator
    mine: Answer
    besides: tuple[Beside, ...]
    peers: tuple[tuple[str, float], ...]
    sentence: str

    @property
    def source(self) -> str:
        """Write where the figures come from."""
        return source(self.indicator)


@dataclass(frozen=True)
class Portrait:
    """The lines of a set of communes, the names of what it is beside (kind, name), and of the territories alike."""

    name: str
    around: tuple[tuple[str, str], ...]
    peers: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def unknown(self) -> str:
        """Say once which indicators nothing is known of here; empty when there is none."""
        labels = [line.indicator.label for line in self.lines if line.mine.kind is Kind.NOTHING]
        return fr.typeset(f"Inconnu ici : {fr.listing(labels)}.") if labels else ""


@dataclass(frozen=True)
class _Set:
    kind: str
    name: str
    rows: Rows


def source(indicator: Indicator) -> str:
    """Write where the figures of an indicator come from, with their warning."""
    return fr.typeset(", ".join(filter(None, (indicator.source, indicator.year, indicator.note))))


def portrait(world: Dataset, rows: Rows, name: str, *, peers: str = "epci") -> Portrait:
    """Draw the portrait of the communes at `rows`; `peers` is the kind of the territories that it is compared with (a column of the
    communes: epci, departement, region). It has no line when no indicator is at hand.
    """
    atlas, indicators = world.atlas, world.indicators
    if not len(indicators) or not len(rows):
        return Portrait(name, (), (), ())
    around = _around(atlas, rows)
    alike = [_Set(peers, *_body(atlas, peers, code)) for code, _ in _alike(world, rows, peers)]
    if alike:
        together = np.unique(np.concatenate([one.rows for one in alike]))
        around.append(
            _Set(
                "semblables",
                f"{fr.count(len(alike), 'territoire semblable', 'territoires semblables')} ensemble",
                together,
            )
        )
    sets = [rows, *(one.rows for one in around), *(one.rows for one in alike)]
    lines = tuple(_line(found, around, alike) for found in answers_over(indicators, atlas, sets, world.iris))
    return Portrait(name, tuple((one.kind, one.name) for one in around), tuple(one.name for one in alike), lines)


def _alike(world: Dataset, rows: Rows, peers: str) -> tuple[tuple[str, object], ...]:
    return nearest_bodies(world.crosswalk, world.density, rows, peers, PEERS)


def _around(atlas: Atlas, rows: Rows) -> list[_Set]:
    """Return the territories of most of the inhabitants, at each scale, larger than the set itself, and France."""
    found: list[_Set] = []
    for kind, column in (("epci", "community"), ("departement", "departement"), ("region", "region")):
        owner = atlas.communities[0] if column == "community" else atlas.table[column]
        mine = owner.iloc[rows]
        if column == "community":  # Paris stands for itself there, and is no intercommunal body
            mine = mine.where(mine.isin([*atlas.epci.index, *atlas.ept.index]))
        people = mine.to_frame("code").assign(people=atlas.population[rows]).dropna().groupby("code")["people"].sum()
        if people.empty:
            continue
        name, members = _body(atlas, column, str(people.idxmax()))
        if not any(np.array_equal(members, other) for other in (rows, *(one.rows for one in found))):
            found.append(_Set(kind, name, members))
    if len(rows) < len(atlas.table):
        found.append(_Set("france", "France", np.arange(len(atlas.table), dtype=np.intp)))
    return found


def _body(atlas: Atlas, column: str, code: str) -> tuple[str, Rows]:
    """Return the name and the rows of a territory."""
    tables = {"epci": atlas.epci, "departement": atlas.departements, "region": atlas.regions}
    names = atlas.communities[1] if column == "community" else tables[column]
    return str(names.at[code, "nom"]) if code in names.index else code, atlas.members(column, code)


def _line(found: SetAnswers, around: list[_Set], alike: list[_Set]) -> Line:
    indicator, mine = found.indicator, answer(found, 0)
    others = [answer(found, at) for at in range(1, 1 + len(around))]
    besides = tuple(
        Beside(one.kind, one.name, other, verdict(indicator, mine, other))
        for one, other in zip(around, others, strict=True)
    )
    values = found.value[1 + len(around) :]
    peers = tuple((one.name, float(v)) for one, v in zip(alike, values, strict=True) if np.isfinite(v))
    said = sentence(indicator, mine, [(b.kind, b.answer, b.verdict) for b in besides])
    return Line(indicator, mine, besides, peers, said)
