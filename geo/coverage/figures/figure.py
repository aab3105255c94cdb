"""One figure of coverage as a value: both bounds, numerator, denominator, year, source, and the words that say them."""

from __future__ import annotations

from dataclasses import dataclass

from geo import french as fr
from geo.coverage.figures.parts import Parts
from geo.coverage.manner import Manner


@dataclass(frozen=True)
class Figure:
    """One figure: `value` out of `total`, in `unit`.

    `value` is None when nothing can be said (`reason` says why). `at_least` marks a floor, `most` the same figure if all that
    is unknown were covered (None where no bound is known); `estimated` an estimate; `within` says how a part of it is known;
    `total_complete` is False when the denominator counts only what is known. `remedy` says how to complete; `beside`
    follows the fraction (« ; habitants connus pour 8 d’entre eux »). `above` is
    the same figure for the level above, whose name is `above_name`. `parts` are those of bodies (EPCI, sectors…): `value` then
    counts those covered in whole, no share of their number is given, and the words give the people.
    """

    id: str
    label: str
    value: float | None
    total: float | None
    unit: str
    year: str
    source: str
    at_least: bool = False
    most: float | None = None
    estimated: bool = False
    total_complete: bool = True
    reason: str | None = None
    remedy: str | None = None
    beside: str = ""
    within: tuple[Manner, ...] = ()
    parts: Parts | None = None
    above: Figure | None = None
    above_name: str = ""

    @property
    def unknown(self) -> bool:
        """Whether the figure is withheld."""
        return self.value is None

    @property
    def share(self) -> float | None:
        """Share from 0 to 1, None when it cannot be said: value withheld, denominator zero or incomplete, or bodies counted."""
        if self.value is None or not self.total or not self.total_complete or self.parts:
            return None
        return self.value / self.total

    @property
    def most_share(self) -> float | None:
        """The upper bound as a share from 0 to 1; None where the value is sure, or nothing bounds it."""
        if not self.at_least or self.most is None or not self.total or not self.total_complete or self.parts:
            return None
        return self.most / self.total

    @property
    def amount(self) -> str:
        """Write the figure in short: « entre 12,5 % et 40 % », « au moins 3 », « aucun connu » or « non évaluable »."""
        if self.value is None:
            return "non évaluable"
        if not self.total and self.total_complete:
            return "sans objet"
        if self.parts:
            return self.parts.amount
        shown = fr.number(self.value) if self.share is None else fr.percent(self.share)
        bound = self.most_share
        if self.at_least and not self.value:
            return "aucun connu" + (f", au plus {fr.percent(bound)}" if bound is not None else "")
        if bound is not None:
            return f"entre {shown} et {fr.percent(bound)}"
        return f"{self._hedge}{shown}"

    @property
    def fraction(self) -> str:
        """Write numerator, denominator and upper bound: « 236 710 sur 1 426 929 habitants, au plus 500 000 »."""
        if self.value is None:
            return self.reason or "inconnu"
        if self.total is None:
            return f"{self._hedge}{fr.number(self.value)} {self.unit}"
        if not self.total and self.total_complete:
            return f"aucun ici ({self.unit})"
        some = " connu ici" if self.total == 1 else " connus ici"
        known = "" if self.total_complete or "connue" in self.unit else some
        if self.parts:
            return fr.typeset(f"sur {fr.number(self.total)} {self.unit}{known} ; {self.parts.text}")
        none = self.at_least and not self.value
        shown = "aucun connu" if none else fr.number(self.value)
        bound = f", au plus {fr.number(self.most)}" if self.most_share is not None and self.most is not None else ""
        return f"{shown} sur {fr.number(self.total)} {self.unit}{known}{bound}{self.beside}"

    @property
    def brief(self) -> str:
        """Write the fraction in less room: for bodies, the share of their people alone."""
        if self.parts is None or not self.total:
            return self.fraction
        return fr.typeset(f"sur {fr.number(self.total)} ; {self.parts.brief}")

    @property
    def sentence(self) -> str:
        """Write the figure whole: label, amount, numerator and denominator, year."""
        if self.value is None:
            return fr.typeset(f"{self.label} : non évaluable. {self.reason or ''}".strip())
        year = f" ({self.year})" if self.year else ""
        manner = f" {self.manner}" if self.within else ""
        return fr.typeset(f"{self.label} : {self.amount}, {self.fraction}{year}.{manner}")

    @property
    def manner(self) -> str:
        """Write how a part of the figure is known: « Dont 367 806 habitants par extension (source de 2016). »; may be empty."""
        text = " ; ".join(part.text for part in self.within)
        return fr.typeset(f"Dont {text}.") if text else ""

    @property
    def _hedge(self) -> str:
        if self.at_least:
            return "au moins "
        return "environ " if self.estimated and self.value else ""  # zero is zero
