"""The dataset: communes, layers, density and care places, opened once.

The best there is for each: what a planner imported and published, over what a synchronisation received where it is whole,
over what is embedded. Checks, coverage and texts read the layers only, so that they follow by themselves.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from geo import french as fr
from geo import register
from geo.claims import NO_CLAIMS, Claims, Dispute, lay
from geo.communes import Atlas, Density, Iris, Revitalisation, approximate_density, embedded_atlas
from geo.dataset import official
from geo.dataset.communes import NEWER_ONLY, outlined, refreshed, with_passage
from geo.dataset.indicators import LazyIndicators
from geo.errors import GeoInputError
from geo.indicators import Indicators
from geo.layers import (
    CarePlaces,
    Crosswalk,
    Evidence,
    Layer,
    LayerId,
    LocalActor,
    build_crosswalk,
    load_layers,
    merged,
    settled_by_iris,
)
from geo.perimeters import Perimeter, PerimeterFacts
from geo.register import Version
from geo.rights import Act, Actor, ensure_may
from geo.sources import INDICATORS, CurrentVersion, load_sources, start
from geo.visible import blank


@dataclass(frozen=True, eq=False)
class Dataset:
    """The active data, read only.

    `synchronised` names the sources that came from a synchronisation, with their year; `imported` gives the active version
    of each layer that someone imported, and `bases` the layer that it is laid over; `notices` says, in French, what
    could not be opened and was passed over. `sources` are the synchronised versions that were opened; `heads` is what the
    register states as active, readable or not. `iris` are what cities can be opened into, None until they were synchronised.
    `actors` and `disputes` come of `claims` (`with_claims`). `before` is the data that claims or a statement were laid over: opening a city
    starts from there. `needs` opens the indicators once they are asked for.
    """

    crosswalk: Crosswalk
    density: Density
    resources: CarePlaces | None
    synchronised: Mapping[str, str]
    imported: Mapping[str, Version] = field(default_factory=dict)
    bases: Mapping[str, Layer] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    sources: Mapping[str, CurrentVersion] = field(default_factory=dict)
    heads: Mapping[str, register.Head] = field(default_factory=dict)
    revitalisation: Revitalisation | None = None
    actors: tuple[LocalActor, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    iris: Iris | None = None
    claims: Claims = NO_CLAIMS
    stated: frozenset[str] = frozenset()
    before: Dataset | None = None
    needs: LazyIndicators = field(default_factory=LazyIndicators)

    @property
    def atlas(self) -> Atlas:
        """The communes."""
        return self.crosswalk.atlas

    @property
    def indicators(self) -> Indicators:
        """The indicators of need, imported and synchronised, opened at the first asking."""
        return self.needs.indicators

    @cached_property
    def evidence(self) -> Evidence:
        """The part of the data that rules and figures take."""
        return Evidence(self.crosswalk, self.density, self.resources, self.revitalisation, self.actors, self.iris)

    def as_stated(self, departements: Iterable[str]) -> Dataset:
        """Return the data as somebody reads them who states that the list of CLSM is complete in some départements."""
        read = self.crosswalk.as_stated(LayerId.CLSM, departements)
        if read is self.crosswalk:
            return self
        return replace(self, crosswalk=read, stated=frozenset(departements), before=self)

    def base(self, kind: str) -> Layer:
        """Return the layer in place before anything was imported."""
        return self.bases.get(kind, self.crosswalk.layers[kind])

    def with_claims(self, claims: Claims) -> Dataset:
        """Return the same data with a person's claims laid over them; nothing is kept anywhere."""
        if not claims:
            return self
        laid = lay(self.crosswalk.layers, claims, self.atlas)
        return replace(
            self,
            crosswalk=build_crosswalk(self.atlas, laid.layers),
            actors=laid.actors,
            disputes=laid.disputes,
            claims=claims,
            before=self,
        )

    def facts(self, perimeter: Perimeter) -> PerimeterFacts:
        """Return the facts of a perimeter."""
        return PerimeterFacts(perimeter, self.evidence)


def open_dataset(home: Path | None = None) -> Dataset:
    """Open the communes, the layers, what was synchronised into `home` (the user's data folder by default) and what was
    imported. What is damaged there is passed over, and reported in `notices`.

    Raises
    ------
    MissingDataError
        When an embedded file is absent.
    """
    notices = list[str]()
    atlas, used = _communes(notices, home)
    layers = dict(load_layers(atlas))
    makers: dict[str, Callable[[CurrentVersion], Any]] = {
        "densite": lambda version: official.grid_density(version, atlas),
        "frr": lambda version: official.revitalisation(version, atlas),
        LayerId.QPV: lambda version: official.quarters(version, layers[LayerId.QPV], atlas),
        LayerId.CPTS: lambda version: official.communities(version, layers[LayerId.CPTS], atlas),
        "ressources": lambda version: official.places(version, atlas),
        "iris": lambda version: official.iris(version, atlas),
        "quartiers": official.facts_of_quarters,
    }
    made: dict[str, Any] = {}
    for kind, make in makers.items():
        found = official.best(kind, make, notices, home)
        if found:
            used[kind], made[kind] = found
    for kind in official.OTHERS:
        official.best(kind, lambda version: version, notices, home)
    layers.update({kind: made[kind] for kind in (LayerId.QPV, LayerId.CPTS) if kind in made})
    if "quartiers" in made:
        layers[LayerId.QPV] = replace(layers[LayerId.QPV], facts=made["quartiers"])
    bases = dict(layers)
    heads = _heads(home, notices)
    imported = _lay_imported(heads, layers, atlas, notices, home)
    layers = {kind: settled_by_iris(layer, made.get("iris"), atlas) for kind, layer in layers.items()}
    return Dataset(
        crosswalk=build_crosswalk(atlas, layers),
        density=made.get("densite") or approximate_density(atlas),
        resources=made.get("ressources"),
        revitalisation=made.get("frr"),
        iris=made.get("iris"),
        synchronised={kind: official.vintage(version) for kind, version in used.items()},
        imported=imported,
        bases=bases,
        notices=tuple(notices),
        sources=used,
        heads=heads,
        needs=LazyIndicators(home, atlas, heads),
    )


