"""The texts and tables of the page Méthode, taken from the core so that it cannot drift from what is computed."""

from __future__ import annotations

from geo import french as fr
from geo.communes import AGREEMENT, DENSE_PER_KM2, LABELS, RURAL_BELOW_PER_KM2
from geo.comparison import (
    COVERAGE_METHODS,
    EXAMPLE,
    EXAMPLE_NAME,
    GLOSSARY,
    NOT_DONE,
    Candidate,
    CheckEntry,
    Evaluated,
    Scale,
    entries,
    evaluate,
)
from geo.coverage import CHECK_MEANING, PRIORITY_TERMS, SPLIT, Figure, coverage_state, scope_figures
from geo.guidance import MEASURES, SETTING_LABELS, Settings, checks_using
from geo.layers import MOSTLY_KNOWN, Precision, apart_text
from ui import frame, html, loaders
from ui.cache import keyed_on_data
from ui.setup import Licence

EXAMPLE_SCOPE = "dep-94"
CARD_STYLE = """
<style>
.clsm-methode details {border:1px solid #dde3e6; border-radius:6px; margin:.3rem 0; padding:.35rem .7rem;}
.clsm-methode summary {cursor:pointer; font-weight:600; color:#0b5a86;} .clsm-methode summary small {font-weight:400; color:#55606a;}
.clsm-methode dl {display:grid; grid-template-columns:9rem 1fr; gap:.3rem .8rem; margin:.5rem 0 .2rem; font-size:.92rem; line-height:1.45;}
.clsm-methode dt {font-weight:600; color:#3a474e;} .clsm-methode dd {margin:0;} .clsm-methode dd ul {margin:0; padding-left:1.1rem;}
.clsm-methode .exemple {background:#f3f6f7; border-left:3px solid #0b6e75; padding:.35rem .6rem;}
@media (max-width:700px) {.clsm-methode dl {grid-template-columns:1fr;}}
</style>
"""


def example() -> Evaluated:
    """Return the perimeter of the examples, evaluated on the active data by the settings of the session."""
    chosen = Candidate("exemple", "Exemple", EXAMPLE_NAME, frozenset(EXAMPLE), Scale.INTERCOMMUNAL)
    return evaluate(chosen, loaders.world(), frame.thresholds())


def check_cards(found: Evaluated) -> str:
    """Return the checks to unfold: definition, formula, figures, settings, limits, source, and an example computed now."""
    return f'<div class="clsm-methode">{"".join(_card(entry) for entry in entries(found))}</div>'


def _card(entry: CheckEntry) -> str:
    check, finding = entry.check, entry.example
    told = "".join(f"<li>{html.escape(what)}</li>" for what in check.figures.values())
    lines = [
        ("Question", html.escape(check.question)),
        ("Ce qui est mesuré", html.escape(check.measure)),
        ("Calcul et issue", html.escape(check.formula)),
        ("Chiffres donnés", f"<ul>{told}</ul>"),
        ("Réglages", html.escape(entry.settings or "aucun")),
        ("Limites", html.escape(check.limits)),
        ("Source", html.escape(check.source)),
        ("Exemple", f'<div class="exemple"><b>{html.escape(EXAMPLE_NAME)} : {html.escape(finding.badge)}.</b> {html.escape(finding.sentence)}</div>'),
    ]  # fmt: skip
    body = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in lines)
    return f"<details><summary>{html.escape(check.title)} <small>{html.escape(check.question)}</small></summary><dl>{body}</dl></details>"


def settings_table() -> str:
    """Return every threshold: value in this session, starting value when it differs, checks that use it, origin."""
    mine, start = frame.thresholds(), Settings()
    rows = []
    for label in SETTING_LABELS:
        before = label.value(start)
        value = label.value(mine)
        shown = value if value == before else f"{value}\nmodifié ; au départ : {before}"
        rows.append((label.label, shown, fr.listing(checks_using(label.name)), label.origin))
    headers = [("Réglage", False), ("Valeur", False), ("Repères qui l’emploient", False), ("Origine", False)]
    return html.table(headers, rows, caption="Réglages des repères")


def measures_table(found: Evaluated) -> str:
    """Return the figures of the comparison and of the notes: definition, and an example computed now."""
    rows: list[tuple[str, ...]] = []
    group = ""
    for measure in MEASURES:
        if measure.group != group:
            group = measure.group
            rows.append((group,))
        value = found.values[measure.id]
        note = f"\n{value.note}" if value.note else ""
        rows.append((measure.label, measure.definition, f"{measure.text(value)}{note}"))
    headers = [("Chiffre", False), ("Définition", False), (f"Exemple : {EXAMPLE_NAME}", True)]
    return html.table(headers, rows, caption="Chiffres d’un périmètre")


@keyed_on_data(max_entries=1)
def _coverage_figures() -> tuple[Figure, ...]:
    scope = loaders.every_scope()[EXAMPLE_SCOPE]
    return scope_figures(scope, coverage_state(loaders.crosswalk(), loaders.world().density, complete=()))


def coverage_table() -> str:
    """Return the figures of the coverage of a territory: definition, example of the Val-de-Marne, source."""
    scope = loaders.every_scope()[EXAMPLE_SCOPE]
    rows = [(f.label, COVERAGE_METHODS[f.id], f"{f.amount}\n{f.fraction}", f.source) for f in _coverage_figures()]
    headers = [("Chiffre", False), ("Définition", False), (f"Exemple : {scope.name}", False), ("Source", False)]
    return html.table(headers, rows, caption="Chiffres de la couverture")


