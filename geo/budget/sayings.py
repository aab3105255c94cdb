"""The budget in words and in tables: what a share of a post means, what one commune bears, rows for a note or a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass

from geo import french as fr
from geo.budget.choices import FULL_TIME, Budget, Funder, Key
from geo.budget.costing import KEY_LABELS, Costing, Part, posts_text
from geo.budget.staffing import COFUNDERS, HARD_BELOW_FTE, SOURCE

_WORKING_DAYS = 5  # a week, for a full-time post
SHARED_OUT = "Qui porte quoi"


@dataclass(frozen=True)
class BudgetRow:
    """A row of the budget: its section, what, cents a year (None: unknown), euros per inhabitant (None: unknown or nobody), origin."""

    section: str
    label: str
    cents: int | None
    per_inhabitant: float | None
    origin: str

    @property
    def amount(self) -> str:
        """The amount as it is read: « 60 000 € », « inconnu »."""
        return "inconnu" if self.cents is None else euros_text(self.cents)

    @property
    def each(self) -> str:
        """The amount per inhabitant as it is read: « 0,28 € »; empty where there is none."""
        return "" if self.per_inhabitant is None else f"{fr.number(self.per_inhabitant, 2)}{fr.NBSP}€"


def euros_text(cents: int) -> str:
    """Write cents as euros, with the cents where there are any: « 60 000 € », « 12 345,67 € »."""
    return f"{fr.number(cents / 100, 2 if cents % 100 else 0)}{fr.NBSP}€"


def budget_rows(budget: Budget, found: Costing) -> tuple[BudgetRow, ...]:
    """Return the whole budget as rows: expenses and their total, then who bears what, funder by funder with its payers."""
    rows = [
        BudgetRow("Dépenses", line.label, line.cents, None, f"{line.origin} ({line.chapter})") for line in found.lines
    ]
    said = "sans les lignes inconnues" if found.lacking else ""
    rows.append(BudgetRow("Dépenses", total_label(found), found.total, found.per_inhabitant, said))
    for part in found.parts:
        mine = [payer for payer in found.payers if payer.funder is part.funder]
        rows.append(BudgetRow(SHARED_OUT, part.name, part.cents, part.per_inhabitant, _share_text(part, found)))
        key = KEY_LABELS[key_of(budget, part.funder)].lower()
        rows += [BudgetRow(SHARED_OUT, f"{p.name} ({p.code})", p.cents, p.per_inhabitant, key) for p in mine]
    return tuple(rows)


def key_of(budget: Budget, funder: Funder) -> Key:
    """Return the key by which a funder of several bodies is divided: one's own percentages are those of communes only."""
    return budget.key if funder is Funder.COMMUNES or budget.key is not Key.CUSTOM else Key.PEOPLE


def total_label(found: Costing) -> str:
    """Name the total: lines that are unknown make it a lower bound."""
    return "Total chiffré par an, au moins" if found.lacking and found.total is not None else "Total par an"


def _share_text(part: Part, found: Costing) -> str:
    return f"{fr.percent(part.cents / found.total)} du total" if found.total else ""


def summary_sentence(budget: Budget, found: Costing) -> str:
    """Say the budget in a sentence or two: the total, per inhabitant, what is not in it."""
    if found.total is None:
        return "Budget inconnu : choisissez d’abord le temps de coordination."
    each = (
        f", soit {fr.number(found.per_inhabitant, 2)}{fr.NBSP}€ par habitant"
        if found.per_inhabitant is not None
        else ""
    )
    least = "au moins " if found.lacking else ""
    text = f"Pour {posts_text(budget.posts)} : {least}{euros_text(found.total)} par an{each}."
    if found.lacking:
        many = fr.count(len(found.lacking), "dépense", "dépenses")
        text += f" Sans compter {many} de fonctionnement, de montant inconnu."
    return fr.typeset(text)


def town_sentence(budget: Budget, found: Costing, code: str, name: str) -> str:
    """Say what one commune bears: « Votre commune, Niort : 12 345,67 € par an, soit 0,21 € par habitant. »."""
    if found.total is None or found.problems or not budget.funders:
        return fr.typeset(
            f"{name} : inconnu tant que le temps de coordination, les financeurs et leurs parts ne sont pas choisis."
        )
    part = found.of_town(code)
    if part is None:
        return fr.typeset(f"{name} : rien en propre, les communes ne sont pas parmi les financeurs choisis.")
    each = (
        f", soit {fr.number(part.per_inhabitant, 2)}{fr.NBSP}€ par habitant" if part.per_inhabitant is not None else ""
    )
    least = "au moins " if found.lacking else ""
    return fr.typeset(
        f"Votre commune, {name} : {least}{euros_text(part.cents)} par an{each} (clé : {KEY_LABELS[budget.key].lower()})."
    )


def post_remarks(posts: int, towns: int, population: int) -> tuple[str, ...]:
    """Say what some hundredths of a post mean on a perimeter of so many communes and inhabitants; the guide's advice is named."""
    if not posts:
        return ()
    found = []
    if posts < FULL_TIME:
        days = posts * _WORKING_DAYS / FULL_TIME
        found.append(
            f"{posts_text(posts)} : {_days(days)} par semaine (calcul, sur cinq jours ; le guide ne le dit pas)."
        )
    if posts < FULL_TIME:
        hard = "juge difficile de coordonner une intercommunalité avec 0,1 ETP, et "
        said = hard if posts <= HARD_BELOW_FTE * FULL_TIME and towns > 1 else ""
        found.append(f"Le guide {said}recommande un temps plein, cofinancé : {fr.listing(COFUNDERS)} ({SOURCE}).")
    found.append(f"À ce compte, une personne à temps plein aurait {fr.inhabitants(population * FULL_TIME / posts)}.")
    return tuple(fr.typeset(text) for text in found)


def _days(days: float) -> str:
    if days == 0.5:
        return "une demi-journée"
    text = fr.number(days, 2).rstrip("0").rstrip(",")
    return f"{text}{fr.NBSP}{'jours' if days >= 2 else 'jour'}"
