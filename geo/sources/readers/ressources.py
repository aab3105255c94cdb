"""Points of published files: coordinates that are finite, in France, and the right way round."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, listing
from geo.geometry import in_france
from geo.layers import distances, locate
from geo.sources.readers.base import (
    SHOWN,
    TOLERATED,
    Reader,
    ReadReport,
    codes_of_today,
    covered,
    no_order,
    refused,
    vintage,
    write,
)
from geo.sources.readers.finess import COORDINATES, EUROSTAT, FORMS, LAMBERT, RAW, read_places
from geo.sources.readers.tables import Source

CATEGORIES = {
    "156": "Centre médico-psychologique (CMP)",
    "425": "Centre d’accueil thérapeutique à temps partiel (CATTP)",
    "292": "Centre hospitalier spécialisé en psychiatrie (CHS)",
    "161": "Maison de santé pour maladies mentales",
    "430": "Centre de postcure psychiatrique",
    "444": "Centre de crise et d’accueil permanent",
    "412": "Appartement thérapeutique",
    "415": "Service médico-psychologique régional (SMPR)",
    "366": "Atelier thérapeutique",
    "189": "Centre médico-psycho-pédagogique (CMPP)",
}

SEATS = {"604": "CPTS", "606": "DAC"}
FAR_M = 5000.0
RANKS = {COORDINATES: 3_000_000, LAMBERT: 3_000_000, RAW: 2_000_000, EUROSTAT: 0}


def check_points(places: pd.DataFrame, *, file: str) -> tuple[pd.DataFrame, list[str]]:
    """Put swapped latitudes and longitudes right, blank what is no number, refuse what is outside France.

    `places` has `lon`, `lat`, `line` and may have `code`, the commune: a place without coordinates is kept when it has one.

    Raises
    ------
    GeoInputError
        When 1 % of the rows or more are outside France; fewer are left out and named.
    """
    places = places.copy()
    lon, lat = places["lon"].to_numpy(dtype=float), places["lat"].to_numpy(dtype=float)
    finite = np.isfinite(lon) & np.isfinite(lat)
    lon, lat = np.where(finite, lon, np.nan), np.where(finite, lat, np.nan)
    good = in_france(lon, lat)
    swapped = finite & ~good & in_france(lat, lon)
    places["lon"], places["lat"] = np.where(swapped, lat, lon), np.where(swapped, lon, lat)
    notes = []
    if swapped.any():
        notes.append(
            f"{file} : latitude et longitude inversées sur {count(int(swapped.sum()), 'ligne')}, remises en ordre."
        )
    if (~finite).any():
        notes.append(
            f"{file} : {count(int((~finite).sum()), 'lieu', 'lieux')} sans coordonnées, situés par leur seule commune."
        )
    outside = finite & ~good & ~swapped
    problems = [f"{file}, ligne {line} : le point {y:.5f}, {x:.5f} (latitude, longitude) est hors de France."
                for line, x, y in zip(places["line"][outside], lon[outside], lat[outside], strict=True)]  # fmt: skip
    if problems and len(problems) >= TOLERATED * len(places):
        raise GeoInputError(refused(problems, file))
    if problems:
        notes.append(f"{count(len(problems), 'ligne refusée', 'lignes refusées')}. {listing(problems, SHOWN)}")
    return places[~outside], notes


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read the places of one file."""
    source = sources[0]
    places, notes = read_places(source)
    kept, said = _categories(places, source.name)
    notes += said
    kept, said = _identify(kept, source.name)
    notes += said
    kept, said = check_points(kept, file=source.name)
    notes += said
    kept, said = _communes(kept, atlas, source.name)
    notes += said
    columns = ["id", "nom", "categorie_code", "categorie", "code", "lon", "lat"]
    product = kept.sort_values("id")[columns]
    whole = source.form.name != EUROSTAT
    if not whole:
        notes.append(f"{source.name} : hôpitaux de 2020 seulement, sans CMP ni CATTP ; une absence n’y veut rien dire.")
    file = write(product, destination, "ressources.parquet")
    where = covered(product["code"], atlas) if whole else ()
    return ReadReport(len(product), _vintage(source, places), where, tuple(notes), (file,))


def _categories(places: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[str]]:
    found = places["categorie_code"]
    notes = []
    for code, name in SEATS.items():
        seats = int(places.loc[found == code, "id"].nunique())
        if seats:
            notes.append(
                f"{file} : {count(seats, 'siège')} de {name} (catégorie {code}) laissés de côté, un siège n’est pas un territoire."
            )
    kept = places[found.isin(CATEGORIES)].copy()
    if kept.empty:
        raise GeoInputError(
            f"{file} : aucun lieu de santé mentale (catégories {', '.join(CATEGORIES)}) ; ce fichier FINESS est peut-être filtré."
        )
    kept["categorie"] = kept["categorie_code"].map(CATEGORIES)
    return kept, notes


