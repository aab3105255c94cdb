"""Files of scenarios that someone sends, read in a process of its own like every file that comes from outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from geo import isolated
from geo.communes import Atlas
from geo.isolated import Stop, Tell
from geo.read_back import read_back
from geo.reopening import Opened
from geo.scenario_file import from_file
from geo.scenarios import Scenario, Vintage


def open_scenarios(data: bytes, name: str, atlas: Atlas, vintage: Vintage, tell: Tell, stop: Stop) -> Opened:
    """Read a file of scenarios as `geo.scenario_file.from_file` does.

    Raises
    ------
    GeoInputError
        When it is not one of ours, or its reading was ended.
    """
    found: Opened = _read(scenarios_of, data, name, atlas, vintage, tell, stop)
    return found


def open_exported(data: bytes, name: str, atlas: Atlas, vintage: Vintage, tell: Tell, stop: Stop) -> Scenario:
    """Read the scenario of any file that this dashboard makes, as `geo.read_back.read_back` does.

    Raises
    ------
    GeoInputError
        When it is not one of ours, or its reading was ended.
    """
    found: Scenario = _read(scenario_of, data, name, atlas, vintage, tell, stop)
    return found


def _read(
    work: Callable[..., Any], data: bytes, name: str, atlas: Atlas, vintage: Vintage, tell: Tell, stop: Stop
) -> Any:
    return isolated.read(work, data, name, atlas=atlas, options={"vintage": vintage}, tell=tell, stop=stop).result()


def scenarios_of(path: Path, atlas: Atlas, _tell: Tell, *, vintage: Vintage) -> Opened:
    """Read a file of scenarios in this process."""
    return from_file(path.read_bytes(), atlas, vintage)


def scenario_of(path: Path, atlas: Atlas, _tell: Tell, *, vintage: Vintage) -> Scenario:
    """Read an exported scenario in this process."""
    return read_back(path.read_bytes(), atlas, vintage)
