"""The roles that whoever runs the server gives, section [roles] of secrets.toml: by e-mail address, or by a claim and its value.

[roles]
"ana@ars.example" = "publicateur"
"bob@ars.example" = { role = "contributeur", departements = ["62"] }
"groups=clsm-hdf" = { role = "publicateur", regions = ["32"] }
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.rights import Actor, Role
from geo.visible import one_line

KEYS = frozenset({"role", "departements", "regions"})
WORDS = ", ".join(role.label for role in Role)


def given_role(
    name: str, email: str, claims: Mapping[str, Iterable[str]], table: Mapping[str, Any], atlas: Atlas
) -> Actor:
    """Return who acts under a table of roles: the line of the e-mail address, else the highest of those of claims, else a reader.

    Raises
    ------
    GeoInputError
        When the line that would count makes no sense.
    """
    for key, value in table.items():
        if email and _same_address(key.strip(), email):
            return _read(name, key, value, atlas)
    found = [
        _read(name, key, value, atlas)
        for key, value in table.items()
        if "=" in key and key.partition("=")[2].strip() in set(claims.get(key.partition("=")[0].strip(), ()))
    ]
    best = max(found, key=lambda one: (one.role, one.everywhere), default=Actor(name, Role.READER))
    alike = [one for one in found if one.role == best.role]
    if best.everywhere:
        return best
    return Actor(name, best.role, frozenset().union(*(one.departements or () for one in alike)))


def _same_address(one: str, other: str) -> bool:
    """Tell whether two addresses are one: capitals do not count, but of plain letters only. « ß » is folded into « ss », the sign of
    kelvins into « k »: somebody else could hold the address that has them."""
    return one == other or (one.isascii() and other.isascii() and one.lower() == other.lower())


def _read(name: str, key: str, value: object, atlas: Atlas) -> Actor:
    line = value if isinstance(value, Mapping) else {"role": value}
    role = Role.named(line.get("role"))
    problems = [f"le rôle s’écrit {WORDS}"] if role is None else []
    problems += [f"« {one_line(str(word))[:40]} » n’est pas compris" for word in line if word not in KEYS]
    codes: set[str] = set()
    for word, known in (("departements", atlas.departements.index), ("regions", atlas.regions.index)):
        listed = line.get(word, [])
        if not isinstance(listed, list | tuple) or not all(isinstance(code, str) and code in known for code in listed):
            problems.append(f'{word} : une liste de codes entre guillemets, comme ["{known[0]}"]')
            continue
        inside = atlas.table["departement"][atlas.table["region"].isin(listed)]
        codes.update(listed if word == "departements" else map(str, inside.unique()))
    if problems or role is None:
        raise GeoInputError(
            f"Le rôle de « {one_line(key)[:80]} » n’est pas compris ({' ; '.join(problems)}) : qui gère ce serveur doit corriger "
            "la section « roles » de ses réglages. D’ici là, c’est un lecteur."
        )
    limited = "departements" in line or "regions" in line
    return Actor(name, role, frozenset(codes) if limited else None)
