"""The national guide of 2025 as checks, figures, settings and stakeholders of a perimeter.

It never states a minimum, and knows neither database nor network. A check is one file of `checks/`. Start from `run_checks`,
`CHECKS`, `Settings`, `judge_moves`, `round_table`.
"""

from geo.guidance.check import OUTCOMES, UNKNOWN, VIGILANCE, Check
from geo.guidance.checks import CHECKS
from geo.guidance.figures import EMPTY, MEASURES, Measure, Value, in_brief, summary
from geo.guidance.finding import ATTENTION, RANKS, TONES, Finding, Outcome, Reach, counted, outcome_counts
from geo.guidance.gauge import gauge_segments
from geo.guidance.judged import CHECK_IDS, JudgedMoves, Measures, judge_moves, run_checks
from geo.guidance.project import (
    INTENT_LABELS,
    MOST_CLSM,
    NO_PROJECT,
    Intent,
    Project,
    clsm_held,
    clsm_near,
    read_project,
    the_clsm,
)
from geo.guidance.questions import (
    ANSWER_LENGTH,
    QUESTION_IDS,
    QUESTIONS,
    AskedQuestion,
    Question,
    asked_questions,
)
from geo.guidance.sector_shares import SectorShare, hospital_of, listed_here, sectors_listed_after, sectors_met
from geo.guidance.settings import THRESHOLDS, Settings
from geo.guidance.settings_labels import (
    SETTING_LABELS,
    SettingLabel,
    back_to_start,
    changed_labels,
    checks_using,
    own_thresholds,
    used_text,
)
from geo.guidance.table.members import ars_desk, round_table
from geo.guidance.table.partners import FUNCTIONS, Function
from geo.guidance.table.seat import BODIES, CARERS, COMMUNES, CONCERNED, HOSPITALS, SECTORS, RoundTable, Seat

__all__ = [
    "ANSWER_LENGTH",
    "ATTENTION",
    "BODIES",
    "CARERS",
    "CHECKS",
    "CHECK_IDS",
    "COMMUNES",
    "CONCERNED",
    "EMPTY",
    "FUNCTIONS",
    "HOSPITALS",
    "INTENT_LABELS",
    "MEASURES",
    "MOST_CLSM",
    "NO_PROJECT",
    "OUTCOMES",
    "QUESTIONS",
    "QUESTION_IDS",
    "RANKS",
    "SECTORS",
    "SETTING_LABELS",
    "THRESHOLDS",
    "TONES",
    "UNKNOWN",
    "VIGILANCE",
    "AskedQuestion",
    "Check",
    "Finding",
    "Function",
    "Intent",
    "JudgedMoves",
    "Measure",
    "Measures",
    "Outcome",
    "Project",
    "Question",
    "Reach",
    "RoundTable",
    "Seat",
    "SectorShare",
    "SettingLabel",
    "Settings",
    "Value",
    "ars_desk",
    "asked_questions",
    "back_to_start",
    "changed_labels",
    "checks_using",
    "clsm_held",
    "clsm_near",
    "counted",
    "gauge_segments",
    "hospital_of",
    "in_brief",
    "judge_moves",
    "listed_here",
    "outcome_counts",
    "own_thresholds",
    "read_project",
    "round_table",
    "run_checks",
    "sectors_listed_after",
    "sectors_met",
    "summary",
    "the_clsm",
    "used_text",
]
