"""Projects of CLSM that an ARS follows, from intention to signature: kept with who and when, exchanged as tables, no personal data.

It never changes what is known of CLSM: a signed project is handed over to the data door (`geo.imports`). Start from
`kept`, `save`, `Project`, `read_table`, `signed_review`.
"""

from geo.projects.model import (
    MONTHS_WITHOUT_SIGNATURE,
    NO_DATES,
    STEP_LABELS,
    Change,
    Kept,
    Mark,
    Project,
    Step,
    earliest,
    latest,
    months_before,
    said_date,
)
from geo.projects.signed import projects_table, signed_codes, signed_review
from geo.projects.store import changes, history, kept, save, save_all
from geo.projects.table import TABLE_FORMS, Taken, read_table, take, to_csv, to_xlsx, typed_date

__all__ = [
    "MONTHS_WITHOUT_SIGNATURE",
    "NO_DATES",
    "STEP_LABELS",
    "TABLE_FORMS",
    "Change",
    "Kept",
    "Mark",
    "Project",
    "Step",
    "Taken",
    "changes",
    "earliest",
    "history",
    "kept",
    "latest",
    "months_before",
    "projects_table",
    "read_table",
    "said_date",
    "save",
    "save_all",
    "signed_codes",
    "signed_review",
    "take",
    "to_csv",
    "to_xlsx",
    "typed_date",
]
