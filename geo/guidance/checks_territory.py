"""How much of what matters lies in one town: QPV inhabitants and mental health places, only where their lists are complete."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.arrays import Rows
from geo.communes import LABELS
from geo.guidance.coordination import COFUNDERS, SCENARIOS, staffing_rows
from geo.guidance.finding import Finding, Outcome, Reach
from geo.guidance.settings import Settings
from geo.moves import incidence_under
from geo.perimeters import PerimeterFacts, count_pieces

STAFFING = tuple((s.label, s.cost) for s in SCENARIOS)

DETERMINANTS = {
    LABELS[1]: "En ville, l’urbanisme et le logement comptent d’abord.",
    LABELS[
        2
    ]: "Le guide ne décrit que l’urbain et le rural : entre les deux, les déterminants de l’un et de l’autre sont à regarder.",
    LABELS[3]: "En rural, l’isolement, la rareté des ressources, l’éloignement et les moyens limités comptent d’abord.",
}


@dataclass(frozen=True)
class Concentration:
    """So much of a whole lies in the town; `key` names it among figures, `estimated` marks QPV shared by area."""

    what: str
    key: str
    part: int
    whole: int
    estimated: bool = False


def concentrations(facts: PerimeterFacts, rows: Rows, town: str) -> tuple[Concentration, ...]:
    """Return what lies in a town among some atoms: QPV inhabitants and places, each only where its list is complete and there
    is something to share out."""
    table = facts.atlas.table.iloc[rows]
    departements = set(table["departement"])
    mine = rows[(table["commune"] == town).to_numpy()]
    found = []
    layer = facts.crosswalk.layers["qpv"]
    if departements <= layer.extent:
        members = layer.members
        near = members[np.isin(members["row"].to_numpy(), rows)]
        if len(near) and not near["inhabitants"].isna().any():
            inside = near[np.isin(near["row"].to_numpy(), mine)]
            astride = members.loc[members["zone"].isin(near["zone"]), "zone"].duplicated().any()
            pair = (round(inside["inhabitants"].sum()), round(near["inhabitants"].sum()))
            found.append(Concentration("habitants des QPV", "qpv", *pair, estimated=bool(astride)))
    places = facts.resources
    if places is not None and departements <= places.extent:
        whole = len(places.inside(rows))
        if whole:
            found.append(Concentration("lieux de santé mentale", "lieux", len(places.inside(mine)), whole))
    return tuple(c for c in found if c.whole)


def concentration_text(found: tuple[Concentration, ...]) -> str:
    """Write what lies in the town, to follow its share of inhabitants in a sentence; empty when nothing is known."""
    parts = (f"{fr.ratio(c.part, c.whole)}{' (estimation)' if c.estimated else ''} des {c.what}" for c in found)
    text = fr.listing(parts)
    return f", {text}" if text else ""


def rural_share(facts: PerimeterFacts) -> float:
    """Return the share of the perimeter's inhabitants who live in rural communes."""
    return float(facts.classes.at[3, "population"]) / facts.population if facts.population else 0.0


def rural_remark(facts: PerimeterFacts) -> str:
    """Return the guide's remark on larger scales where most inhabitants are rural, empty elsewhere."""
    if rural_share(facts) <= 0.5:
        return ""
    mark = " (estimation)" if facts.density.estimated else ""
    return (
        f" La majorité des habitants vivent en commune rurale{mark} : "
        "le guide admet là une échelle plus large, pour mettre les moyens en commun."
    )


