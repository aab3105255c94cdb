"""The catalogue of official sources: who makes each layer, where it is had, and by which columns a file is known.

`data/sources.toml` is the only place where addresses stand. A source is one kind of data; it may be made of several
files (outlines and populations), each with addresses in order of preference. None of this is trusted further than
to ask: what arrives is recognised by its content.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

from geo.errors import GeoInputError, MissingDataError
from geo.files import is_web
from geo.paths import ROOT

CATALOGUE = ROOT / "data" / "sources.toml"
Certainty = Literal["A", "B", "C"]
_TEXTS = ("kind", "nom", "producteur", "page", "format", "millesime", "licence", "certitude", "lue", "remarque")
_SIZES = ("taille_attendue", "taille_max")
_KEYS = {*_TEXTS, *_SIZES, "fichier", "colonnes"}
_MAY = {"a_la_demande"}
_KIND = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class SourceFile:
    """One file of a source; `addresses` are tried in order, none means that it must be fetched by hand.

    An address in `links` is a page, a feed, or a data.gouv.fr record, that names the files of the day: those whose address matches
    the pattern given are taken, in the order of the page. Where `becomes` has it too, what the pattern found is written anew by it,
    and the last in the order of names comes first (the IGN names folders by their date). An address with `{departement}` stands for
    one file a département, all of which are needed.
    """

    name: str
    addresses: tuple[str, ...]
    optional: bool = False
    links: Mapping[str, str] = field(default_factory=dict)
    becomes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One kind of official data.

    `expected_bytes` and `max_bytes` bound one downloaded file. `certainty` says how sure the addresses and columns
    are: A read in code that downloads them, B read in part, C from general knowledge; `read_on` says when. `columns` gives,
    for each role of a column, the spellings met in official files. A source `on_demand` is heavy and serves few: it is brought
    when it is asked for by name, never with the others.
    """

    kind: str
    name: str
    producer: str
    page: str
    files: tuple[SourceFile, ...]
    format: str
    vintage: str
    licence: str
    expected_bytes: int
    max_bytes: int
    certainty: Certainty
    columns: Mapping[str, tuple[str, ...]]
    remark: str
    read_on: str = ""
    on_demand: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return every address of every file, in order."""
        return tuple(address for file in self.files for address in file.addresses)


def load_sources(path: Path = CATALOGUE) -> Mapping[str, Source]:
    """Read the catalogue, by kind, in the order of the file.

    Raises
    ------
    MissingDataError
        When the file is absent or is not TOML.
    GeoInputError
        When an entry is wrong; every fault of every entry is named.
    """
    return _ours() if path == CATALOGUE else _read(path)


@lru_cache(maxsize=1)
def _ours() -> Mapping[str, Source]:
    """Return the product's own catalogue, read once: a page asks for it several times a run."""
    return MappingProxyType(_read(CATALOGUE))


def _read(path: Path) -> dict[str, Source]:
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MissingDataError(f"Catalogue des sources illisible ({path.name}) : {error}.") from error
    problems = [problem for entry in entries for problem in _faults(entry)]
    kinds = [entry.get("kind") for entry in entries]
    problems += [f"{kind} : décrite deux fois." for kind in dict.fromkeys(kinds) if kinds.count(kind) > 1]
    if not entries:
        problems.append("aucune source décrite.")
    if problems:
        raise GeoInputError([f"{path.name} : {problem}" for problem in problems])
    return {source.kind: source for source in map(_source, entries)}


def pick_sources(kinds: Iterable[str] | None, catalogue: Mapping[str, Source]) -> list[Source]:
    """Return the sources asked for, all of them but those on demand when none is; unknown kinds are refused by name."""
    wanted = list(dict.fromkeys(kinds or (kind for kind, source in catalogue.items() if not source.on_demand)))
    unknown = [kind for kind in wanted if kind not in catalogue]
    if unknown:
        known = ", ".join(catalogue)
        raise GeoInputError([f"{kind} : couche inconnue. Couches possibles : {known}." for kind in unknown])
    return [catalogue[kind] for kind in wanted]


