"""Understand the columns of a table that a person made: where the header is, and what role each column plays.

A header is known by its name (aliases) and a column by what it holds; the two together give a confidence. What the caller
decided wins over both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from geo.communes import (
    BLANKS,
    Atlas,
    departement_of_text,
    find_body,
    find_name,
    read_code,
    read_loose_code,
    read_place,
    split_list,
)
from geo.errors import GeoInputError
from geo.files import column_key
from geo.french import listing
from geo.imports.draft import EXAMPLES, ROLES, Column
from geo.imports.settling import Answers
from geo.imports.tables.grid import Grid
from geo.imports.tables.table import Layout, Table

HEADER_ROWS = 40  # a header is sought among the first rows that hold something
SAMPLE = 60
WIDE = 400  # past as many columns, those whose header says nothing are not looked into
# Folded header (see column_key) → role, the surest first.
ALIASES: tuple[tuple[str, str], ...] = (
    ("id", r"id|identifiant|idterritoire|idclsm|idcls|idcpts|iddac|idsecteur|codesecteur|codeterritoire|numero(dusecteur)?|ref(erence)?"),
    ("code_commune", r"codecommune|codeinsee(commune|ducommune|delacommune)?|insee|inseecom|codgeo|depcom|comcode|cog|codecog|codecom"
                     r"|codeinseecom|inseecommune|commune(s)?code(insee)?|numinsee|citycode|codeofficielgeographique|ninsee|cinsee"),
    ("code_postal", r"codepostal|cp|codespostaux|postal|codeposte|zip"),
    ("communes", r"communes|listedescommunes|listecommunes|communesmembres|communescouvertes|communesconcernees|composition|perimetre"
                 r"|villes|lescommunes|communesduterritoire|territoirecouvert|codescommunes|codesinsee"),
    ("nom_commune", r"nomcommune|commune|nomdelacommune|nomdecommune|libellecommune|libcom|libgeo|ville|nomcom|communenom|nomville|municipalite"),
    ("epci", r"epci|codeepci|siren|sirenepci|codesiren|numsiren|nsiren|epcisiren|ept|codeept|intercommunalite|intercommunalites|nomepci|libepci|libelleepci"
             r"|communautedecommunes|nomdelepci"),
    ("departement", r"departement|dep|dept|dpt|codedepartement|codedep|coddep|codedept|departementcouvert|departementscouverts|numdep|numdepartement|nomdepartement|ndepartement|inseedep"),
    ("part_commune", r"partcommune|part|partiel|partielle|partiellement|couverture|totaleoupartielle|inclusion"),
    ("etat", r"etat|statut|avancement|situation|etatclsm|statutduclsm|phase"),
    ("annee_source", r"anneesource|anneedelasource|millesime|datesource"),
    ("annee", r"annee|anneecreation|anneedecreation|date(de)?creation|datesignature|creation|datedecreation|anneesignature|depuis|date"),
    ("precision", r"methode|precision|modedeconnaissance"),
    ("source_titre", r"sourcetitre|source|sources|origine"),
    ("source_url", r"sourceurl|url|lien|adressedelasource|adresseweb|siteweb|page"),
    ("status", r"status|statutlecture"),
    ("note", r"note|notes|remarque|remarques|commentaire|commentaires|observation|observations|precisions"),
    ("type", r"type|typededispositif|typedispositif|discipline|population(s)?cible"),
    ("nom", r"nom(du|de)?(la|l)?(clsm|cls|cpts|dac|secteur|territoire|dispositif|conseil|contrat)?|clsm|cls|cpts|dac|libelle|intitule|denomination"
            r"|nomclsm|nomcls|nomcpts|nomdac|nomsecteur|secteur|secteurs|libellesecteur|nomzone|zone|dispositif|name|nomdispositif"
            r"|conseillocaldesantementale|contratlocaldesante|communauteprofessionnelle|raisonsociale"),
    ("territoire", r"territoire|etablissement|hopital|territoires|nometablissement|porteur|structureporteuse|structure"),
)  # fmt: skip
MEMBERSHIP = ("code_commune", "nom_commune", "communes", "epci", "departement")
_PATTERNS = tuple((role, re.compile(pattern)) for role, pattern in ALIASES)
ETAT_WORDS = (
    ("projet_non_confirme", r"projet|enprojet|projetnonconfirme|encoursde(creation|construction|montage)|enconstruction|enreflexion|emergence|prefiguration"),
    ("annonce", r"annonce|annoncee?|prevu|prevue|valide|decide|signature(attendue|prevue)?|acreer"),
    ("a_confirmer", r"aconfirmer|inconnu|averifier|incertain|nc|nsp"),
    ("cite", r"cite|enservice|service|actif|active|oui|existant|operationnel(le)?|enplace|enfonctionnement|fonctionnel(le)?|signee?|creee?|installee?|ouverte?"
             r"|enactivite|actifs"),
)  # fmt: skip
_ETATS = tuple((name, re.compile(pattern)) for name, pattern in ETAT_WORDS)
PART_WORDS = {"partielle": False, "partiel": False, "partie": False, "enpartie": False, "partiellement": False, "p": False,
              "entiere": True, "entier": True, "totale": True, "total": True, "toute": True, "e": True, "t": True,
              "complete": True, "complet": True}  # fmt: skip
CODE = re.compile(r"\d{5}|2[ABab]\d{3}|\d{9}")
SEAT = re.compile(r".*(siege|cheflieu|adresse|porteur).*")  # where an office is says nothing of the territory
YES, NO = frozenset({"oui", "o", "x", "1", "vrai", "true"}), frozenset({"non", "n", "0", "faux", "false"})
KEPT = re.compile(r".*(clsm|cls|cpts|dac|couvert|membre|concerne|inclu|adheren|retenu).*")


def etat_word(text: str) -> str:
    """Return the état that a word says (a key of geo.layers.ETATS), "" when it is not understood."""
    folded = column_key(text)
    return next((name for name, pattern in _ETATS if pattern.fullmatch(folded)), "")


def understood(
    grids: Sequence[Grid], kind: str, filename: str, atlas: Atlas, answers: Answers, sheet: str | None
) -> Table:
    """Take the sheet that is asked for, else the one whose columns are best understood.

    Raises
    ------
    GeoInputError
        When there is no such sheet, when `mapping` names a role or a column that does not exist, or when no column tells of
        communes, EPCI or départements.
    """
    asked = [g for g in grids if g.name == sheet] if sheet else list(grids)
    if not asked:
        raise GeoInputError(f"{filename} : pas de feuille « {sheet} » ; il y a {listing([g.name for g in grids], 12)}.")
    found: list[tuple[Grid, Layout]] = []
    problem: GeoInputError | None = None
    for grid in asked:
        try:
            found.append((grid, understand(grid.rows, atlas, answers.roles)))
        except GeoInputError as error:
            problem = error
    if not found:
        raise problem or GeoInputError(f"{filename} : aucune feuille lisible.")
    grid, layout = max(found, key=lambda f: f[1].score)
    if not set(layout.roles) & {*MEMBERSHIP, "code_postal"}:
        seen = listing([c.name for c in layout.columns[:12]], 12) or "aucune"
        raise GeoInputError(
            f"{filename} : aucune colonne de communes, d’EPCI ni de départements n’a été reconnue (colonnes : {seen}). "
            "Nommez une colonne « code_commune », « commune », « communes » ou « epci », ou indiquez-la."
        )
    return Table(filename, kind, tuple(grids), grid, layout)


def understand(rows: Sequence[Sequence[str]], atlas: Atlas, mapping: Mapping[str, str] | None = None) -> Layout:
    """Find the header of a grid and the role of each of its columns.

    Raises
    ------
    GeoInputError
        When `mapping` names a role or a column that does not exist.
    """
    header = find_header(rows, atlas)
    width = max((len(row) for row in rows[max(header, 0) : max(header, 0) + 2000]), default=0)
    names = column_names(rows[header] if header >= 0 else (), width)
    samples = _samples(rows, header, width)
    chosen, cells = _settle(names, samples, atlas, mapping or {})
    roles = {role: place for role, (place, _, _) in chosen.items()}
    at = {place: (role, confidence, why) for role, (place, confidence, why) in chosen.items()}
    columns = tuple(
        Column(name, tuple(dict.fromkeys(cells[i]))[:EXAMPLES], *at.get(i, ("", 0.0, "")))
        for i, name in enumerate(names)
    )
    score = sum(c.confidence for c in columns) + (1 if set(roles) & set(MEMBERSHIP) else 0)
    return Layout(header, names, roles, columns, score)


def column_names(header: Sequence[str], width: int) -> tuple[str, ...]:
    """Name columns by their header; empty ones by their letter, repeated ones with a number."""
    seen: dict[str, int] = {}
    names = []
    for place in range(width):
        name = " ".join((header[place] if place < len(header) else "").split())[:80] or f"colonne {letters(place)}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def letters(place: int) -> str:
    """Return the letters that a spreadsheet gives to a column (0 is A)."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def role_of(name: str) -> str:
    """Return the role that a header names, "" when it names none."""
    folded = column_key(name)
    if not folded or len(folded) > 60:
        return ""
    undated = re.sub(r"(?:cog)?(?:19|20)\d\d$", "", folded)  # code_insee_2026, commune_cog2025
    for role, pattern in _PATTERNS:
        if pattern.fullmatch(folded) or pattern.fullmatch(undated):
            return role
    return ""


