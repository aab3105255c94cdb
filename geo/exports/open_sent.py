"""Files of scenarios that someone sends, read in a process of its own like every file that comes from outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from geo import isolation
from geo.communes import Atlas
from geo.exports.reimport import read_back
from geo.isolation import Stop, Tell
from geo.scenarios import Opened, Scenario, Vintage, from_file


def open_scenarios(data: bytes, name: str, atlas: Atlas, vintage: Vintage, tell: Tell, stop: Stop) -> Opened:
    """Read a file of scenarios as `geo.scenarios.file.from_file` does.

    Raises
    ------
    GeoInputError
        When it is not one of ours, or its reading was ended.
    """
    found: Opened = _read(scenarios_of, data, name, atlas, vintage, tell, stop)
    return found


def open_exported(data: bytes, name: str, atlas: Atlas, vintage: Vintage, tell: Tell, stop: Stop) -> Scenario:
    """Read the scenario of any file that this dashboard makes, as `geo.exports.reimport.read_back` does.

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
    return isolation.read(work, data, name, atlas=atlas, options={"vintage": vintage}, tell=tell, stop=stop).result()


def scenarios_of(path: Path, atlas: Atlas, _tell: Tell, *, vintage: Vintage) -> Opened:
    """Read a file of scenarios in this process."""
    return from_file(path.read_bytes(), atlas, vintage)


def scenario_of(path: Path, atlas: Atlas, _tell: Tell, *, vintage: Vintage) -> Scenario:
    """Read an exported scenario in this process."""
    return read_back(path.read_bytes(), atlas, vintage)
