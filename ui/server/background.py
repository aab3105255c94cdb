"""The synchronisation beside the app: started once a server, never waited for, and only when asked for.

`make run` asks for it (CLSM_SYNC=1). A bare `streamlit run`, tests and journeys do not, and CLSM_NO_SYNC=1 forbids it.

The packages of data are imported when they are used: a server answers its first browser before they are read (one second).
"""

from __future__ import annotations

import atexit
import os
import subprocess
from typing import TYPE_CHECKING

import streamlit as st

from geo import french as fr

if TYPE_CHECKING:
    from geo.rights import Actor
    from geo.sources import Status

MEGA = 1_000_000
_CHILDREN: list[subprocess.Popen[bytes]] = []


def allowed() -> bool:
    """Tell whether it was asked for when the server was started."""
    return os.environ.get("CLSM_SYNC") == "1" and not sync_forbidden()


def begin_sync() -> None:
    """Sweep what cuts left, then start the synchronisation if it is asked for and something was never imported; once a server."""
    _tidied()
    if allowed():
        _process()


def sync_forbidden() -> bool:
    """Tell whether it was forbidden when the server was started."""
    return os.environ.get("CLSM_NO_SYNC") == "1"


def sync_now(*kinds: str, actor: Actor) -> None:
    """Start a synchronisation, of the kinds named or of all but those on demand, because somebody asked for it; one that is running goes
    on alone.

    Raises
    ------
    GeoInputError
        When they may not, or nobody could be told who did.
    """
    found = sync_status()
    if not sync_forbidden() and not (found and found.running):
        from geo.dataset import ask_sync

        _followed(ask_sync(*kinds, who=actor))


@st.cache_resource(show_spinner=False)
def _tidied() -> bool:
    from geo.dataset import tidy

    tidy()
    return True


@st.cache_resource(show_spinner=False)
def _process() -> subprocess.Popen[bytes] | None:
    from geo.sources import start, wanted

    return _followed(start(who="")) if wanted() else None  # asked for by whoever runs the server (CLSM_SYNC)


def _followed(process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    _CHILDREN.append(process)  # a child that nobody asks about looks alive for ever
    atexit.register(process.terminate)  # what is active stays whole, and the next start goes on from there
    return process


def sync_status() -> Status | None:
    """Return where the last synchronisation stands, if there was one."""
    from geo.sources import Status, read_status

    alive = [child for child in _CHILDREN if child.poll() is None]
    found = read_status()
    if alive and not (found and found.running):
        return Status(running=True, started="")  # it has not said its first word yet, or is leaving
    return found


def sync_sentence(found: Status | None) -> str:
    """Say in one line where the synchronisation stands; "" when there is nothing to say."""
    if found is None:
        return ""
    if found.running:
        steps = [_step(kind, *step) for kind, step in found.steps.items()]
        return f"Mise à jour en cours{' : ' + ', '.join(steps) if steps else '…'}"
    if found.offline:
        return "Hors ligne : les couches en place restent en service."
    return found.problem


def _step(kind: str, stage: str, got: int, total: int) -> str:
    name = NAMES.get(kind, kind)
    if not got:
        return f"{name} ({stage})"
    size = f"{fr.number(got / MEGA, 1)} Mo"
    return f"{name} ({size} sur {fr.number(total / MEGA, 1)} Mo)" if total else f"{name} ({size})"


NAMES = {
    "contours": "contours",
    "populations": "populations",
    "epci": "EPCI",
    "ept": "EPT",
    "densite": "densité",
    "qpv": "QPV",
    "ressources": "lieux de soin",
    "cpts": "CPTS",
    "frr": "FRR",
    "iris": "IRIS",
    "carreaux": "carreaux de population",
    "odisse": "suicides et gestes auto-infligés",
    "recensement": "recensement",
    "revenus": "revenus et pauvreté",
    "aah": "AAH",
    "apl": "accès aux médecins",
    "quartiers": "quartiers",
    "fdep": "défavorisation sociale",
}
