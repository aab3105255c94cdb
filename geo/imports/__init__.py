"""A file that a person holds becomes the draft of a layer, then a version of the register.

It never guesses: an ambiguous row is refused with its candidates. Start from `read_import`, `read_file`, `Review`, `keep_and_publish`.
"""

from geo.imports.claimed import claimed_kinds, claimed_review
from geo.imports.draft import KINDS, ROLES, Column, ImportDraft, known_kind
from geo.imports.headers import role_of
from geo.imports.memory import Remembered, remembered
from geo.imports.needs.figures import shown_figures
from geo.imports.needs.places import GRAIN_NAMES
from geo.imports.needs.plan import Item, NeedColumn, NeedsDraft, Plan, Question, Split, Tally, Way
from geo.imports.needs.publish import NeedsStatement, keep_needs, publish_needs, remembered_plan, resumed
from geo.imports.needs.read import read_needs_draft, read_needs_file
from geo.imports.publish import FORMS, Review, keep, keep_and_publish
from geo.imports.read import read_draft, read_file, read_import
from geo.imports.reserves import Gap, open_rows
from geo.imports.settling import (
    ABOVE,
    ABSENT,
    ASIDE,
    DISSOLVED,
    FILE_NAME,
    HIDDEN,
    NAMED,
    NO,
    PROJECTION,
    REFUSED,
    SHEETS,
    WHOLE_COMMUNES,
    YES,
    Answers,
    Doubt,
)
from geo.imports.shapes.crossing import DISTANCE_M, SHARE_TOLERANCE, cross
from geo.imports.tables.grid import open_grids
from geo.imports.templates import COLUMNS, EXAMPLES, template, template_name

__all__ = [
    "ABOVE",
    "ABSENT",
    "ASIDE",
    "COLUMNS",
    "DISSOLVED",
    "DISTANCE_M",
    "EXAMPLES",
    "FILE_NAME",
    "FORMS",
    "GRAIN_NAMES",
    "HIDDEN",
    "KINDS",
    "NAMED",
    "NO",
    "PROJECTION",
    "REFUSED",
    "ROLES",
    "SHARE_TOLERANCE",
    "SHEETS",
    "WHOLE_COMMUNES",
    "YES",
    "Answers",
    "Column",
    "Doubt",
    "Gap",
    "ImportDraft",
    "Item",
    "NeedColumn",
    "NeedsDraft",
    "NeedsStatement",
    "Plan",
    "Question",
    "Remembered",
    "Review",
    "Split",
    "Tally",
    "Way",
    "claimed_kinds",
    "claimed_review",
    "cross",
    "keep",
    "keep_and_publish",
    "keep_needs",
    "known_kind",
    "open_grids",
    "open_rows",
    "publish_needs",
    "read_draft",
    "read_file",
    "read_import",
    "read_needs_draft",
    "read_needs_file",
    "remembered",
    "remembered_plan",
    "resumed",
    "role_of",
    "shown_figures",
    "template",
    "template_name",
]
