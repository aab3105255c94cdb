"""Coverage by CLSM: situation of each commune, figures, gaps, benchmarks, priorities, next CLSM.

What is not known is counted as unknown, never as zero. Start from `read_scope` and `coverage_state`; then `scope_figures`,
`gap_table`, `rank` and `SitingQuestion` answer for a scope and a state of the same communes.
"""

from geo.coverage.benchmarks import SURVEYS, Benchmark, Portfolio, covered_curve, distribution, portfolio
from geo.coverage.candidates import CANDIDATE_KINDS, SitingCandidate, own_candidates, siting_candidates
from geo.coverage.divisions import Division
from geo.coverage.figures.figure import Figure
from geo.coverage.figures.limits import Act, Limit, limits
from geo.coverage.figures.parts import PART_WORDS, Parts
from geo.coverage.figures.people import scope_figures
from geo.coverage.gaps import GAP_LEVELS, GAP_TITLES, READINGS, STATES, gap_table, gap_tables
from geo.coverage.manner import (
    AGES,
    NOTHING_ASIDE,
    Aside,
    Doubt,
    Manner,
    confirmation,
    doubt_label,
    read_aside,
    source_years,
)
from geo.coverage.priorities import (
    FIRST_PLACES,
    PRESETS,
    PRIORITY_TERMS,
    SPLIT,
    Compared,
    Preset,
    Ranking,
    Term,
    Weights,
    compared,
    explain,
    interval,
    place,
    rank,
)
from geo.coverage.scope import CoverageView, Scope, local_scopes, read_scope, scopes
from geo.coverage.siting import MARKER, NEEDS, Mix, Pick, Siting, SitingQuestion, next_clsm
from geo.coverage.situation import Situation, Situations, complete_text, situations_of
from geo.coverage.stability import Stability, stability
from geo.coverage.starts import Start, line_rows, starts
from geo.coverage.state import CoverageState, coverage_state
from geo.coverage.status import (
    COVERED,
    STATUS_LABELS,
    STATUS_MEANINGS,
    ClsmMarker,
    Coverage,
    Status,
    clsm_places,
    coverage,
)
from geo.coverage.unknowns import CHECK_MEANING, CHECK_TITLES, ToCheck, to_check

__all__ = [
    "AGES",
    "CANDIDATE_KINDS",
    "CHECK_MEANING",
    "CHECK_TITLES",
    "COVERED",
    "FIRST_PLACES",
    "GAP_LEVELS",
    "GAP_TITLES",
    "MARKER",
    "NEEDS",
    "NOTHING_ASIDE",
    "PART_WORDS",
    "PRESETS",
    "PRIORITY_TERMS",
    "READINGS",
    "SPLIT",
    "STATES",
    "STATUS_LABELS",
    "STATUS_MEANINGS",
    "SURVEYS",
    "Act",
    "Aside",
    "Benchmark",
    "ClsmMarker",
    "Compared",
    "Coverage",
    "CoverageState",
    "CoverageView",
    "Division",
    "Doubt",
    "Figure",
    "Limit",
    "Manner",
    "Mix",
    "Parts",
    "Pick",
    "Portfolio",
    "Preset",
    "Ranking",
    "Scope",
    "Siting",
    "SitingCandidate",
    "SitingQuestion",
    "Situation",
    "Situations",
    "Stability",
    "Start",
    "Status",
    "Term",
    "ToCheck",
    "Weights",
    "clsm_places",
    "compared",
    "complete_text",
    "confirmation",
    "coverage",
    "coverage_state",
    "covered_curve",
    "distribution",
    "doubt_label",
    "explain",
    "gap_table",
    "gap_tables",
    "interval",
    "limits",
    "line_rows",
    "local_scopes",
    "next_clsm",
    "own_candidates",
    "place",
    "portfolio",
    "rank",
    "read_aside",
    "read_scope",
    "scope_figures",
    "scopes",
    "siting_candidates",
    "situations_of",
    "source_years",
    "stability",
    "starts",
    "to_check",
]
