"""What the Méthode page says, taken from the core so that it cannot drift from what is computed."""

from __future__ import annotations

from geo import french as fr
from geo.density import AGREEMENT, DENSE_PER_KM2, LABELS, RURAL_BELOW_PER_KM2
from geo.findings import Settings
from geo.guidance import CHECKS
from geo.layers import Precision
from ui import html, loaders
from ui.vendor import Licence


def checks_table() -> str:
    """Return the thirteen checks: question, what is measured, source."""
    rows = [(c.title, c.question, c.measure, c.source) for c in CHECKS]
    headers = [("Repère", False), ("Question du guide", False), ("Ce qui est mesuré", False), ("Source", False)]
    return html.table(headers, rows, caption="Les treize repères")


def settings_table() -> str:
    """Return every threshold, its value and where it comes from."""
    s = Settings()
    guide, ours = "Guide 2025", "Réglage de l’outil"
    decile = "Réglage de l’outil : neuvième décile des EPCI, arrondi"
    rows = [
        ("Repère de taille", f"environ {fr.inhabitants(s.marker)}", guide),
        ("Largeur de « environ »", f"+ {fr.percent(s.around, 0)}", ours),
        ("Rappel sur les très petits territoires", f"sous {fr.inhabitants(s.small)}", ours),
        ("Grande ville", f"plus de {fr.inhabitants(s.big_city)}", guide),
        ("Secteur à la marge", f"moins de {fr.percent(s.sliver, 0)} des habitants du secteur", ours),
        ("Ville dominante", f"plus de {fr.percent(s.central, 0)} des habitants", ours),
        ("Communes à réunir", f"plus de {s.max_communes}", f"{decile} (53)"),
        ("Superficie", f"plus de {fr.square_kilometres(s.max_area_m2)}", f"{decile} (815 km²)"),
        ("Distance d’un bout à l’autre", f"plus de {fr.kilometres(s.max_span_m)}", f"{decile} (42 km)"),
        ("Intercommunalités à réunir", f"plus de {s.max_bodies}", ours),
    ]
    return html.table([("Réglage", False), ("Valeur", False), ("Origine", False)], rows, caption="Réglages des repères")


def density_text() -> str:
    """Say which density grid is in use; if it is the approximation, how far it agrees with that of INSEE."""
    density = loaders.world().density
    if not density.estimated:
        return (
            f"Chaque commune est classée d’après la {density.source}, en trois classes : {', '.join(LABELS.values())}."
        )
    classes, rural = AGREEMENT["classes"], AGREEMENT["rural"]
    return (
        "La grille communale de densité de l’INSEE n’est pas dans la base embarquée. En l’attendant, une commune est dite "
        f"**rurale** sous {fr.number(RURAL_BELOW_PER_KM2)} habitants par km², **urbaine dense** à partir de "
        f"{fr.number(DENSE_PER_KM2)}, **urbaine intermédiaire** entre les deux. Ces seuils ont été choisis pour coller au mieux à "
        "la grille de 2025 ; l’accord est donc un peu flatteur. Mesuré sur ses 34 875 communes : même classe pour "
        f"{fr.percent(classes[0])} des communes ({fr.percent(classes[1])} des habitants) ; même réponse à « rurale ou non » pour "
        f"{fr.percent(rural[0])} des communes ({fr.percent(rural[1])} des habitants). Partout où elle sert, l’approximation est "
        "marquée « estimation »."
    )


def layers_table() -> str:
    """Return every layer: zones, source, year, where it is complete, remark."""
    rows = []
    atlas = loaders.atlas()
    for layer in loaders.crosswalk().layers.values():
        lost = int((layer.zones["precision"] == Precision.INCONNUE).sum())
        size = fr.number(len(layer.zones)) + (f"\ndont {lost} sans communes connues" if lost else "")
        if len(layer.extent) == len(atlas.departements):
            where = "toute la France"
        else:
            where = fr.listing(f"{atlas.departements.at[d, 'nom']} ({d})" for d in sorted(layer.extent)) or "nulle part"
        rows.append((layer.long_name, size, layer.source, layer.vintage, where, layer.remark))
    headers = [("Couche", False), ("Zones", True), ("Source", False), ("Millésime", False), ("Complète pour", False),
               ("À savoir", False)]  # fmt: skip
    return html.table(headers, rows, caption="Couches de données")


def counting_text() -> str:
    """Say how people, areas and distances are counted."""
    from geo.import_borders import DISTANCE_M, SHARE_TOLERANCE  # with the geometry, which other pages need not load
    from geo.readers_shapes import SLIVER

    atlas = loaders.atlas()
    return (
        f"- **Habitants** : population municipale {atlas.population_year}, la seule employée ; les totaux des EPCI sont refaits en "
        "additionnant leurs communes.\n"
        "- **Zones faites de communes entières** : sommes exactes. Une commune qui n’est dans une zone que pour partie compte à "
        "part, sans chiffre inventé.\n"
        "- **Polygones importés** : une commune est dite entière, et ses habitants exacts, quand le contour suit sa limite : "
        f"au plus {fr.percent(SHARE_TOLERANCE, 0)} de sa surface du mauvais côté, et à {fr.number(DISTANCE_M)} m de sa limite au plus. "
        "Une commune vraiment coupée est partagée selon les carreaux de population s’ils sont synchronisés, selon la surface "
        "sinon : c’est une estimation, marquée « environ », et grossière pour un petit quartier. Les morceaux de moins de "
        f"{fr.percent(SLIVER, 0)} d’une commune sont laissés de côté et cités.\n"
        "- **QPV** : populations publiées, quand la source compte le quartier entier ; sinon « inconnue ».\n"
        "- **Intercommunalité** : l’EPCI ; dans la Métropole du Grand Paris, l’EPT, et Paris pour lui-même.\n"
        "- **Superficies et distances** : en mètres, dans la projection légale de chaque territoire. Les contours sont généralisés "
        f"({atlas.manifest['contours']}) : une superficie peut différer un peu du chiffre officiel. Les distances vont à vol "
        "d’oiseau, d’un point intérieur de commune à l’autre, faute de position des mairies.\n"
        f"- **Collectivités d’outre-mer** : leurs {len(atlas.sans_contour)} communes n’ont pas de contour ici et ne sont sur "
        "aucune carte."
    )


def licence_text(licence: Licence) -> str:
    """Return the text of a library's licence."""
    return (loaders.STATIC / licence.text).read_text(encoding="utf-8")
