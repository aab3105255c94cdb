"""What claims say, and whose word it is: the atoms that they name, the bodies that no official list has, the words for a table of sources."""

from __future__ import annotations

from collections.abc import Iterable

from geo import french as fr
from geo.claims.claim import CLAIM_KINDS, Claim
from geo.communes import Atlas
from geo.layers import LocalActor

_CODE_LENGTH = 5  # characters of the code of a commune


def rows_of(claim: Claim, atlas: Atlas) -> tuple[frozenset[int], frozenset[int]]:
    """Return the rows of the atoms wholly in a claim, and of those only in part.

    A city that the atlas opens into smaller atoms stands for them all; a piece smaller than the atom that holds it is a part of it.
    """
    whole, parts = set[int](), set[int]()
    for codes, into in ((claim.pieces, whole), (claim.parts, parts)):
        for code in codes:
            if code in atlas.row:
                into.add(atlas.row[code])
            elif code in atlas.parts:
                into.update(atlas.row[part] for part in atlas.parts[code])
            elif len(code) > _CODE_LENGTH and code[:_CODE_LENGTH] in atlas.row:
                parts.add(atlas.row[code[:_CODE_LENGTH]])
    return frozenset(whole), frozenset(parts - whole)


def stated_partners(claims: Iterable[Claim], codes: Iterable[str], atlas: Atlas) -> tuple[LocalActor, ...]:
    """Return the bodies that claims name on some atoms and that no official list has: GEM, associations of users and of carers.

    They come by kind (those of CLAIM_KINDS that are no layer, in their order), then by name; one that several persons name is one, with all
    their words. Each has the codes of its atoms among those given, whatever grain it was said at: a commune that is opened is its IRIS, an
    IRIS of a commune that is not is that commune.
    """
    here = set(codes)
    found: dict[tuple[int, str], tuple[str, str, set[str], list[str]]] = {}
    order = list(CLAIM_KINDS)
    for claim in claims:
        if CLAIM_KINDS[claim.kind].layer or claim.says_whole_list:
            continue
        met = {str(atlas.codes[row]) for rows in rows_of(claim, atlas) for row in rows} & here
        if met:
            key = order.index(claim.kind), fr.fold(claim.name)
            _, _, mine, said = found.setdefault(key, (claim.kind, claim.name, set(), []))
            mine |= met
            said.append(claim.said)
    partners = (found[key] for key in sorted(found))
    return tuple(LocalActor(kind, name, frozenset(mine), fr.listing(said)) for kind, name, mine, said in partners)


def whose_words(claims: Iterable[Claim]) -> tuple[tuple[str, str], ...]:
    """Return, for each author and day, what a table of sources says of their claims: « d’après Mme X, le 26/11/2026 : Secteur 79G01 », and
    the day."""
    found: dict[tuple[str, str], list[str]] = {}
    for claim in claims:
        title = claim.title or f"liste complète ({CLAIM_KINDS[claim.kind].name})"
        found.setdefault((claim.day, claim.said), []).append(title)
    return tuple(
        (f"{said} : {fr.listing(titles, most=6)}", fr.day(day)) for (day, said), titles in sorted(found.items())
    )
