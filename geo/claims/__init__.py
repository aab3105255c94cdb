"""Claims: what a person says of the territory they know (a sector, its communes, its hospital; a CLS, a GEM), beside the data.

It never writes to the register: `geo.imports` does, through its own door. Start from `Claim`, `Claims`, `lay`.
"""

from geo.claims.claim import (
    CLAIM_KINDS,
    MOST_CLAIMS,
    MOST_PIECES,
    NO_CLAIMS,
    PIECE,
    WHOLE_LIST,
    Claim,
    ClaimKind,
    Claims,
    kind_of_code,
    sector_code,
)
from geo.claims.lay import Dispute, Laid, lay
from geo.claims.said import stated_partners, whose_words
from geo.claims.sheet import SHEET_COLUMNS, request_text, sheet_csv, sheet_xlsx, table_of

__all__ = [
    "CLAIM_KINDS",
    "MOST_CLAIMS",
    "MOST_PIECES",
    "NO_CLAIMS",
    "PIECE",
    "SHEET_COLUMNS",
    "WHOLE_LIST",
    "Claim",
    "ClaimKind",
    "Claims",
    "Dispute",
    "Laid",
    "kind_of_code",
    "lay",
    "request_text",
    "sector_code",
    "sheet_csv",
    "sheet_xlsx",
    "stated_partners",
    "table_of",
    "whose_words",
]