def size(facts: PerimeterFacts, settings: Settings) -> Finding:
    """Compare inhabitants with the guide's marker; small is never a fault."""
    people, marker = facts.population, settings.marker
    figures = {"population": people, "repere": marker, "rapport": people / marker if marker else None}
    counted = fr.inhabitants(people)
    about = f"le repère d’environ {fr.inhabitants(marker)}"
    if people <= marker:
        sentence = (
            f"Avec {counted}, le périmètre {'reste sous' if people < marker else 'atteint'} {about} "
            f"({fr.percent(people / marker, 0)} du repère)."
        )
        if people < settings.small:
            sentence += (
                " Le guide ne fixe pas de minimum ; il rappelle qu’un territoire très petit peut manquer de ressources."
            )
        return Finding("taille", Outcome.FAVORABLE, sentence, figures)
    if people <= marker * (1 + settings.around):
        over = fr.inhabitants(people - marker)
        sentence = f"Avec {counted}, le périmètre dépasse de {over} {about} ; le guide écrit « autour de », l’écart se discute."
        return Finding("taille", Outcome.DISCUSS, sentence + rural_remark(facts), figures)
    sentence = (
        f"Avec {counted}, le périmètre dépasse de {fr.percent(people / marker - 1)} {about}. "
        "Plus un périmètre est vaste, plus la proximité est difficile à tenir."
    )
    return Finding("taille", Outcome.VIGILANCE, sentence + rural_remark(facts), figures)


def rural(facts: PerimeterFacts, settings: Settings) -> Finding:
    """Say which rural communes of the same intercommunal bodies are inside and outside."""
    atlas, level = facts.atlas, facts.density
    inside = facts.classes.loc[3]
    neighbours = sorted(
        {int(r) for part in facts.communities for r in atlas.members("community", part.code)} - set(facts.rows.tolist())
    )
    left = [r for r in neighbours if level.rural[r]]
    left_people = int(atlas.population[left].sum())
    figures = {
        "communes_rurales": int(inside["communes"]),
        "population_rurale": int(inside["population"]),
        "part_population_rurale": rural_share(facts),
        "communes_rurales_hors_perimetre": len(left),
        "population_rurale_hors_perimetre": left_people,
        "methode": level.source,
        "estimation": level.estimated,
    }
    mark = " Classement estimé par la densité de population." if level.estimated else ""
    served = (
        f"{fr.count(int(inside['communes']), 'commune rurale', 'communes rurales')} dans le périmètre, soit "
        f"{fr.ratio(int(inside['population']), facts.population)} des habitants."
    )
    if not left:
        if not inside["communes"]:
            sentence = "Ni le périmètre ni les intercommunalités concernées ne comptent de commune rurale." + mark
            return Finding("rural", Outcome.FAVORABLE, sentence, figures,
                           reach=Reach.NOT_CONCERNED, estimated=level.estimated)  # fmt: skip
        sentence = f"{served} Aucune commune rurale des intercommunalités concernées n’est laissée dehors.{mark}"
        return Finding("rural", Outcome.FAVORABLE, sentence, figures, estimated=level.estimated)
    outside = (
        f" {fr.count(len(left), 'commune rurale', 'communes rurales')} des mêmes intercommunalités "
        f"({fr.inhabitants(left_people)}) {'reste' if len(left) < 2 else 'restent'} hors du périmètre."
    )
    biggest = sorted(left, key=lambda r: -int(atlas.population[r]))
    details = (f"Hors du périmètre : {fr.listing((str(atlas.names[r]) for r in biggest), most=12)}.",)
    start = served if inside["communes"] else "Aucune commune rurale dans le périmètre."
    return Finding("rural", Outcome.DISCUSS, start + outside + mark, figures, details, estimated=level.estimated)


def typology(facts: PerimeterFacts, settings: Settings) -> Finding:
    """Share inhabitants among urban, intermediate and rural communes, and name the determinants to look at."""
    people = {LABELS[k]: int(facts.classes.at[k, "population"]) for k in LABELS}
    figures = {"population_par_type": people, "methode": facts.density.source, "estimation": facts.density.estimated}
    if not facts.population:
        return Finding("typologie", Outcome.DISCUSS, "Le périmètre n’a aucun habitant.", figures,
                       reach=Reach.INFORMATION, estimated=facts.density.estimated)  # fmt: skip
    parts = fr.listing(f"{fr.ratio(n, facts.population)} en {label}" for label, n in people.items() if n)
    weighty = [label for label, n in people.items() if n >= facts.population / 3]
    advice = " ".join(DETERMINANTS[label] for label in weighty)
    mark = " Classement estimé par la densité de population." if facts.density.estimated else ""
    return Finding(
        "typologie",
        Outcome.DISCUSS,
        f"Habitants : {parts}. {advice}{mark}",
        figures,
        reach=Reach.INFORMATION,
        estimated=facts.density.estimated,
    )


