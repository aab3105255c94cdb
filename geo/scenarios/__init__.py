"""Scenarios of a person: named perimeters with their settings, in a link or a file, reopened on the data of today.

It never keeps anything on the server. Start from `Scenario`, `Workbook`, `pack`, `unpack`, `to_file`, `from_file`.
"""

from geo.scenarios.file import from_file, project_fields, read_project_field, to_file
from geo.scenarios.grain import Opening, close_city, open_cities
from geo.scenarios.link import MAIL_LENGTH, carries_answers, pack, unpack
from geo.scenarios.noted import carries_agreements
from geo.scenarios.reopen import Opened, RawScenario, reopen
from geo.scenarios.scenario import MOST_SCENARIOS, NAME_LENGTH, NOTE_LENGTH, Scenario, Vintage, Workbook, vintage_of

__all__ = [
    "MAIL_LENGTH",
    "MOST_SCENARIOS",
    "NAME_LENGTH",
    "NOTE_LENGTH",
    "Opened",
    "Opening",
    "RawScenario",
    "Scenario",
    "Vintage",
    "Workbook",
    "carries_agreements",
    "carries_answers",
    "close_city",
    "from_file",
    "open_cities",
    "pack",
    "project_fields",
    "read_project_field",
    "reopen",
    "to_file",
    "unpack",
    "vintage_of",
]
