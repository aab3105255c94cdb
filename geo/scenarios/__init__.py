"""Scenarios of a person: named perimeters with their settings, in a link or a file, reopened on the data of today.

It never keeps anything on the server. Start from `Scenario`, `Workbook`, `pack`, `unpack`, `to_file`, `from_file`.
"""

from geo.scenarios.file import (
    RawBook,
    claim_fields,
    from_file,
    project_fields,
    raw_book,
    read_claim_fields,
    read_project_field,
    set_on,
    to_file,
)
from geo.scenarios.grain import MOST_OPENED, Opening, close_city, followed, in_communes, open_cities
from geo.scenarios.link import MAIL_LENGTH, carries_answers, pack, unpack
from geo.scenarios.noted import carries_agreements
from geo.scenarios.reopen import Opened, RawScenario, reopen
from geo.scenarios.scenario import MOST_SCENARIOS, NAME_LENGTH, NOTE_LENGTH, Scenario, Vintage, Workbook, vintage_of

__all__ = [
    "MAIL_LENGTH",
    "MOST_OPENED",
    "MOST_SCENARIOS",
    "NAME_LENGTH",
    "NOTE_LENGTH",
    "Opened",
    "Opening",
    "RawBook",
    "RawScenario",
    "Scenario",
    "Vintage",
    "Workbook",
    "carries_agreements",
    "carries_answers",
    "claim_fields",
    "close_city",
    "followed",
    "from_file",
    "in_communes",
    "open_cities",
    "pack",
    "project_fields",
    "raw_book",
    "read_claim_fields",
    "read_project_field",
    "reopen",
    "set_on",
    "to_file",
    "unpack",
    "vintage_of",
]
