"""A région as its planner follows it: what calls for an act, what opened year after year, beside the figures of `geo.coverage`.

It restates no figure: what it lists rests on the same state. Start from `alerts`, `trend`.
"""

from geo.region.alerts import ALERT_TITLES, Alert, AlertLine, alerts
from geo.region.trend import SURVEYED, Before, Trend, openings, trend

__all__ = ["ALERT_TITLES", "SURVEYED", "Alert", "AlertLine", "Before", "Trend", "alerts", "openings", "trend"]