def _communes(notices: list[str], home: Path | None) -> tuple[Atlas, dict[str, CurrentVersion]]:
    """Return the communes with what official sources make of them, and the versions that served."""
    atlas, used = embedded_atlas(), dict[str, CurrentVersion]()
    for kind, take in _COMMUNES.items():
        newer = official.best(kind, partial(take, atlas=atlas, notices=notices), notices, home)
        if newer and newer[1] is not atlas:
            used[kind], atlas = newer
    return atlas, used


def _newer(version: CurrentVersion, *, atlas: Atlas, notices: list[str]) -> Atlas:
    return refreshed(atlas, {version.kind: version}, notices)[0]


# What official sources make of the communes, in this order: each is given those that the one before made.
_COMMUNES: Mapping[str, Callable[..., Atlas]] = {
    "contours": lambda version, *, atlas, notices: outlined(version, atlas),
    "passage": lambda version, *, atlas, notices: with_passage(version, atlas),
    **dict.fromkeys(NEWER_ONLY, _newer),
}


def _lay_imported(
    heads: Mapping[str, register.Head], layers: dict[str, Layer], atlas: Atlas, notices: list[str], home: Path | None
) -> dict[str, Version]:
    """Lay what was imported over the layers, in place; return the versions that could be opened."""
    imported: dict[str, Version] = {}
    for head in heads.values():
        if head.kind.startswith(register.NEEDS):  # told when indicators are opened
            continue
        if head.problem:
            notices.append(f"{head.problem} La couche d’origine est affichée.")
        if head.version is None or head.kind not in layers:
            continue
        try:
            layers[head.kind] = layer_with(head.version, layers[head.kind], atlas, home)
            imported[head.kind] = head.version
        except GeoInputError as error:
            notices += [f"{problem} La couche d’origine est affichée." for problem in error.problems]
        except Exception as error:  # values that nobody foresaw: one layer less, the dashboard opens all the same
            damage = register.damage(head.version, f"contenu inattendu, {type(error).__name__}", home)
            notices.append(f"{damage} La couche d’origine est affichée.")
    return imported


def layer_with(version: Version, base: Layer, atlas: Atlas, home: Path | None = None) -> Layer:
    """Return the layer that a version makes once laid over those it rests on; `base` is the one before any import."""
    layer = base
    for each in register.layers_under(version, home):
        layer = merged(layer, register.read_layer(each, base, atlas, home), each.statement.mode, atlas)
    return layer


def _heads(home: Path | None, notices: list[str]) -> dict[str, register.Head]:
    try:
        found = register.heads(home)
        if not found and (count := register.forgotten(home)):
            folder = register.register_folder(home)
            notices.append(
                f"Le registre ne nomme aucune version, mais les fichiers de {fr.count(count, 'version importée', 'versions importées')} "
                f"sont dans {folder}. Si elles étaient en service, reprenez registre.sqlite d’une sauvegarde, ou importez de "
                "nouveau ; rien n’est supprimé."
            )
        return found
    except GeoInputError as error:  # the dashboard lives without its register, and says so
        notices += [f"{problem} Les couches d’origine sont affichées." for problem in error.problems]
        return {}


def ask_sync(*kinds: str, who: Actor, home: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a synchronisation that somebody asked for, of the kinds named or of all but those on demand, and write in the journal who did.

    Raises
    ------
    GeoInputError
        When they may not, or the journal cannot be written: nothing is started.
    """
    ensure_may(who, Act.SYNCHRONISE, None)
    known = load_sources()
    told = ", ".join(known[kind].name if kind in known else kind for kind in kinds) or "toutes"
    register.note_sync(told, who=register.default_who() if blank(who.name) else who, home=home)
    return start(*kinds, who=who)


def token(home: Path | None = None) -> str:
    """Return a text that changes when the active data changes: names of the synchronised versions, moves of the register."""
    found = official.versions(home, (*official.KINDS, *INDICATORS))
    synchronised = (f"{kind}:{version.manifest.version}" for kind, version in sorted(found.items()))
    try:
        imported = register.token(home)
    except GeoInputError:
        imported = "illisible"
    return f"{','.join(synchronised)}|{imported}"
