"""One batch: reads inputs from a number on, a line a time: `read 12`, then how it ended."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
import warnings

from geo.dataset import dataset as world
from tests.fuzz.families import case, judged
from tests.support.damaged_homes import ATLAS, BASE


def main() -> None:
    """Read `count` inputs of a seed from `start` on; a line of JSON for each event."""
    seed, start, count, memory = (int(word) for word in sys.argv[1:5])
    os.environ["CLSM_HOME"] = tempfile.mkdtemp(prefix="clsm-fuzz-home-")
    warnings.simplefilter("ignore")
    world.load_atlas, world.load_layers = (lambda: ATLAS), (lambda atlas: dict(BASE))
    if memory and sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in range(start, start + count):
        chosen = case(seed, number)
        _tell({"begin": number, "family": chosen.family})
        try:
            _tell({"end": number, "family": chosen.family, "how": judged(chosen)})
        except BaseException as error:  # all that is neither a sentence nor a reading is a finding
            if isinstance(error, KeyboardInterrupt):
                raise
            where = traceback.format_exception(error)
            what = f"{type(error).__name__} : {str(error)[:200]}"
            _tell(
                {
                    "end": number,
                    "family": chosen.family,
                    "how": "finding",
                    "what": what,
                    "trace": "".join(where[-1:] + where[-8:-1]),
                }
            )
            if isinstance(error, MemoryError):
                return


def _tell(event: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
