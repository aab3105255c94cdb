"""What is settled of a table of indicators: the column of territories and its grain, what each column says, where it all comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from geo.indicators import Direction, Grain, Series
from geo.remarks import Remark


class Way(StrEnum):
    """What a column of figures says; its value is what is shown."""

    UNUSED = "n’est pas un indicateur"
    BELOW = "sert de dénominateur"
    COUNT = "un nombre (il s’additionne)"
    RATIO = "un nombre, à rapporter à un dénominateur"
    RATE_OF = "un taux, dont le dénominateur est connu"
    RATE = "un taux seul (il ne sera jamais moyenné)"


@dataclass(frozen=True)
class Item:
    """What is settled of a column: how it is read and how the indicator is worded; as in `geo.indicators.Indicator`.

    `way` is None as long as nobody can tell. `scale` multiplies what is written (100 for shares kept from 0 to 1), None as long as that is not settled.
    `year` is that of the column itself, "" when it is that of the table.
    """

    column: str
    way: Way | None = None
    label: str = ""
    denominator: str = ""
    multiplier: float = 1.0
    unit: str = ""
    counted: str = ""
    among: str = ""
    direction: Direction = Direction.NEITHER
    secrecy: int = 0
    scale: float | None = 1.0
    year: str = ""

    @property
    def shown(self) -> str:
        """The name of the indicator."""
        return (self.label or self.column)[:300]

    @property
    def is_indicator(self) -> bool:
        """Whether an indicator is made of it."""
        return self.way in (Way.COUNT, Way.RATIO, Way.RATE_OF, Way.RATE)


@dataclass(frozen=True)
class Plan:
    """What is settled of a table; what is "" or None is proposed by the reading. `only` says which rows are kept: those that have a value
    in a column (« Ensemble » of « sexe »)."""

    place: str = ""
    grain: Grain | None = None
    items: tuple[Item, ...] = ()
    source: str = ""
    year: str = ""
    only: tuple[tuple[str, str], ...] = ()

    @property
    def by_column(self) -> Mapping[str, Item]:
        """The items by their column."""
        return {item.column: item for item in self.items}

    def with_item(self, item: Item) -> Plan:
        """Return the plan with another item for its column."""
        held = self.by_column
        every = {**held, item.column: item}
        return replace(self, items=tuple(every.values()))

    def to_json(self) -> str:
        """Write the plan, to be kept with a version."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Plan | None:
        """Read what `to_json` wrote, None where it is no plan any more."""
        try:
            held = json.loads(text)
            items = tuple(_item(one) for one in held["items"])
            grain = Grain(held["grain"]) if held["grain"] else None
            kept = tuple((str(column), str(value)) for column, value in held["only"])
            return cls(str(held["place"]), grain, items, str(held["source"]), str(held["year"]), kept)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None


def _item(held: dict[str, Any]) -> Item:
    known = {name: held[name] for name in Item.__dataclass_fields__ if name in held}
    known["way"] = Way(known["way"]) if known.get("way") else None
    known["direction"] = Direction(known["direction"])
    return Item(**known)


@dataclass(frozen=True)
class NeedColumn:
    """A column as the file has it: its header, first values, and how many of its cells are numbers, secret, unknown, unreadable."""

    name: str
    examples: tuple[str, ...]
    numbers: int = 0
    secrets: int = 0
    unknowns: int = 0
    unreadable: int = 0
    under: int = 0  # the threshold that hidden figures are written under

    @property
    def is_figures(self) -> bool:
        """Whether it holds figures more than words."""
        return self.numbers > 0 and self.numbers + self.secrets >= self.unreadable


@dataclass(frozen=True)
class Question:
    """What publication waits for: the column it is about ("" for the territories), the sentence, and the answers (shown, answer)."""

    about: str
    said: str
    candidates: tuple[tuple[str, str], ...] = ()
    proposal: str = ""


@dataclass(frozen=True)
class Split:
    """A column that tells the rows of a territory apart: its values, the one whose rows are kept ("" for none), whether that is sure."""

    column: str
    values: tuple[str, ...]
    kept: str
    sure: bool


@dataclass(frozen=True)
class Tally:
    """How many territories have a figure, a hidden one, an unknown one; `least`, `middle`, `most` are those of the figure shown."""

    known: int
    secret: int
    absent: int
    least: float = float("nan")
    middle: float = float("nan")
    most: float = float("nan")


@dataclass(frozen=True, eq=False)
class NeedsDraft:
    """A table of indicators read from a file, not kept yet.

    Every row is accepted, refused, or set aside (totals, notes): `rows == accepted + refused + aside`; `repaired` counts those accepted
    after a repair. `plan` is what was settled, proposals included; `questions` what is left to settle. `expected` is how many
    territories of `grain` the départements of the file have (0 when unknown). `names` are those of the territories read, `splits` the columns that tell the rows of one apart.
    """

    file: str
    sha256: str
    size: int
    grain: Grain
    plan: Plan
    columns: tuple[NeedColumn, ...]
    series: tuple[Series, ...]
    rows: int
    accepted: int
    repaired: int
    refused: int
    aside: int
    remarks: tuple[Remark, ...]
    questions: tuple[Question, ...]
    tallies: Mapping[str, Tally]
    departements: tuple[str, ...]
    expected: int
    shape: str
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    grains: tuple[Grain, ...] = ()
    splits: tuple[Split, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether nothing is left to settle."""
        return not self.questions

    @property
    def places(self) -> tuple[str, ...]:
        """The codes of the territories read, in order."""
        return tuple(sorted(self.names))
