"""What heads a document: the name of a perimeter when it says something, else its towns; and whether its link opens elsewhere.

« Scénario 2 » or « … (copie) » means something on one screen only: in a meeting it is a title for nobody.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from geo import french as fr
from geo.communes import Atlas, name_of

_COPY = re.compile(r"( \(copie\)| \(\d+\))+$")
_GENERIC = re.compile(r"(périmètre|scénario|sans titre)? ?\d*", re.IGNORECASE)
_LOCAL_ENDS = (".local", ".localhost", ".lan", ".internal", ".home.arpa", ".test")
MOST_NAMED = 2  # towns in a title
LOCAL_LINK = (
    "L’adresse de ce tableau de bord n’existe que sur la machine qui a fait cette note : un lien ou un code QR ne s’ouvrirait nulle part "
    "ailleurs. Pour que chacun vérifie ou reprenne ce périmètre, joignez le fichier de scénarios (page Périmètre, onglet « Scénarios »)."
)


def speaks(name: str) -> bool:
    """Tell whether a name says something of a perimeter: not « Scénario 2 », « Périmètre », nor a mere copy."""
    return not _COPY.search(name) and not _GENERIC.fullmatch(name.strip())


def title_of(name: str, codes: Iterable[str], atlas: Atlas) -> str:
    """Return a title: the name when it speaks, else the largest towns; a copy keeps what its name said, with its towns."""
    if speaks(name):
        return name
    towns = _towns(codes, atlas)
    kept = _COPY.sub("", name).strip()
    if not towns:
        return name
    return f"{kept} : {towns}" if kept and not _GENERIC.fullmatch(kept) else towns


def _towns(codes: Iterable[str], atlas: Atlas) -> str:
    rows = atlas.rows(codes)
    people = atlas.table.iloc[rows].groupby("commune")["population"].sum()
    order = people.sort_index().sort_values(ascending=False, kind="stable").index
    names = [name_of(str(town), atlas) for town in order]
    if len(names) <= MOST_NAMED + 1:
        return fr.listing(names)
    rest = fr.count(len(names) - MOST_NAMED, "autre commune", "autres communes")
    return fr.listing([*names[:MOST_NAMED], rest])


def opens_elsewhere(link: str) -> bool:
    """Tell whether a link leads somewhere from another machine: it has a host, which is not a local one (name or address)."""
    try:
        host = (urlsplit(link).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if not host:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_LOCAL_ENDS)
