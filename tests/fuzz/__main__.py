"""`python -m tests.fuzz --minutes N [--seed S]`: counts by family, findings saved, status 1 when there is one."""

from __future__ import annotations

import argparse
import json
import os
import selectors
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.paths import ROOT

BATCH = 400
OPENING_S = 180.0  # for a child to load the country


@dataclass
class Outcome:
    """What a run saw: counts by (family, ending), and the findings."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[dict[str, Any]] = field(default_factory=list)
    next: int = 0

    @property
    def total(self) -> int:
        """Count the inputs."""
        return sum(self.counts.values())


def run(seed: int, *, seconds: float, most: int | None = None, start: int = 0, memory: int = 3_000_000_000,
        patience: float = 20.0) -> Outcome:  # fmt: skip
    """Read inputs until the time is up, or `most` of them are read; `patience` is the ceiling of one input, in seconds."""
    outcome = Outcome(next=start)
    end = time.monotonic() + seconds
    while time.monotonic() < end and (most is None or outcome.next < start + most):
        count = BATCH if most is None else min(BATCH, start + most - outcome.next)
        _batch(seed, count, memory, patience, end, outcome)
    return outcome


def _batch(seed: int, count: int, memory: int, patience: float, end: float, outcome: Outcome) -> None:
    words = [sys.executable, "-m", "tests.fuzz.child", *(str(n) for n in (seed, outcome.next, count, memory))]
    last: dict[str, Any] | None = None
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ}) as child:
        for event in _events(child, patience):
            if event is None:  # the ceiling of time
                break
            if "begin" in event:
                last = event
                continue
            last = None
            outcome.next = event["end"] + 1
            outcome.counts[event["family"], event["how"]] += 1
            if event["how"] == "finding":
                outcome.findings.append({"seed": seed, **event})
            if time.monotonic() > end:
                break
        late = child.poll() is None
        child.kill()
        said = child.stderr.read().decode(errors="replace")[-600:] if child.stderr else ""
        status = child.wait()
    if last is not None:
        what = f"plus de {patience:g} s" if late else f"processus fini ({status}) : {said}"
        outcome.next = last["begin"] + 1
        outcome.counts[last["family"], "finding"] += 1
        outcome.findings.append({"seed": seed, "end": last["begin"], "family": last["family"], "what": what})
    elif not late and status:
        raise SystemExit(f"Le lot ne démarre pas : {said}")


def _events(child: subprocess.Popen[bytes], patience: float) -> Iterator[dict[str, Any] | None]:
    """Yield what a child says; None when it has said nothing for longer than it may."""
    assert child.stdout is not None
    os.set_blocking(child.stdout.fileno(), False)
    wait, held = OPENING_S, b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while selector.select(wait):
            block = child.stdout.read()
            if not block:
                return
            *lines, held = (held + block).split(b"\n")
            for line in lines:
                event = json.loads(line)
                wait = patience
                yield event
    yield None


def save(finding: dict[str, Any], folder: Path) -> Path:
    """Write the input of a finding and what happened; return where."""
    from tests.fuzz.families import case

    folder.mkdir(parents=True, exist_ok=True)
    chosen = case(finding["seed"], finding["end"])
    path = folder / f"{chosen.family}-{finding['seed']}-{finding['end']}-{chosen.name}"
    path.write_bytes(chosen.data)
    path.with_name(path.name + ".txt").write_text(f"{finding['what']}\n{finding.get('trace', '')}", encoding="utf-8")
    return path


def main(arguments: list[str] | None = None) -> int:
    """Run, print, save; 1 when there is a finding."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="number of the first input")
    parser.add_argument("--most", type=int, help="inputs at most")
    parser.add_argument(
        "--memory", type=float, default=3.0, help="ceiling of a batch, in gigabytes; the country takes one and a half"
    )
    parser.add_argument("--patience", type=float, default=20.0, help="ceiling of an input, in seconds")
    parser.add_argument("--to", type=Path, default=Path("fuzz-findings"), help="where findings are saved")
    options = parser.parse_args(arguments)
    outcome = run(options.seed, seconds=options.minutes * 60, most=options.most, start=options.start,
                  memory=round(options.memory * 1e9), patience=options.patience)  # fmt: skip
    for family in sorted({family for family, _ in outcome.counts}):
        counts = {how: n for (name, how), n in sorted(outcome.counts.items()) if name == family}
        print(f"{family:12} {sum(counts.values()):7}  " + "  ".join(f"{how} {n}" for how, n in counts.items()))
    print(f"{'total':12} {outcome.total:7}  seed {options.seed}, inputs {options.start} to {outcome.next - 1}")
    for finding in outcome.findings:
        print(f"FINDING {finding['family']} seed {finding['seed']} input {finding['end']}: {finding['what'].strip()}")
        print(f"        {save(finding, options.to)}")
    return 1 if outcome.findings else 0


if __name__ == "__main__":
    sys.exit(main())
