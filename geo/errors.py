"""One error for everything that a user can mend: its text is French and says what, where and what to do."""

from __future__ import annotations

from collections.abc import Iterable


class GeoInputError(ValueError):
    """Bad input, with every problem found at once.

    `problems` holds one plain French sentence per problem, ready to be shown to a user.
    """

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class MissingDataError(GeoInputError):
    """A file the dashboard needs is absent or unreadable; the message says how to make it again."""
