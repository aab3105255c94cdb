"""What a sheet of a workbook does not show, in one form for all kinds of workbooks, and how it is said and asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.french import count, listing, noun
from geo.imports.settling import HIDDEN, NO, YES, Doubt

MOST_ROWS = 1_048_576
SHOWN = 4
Said = tuple[str, str]


@dataclass(frozen=True)
class Unseen:
    """What a sheet does not show as others do: numbers of its rows that are hidden, and struck out; what is to be said, and done."""

    rows: frozenset[int] = frozenset()
    struck: frozenset[int] = frozenset()
    said: tuple[Said, ...] = ()


def left_aside(key: str, many: int, *, read: bool) -> tuple[Said | None, Doubt]:
    """Return what is said of the rows of a sheet that are hidden (HIDDEN) or struck out (STRUCK), and what is asked.

    `many` is how many of them are left aside, `read` whether they are read on the planner's word.
    """
    one, several, why = (
        ("masquée", "masquées", "(filtre ou ligne cachée)") if key == HIDDEN else ("barrée", "barrées", "(texte rayé)")
    )
    said = f"{count(many, f'ligne {one}', f'lignes {several}')} {why}, laissée{'s' if many > 1 else ''} de côté."
    options = (
        ("seulement ce qui se voit" if key == HIDDEN else "sans elles", NO),
        (f"aussi les lignes {several}", YES),
    )
    asked = (
        f"Une ligne est {one} dans ce classeur : faut-il la lire ?"
        if many == 1
        else f"Des lignes sont {several} dans ce classeur : faut-il les lire ?"
    )
    doubt = Doubt("feuille", key, asked, proposal=YES if read else NO,
                  candidates=options, blocking=False)  # fmt: skip
    return (said, f"Dites s’il faut {noun(many, 'la', 'les')} lire aussi.") if many else None, doubt


def formulas_said(places: Sequence[str]) -> list[Said]:
    """Say the formulas of which the workbook keeps no result: their cells are read as blanks."""
    if not places:
        return []
    words = count(len(places), "cellule est une formule", "cellules sont des formules")
    said = f"{words} dont le classeur ne garde pas le résultat ({listing(places, SHOWN)}) : lue{'s' if len(places) > 1 else ''} vide{'s' if len(places) > 1 else ''}."
    return [(said, "Ouvrez le classeur dans un tableur, enregistrez-le, et redonnez-le.")]


def columns_said(spans: Iterable[tuple[int, int]]) -> list[Said]:
    """Say the columns that are hidden, each span by its first and last places (0 is A); they are read like the others."""
    names = [" à ".join(dict.fromkeys(letters(place) for place in span)) for span in spans]
    if not names:
        return []
    words = "colonne masquée" if len(names) == 1 and "à" not in names[0] else "colonnes masquées"
    return [(f"{words} ({listing(names, SHOWN)}), lue{'s' if words.endswith('s') else ''} comme les autres.", "")]


def comments_said(comments: Sequence[tuple[str, str]]) -> list[Said]:
    """Say the comments of cells, each with its place, which no reader of cells gives."""
    if not comments:
        return []
    words = count(len(comments), "commentaire de cellule n’est pas lu", "commentaires de cellules ne sont pas lus")
    found = [f"{place} : « {' '.join(text.split())[:60]} »" for place, text in comments[: SHOWN + 1]]
    found += [""] * (len(comments) - len(found))
    return [(f"{words} ({listing(found, SHOWN)}).", "Vérifiez qu’ils ne changent rien à la liste.")]


def struck_said(whole: Sequence[str], some: Sequence[str]) -> list[Said]:
    """Say the cells that are struck out, all or some of their text, in rows that are read: they are read as if they were not."""
    found = []
    if whole:
        words = count(len(whole), "cellule barrée", "cellules barrées")
        s = "s" if len(whole) > 1 else ""
        found.append((f"{words} ({listing(whole, SHOWN)}), lue{s} comme les autres.", "Effacez ce qui ne compte plus."))
    if some:
        words = count(len(some), "cellule a", "cellules ont")
        said = (
            f"{words} une partie de son texte barrée" if len(some) == 1 else f"{words} une partie de leur texte barrée"
        )
        found.append((f"{said} ({listing(some, SHOWN)}) : tout y est lu.", "Effacez ce qui ne compte plus."))
    return found


def letters(place: int) -> str:
    """Return the letters that a spreadsheet gives to a column (0 is A)."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text