def find_header(rows: Sequence[Sequence[str]], atlas: Atlas) -> int:
    """Return the position of the header among the first rows; -1 when the table starts with data."""
    best, chosen = 0, -1
    first = -1
    seen = 0
    for place, row in enumerate(rows[: HEADER_ROWS * 10]):
        filled = [cell for cell in row if cell.strip()]
        if not filled:
            continue
        seen += 1
        if seen > HEADER_ROWS:
            break
        if first < 0 and (len(filled) > 1 or max(len(r) for r in rows[place : place + 5]) == 1):
            first = place
        if any(CODE.fullmatch(cell.strip(BLANKS)) for cell in filled[:WIDE]):
            continue  # a row of data, whatever words it holds
        known = len({role for cell in filled[:WIDE] if (role := role_of(cell))})
        # A title is one cell; a header of one column is known only when all the table is one column wide.
        if known > best and (
            len(filled) > 1 or all(len([c for c in r if c.strip()]) <= 1 for r in rows[place : place + 20])
        ):
            best, chosen = known, place
    if chosen >= 0:
        return chosen
    if first >= 0 and any(_is_data(cell, atlas) for cell in rows[first][:WIDE]):
        return first - 1 if first and rows[first - 1] and _looks_header(rows[first - 1]) else -1
    return first


