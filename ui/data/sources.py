"""The page Données, first part: every active layer and every official source, with what is known of it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from geo import french as fr
from geo.errors import GeoInputError
from geo.layers import Layer, Precision, apart_text, completeness
from geo.rights import Act, Actor
from geo.sources import CurrentVersion, Source, current, load_sources
from ui import html, identity, loaders
from ui.server import sync_forbidden, sync_now, sync_sentence, sync_status

EVERY_S = 2.0
MOST_DEPARTEMENTS = 6
FACTS = "faits cités, une source à chaque ligne"
LICENCES = {
    "epci": "Licence Ouverte (DGCL)",
    "ept": "Licence Ouverte (INSEE)",
    "departements": "Licence Ouverte (INSEE)",
    "regions": "Licence Ouverte (INSEE)",
}
UNSURE = "Ce qui n’est pas sûr de chaque source"
CERTAINTIES = {
    "A": "lues dans du code",
    "B": "lues en partie",
    "C": "à vérifier",
}
# What the dashboard does with each official source, and why it may do nothing.
USES = {
    "contours": "Employée si elle dessine toutes les communes : cartes, surfaces, voisinages et parts des quartiers la suivent.",
    "populations": "Employée si elle est plus récente que la base ({population}).",
    "epci": "Employée si elle est plus récente que la base ({epci}).",
    "ept": "Employée si elle est plus récente que la base ({ept}).",
    "densite": "Employée : repère rural ou urbain.",
    "qpv": "Employée : couche QPV et repère des quartiers.",
    "ressources": "Employée : lieux de santé mentale d’un périmètre.",
    "cpts": "Employée : couche CPTS, par-dessus les faits cités.",
    "passage": "Employée : anciens codes de communes, en plus de ceux de la base.",
    "frr": "Employée : dans le détail du repère des communes rurales.",
    "iris": "Employée pour les listes par IRIS, et les contours qui coupent une ville. À demander à part.",
    "odisse": "Employée : indicateurs par département et par région, ouverts à la demande.",
    "recensement": "Employée : indicateurs par commune et par IRIS, ouverts à la demande.",
    "revenus": "Employée : indicateurs par commune, EPCI, département et région, ouverts à la demande.",
    **dict.fromkeys(("aah", "apl", "fdep"), "Employée : indicateurs par commune, ouverts à la demande."),
    "quartiers": "Employée : ce qui est publié de chaque QPV, à côté de son nom parmi les territoires rencontrés.",
    "carreaux": "Employée à l’import : habitants des communes qu’un contour coupe.",
}


# --- layers -----------------------------------------------------------------------------------------------------
def show_layers() -> None:
    """Show the active layers."""
    st.html(html.section("Les couches en service"))
    st.caption(
        "Une couche dit où elle est complète. Ailleurs, l’absence d’un dispositif signifie « inconnu », jamais « aucun »."
    )
    st.html(layers_table())


def layers_table() -> str:
    """Return every layer: origin, source and licence, year, where it is complete, zones."""
    rows = []
    for layer in loaders.official().crosswalk.layers.values():
        lost = int((layer.zones["precision"] == Precision.INCONNUE).sum())
        size = fr.number(len(layer.zones)) + (f"\ndont {fr.number(lost)} sans communes connues" if lost else "")
        size += f"\n{apart_text(layer)}" if layer.apart else ""
        rows.append(
            (
                f"{layer.name}\n{layer.long_name if layer.long_name != layer.name else ''}",
                origin(layer),
                f"{layer.source}\n{licence(layer)}",
                layer.vintage,
                stated(layer),
                size,
            )
        )
    headers = [("Couche", False), ("Origine", False), ("Source et licence", False), ("Millésime", False),
               ("Complète pour", False), ("Territoires", True)]  # fmt: skip
    return html.table(headers, rows, caption="Couches en service")


def origin(layer: Layer) -> str:
    """Say where a layer comes from: imported, synchronised or embedded."""
    world = loaders.official()
    version = world.imported.get(layer.id)
    if version:
        said = version.statement
        return f"importée, version {version.number}\n{said.who}, le {fr.day(version.created)} ; posée sur {said.over.value}, qu’elle {said.mode.value}"
    if layer.id in world.synchronised:
        return f"synchronisée\n{world.synchronised[layer.id]}"
    return "embarquée"


def licence(layer: Layer) -> str:
    """Return the licence of a layer, as far as it is known."""
    world = loaders.official()
    if layer.id in world.imported:
        return "licence non indiquée par l’import"
    if layer.id in world.synchronised:
        said = load_sources()[layer.id].licence
        return "licence non indiquée" if said == "non indiquée" else said
    return LICENCES.get(layer.id, FACTS)


def stated(layer: Layer) -> str:
    """Say where a list is complete, by whose word and until when."""
    said = completeness(layer, loaders.atlas())
    return f"{where(layer.extent)}\n{' '.join(said)}" if said else where(layer.extent)


def where(extent: Iterable[str]) -> str:
    """Name the départements where a list is complete."""
    atlas = loaders.atlas()
    codes = sorted(extent)
    if len(codes) == len(atlas.departements):
        return "toute la France"
    if not codes:
        return "nulle part"
    if len(codes) > MOST_DEPARTEMENTS:
        return f"{fr.number(len(codes))} départements\n{', '.join(codes)}"
    names = atlas.departements["nom"]
    return fr.listing(f"{names.get(code, 'département inconnu')} ({code})" for code in codes)


# --- official sources -------------------------------------------------------------------------------------------
def show_sources() -> None:
    """Show the official sources, what was received, and a run that is under way."""
    st.html(html.section("Les sources officielles"))
    st.caption(
        "Elles remplacent les couches embarquées dès qu’elles sont entières. Rien de ce que vous saisissez ici n’est envoyé : "
        "la mise à jour ne fait que télécharger des fichiers publics."
    )
    found = sync_status()
    if found and found.running:
        _progress()
    else:
        _update_button()
    st.html(sources_table())
    box = st.expander(UNSURE, icon=":material/help:", key="sources-incertaines", on_change="rerun")
    if box.open:
        box.html(unsure_table())


@st.fragment(run_every=EVERY_S)
def _progress() -> None:
    """Follow a run; the whole page is read again when it ends."""
    found = sync_status()
    if found is None or not found.running:
        st.rerun()
    total = len(load_sources())
    st.progress(min(1.0, len(found.done) / total), text=html.literal(sync_sentence(found)))


def _update_button() -> None:
    said = sync_sentence(sync_status())
    actor = identity.acting()
    if identity.offers(actor, Act.SYNCHRONISE, None):
        _update_buttons(actor)
    if said:
        st.caption(html.literal(said))


def _update_buttons(actor: Actor) -> None:
    if st.button(
        "Mettre à jour les sources officielles",
        icon=":material/sync:",
        disabled=sync_forbidden(),
        help="Demande les fichiers aux producteurs, ou au miroir choisi par l’installation. Vous pouvez continuer à travailler.",
    ):
        _start(actor)
    _iris_button(actor)


def _start(actor: Actor, *kinds: str) -> None:
    try:
        sync_now(*kinds, actor=actor)
    except GeoInputError as error:
        st.error(html.literal(" ".join(error.problems)))
    else:
        st.rerun()


def _iris_button(actor: Actor) -> None:
    """Offer the IRIS apart: they are heavy, and serve those who look inside a city."""
    source = load_sources()["iris"]
    again = "Mettre à jour" if current(source.kind) else "Recevoir"
    if st.button(
        f"{again} aussi les IRIS ({fr.megabytes(source.expected_bytes)})",
        icon=":material/grid_on:",
        disabled=sync_forbidden(),
        help="Contours et habitants des quartiers des villes (IGN, INSEE). Ils donnent leurs habitants aux listes par IRIS et aux "
        "contours qui coupent une ville. Le reste n’en dépend pas.",
    ):
        _start(actor, source.kind)


def sources_table() -> str:
    """Return every official source: what was received, its year, what it serves."""
    atlas = loaders.atlas()
    words = {"population": atlas.population_year, "epci": str(atlas.manifest["epci_libelle"])}
    words["ept"] = str(atlas.manifest.get("ept_libelle", words["epci"]))
    rows = [
        (
            f"{source.name}\n{source.producer}",
            _brought(source, current(source.kind)),
            _vintage(source, current(source.kind)),
            source.licence,
            USES[source.kind].format(**words),
        )
        for source in load_sources().values()
    ]
    headers = [("Source", False), ("Reçue", False), ("Millésime", False), ("Licence", False), ("Usage", False)]
    return html.table(headers, rows, caption="Sources officielles")


def unsure_table() -> str:
    """Return what is not sure of each official source: how its addresses and columns were known, and what to mind in its figures."""
    rows = [
        (f"{source.name}\n{source.page}", f"{CERTAINTIES[source.certainty]}\n{source.read_on}", source.remark)
        for source in load_sources().values()
    ]
    return html.table([("Source", False), ("Adresses et colonnes", False), ("À savoir", False)], rows, caption=UNSURE)


def _brought(source: Source, version: CurrentVersion | None) -> str:
    found = sync_status()
    last = found.done.get(source.kind, "") if found and not found.offline else ""
    tried = f"\ndernier essai : {last}" if last.startswith(("échec", "absent")) else ""
    if version is None:
        return ("pas encore" if source.addresses else "pas encore, à prendre à la main") + tried
    used, where = version.manifest, loaders.reach(source.kind)
    layer = loaders.official().crosswalk.layers.get(source.kind)
    apart = f"\n{apart_text(layer)}" if layer is not None and layer.apart else ""
    whole = f"\ncomplète : {where}" if where else ""
    return f"le {fr.day(used.date)}, {fr.count(used.rows, 'ligne')}{apart}{whole}{tried}"


def _vintage(source: Source, version: CurrentVersion | None) -> str:
    if version is None:
        return f"annoncé : {source.vintage}"
    return version.manifest.vintage or "non indiqué par le fichier"
