"""The nasty tables of tests/nasty/tables: `python -m tests.files.nasty_tables` writes them again, the same bytes every time.

Each has an expected outcome: what must be said (a part of the refusal of the whole file), or the communes that come out.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

from tests.support.table_files import csv_bytes, ods_bytes, ods_rows, zip_bytes

FOLDER = Path(__file__).resolve().parents[1] / "nasty" / "tables"
GOOD = [["CLSM", "Code INSEE", "Commune"], ["Nord", "94028", "Créteil"], ["Nord", "94033", "Fontenay-sous-Bois"]]
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
FAR = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
CELL = '<table:table-cell{} office:value-type="string"><text:p>x</text:p></table:table-cell>'
# File → words of the refusal of the whole file.
REFUSED: dict[str, str] = {
    "vide.csv": "vide",
    "blancs.csv": "blancs",
    "points-virgules.csv": "cellule remplie",
    "binaire.csv": "ni un tableau",
    "zeros.csv": "ni un tableau",
    "document.pdf": "PDF",
    "image.csv": "image",
    "page.xls": "page web",
    "tableau-2003.xml": "XML",
    "objet.json": "GeoJSON",
    "classeur-coupe.xlsx": "abîmée",
    "lettre.docx": "Word",
    "texte.odt": "document texte",
    "chiffre.xlsx": "mot de passe",
    "chiffre.zip": "chiffrée",
    "grimpe.zip": "sort de son dossier",
    "lien.zip": "lien",
    "bombe.xlsx": "gonfle",
    "bombe.zip": "gonfle",
    "loin.xlsx": "colonnes|lignes|cellules",
    "repete.ods": "colonnes|lignes|cellules",
    "deux.zip": "plusieurs fichiers",
    "rien.zip": "aucun fichier à lire",
    "guillemet.csv": "jamais refermé",
    "sans-commune.csv": "aucune colonne de communes",
    "entete-seul.csv": "aucune ligne",
    "large.csv": "colonnes",
    "archive.7z": "7z",
    "archive.csv.gz": "gzip",
}
# File → communes that come out.
READ: dict[str, set[str]] = {
    "windows.csv": {"94028", "94033"},
    "utf16.csv": {"94028", "94033"},
    "deux-fois.csv": {"94028", "94033"},
    "excel-sep.csv": {"94028", "94033"},
    "formules.csv": {"94028", "94033"},
    "html.csv": {"94028", "94033"},
    "nuls.csv": {"94028", "94033"},
    "irregulier.csv": {"94028", "94033"},
    "entetes-doubles.csv": {"94028", "94033"},
    "egal.csv": {"94028", "01001"},
    "deux-clsm.csv": {"94028"},
    "inconnus.csv": {"94028"},
    "bon.zip": {"94028", "94033"},
    "bon.ods": {"94028", "94033"},
    "bon-faux-nom.xlsx": {"94028", "94033"},
}


def files() -> dict[str, bytes]:
    """Return every nasty table by its name."""
    good = csv_bytes(GOOD)
    types = {"[Content_Types].xml": "<Types/>"}
    return {
        "vide.csv": b"",
        "blancs.csv": b" \r\n\t\r\n  ",
        "points-virgules.csv": b";;;\n;;;\n",
        "binaire.csv": bytes(range(256)) * 8,
        "zeros.csv": b"\0" * 500,
        "document.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "image.csv": b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        "page.xls": b"<html><table><tr><td>94028</td></tr></table></html>",
        "tableau-2003.xml": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "objet.json": b'{"commune": "94028"}',
        "classeur-coupe.xlsx": zip_bytes({**types, "xl/workbook.xml": "<workbook/>"})[:-30],
        "lettre.docx": zip_bytes({**types, "word/document.xml": "<w/>"}),
        "texte.odt": zip_bytes({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}),
        "chiffre.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"),
        "chiffre.zip": _encrypted(),
        "grimpe.zip": zip_bytes({"../../etc/liste.csv": good}),
        "lien.zip": _link(),
        "bombe.xlsx": zip_bytes({**types, "xl/worksheets/sheet1.xml": b"\0" * 3_000_000}),
        "bombe.zip": zip_bytes({"liste.csv": b";" * 3_000_000}),
        "loin.xlsx": workbook(SHEET.format(FAR)),
        "repete.ods": ods_bytes(
            f'<table:table-row table:number-rows-repeated="1048576">'
            f'{CELL.format(" table:number-columns-repeated=" + chr(34) + "16384" + chr(34))}</table:table-row>'
        ),
        "deux.zip": zip_bytes({"a.csv": good, "b.csv": good}),
        "rien.zip": zip_bytes({"lisezmoi.md": "bonjour"}),
        "guillemet.csv": b'CLSM;Code INSEE\nNord;"94028\n' + b"Sud;94033\n" * 3,
        "sans-commune.csv": b"titre;valeur\nabc def;zzz\n",
        "entete-seul.csv": b"CLSM;Code INSEE\n",
        "large.csv": b";".join([b"x"] * 30_000) + b"\n" + b";".join([b"94028"] * 30_000),
        "archive.7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 30,
        "archive.csv.gz": b"\x1f\x8b\x08\0" + b"\0" * 6 + zlib.compress(good),
        "windows.csv": csv_bytes(GOOD, encoding="cp1252"),
        "utf16.csv": b"\xff\xfe" + csv_bytes(GOOD, sep="\t", encoding="utf-16-le"),
        "deux-fois.csv": csv_bytes(GOOD).decode("cp1252").encode("utf-8"),
        "excel-sep.csv": b"sep=,\n" + csv_bytes(GOOD, sep=","),
        "formules.csv": csv_bytes([GOOD[0], ["=cmd|' /C calc'!A0", "94028", "+1"], ["@SUM(A1)", "94033", "-2+3"]]),
        "html.csv": csv_bytes([GOOD[0], ["<script>alert(1)</script>", "94028", "<b>Créteil"], ["{{7*7}}", "94033", "x"]]),
        "nuls.csv": csv_bytes(GOOD).replace(b"Nord", b"No\0rd") * 1 + b"\n" * 3,
        "irregulier.csv": b"CLSM;Code INSEE;Commune\nNord;94028;Cr\xc3\xa9teil;;;;en trop\nNord;94033\n",
        "entetes-doubles.csv": b"CLSM;CLSM;Code INSEE;Code INSEE;\nNord;x;94028;;\nNord;x;94033;;\n",
        "egal.csv": b'CLSM;Code INSEE\nNord;"=""94028"""\nNord;"=""01001"""\n',
        "deux-clsm.csv": b"CLSM;Code INSEE\nNord;94028\nSud;94028\n",
        "inconnus.csv": b"CLSM;Code INSEE\nNord;94028\nNord;00000\nNord;99999\nNord;-1\nNord;NaN\nNord;inf\nNord;1e400\n",
        "bon.zip": zip_bytes({"__MACOSX/._liste.csv": "x", "dossier/liste.csv": good}),
        "bon.ods": ods_bytes(ods_rows(GOOD) + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
                             'table:number-columns-repeated="16384"/></table:table-row>'),
        "bon-faux-nom.xlsx": good,
    }  # fmt: skip


def workbook(sheet: str) -> bytes:
    """Write the least workbook that holds one sheet, given as XML."""
    main = "http://schemas.openxmlformats.org"
    return zip_bytes(
        {
            "[Content_Types].xml": f'<Types xmlns="{main}/package/2006/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{main}/package/2006/relationships"><Relationship Id="rId1" '
            f'Type="{main}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}/spreadsheetml/2006/main" '
            f'xmlns:r="{main}/officeDocument/2006/relationships"><sheets><sheet name="F" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{main}/package/2006/relationships"><Relationship Id="rId1" '
            f'Type="{main}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def _encrypted() -> bytes:
    """Set the flag of encryption on the member of a zip, in its header and in the directory."""
    content = bytearray(zip_bytes({"liste.csv": csv_bytes(GOOD)}))
    directory = content.find(b"PK\x01\x02")
    for place in (6, directory + 8):
        flags = struct.unpack_from("<H", content, place)[0] | 1
        struct.pack_into("<H", content, place, flags)
    return bytes(content)


def _link() -> bytes:
    link = zipfile.ZipInfo("liste.csv")
    link.external_attr = 0o120777 << 16
    return zip_bytes({link: "/etc/passwd"})  # type: ignore[dict-item]


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
