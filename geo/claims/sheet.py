"""The table to fill and the sentence to send, so that the ARS or the hospital gives its sectors; and claims as the table of a layer.

The data door (`geo.imports`) reads both as they are: the first once for the adult sectors, once for the others.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import xlsxwriter

from geo import french as fr
from geo.claims.claim import Claim, Claims
from geo.communes import Atlas

SHEET_COLUMNS = (
    "code_commune", "nom_commune", "departement", "secteur adulte", "secteur infanto-juvénile", "hôpital",
)  # fmt: skip
_CLAIM_COLUMNS = (
    "nom", "code_commune", "nom_commune", "departement", "part_commune", "etat", "methode", "territoire", "source_titre", "note",
)  # fmt: skip
_WIDTHS = (14, 34, 12, 16, 24, 40)


def request_text(codes: Iterable[str], atlas: Atlas) -> str:
    """Return the sentence to send with the table, for the communes of a perimeter."""
    held = sorted(codes)
    table = atlas.table.iloc[atlas.rows(held)]
    where = fr.listing((f"{atlas.departements.at[d, 'nom']} ({d})" for d in sorted(set(table["departement"]))), most=4)
    return fr.typeset(
        f"Bonjour, nous préparons un conseil local de santé mentale sur {fr.count(len(held), 'commune')} : {where}. Pourriez-vous "
        "nous dire, pour chacune, son secteur de psychiatrie adulte, son secteur infanto-juvénile et l’hôpital de rattachement ? "
        "Le tableau joint porte les communes : il reste trois colonnes à remplir (par exemple 94G07, 94I03, nom de l’hôpital). "
        "Une commune partagée entre deux secteurs prend une ligne par secteur ; laissez vide ce que vous ne savez pas. Merci de nous le "
        "renvoyer tel quel."
    )


def _rows(codes: Iterable[str], claims: Claims, atlas: Atlas) -> list[list[str]]:
    """Return the communes in order of code, with what claims already say of them when it is one thing."""
    rows = []
    for row in atlas.rows(sorted(codes)):
        code = str(atlas.codes[row])
        said = [_only(claims.of(kind), code) for kind in ("secteurs-adultes", "secteurs-enfants")]
        hospitals = {c.hospital for c in said if c and c.hospital}
        cells = [code, str(atlas.names[row]), str(atlas.table["departement"].iat[row])]
        cells += [c.name if c else "" for c in said]
        rows.append([*cells, hospitals.pop() if len(hospitals) == 1 else ""])
    return rows


def _only(claims: Iterable[Claim], code: str) -> Claim | None:
    found = {c.name: c for c in claims if code in c.pieces and not c.says_whole_list}
    return next(iter(found.values())) if len(found) == 1 else None


def sheet_csv(codes: Iterable[str], claims: Claims, atlas: Atlas) -> bytes:
    """Return the table to fill: semicolons, UTF-8 with its mark; no text of a claim begins like a formula."""
    return _csv(SHEET_COLUMNS, _rows(codes, claims, atlas))


def sheet_xlsx(codes: Iterable[str], claims: Claims, atlas: Atlas) -> bytes:
    """Return the table to fill as a workbook; codes are text."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    text = book.add_format({"num_format": "@"})
    head = book.add_format({"bold": True, "bg_color": "#E3E9F1", "border": 1})
    sheet = book.add_worksheet("Secteurs")
    for place, (name, width) in enumerate(zip(SHEET_COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(place, place, width, text)
        sheet.write_string(0, place, name, head)
    for line, cells in enumerate(_rows(codes, claims, atlas), start=1):
        for place, cell in enumerate(cells):
            if cell:
                sheet.write_string(line, place, cell, text)
    sheet.freeze_panes(1, 2)
    book.close()
    return stream.getvalue()


def table_of(claims: Iterable[Claim], atlas: Atlas) -> bytes:
    """Return claims of one layer as the table that the data door reads: a row a commune, with whose word it is."""
    rows = []
    for claim in claims:
        for codes, part in ((claim.pieces, "entière"), (claim.parts, "partielle")):
            for code in sorted(codes & set(atlas.row)):
                row = atlas.row[code]
                owner = str(atlas.table["departement"].iat[row])
                how = "" if claim.whole else "partiel"
                rows.append([claim.title, code, str(atlas.names[row]), owner, part, "en service", how, claim.hospital,
                             claim.said, "Déclaration locale."])  # fmt: skip
    return _csv(_CLAIM_COLUMNS, rows)


def _csv(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8-sig")
