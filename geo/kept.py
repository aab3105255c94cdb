"""A cache on the object that an answer was computed from, so that both leave together.

A cache of a module (`lru_cache`) keyed on the communes or on the layers would hold a dataset long after another took its
place: one dataset weighs tens of megabytes, and each publication makes another.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")


def kept_on_subject(function: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Compute a function once for its first argument, on which the answer is kept; read only.

    The other arguments, hashable and few, separate the answers kept on one object.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def kept(subject: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        answers: dict[Any, R] = vars(subject).setdefault(name, {})
        key = (*args, *sorted(kwargs.items()))
        if key not in answers:
            answers.setdefault(key, function(subject, *args, **kwargs))
        return answers[key]

    return kept
