"""Official sources: their catalogue, their download or mirror, their readers, the versions kept.

It never decides what a layer becomes (`geo.dataset` does). Start from `load_sources`, `sync`, `current`.
"""

from geo.sources.ahead import maps_ahead
from geo.sources.answers import Answer, read_answers
from geo.sources.background import Status, read_status, start, wanted
from geo.sources.catalogue import Source, load_sources
from geo.sources.outlines import whole_outlines
from geo.sources.readers.base import NATIONAL
from geo.sources.readers.indicators import INDICATORS
from geo.sources.readers.indicators import PRODUCT as INDICATORS_FILE
from geo.sources.report import KindResult, Outcome, Step, SyncReport
from geo.sources.synchronise import sync
from geo.sources.versions import CurrentVersion, clean_sources, current, kept, only_run, sources_folder

__all__ = [
    "INDICATORS",
    "INDICATORS_FILE",
    "NATIONAL",
    "Answer",
    "CurrentVersion",
    "KindResult",
    "Outcome",
    "Source",
    "Status",
    "Step",
    "SyncReport",
    "clean_sources",
    "current",
    "kept",
    "load_sources",
    "maps_ahead",
    "only_run",
    "read_answers",
    "read_status",
    "sources_folder",
    "start",
    "sync",
    "wanted",
    "whole_outlines",
]
