"""A région as its planner follows it: alerts, projects, what changed, the atlas."""

from __future__ import annotations

from ui import frame, region

frame.open_page("Ma région")
region.show_region()
frame.close_page()
