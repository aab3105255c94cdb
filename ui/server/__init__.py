"""The server around the pages: what browsers are sent, its memory, who goes first, failures, the synchronisation apart.

It never shows a figure nor a page of its own. Start from `report_failure`, `begin_sync`, `after_the_figures`, `give_back`.
"""

from ui.server.background import begin_sync, sync_forbidden, sync_now, sync_sentence, sync_status
from ui.server.downloads import Prepared, prepared
from ui.server.failures import quiet_log, report_failure
from ui.server.front import middleware, ready_first
from ui.server.hints import HINTS
from ui.server.lanes import after_the_figures, export_lane, visitor_here
from ui.server.light import lighten
from ui.server.memory import be_frugal, give_back, settle
from ui.server.ready import ALSO, Figure, relayed

__all__ = [
    "ALSO",
    "HINTS",
    "Figure",
    "Prepared",
    "after_the_figures",
    "be_frugal",
    "begin_sync",
    "export_lane",
    "give_back",
    "lighten",
    "middleware",
    "prepared",
    "quiet_log",
    "ready_first",
    "relayed",
    "report_failure",
    "settle",
    "sync_forbidden",
    "sync_now",
    "sync_sentence",
    "sync_status",
    "visitor_here",
]
