"""The page Périmètre: communes chosen on the map or by name, and what the guide says of them at each click.

It decides nothing of a check nor of a figure: geo.guidance does. Start from `show_workbench`, `pick_target`, `read_address`.
"""

from ui.budget import BUDGET_STYLE
from ui.perimeter.choices import TOUCH_HINT, pick_lines, pick_scope, pick_target, take_asked
from ui.perimeter.compose import circle_around
from ui.perimeter.judge import GAUGE_STYLE, JUDGE_STYLE
from ui.perimeter.link import ADDRESS, read_address
from ui.perimeter.pasted import paste_list, show_report
from ui.perimeter.settings import settings_popover
from ui.perimeter.workbench import WORKBENCH_STYLE, show_start, show_workbench
from ui.similar import SIMILAR_STYLE

PERIMETER_STYLE = GAUGE_STYLE + JUDGE_STYLE + WORKBENCH_STYLE + BUDGET_STYLE + SIMILAR_STYLE

__all__ = [
    "ADDRESS",
    "PERIMETER_STYLE",
    "TOUCH_HINT",
    "circle_around",
    "paste_list",
    "pick_lines",
    "pick_scope",
    "pick_target",
    "read_address",
    "settings_popover",
    "show_report",
    "show_start",
    "show_workbench",
    "take_asked",
]
