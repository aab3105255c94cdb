"""The register of imported layers and of sets of indicators: versions kept with who, when and why, and which one is active.

It never reads a user's file. Start from `keep`, `publish`, `withdraw`, `heads`, `read_layer`.
"""

from geo.register.backup import Saved, backup, restore
from geo.register.bodies import ADDRESS
from geo.register.journal import SOURCES, Line, active_text, changes_text, history, journal, note_sync
from geo.register.model import NEEDS, ConflictError, Event, Head, Origin, Settled, State, Statement, Version
from geo.register.needs import NeedSet, keep_series, kind_of, name_of, need_sets, read_needs, set_id
from geo.register.register import (
    check,
    damage,
    default_who,
    ensure_head_is,
    ensure_may_go,
    find,
    forgotten,
    head,
    heads,
    keep,
    layers_under,
    publish,
    read_layer,
    read_shapes,
    token,
    versions,
    withdraw,
)
from geo.register.rows import CONTENT
from geo.register.schema import PROJECTS, VERSIONS
from geo.register.store import ELSEWHERE, STAGE, contents, exists, reading, register_folder, writing

__all__ = [
    "ADDRESS",
    "CONTENT",
    "ELSEWHERE",
    "NEEDS",
    "PROJECTS",
    "SOURCES",
    "STAGE",
    "VERSIONS",
    "ConflictError",
    "Event",
    "Head",
    "Line",
    "NeedSet",
    "Origin",
    "Saved",
    "Settled",
    "State",
    "Statement",
    "Version",
    "active_text",
    "backup",
    "changes_text",
    "check",
    "contents",
    "damage",
    "default_who",
    "ensure_head_is",
    "ensure_may_go",
    "exists",
    "find",
    "forgotten",
    "head",
    "heads",
    "history",
    "journal",
    "keep",
    "keep_series",
    "kind_of",
    "layers_under",
    "name_of",
    "need_sets",
    "note_sync",
    "publish",
    "read_layer",
    "read_needs",
    "read_shapes",
    "reading",
    "register_folder",
    "restore",
    "set_id",
    "token",
    "versions",
    "withdraw",
    "writing",
]
