"""The readers of official indicators: one product each, the series that `geo.indicators` reads back.

A new one is a module here (its forms, its `parse`, READERS) and its name in MODULES. Start from `odisse`.
"""

from importlib import import_module

from geo.sources.readers.indicators.figures import PRODUCT

__all__ = ["INDICATORS", "PRODUCT", "READERS"]

MODULES = ("odisse", "census", "income", "benefits", "access", "deprivation")
READERS = tuple(reader for name in MODULES for reader in import_module(f"{__name__}.{name}").READERS)
INDICATORS = tuple(reader.id for reader in READERS)  # the sources that are read only when indicators are asked for
