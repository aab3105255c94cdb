"""`python -m tests.scan URL [URL…]`: the findings by level, then whether any of level medium is left unexplained."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence

from tests.scan.crawl import MOST, crawl
from tests.scan.explained import unexplained
from tests.scan.probes import probe
from tests.scan.rules import RULES, look
from tests.scan.wire import Answer, Finding


def scan(root: str, more: Iterable[str] = (), most: int = MOST) -> tuple[list[Answer], list[Finding]]:
    """Return the answers of a dashboard, those to what is asked on purpose included, and what is found in them.

    Raises
    ------
    OSError
        When it does not answer.
    """
    asked, found = probe(root)
    answers = [*crawl(root, more, most), *asked]
    return answers, [*found, *(one for answer in answers for one in look(answer))]


def table(found: Iterable[Finding]) -> list[str]:
    """Return a line for each rule that found something, the worst first: how often, where first, and what."""
    rows: dict[tuple[int, str, str], list[Finding]] = defaultdict(list)
    for one in found:
        rows[(-one.level, one.rule, one.name)].append(one)
    return [
        f"{group[0].level.name:7} {rule:8} {name}: {len(group)} ({', '.join(sorted({one.detail for one in group})[:4])[:90]}; "
        f"first {group[0].url[:90]})"
        for (_, rule, name), group in sorted(rows.items())
    ]


def main(roots: Sequence[str]) -> int:
    """Scan each address and print what is found; 1 when something of level medium is left unexplained."""
    left: list[Finding] = []
    for root in roots:
        answers, found = scan(root.rstrip("/"))
        print(f"{root}: {len(answers)} answers, {len(RULES)} rules and the probes")
        print("\n".join(table(found)) or "nothing found")
        left += unexplained(found)
    print(f"medium or more, unexplained: {len(left)}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
