"""What the server does beside the pages: its memory, who goes first, failures, the synchronisation that runs apart.

It never shows a figure nor a page of its own. Start from `report_failure`, `begin_sync`, `after_the_figures`, `give_back`.
"""

from ui.server.background import begin_sync, sync_forbidden, sync_now, sync_sentence, sync_status
from ui.server.failures import quiet_log, report_failure
from ui.server.lanes import after_the_figures, export_lane
from ui.server.memory import be_frugal, give_back, settle

__all__ = [
    "after_the_figures",
    "be_frugal",
    "begin_sync",
    "export_lane",
    "give_back",
    "quiet_log",
    "report_failure",
    "settle",
    "sync_forbidden",
    "sync_now",
    "sync_sentence",
    "sync_status",
]