def coordination(facts: PerimeterFacts, settings: Settings) -> Finding:
    """Measure what makes a territory heavy to coordinate; in pieces or above a setting is a point of vigilance."""
    communes, bodies = len(facts.towns), len(facts.communities)
    span, mean = facts.span_m, facts.mean_distance_m
    tied = tied_pieces(facts)
    figures = {
        "communes": communes,
        "intercommunalites": bodies,
        "superficie_km2": facts.area_m2 / 1e6,
        "plus_grande_distance_km": None if span is None else span / 1000,
        "distance_moyenne_ville_principale_km": None if mean is None else mean / 1000,
        "morceaux": facts.pieces,
        "morceaux_sans_iles_ni_enclaves": tied,
    }
    alerts = []
    if facts.pieces > 1:
        alerts.append(f"le périmètre est en {facts.pieces} morceaux{_islands(facts.pieces, tied)}")
    if communes > settings.max_communes:
        alerts.append(f"{fr.count(communes, 'commune')} à réunir (réglage : {settings.max_communes})")
    if bodies > settings.max_bodies:
        alerts.append(f"{bodies} intercommunalités (réglage : {settings.max_bodies})")
    if facts.area_m2 > settings.max_area_m2:
        alerts.append(f"{fr.square_kilometres(facts.area_m2)} (réglage : {fr.square_kilometres(settings.max_area_m2)})")
    if span is not None and span > settings.max_span_m:
        alerts.append(f"{fr.kilometres(span)} d’un bout à l’autre (réglage : {fr.kilometres(settings.max_span_m)})")
    size_text = f"{fr.count(communes, 'commune')}, {fr.count(bodies, 'intercommunalité')}, {fr.square_kilometres(facts.area_m2)}"
    if span and communes > 1:
        size_text += f", {fr.kilometres(span)} entre les communes les plus éloignées (à vol d’oiseau)"
    if mean is not None and communes > 1:
        main = facts.town_name(str(facts.towns.index[0]))
        size_text += f". En moyenne, un habitant vit à {fr.kilometres(mean)} {fr.of(main)}, à vol d’oiseau"
    if alerts:
        sentence = f"{size_text}. À surveiller : {fr.listing(alerts)}."
        return Finding("coordination", Outcome.VIGILANCE, sentence + rural_remark(facts), figures)
    return Finding(
        "coordination",
        Outcome.FAVORABLE,
        f"{size_text}. Le périmètre est d’un seul tenant et aucune mesure ne dépasse les réglages.",
        figures,
    )


def tied_pieces(facts: PerimeterFacts) -> int:
    """Return the number of pieces when islands and parts of an EPCI cut off from the rest count as attached."""
    if facts.pieces < 2:
        return facts.pieces
    return count_pieces(incidence_under(facts.crosswalk, facts.density, facts.resources).links, facts.rows)


def _islands(pieces: int, tied: int) -> str:
    if tied == pieces:
        return ""
    return (
        " (îles ou enclaves d’une même intercommunalité)"
        if tied == 1
        else f", {tied} sans compter les îles et enclaves"
    )