def priorities_table() -> str:
    """Return the terms of the priorities, as the code names them."""
    rows = [(term.label, f"{term.meaning[0].upper()}{term.meaning[1:]}.") for term in PRIORITY_TERMS]
    rows.append(("Indicateurs de besoin", NEED_TERM))
    return html.table([("Terme", False), ("Valeur, entre 0 et 1", False)], rows, caption="Termes des priorités")


NEED_TERM = fr.typeset(
    "Ceux que vous choisissez : au rang que leur chiffre donne parmi les territoires comparés dont il est connu, 1 pour le plus grand besoin, 0 pour "
    "le plus faible ; un chiffre sans sens propre compte dans le sens que vous dites."
)
PRIORITIES_RULES = (
    "Un rang plutôt qu’une part du plus grand, pour qu’un seul très grand territoire n’écrase pas les autres ; plutôt qu’un "
    "logarithme, qui rapproche de 1 tout ce qui n’est pas nul. En contrepartie, dix fois plus d’habitants que le suivant n’est "
    "qu’un rang de plus : les nombres restent à côté des points.",
    "Un critère dont la liste n’est pas complète pour un territoire y est laissé hors du score, même si une partie en est connue ; "
    "son poids va aux autres critères. Où aucun département du territoire choisi n’est complet, le critère est fermé.",
    "Rang possible : du meilleur au pire rang, quand chaque critère inconnu prend n’importe quelle valeur de 0 à 1, ici et chez "
    "les autres. Les habitants sans CLSM connu y restent ce qu’ils sont.",
    "Part des écarts : somme, sur toutes les paires de territoires où le critère est connu, des différences de ses points, "
    "rapportée à la même somme pour tous les critères.",
    SPLIT,
    CHECK_MEANING,
)


def priorities_rules() -> str:
    """Return how the order is made: scaling, what is unknown, intervals, real weights, Grand Paris, what to check."""
    return f"<ul>{''.join(f'<li>{html.escape(fr.typeset(text))}</li>' for text in PRIORITIES_RULES)}</ul>"


def glossary() -> str:
    """Return the words of the field and what they mean here."""
    return html.table([("Terme", False), ("Sens", False)], GLOSSARY, caption="Glossaire")


def not_done() -> str:
    """Return what the dashboard does not do."""
    return "<ul>" + "".join(f"<li>{html.escape(text)}</li>" for text in NOT_DONE) + "</ul>"


def vintages_table() -> str:
    """Return the active data that are no layer: communes, populations, outlines, density, places."""
    world, atlas = loaders.world(), loaders.atlas()
    rows = [
        ("Communes", "Code officiel géographique (INSEE)", f"1er janvier {atlas.year}"),
        ("Populations municipales", "Populations légales (INSEE)", atlas.population_year),
        ("Intercommunalités", "Composition des EPCI (DGCL) et des EPT (INSEE)", str(atlas.manifest["epci_libelle"])),
        ("Contours", str(atlas.manifest["contours"]), f"1er janvier {atlas.year}"),
        ("Rural et urbain", world.density.source, world.synchronised.get("densite", "embarqué")),
        ("Lieux de santé mentale", world.resources.source if world.resources else "non synchronisés",
         world.resources.vintage if world.resources else ""),
    ]  # fmt: skip
    headers = [("Donnée", False), ("Source", False), ("Millésime", False)]
    return html.table(headers, rows, caption="Données de base")


def density_text() -> str:
    """Say which density grid is active; if it is the approximation, how far it agrees with that of INSEE."""
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
        size += f"\n{apart_text(layer)}" if layer.apart else ""
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
    from geo.imports import (
        DISTANCE_M,
        SHARE_TOLERANCE,  # with the geometry, which other pages need not load
    )
    from geo.layers import SLIVER

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
        "- **QPV** : populations publiées, quand la source compte le quartier entier ; sinon « inconnue ». Une somme d’habitants de "
        f"QPV n’est donnée que si la population d’au moins {fr.percent(MOSTLY_KNOWN, 0)} des quartiers est connue (seuil de l’outil). "
        "Sans contours, un quartier de Paris, Lyon ou Marseille est dans un ou plusieurs arrondissements inconnus : compté pour "
        "la ville entière seulement.\n"
        "- **Intercommunalité** : l’EPCI ; dans la Métropole du Grand Paris, l’EPT, et Paris pour lui-même.\n"
        "- **Superficies et distances** : en mètres, dans la projection légale de chaque territoire. Contours : "
        f"{atlas.manifest['contours']} ; une superficie peut différer un peu du chiffre officiel. Les distances vont à vol "
        "d’oiseau, d’un point intérieur de commune à l’autre, faute de position des mairies.\n"
        f"- **Collectivités d’outre-mer** : leurs {len(atlas.sans_contour)} communes n’ont pas de contour ici et ne sont sur "
        "aucune carte."
    )


def licence_text(licence: Licence) -> str:
    """Return the text of a library's licence."""
    return (loaders.STATIC / licence.text).read_text(encoding="utf-8")
