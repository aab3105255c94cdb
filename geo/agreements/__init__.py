"""Agreements: what each commune, EPCI, sector and hospital answered, who fills each function, what the COPIL sees for and against.

It never holds a person, nor what somebody believes of a body that was not asked. Start from `Agreements`, `Entry`, `follow`, `table_of`.
"""

from geo.agreements.entry import (
    ASKED,
    COMMUNE,
    KEY_LENGTH,
    NAME_LENGTH,
    ON_BOARD,
    REFERENCE_LENGTH,
    REMARK_LENGTH,
    SCALES,
    SIDES,
    STATUS_LABELS,
    VIEW_LENGTH,
    WHO_LENGTH,
    Entry,
    Status,
    copil_subject,
)
from geo.agreements.followup import COPIL_SOURCE, DISPUTED, KIND_LABELS, FollowUp, Line, copil_table, follow, table_of
from geo.agreements.ledger import MOST_ENTRIES, NO_AGREEMENTS, Agreements, Standing, signed
from geo.agreements.written import Today, from_fields, from_short, to_fields, to_short

__all__ = [
    "ASKED",
    "COMMUNE",
    "COPIL_SOURCE",
    "DISPUTED",
    "KEY_LENGTH",
    "KIND_LABELS",
    "MOST_ENTRIES",
    "NAME_LENGTH",
    "NO_AGREEMENTS",
    "ON_BOARD",
    "REFERENCE_LENGTH",
    "REMARK_LENGTH",
    "SCALES",
    "SIDES",
    "STATUS_LABELS",
    "VIEW_LENGTH",
    "WHO_LENGTH",
    "Agreements",
    "Entry",
    "FollowUp",
    "Line",
    "Standing",
    "Status",
    "Today",
    "copil_subject",
    "copil_table",
    "follow",
    "from_fields",
    "from_short",
    "signed",
    "table_of",
    "to_fields",
    "to_short",
]