def centrality(facts: PerimeterFacts, settings: Settings) -> Finding:
    """Share of inhabitants in the most populous commune."""
    if len(facts.towns) < 2:
        sentence = "Le périmètre tient dans une seule commune : la question de la ville centre ne se pose pas."
        return Finding("centralite", Outcome.FAVORABLE, sentence, {"communes": 1}, reach=Reach.NOT_CONCERNED)
    town, people = facts.town_name(str(facts.towns.index[0])), int(facts.towns.iloc[0])
    share = people / facts.population if facts.population else 0.0
    held = concentrations(facts, facts.rows, str(facts.towns.index[0]))
    figures = {"ville_principale": town, "population": people, "part_population": share, **_held(held)}
    sentence = f"{town} réunit {fr.ratio(people, facts.population)} des habitants{concentration_text(held)}"
    if share > settings.central:
        sentence += " : comment faire vivre le CLSM dans les autres communes ?"
        return Finding("centralite", Outcome.DISCUSS, sentence, figures)
    if share <= 0.5:
        sentence += " : aucune commune ne pèse plus que toutes les autres"
    return Finding("centralite", Outcome.FAVORABLE, f"{sentence}.", figures)


def _held(held: tuple[Concentration, ...]) -> dict[str, object]:
    return {h.key: {"dans_la_ville": h.part, "total": h.whole} for h in held}


def scale(facts: PerimeterFacts, settings: Settings) -> Finding:
    """Say whether the figures of the main EPCI speak for the communal or the intercommunal scale."""
    if not facts.communities:
        sentence = "Aucune commune du périmètre n’appartient à une intercommunalité : les échelles ne peuvent pas être comparées."
        return Finding("diagnostic", Outcome.FAVORABLE, sentence, reach=Reach.NOT_CONCERNED)
    part = facts.communities[0]
    members = facts.atlas.table.iloc[facts.atlas.members("community", part.code)]
    towns = members.groupby("commune")["population"].sum().sort_values(ascending=False, kind="stable")
    town, share = str(towns.index[0]), float(towns.iloc[0]) / part.population_total if part.population_total else 0.0
    if len(towns) == 1:
        sentence = (
            f"{facts.town_name(town)} n’a pas d’établissement public territorial dans la Métropole du Grand Paris : "
            "la comparaison des deux échelles ne s’y applique pas."
        )
        return Finding("diagnostic", Outcome.FAVORABLE, sentence, reach=Reach.NOT_CONCERNED)
    speaks = "communale" if share > settings.central else "intercommunale"
    chosen = "communale" if len(facts.towns) == 1 else "intercommunale"
    largest = len(facts.towns) > 1 or str(facts.towns.index[0]) == town
    held = concentrations(facts, facts.atlas.members("community", part.code), town)
    figures = {
        **_held(held),
        "intercommunalite": part.name,
        "commune_la_plus_peuplee": facts.town_name(town),
        "part_population": share,
        "echelle_indiquee": speaks,
        "echelle_du_perimetre": chosen,
    }
    sentence = (
        f"{facts.town_name(town)} réunit {fr.ratio(int(towns.iloc[0]), part.population_total)} des habitants de son "
        f"intercommunalité ({part.name}){concentration_text(held)} : par {'ce seul chiffre' if not held else 'le nombre d’habitants'}, "
        f"l’échelle {speaks} se défend. "
    )
    lacking = [c for c in ("lieux de santé mentale", "habitants des QPV") if c not in {h.what for h in held}]
    sentence += (
        "Les besoins et les ressources, qui comptent autant, ne sont pas connus ici."
        if len(lacking) == 2
        else "Les besoins comptent autant et se lisent dans le diagnostic local."
    )
    missing = ("répartition des ressources en santé mentale",) if lacking[:1] == ["lieux de santé mentale"] else ()
    outcome = Outcome.FAVORABLE if speaks == chosen and largest else Outcome.DISCUSS
    return Finding("diagnostic", outcome, sentence, figures, missing=missing)


