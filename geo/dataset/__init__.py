"""The dataset: communes and layers opened once, imported over synchronised over embedded, with what could not be opened.

It never reads a user's file. Start from `open_dataset`, `Dataset`, `token`; `opened` opens cities into IRIS.
"""

from geo.dataset.dataset import Dataset, ask_sync, layer_with, open_dataset, token
from geo.dataset.indicators import LazyIndicators, open_indicators
from geo.dataset.maps import city_map, derive_maps, prepare_maps
from geo.dataset.official import best, communities, outlines, quarters, table_of, vintage
from geo.dataset.official import iris as iris_of
from geo.dataset.opened import NO_IRIS, can_open, opened, opening_of
from geo.dataset.sweep import tidy

__all__ = [
    "NO_IRIS",
    "Dataset",
    "LazyIndicators",
    "ask_sync",
    "best",
    "can_open",
    "city_map",
    "communities",
    "derive_maps",
    "iris_of",
    "layer_with",
    "open_dataset",
    "open_indicators",
    "opened",
    "opening_of",
    "outlines",
    "prepare_maps",
    "quarters",
    "table_of",
    "tidy",
    "token",
    "vintage",
]
