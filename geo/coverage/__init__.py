"""Coverage by CLSM: situation of each commune, figures, gaps, benchmarks, priorities, next CLSM.

What is not known is counted as unknown, never as zero. Start from `read_scope` and `coverage_state`; then `scope_figures`,
`gap_table`, `rank` and `SitingQuestion` answer for a scope and a state of the same communes.
"""

from geo.coverage.benchmarks import SURVEYS, Benchmark, Portfolio, covered_curve, distribution, portfolio
from geo.coverage.candidates import CANDIDATE_KINDS, SitingCandidate, own_candidates, siting_candidates
from geo.coverage.criteria import SPLIT, Compared, compared
from geo.coverage.figure import Figure
from geo.coverage.figures import limits, scope_figures
from geo.coverage.gaps import GAP_LEVELS, GAP_TITLES, gap_table, gap_tables
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
    Preset,
    Ranking,
    Term,
    Weights,
    explain,
    interval,
    place,
    rank,
)
from geo.coverage.scope import CoverageView, Scope, local_scopes, read_scope, scopes
from geo.coverage.siting import MARKER, NEEDS, Mix, Pick, Siting, SitingQuestion, next_clsm
from geo.coverage.stability import Stability, stability
from geo.coverage.state import CoverageState, coverage_state
from geo.coverage.status import (
    COVERED,
    READINGS,
    STATUS_LABELS,
    STATUS_MEANINGS,
    ClsmMarker,
    Coverage,
    Status,
    clsm_places,
    coverage,
    reading_count,
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
    "PRESETS",
    "PRIORITY_TERMS",
    "READINGS",
    "SPLIT",
    "STATUS_LABELS",
    "STATUS_MEANINGS",
    "SURVEYS",
    "Aside",
    "Benchmark",
    "ClsmMarker",
    "Compared",
    "Coverage",
    "CoverageState",
    "CoverageView",
    "Doubt",
    "Figure",
    "Manner",
    "Mix",
    "Pick",
    "Portfolio",
    "Preset",
    "Ranking",
    "Scope",
    "Siting",
    "SitingCandidate",
    "SitingQuestion",
    "Stability",
    "Status",
    "Term",
    "ToCheck",
    "Weights",
    "clsm_places",
    "compared",
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
    "local_scopes",
    "next_clsm",
    "own_candidates",
    "place",
    "portfolio",
    "rank",
    "read_aside",
    "read_scope",
    "reading_count",
    "scope_figures",
    "scopes",
    "siting_candidates",
    "source_years",
    "stability",
    "to_check",
]