def big_city(facts: PerimeterFacts, settings: Settings) -> Finding:
    """For a city above 500 000 inhabitants: the whole, or arrondissements?"""
    atlas = facts.atlas
    for code in facts.towns.index:
        members = atlas.members("commune", str(code))
        people = int(atlas.population[members].sum())
        if people <= settings.big_city:
            continue
        name, inside, total = (
            facts.town_name(str(code)),
            int((facts.table["commune"] == code).sum()),
            len(members),
        )
        figures = {
            "ville": name,
            "population": people,
            "arrondissements": total if total > 1 else 0,
            "dans_le_perimetre": inside,
        }
        if total > 1:
            sentence = (
                f"{name} compte {fr.inhabitants(people)} et {total} arrondissements ; le périmètre en prend {inside}. "
                "Couvrir la ville entière, un arrondissement ou un groupe d’arrondissements se discute."
            )
        else:
            sentence = (
                f"{name} compte {fr.inhabitants(people)} et n’a pas d’arrondissements ; "
                "la question du guide vise les villes qui en ont."
            )
            return Finding("grande_ville", Outcome.DISCUSS, sentence, figures, reach=Reach.INFORMATION)
        return Finding("grande_ville", Outcome.DISCUSS, sentence, figures)
    sentence = f"Aucune ville de plus de {fr.inhabitants(settings.big_city)} dans le périmètre."
    return Finding("grande_ville", Outcome.FAVORABLE, sentence, reach=Reach.NOT_CONCERNED)


def elected(facts: PerimeterFacts, settings: Settings) -> Finding:
    """List the local authorities to bring along, with the EPCI only partly inside."""
    partly = [p for p in facts.communities if not p.whole]
    details = [
        f"{p.name} : {fr.count(p.communes, 'commune')} sur {fr.number(p.communes_total)}, "
        f"{fr.ratio(p.population, p.population_total)} des habitants."
        for p in facts.communities
    ]
    names = [facts.town_name(str(code)) for code in facts.towns.index]
    details += _cities_in_part(facts)
    details.append(f"Communes, de la plus peuplée à la moins peuplée : {fr.listing(names, most=30)}.")
    bodies = fr.count(len(facts.communities), "intercommunalité")
    sentence = f"{fr.count(len(names), 'commune')} et {bodies} à associer"
    if not facts.communities:
        sentence = f"{fr.count(len(names), 'commune')} à associer, sans intercommunalité"
    if partly:
        verb = "n’est" if len(partly) == 1 else "ne sont"
        sentence += f" ; {fr.listing((p.name for p in partly), most=4)} {verb} que pour partie dans le périmètre"
    figures = {
        "communes": names,
        "intercommunalites": [p.name for p in facts.communities],
        "intercommunalites_en_partie": [p.name for p in partly],
    }
    return Finding("elus", Outcome.DISCUSS, sentence + ".", figures, tuple(details), reach=Reach.INFORMATION)


def _cities_in_part(facts: PerimeterFacts) -> list[str]:
    """Say which split cities are only partly inside, by arrondissements."""
    inside = facts.table["commune"].value_counts()
    parts = ((str(c), int(n), len(facts.atlas.members("commune", str(c)))) for c, n in inside.items())
    return [
        f"{facts.town_name(c)} : {n} arrondissements sur {total}."
        if n > 1
        else f"{facts.town_name(c)} : 1 arrondissement sur {total}."
        for c, n, total in parts
        if n < total
    ]


def means(facts: PerimeterFacts, settings: Settings) -> Finding:
    """Recall the guide's four staffing scenarios and their yearly cost."""
    sentence = "Le guide recommande un temps plein de coordination et un cofinancement par les collectivités, l’hôpital et l’ARS. "
    if len(facts.towns) > 1:
        sentence += "Il juge difficile de coordonner une intercommunalité avec 0,1 ETP."
    else:
        sentence += "Plus les objectifs sont nombreux, plus ce temps compte."
    details = tuple(
        f"{who} : {cost} brut par an (charges salariales seules, ordre de grandeur 2024)." for who, cost in STAFFING
    )
    figures = {
        "scenarios": list(staffing_rows(facts.population, len(facts.towns))),
        "temps_plein_recommande": True,
        "cofinanceurs": list(COFUNDERS),
    }
    return Finding("moyens", Outcome.DISCUSS, sentence, figures, details, reach=Reach.INFORMATION)