def _faults(entry: Mapping[str, Any]) -> list[str]:
    name = str(entry.get("kind", "source sans « kind »"))
    faults = [f"{name} : « {key} » manque." for key in sorted(_KEYS - entry.keys())]
    faults += [f"{name} : « {key} » est inconnu." for key in sorted(entry.keys() - _KEYS - _MAY)]
    faults += [f"{name} : « {k} » doit être un texte." for k in _TEXTS if not isinstance(entry.get(k, ""), str)]
    if faults:
        return faults
    if not _KIND.fullmatch(name):
        faults.append(f"{name} : « kind » ne prend que des minuscules sans accent.")
    if not isinstance(entry.get("a_la_demande", False), bool):
        faults.append(f"{name} : « a_la_demande » est true ou false.")
    if entry["certitude"] not in ("A", "B", "C"):
        faults.append(f"{name} : « certitude » est A, B ou C.")
    sizes = [entry[key] for key in _SIZES]
    if not all(type(size) is int and size > 0 for size in sizes) or sizes[0] > sizes[1]:
        faults.append(f"{name} : les tailles sont des nombres d’octets, et l’attendue ne dépasse pas la plus grande.")
    if not _is_columns(entry["colonnes"]):
        faults.append(f"{name} : « colonnes » donne, pour chaque rôle, une liste de noms.")
    return faults + [f"{name} : {fault}" for fault in _file_faults(entry["fichier"], entry["page"])]


def _is_columns(value: object) -> bool:
    if not isinstance(value, dict) or not value:
        return False
    lists = value.values()
    return all(isinstance(v, list) and v and all(isinstance(text, str) and text for text in v) for v in lists)


def _file_faults(files: object, page: str) -> list[str]:
    if not isinstance(files, list) or not files:
        return ["aucun « fichier »."]
    faults = [] if is_web(page) else [f"adresse de page refusée : {page}."]
    for file in files:
        unknown = sorted(file.keys() - {"nom", "adresses", "facultatif"})
        if unknown or not isinstance(file.get("nom"), str) or not isinstance(file.get("adresses"), list):
            faults.append("un « fichier » a un « nom », des « adresses » et au besoin « facultatif », rien d’autre.")
            continue
        faults += [fault for address in file["adresses"] for fault in _address_faults(address)]
    return faults


def _address_faults(address: object) -> list[str]:
    if isinstance(address, dict):
        page, links = address.get("page"), address.get("liens")
        becomes = address.get("vers", "")
        if address.keys() - {"vers"} != {"page", "liens"} or not all(
            isinstance(t, str) for t in (page, links, becomes)
        ):
            return ["une adresse est un texte, ou une « page » et le motif de ses « liens »."]
        try:
            re.compile(str(links)).sub(str(becomes), "")
        except (re.error, IndexError):
            return [f"motif de liens illisible : {links}."]
        address = page
    return [] if isinstance(address, str) and is_web(address) else [f"adresse refusée : {address}."]


def _file(entry: Mapping[str, Any]) -> SourceFile:
    addresses = [a if isinstance(a, str) else a["page"] for a in entry["adresses"]]
    links = {a["page"]: a["liens"] for a in entry["adresses"] if not isinstance(a, str)}
    becomes = {a["page"]: a["vers"] for a in entry["adresses"] if not isinstance(a, str) and "vers" in a}
    return SourceFile(entry["nom"], tuple(addresses), bool(entry.get("facultatif")), links, becomes)


def _source(entry: Mapping[str, Any]) -> Source:
    files = tuple(map(_file, entry["fichier"]))
    return Source(
        kind=entry["kind"],
        name=entry["nom"],
        producer=entry["producteur"],
        page=entry["page"],
        files=files,
        format=entry["format"],
        vintage=entry["millesime"],
        licence=entry["licence"],
        expected_bytes=entry["taille_attendue"],
        max_bytes=entry["taille_max"],
        certainty=cast(Certainty, entry["certitude"]),
        columns={role: tuple(names) for role, names in entry["colonnes"].items()},
        remark=entry["remarque"],
        read_on=entry["lue"],
        on_demand=entry.get("a_la_demande", False),
    )