def _identify(kept: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[str]]:
    """Give each place its number of nine characters and keep one row a place."""
    notes = []
    short = kept["id"].str.fullmatch(r"\d{8}")
    if short.any():
        lost = count(int(short.sum()), "numéro FINESS", "numéros FINESS")
        notes.append(f"{file} : zéro de tête rétabli sur {lost}.")
        kept = kept.assign(id=kept["id"].str.zfill(9).where(short, kept["id"]))
    wrong = kept[~kept["id"].str.fullmatch(r"[0-9AB]{9}")]
    if not wrong.empty:
        raise GeoInputError(
            refused([f"{file}, ligne {line} : « {text[:20]} » n’est pas un numéro FINESS (neuf caractères)."
                     for text, line in zip(wrong["id"], wrong["line"], strict=True)], file)
        )  # fmt: skip
    again = kept["id"].duplicated()
    if again.any():
        rows = count(int(again.sum()), "ligne", "lignes")
        notes.append(
            f"{file} : {rows} de plus pour des lieux déjà lus (une ligne par autorisation), un seul point chacun."
        )
    return kept[~again].copy(), notes


def _communes(kept: pd.DataFrame, atlas: Atlas, file: str) -> tuple[pd.DataFrame, list[str]]:
    """Give each place its atom: the commune of the file, or the one the point is in."""
    codes = kept["code"] if "code" in kept else pd.Series("", index=kept.index)
    said = codes != ""
    read = codes_of_today(codes[said].tolist(), kept.loc[said, "line"].tolist(), atlas, file=file)
    atom = pd.Series("", index=kept.index).mask(said, pd.Series(read.code, index=kept.index[said]))
    dropped = said & (atom == "")
    pointed = kept["lon"].notna()
    search = ~dropped & pointed & ((atom == "") | atom.isin(atlas.parts))
    if search.any():
        at = locate(kept.loc[search, "lon"].to_numpy(float), kept.loc[search, "lat"].to_numpy(float), atlas)
        atom[search] = _inside(atom[search].tolist(), at, kept.loc[search], atlas)
    lost = kept[~dropped & ((atom == "") | atom.isin(atlas.parts))]
    problems = [f"{file}, ligne {line} : {name}, ni commune connue ni point en France ; complétez l’un des deux."
                for line, name in zip(lost["line"], lost["nom"], strict=True)]  # fmt: skip
    if problems and len(problems) >= 0.01 * len(kept):
        raise GeoInputError(refused(problems, file))
    notes = [*read.notes, *([f"Lignes laissées de côté. {listing(problems, SHOWN)}"] if problems else [])]
    found = kept.assign(code=atom)[~dropped & ~kept.index.isin(lost.index)]
    return found, [*notes, *_distant(found, atlas, file)]


def _inside(given: Sequence[str], at: Sequence[str], rows: pd.DataFrame, atlas: Atlas) -> list[str]:
    """Choose the arrondissement of a city: that of the point, or the nearest one when the point is beside the city."""
    chosen = []
    for city, atom, lon, lat in zip(given, at, rows["lon"], rows["lat"], strict=True):
        if city and atom not in atlas.parts[city]:
            parts = atlas.parts[city]
            gaps = distances(np.full(len(parts), lon), np.full(len(parts), lat), parts, atlas)
            atom = parts[int(gaps.argmin())] if gaps.min() <= FAR_M else city
        chosen.append(atom)
    return chosen


def _distant(found: pd.DataFrame, atlas: Atlas, file: str) -> list[str]:
    pointed = found[found["lon"].notna()]
    if pointed.empty:
        return []
    gap = distances(pointed["lon"].to_numpy(float), pointed["lat"].to_numpy(float), pointed["code"].tolist(), atlas)
    away = pointed[gap > FAR_M]
    if away.empty:
        return []
    shown = listing([f"{i} ({atlas.label(c)})" for i, c in zip(away["id"], away["code"], strict=True)], 5)
    return [f"{file} : {count(len(away), 'point')} à plus de 5 km de la commune annoncée, qui est gardée : {shown}."]


def _vintage(source: Source, places: pd.DataFrame) -> str:
    if "date" in places and (places["date"] != "").any():
        return str(places["date"].max())
    return vintage([source])


def order(source: Source) -> int:
    """Rank the clean re-exposition first, then the national flow, the Eurostat file of 2020 last; the larger first."""
    return RANKS.get(source.form.name, 0) + no_order(source)


READERS = (Reader("ressources", FORMS, parse, order=order, outlined=True),)
