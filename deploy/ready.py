"""Ask one process on this machine whether it may be sent visitors, until it says so: `python deploy/ready.py PORT [SECONDS]`.

Of the standard library alone: it is started every few seconds. Status 0 when it is ready, 1 otherwise.
"""

from __future__ import annotations

import http.client
import os
import sys
import time
import urllib.request

# Straight to this machine: a proxy of the environment, which podman hands to its containers, leads elsewhere.
STRAIGHT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ready(port: int) -> bool:
    """Return whether the process of a port answers « Prêt. »."""
    base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    address = "/".join(filter(None, (f"http://127.0.0.1:{port}", base, "pret")))
    try:
        with STRAIGHT.open(address, timeout=6) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):  # nobody there, or something else than the dashboard
        return False


def main(port: int, seconds: float = 0.0) -> int:
    """Ask until it is ready or the time is over."""
    until = time.monotonic() + seconds
    while not ready(port):
        if time.monotonic() >= until:
            return 1
        time.sleep(0.3)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
