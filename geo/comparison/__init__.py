"""Perimeters side by side on the same data and settings, and how each check and figure is made.

It names no winner. Start from `candidates`, `evaluate`, `side_by_side`.
"""

from geo.comparison.candidates import (
    MOST_COMPARED,
    SCALE_QUESTIONS,
    Candidate,
    Scale,
    candidates,
    default_choice,
    not_offered,
    scale_of,
)
from geo.comparison.city_parts import city_parts, every_candidate, retained
from geo.comparison.compare import Evaluated, SideBySide, Verdict, evaluate, side_by_side
from geo.comparison.method import COVERAGE_METHODS, EXAMPLE, EXAMPLE_NAME, GLOSSARY, NOT_DONE, CheckEntry, entries

__all__ = [
    "COVERAGE_METHODS",
    "EXAMPLE",
    "EXAMPLE_NAME",
    "GLOSSARY",
    "MOST_COMPARED",
    "NOT_DONE",
    "SCALE_QUESTIONS",
    "Candidate",
    "CheckEntry",
    "Evaluated",
    "Scale",
    "SideBySide",
    "Verdict",
    "candidates",
    "city_parts",
    "default_choice",
    "entries",
    "evaluate",
    "every_candidate",
    "not_offered",
    "retained",
    "scale_of",
    "side_by_side",
]
