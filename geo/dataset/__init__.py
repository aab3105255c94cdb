"""The dataset: communes and layers opened once, imported over synchronised over embedded, with what could not be opened.

It never reads a user's file. Start from `open_dataset`, `Dataset`, `token`.
"""

from geo.dataset.dataset import Dataset, layer_with, open_dataset, token
from geo.dataset.maps import derive_maps, prepare_maps
from geo.dataset.official import best, outlines, table_of, vintage
from geo.dataset.sweep import tidy

__all__ = [
    "Dataset",
    "best",
    "derive_maps",
    "layer_with",
    "open_dataset",
    "outlines",
    "prepare_maps",
    "table_of",
    "tidy",
    "token",
    "vintage",
]
