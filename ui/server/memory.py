"""The memory of the server: few arenas, what is loaded for good out of sight of the collector, the rest given back.

With glibc's own settings each thread has an arena of its own, and what a former dataset leaves in one serves no other:
the server grew by 35 MB each time a run happened to begin in a new one.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc

import pyarrow as pa

M_ARENA_MAX, ARENAS = -8, 2  # glibc's number for the setting, and as many arenas as there is work at the same time
M_MMAP_THRESHOLD, LARGE = -3, 1_000_000  # bytes from which an array has pages of its own, given back as it goes
TIDY_S = 10.0


def be_frugal() -> None:
    """Have all threads share a few arenas, Arrow's tables included. To be called once, as early as can be."""
    pa.set_memory_pool(pa.system_memory_pool())
    _ask("mallopt", M_ARENA_MAX, ARENAS)
    _ask("mallopt", M_MMAP_THRESHOLD, LARGE)


def settle() -> None:
    """Take what has just been loaded for good out of sight of the collector, which would go through it again and again."""
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Collect what nothing holds any longer, even if it was once loaded for good, and return it to the system."""
    gc.unfreeze()
    gc.collect()
    trim()


def trim() -> None:
    """Return to the system what is free already: a file that is made leaves a hundred megabytes of outlines behind, in pieces."""
    _ask("malloc_trim", 0)


async def stay_tidy() -> None:
    """Return again and again what is free, until cancelled: pages that run side by side leave as much in pieces as they hold."""
    while True:
        await asyncio.sleep(TIDY_S)
        await asyncio.to_thread(trim)


def _ask(name: str, *values: int) -> None:
    """Call a function of the C library; another than glibc does not have it, and needs nothing."""
    try:
        getattr(ctypes.CDLL(None), name)(*values)
    except (OSError, AttributeError, TypeError):
        return
