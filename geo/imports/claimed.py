"""Claims handed over to the register: they go through the door as any table does, and nothing is published while words disagree."""

from __future__ import annotations

from geo import french as fr
from geo.claims import CLAIM_KINDS, Claim, Claims, Laid, lay, table_of
from geo.communes import Atlas
from geo.dataset import Dataset
from geo.errors import GeoInputError
from geo.imports.draft import ImportDraft
from geo.imports.publish import Review
from geo.imports.read import read_import
from geo.layers import Mode, departement_of_place
from geo.register import Statement
from geo.rights import Act, Actor, actor_of, ensure_may
from geo.visible import blank


def claimed_kinds(claims: Claims) -> tuple[str, ...]:
    """Return the layers that claims name territories of."""
    return tuple(k for k, kind in CLAIM_KINDS.items() if kind.layer and _named(claims, k))


def claimed_review(kind: str, claims: Claims, who: str | Actor, world: Dataset) -> Review:
    """Return what the claims of a layer become in the register: read as a table, to be added by `who`, complete nowhere.

    `world` is the active data, without any claim. What is published is what everyone agrees on.

    Raises
    ------
    GeoInputError
        When there is nothing to hand over, when words disagree on a commune, or when `who` is not said or may not.
    """
    actor = actor_of(who)
    ensure_may(actor, Act.HAND_OVER)
    named = _named(claims, kind)
    if not named:
        raise GeoInputError("Aucune déclaration à verser pour cette couche.")
    if blank(actor.name):
        raise GeoInputError("Dites qui vous êtes pour verser au registre.")
    pieces = (piece for claim in named for piece in claim.pieces | claim.parts)
    ensure_may(actor, Act.HAND_OVER, {departement_of_place(piece[:5]) for piece in pieces})
    ensure_agreed(kind, lay(world.crosswalk.layers, claims, world.atlas), world.atlas)
    return Review(_draft(kind, named, world.atlas), _statement(named, actor.name), world)


def ensure_agreed(kind: str, laid: Laid, atlas: Atlas) -> None:
    """Refuse to hand over words that disagree with one another or with the layer in place.

    Raises
    ------
    GeoInputError
        With a sentence for each disagreement.
    """
    found = [dispute for dispute in laid.disputes if dispute.kind == kind]
    if found:
        raise GeoInputError([
            "Ce qui ne s’accorde pas n’est pas versé : retirez la déclaration de trop, ou corrigez la couche en place par un import.",
            *(dispute.sentence(atlas) for dispute in found[:10]),
        ])  # fmt: skip


def _named(claims: Claims, kind: str) -> tuple[Claim, ...]:
    return tuple(claim for claim in claims.of(kind) if not claim.says_whole_list)


def _draft(kind: str, claims: tuple[Claim, ...], atlas: Atlas) -> ImportDraft:
    return read_import(table_of(claims, atlas), f"declarations-{kind}.csv", kind, atlas=atlas)


def _statement(claims: tuple[Claim, ...], who: str) -> Statement:
    authors = fr.listing(dict.fromkeys(claim.said for claim in claims), most=4)
    return Statement(f"Déclaration locale, {authors}", max(c.day for c in claims), who.strip(), mode=Mode.ADD)