def _looks_header(row: Sequence[str]) -> bool:
    return len([cell for cell in row if cell.strip()]) > 1


def _is_data(cell: str, atlas: Atlas) -> bool:
    bare = cell.strip(BLANKS)
    if CODE.fullmatch(bare):
        return True
    return 2 < len(bare) <= 80 and bool(find_name(bare, atlas).codes) and find_name(bare, atlas).how == "exact"


def _is_commune(cell: str, atlas: Atlas) -> bool:
    """Tell whether a cell names a commune of today; names of before are too many to prove anything."""
    if len(cell) > 80:
        return False
    found = find_name(cell, atlas)
    return found.how in ("exact", "article") if found.codes else read_place(cell, atlas).status == "lu"


def _samples(rows: Sequence[Sequence[str]], header: int, width: int) -> list[list[str]]:
    """Return the first filled cells of each column, spread over the table."""
    below = rows[header + 1 :]
    step = max(1, len(below) // (SAMPLE * 3))
    picked = [*below[:20], *below[20::step]][: SAMPLE * 4]
    found: list[list[str]] = [[] for _ in range(width)]
    for row in picked:
        for place, cell in enumerate(row[:width]):
            if len(found[place]) < SAMPLE and cell.strip():
                found[place].append(cell.strip()[:2000])
    return found


def _settle(
    names: Sequence[str], samples: Sequence[Sequence[str]], atlas: Atlas, mapping: Mapping[str, str]
) -> tuple[dict[str, tuple[int, float, str]], list[list[str]]]:
    """Give each role its column: what the caller says, then headers that content confirms, then content alone."""
    chosen: dict[str, tuple[int, float, str]] = {}
    for role, name in mapping.items():
        if role not in ROLES:
            raise GeoInputError(f"Rôle de colonne « {role} » inconnu ; possibles : {listing(ROLES)}.")
        if name and name not in names:
            raise GeoInputError(f"Aucune colonne « {name[:60]} » dans ce fichier ; colonnes : {listing(names, 12)}.")
        if name:
            chosen[role] = (names.index(name), 1.0, "choisi")
    barred = set(mapping)
    offers: list[tuple[float, int, str, int, str]] = []
    for place, (name, cells) in enumerate(zip(names, samples, strict=True)):
        named = role_of(name)
        if not named and len(names) > WIDE:
            continue
        if KEPT.fullmatch(column_key(name)) and cells and all(column_key(c) in YES | NO for c in cells):
            offers.append((0.95, -place, "retenue", place, "nom et contenu de la colonne"))
            continue
        if not named and SEAT.fullmatch(column_key(name)):
            continue
        held = contents(cells, atlas) if (named or cells) else {}
        for role, score, why in _offers(named, held, cells):
            offers.append((score, -place, role, place, why))
    taken = {place for place, _, _ in chosen.values()}
    for score, _, role, place, why in sorted(offers, key=lambda o: (-o[0], -o[1])):
        if role not in chosen and role not in barred and place not in taken:
            chosen[role] = (place, score, why)
            taken.add(place)
    if "nom" not in chosen and "nom" not in barred and "territoire" in chosen and "territoire" not in barred:
        chosen["nom"] = chosen.pop("territoire")
    return chosen, [list(cells) for cells in samples]


def _offers(named: str, held: Mapping[str, float], cells: Sequence[str]) -> list[tuple[str, float, str]]:
    """Say which roles a column could play, with a score and a reason."""
    places = {role: share for role, share in held.items() if share >= 0.5}
    if named in ("code_commune", "nom_commune", "communes", "code_postal", "epci", "departement"):
        if not cells:
            return [(named, 0.3, "nom de la colonne")]
        if held.get(named, 0.0) >= 0.5:
            return [(named, 0.95, "nom et contenu de la colonne")]
        if named != "departement" and places:  # the name says commune, the cells hold something else: they win
            best = max(places, key=lambda r: places[r])
            return [(best, 0.85, "contenu de la colonne")]
        return [(named, 0.6, "nom de la colonne")]
    if named in ("nom", "territoire"):
        sure = [("nom", 0.9, "nom de la colonne")] if named == "nom" else [("territoire", 0.7, "nom de la colonne")]
        best = max(places, key=lambda r: places[r]) if places else ""
        also = best if best not in ("", "departement") else ""
        return [*sure, *([(also, 0.55, "contenu de la colonne")] if also else [])]
    if named == "id":
        best = max(places, key=lambda r: places[r]) if places else ""
        if best == "code_commune":
            return [("code_commune", 0.7, "contenu de la colonne"), ("id", 0.4, "nom de la colonne")]
        return [("id", 0.8, "nom de la colonne"), ("nom", 0.3, "nom de la colonne")]
    if named == "etat":
        known = sum(bool(etat_word(c)) for c in cells)
        return [("etat", 0.9 if known else 0.4, "nom de la colonne")]
    if named == "part_commune":
        known = sum(column_key(c) in PART_WORDS for c in cells)
        return [("part_commune", 0.9, "nom et contenu de la colonne")] if known else []
    if named:
        return [(named, 0.8, "nom de la colonne")]
    if not cells:
        return []
    if places:
        best = max(places, key=lambda r: places[r])
        if best != "departement":
            return [(best, round(0.3 + 0.4 * places[best], 2), "contenu de la colonne")]
    texts = [c for c in cells if re.search(r"[^\W\d_]{3}", c)]
    if len(texts) >= 0.8 * len(cells) and sum(map(len, texts)) / len(texts) < 80:
        return [("nom", 0.2, "contenu de la colonne")]
    return []


def contents(cells: Sequence[str], atlas: Atlas) -> dict[str, float]:
    """Measure what cells hold: share of codes of communes, names, lists, postal codes, EPCI, départements."""
    if not cells:
        return {}
    found = dict.fromkeys(("code_commune", "code_postal", "nom_commune", "communes", "epci", "departement"), 0)
    codes = round_codes = 0
    for cell in cells[:SAMPLE]:
        bare = re.sub(r"[.,]0$", "", cell.strip(BLANKS)).replace(" ", "")
        if re.fullmatch(r"\d{4,5}|2[ABab]\d{1,3}", bare):
            codes += 1
            round_codes += bare.endswith("0")
            found["code_commune"] += read_loose_code(bare, atlas).status != "refusé"
            found["code_postal"] += bare.isdigit() and read_code(bare.zfill(5), atlas).kind == "unknown"
        elif re.fullmatch(r"\d{9}", bare):
            found["epci"] += bare in atlas.epci.index or bare in atlas.ept.index
        elif departement_of_text(cell, atlas) and not find_name(cell, atlas).codes:
            found["departement"] += 1
        elif len(parts := split_list(cell, atlas)) > 1 and any(
            _is_commune(p, atlas) or read_loose_code(p, atlas).atoms for p in parts
        ):
            found["communes"] += 1
        elif _is_commune(cell, atlas):
            found["nom_commune"] += 1
        elif len(cell) < 120 and find_body(cell, atlas).status != "refusé":
            found["epci"] += 1
    share = {role: value / min(len(cells), SAMPLE) for role, value in found.items()}
    # One INSEE code in ten ends with a zero, nearly every postal code does.
    if codes >= 3 and round_codes >= 0.7 * codes:
        share["code_postal"] = codes / min(len(cells), SAMPLE)
        share["code_commune"] = min(share["code_commune"], 0.4)
    else:
        share["code_postal"] = 0.0
    if share["communes"] >= 0.05:  # some rows of a column of lists hold one commune only
        share["communes"] += share.pop("nom_commune") + share.pop("code_commune")
    return share
