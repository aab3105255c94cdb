"""A workbook to fill for each layer: two example rows that import as they are, and a sheet that explains each column."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from geo.imports.draft import known_kind

COLUMNS: tuple[tuple[str, bool, str], ...] = (
    ("nom", True, "Nom du territoire. Répétez-le sur chaque ligne qui le concerne."),
    ("code_commune", True, "Code INSEE de la commune, cinq caractères (94028, 2A004). Ce n’est pas le code postal. Paris, Lyon et "
                           "Marseille : un arrondissement (75113), ou la ville entière (75056)."),
    ("nom_commune", False, "Nom de la commune. Il suffit si le code manque ; le département distingue alors les homonymes."),
    ("departement", False, "Numéro du département de la commune : 94, 2A, 974."),
    ("part_commune", False, "« entière » (par défaut) ou « partielle » quand une partie seulement de la commune en fait partie."),
    ("etat", False, "« en service », « annoncé », « projet » ou « à confirmer »."),
    ("annee", False, "Année de création ou de signature."),
    ("source_titre", False, "D’où vient l’information : arrêté, convention, page lue."),
    ("note", False, "Ce qui mérite d’être su ; texte libre."),
)  # fmt: skip
EXAMPLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "clsm": (
        ("CLSM de Créteil (exemple)", "94028", "Créteil", "94", "entière", "en service", "2016", "Exemple à remplacer", ""),
        ("CLSM de Niort (exemple)", "79191", "Niort", "79", "entière", "projet", "", "Exemple à remplacer", ""),
    ),
    "cls": (
        ("CLS de Thouars (exemple)", "79329", "Thouars", "79", "entière", "en service", "2019", "Exemple à remplacer", ""),
        ("CLS de Thouars (exemple)", "79196", "Oiron", "79", "entière", "en service", "2019", "Exemple à remplacer", ""),
    ),
    "cpts": (
        ("CPTS de Parthenay (exemple)", "79202", "Parthenay", "79", "entière", "en service", "2022", "Exemple à remplacer", ""),
        ("CPTS de Parthenay (exemple)", "79080", "Châtillon-sur-Thouet", "79", "entière", "en service", "2022",
         "Exemple à remplacer", ""),
    ),
    "dac": (
        ("DAC Ouest (exemple)", "94043", "Le Kremlin-Bicêtre", "94", "entière", "en service", "2022", "Exemple à remplacer", ""),
        ("DAC Ouest (exemple)", "94076", "Villejuif", "94", "entière", "en service", "2022", "Exemple à remplacer", ""),
    ),
    "secteurs-adultes": (
        ("Secteur 94G99 (exemple)", "94033", "Fontenay-sous-Bois", "94", "entière", "en service", "", "Exemple à remplacer", ""),
        ("Secteur 94G99 (exemple)", "94080", "Vincennes", "94", "partielle", "en service", "", "Exemple à remplacer",
         "Seule une partie de la commune est du secteur."),
    ),
    "secteurs-enfants": (
        ("Secteur 94I99 (exemple)", "94033", "Fontenay-sous-Bois", "94", "entière", "en service", "", "Exemple à remplacer", ""),
        ("Secteur 94I99 (exemple)", "94080", "Vincennes", "94", "partielle", "en service", "", "Exemple à remplacer",
         "Seule une partie de la commune est du secteur."),
    ),
}  # fmt: skip
HELP = (
    "Remplacez les deux lignes d’exemple, puis importez ce fichier dans la page Données.",
    "Seules les colonnes « nom » et « code_commune » (ou « nom_commune ») sont nécessaires ; l’ordre ne compte pas.",
    "Une ligne par commune. Autre forme admise : une ligne par territoire, avec une colonne « communes » où les codes ou les noms "
    "sont séparés par des points-virgules.",
    "Un territoire fait d’intercommunalités : une colonne « epci » avec leur numéro SIREN (neuf chiffres), étendue à leurs communes.",
    "Un secteur qui coupe une commune : une colonne « code_iris » (neuf caractères), une ligne par IRIS ou plusieurs dans une cellule.",
    "Rien n’est enregistré avant que vous n’ayez vu ce qui a été compris, réparé et refusé.",
)


def template(kind: str) -> bytes:
    """Return the workbook (XLSX) to fill for a layer, one of `geo.imports.draft.KINDS`; codes are written as text.

    Raises
    ------
    GeoInputError
        When the layer is not one that is imported.
    """
    layer = known_kind(kind)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"Modèle d’import : {layer.long_name}"})
    head = book.add_format({"bold": True, "bg_color": "#E3E9F1", "border": 1, "border_color": "#9FB0C6"})
    needed = book.add_format({"bold": True, "bg_color": "#1F4E9C", "font_color": "#FFFFFF", "border": 1})
    text = book.add_format({"num_format": "@", "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    _data_sheet(book.add_worksheet(layer.name[:31]), EXAMPLES[kind], head, needed, text)
    _help_sheet(book.add_worksheet("Mode d’emploi"), head, wrap)
    book.close()
    return stream.getvalue()


def template_name(kind: str) -> str:
    """Return the file name of a template."""
    return f"modele-{kind}.xlsx"


def _data_sheet(
    sheet: xlsxwriter.workbook.Worksheet,
    rows: Sequence[Sequence[str]],
    head: xlsxwriter.format.Format,
    needed: xlsxwriter.format.Format,
    text: xlsxwriter.format.Format,
) -> None:
    widths = {"nom": 32, "nom_commune": 26, "source_titre": 30, "note": 40}
    for place, (name, must, help_text) in enumerate(COLUMNS):
        sheet.set_column(place, place, widths.get(name, 15), text)
        sheet.write_string(0, place, name, needed if must else head)
        sheet.write_comment(0, place, help_text, {"x_scale": 2})
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell, text)
    names = [name for name, _, _ in COLUMNS]
    for name, words in (
        ("part_commune", ["entière", "partielle"]),
        ("etat", ["en service", "annoncé", "projet", "à confirmer"]),
    ):
        at = names.index(name)
        sheet.data_validation(1, at, 5000, at, {"validate": "list", "source": words, "error_type": "warning"})
    sheet.freeze_panes(1, 1)


def _help_sheet(
    sheet: xlsxwriter.workbook.Worksheet, head: xlsxwriter.format.Format, wrap: xlsxwriter.format.Format
) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 90)
    for line, sentence in enumerate(HELP):
        sheet.merge_range(line, 0, line, 2, sentence, wrap)
        sheet.set_row(line, 30)
    start = len(HELP) + 1
    for place, name in enumerate(("Colonne", "Nécessaire", "Ce qu’on y écrit")):
        sheet.write_string(start, place, name, head)
    for line, (name, must, help_text) in enumerate(COLUMNS, start=start + 1):
        sheet.write_string(line, 0, name, wrap)
        sheet.write_string(line, 1, "oui" if must else "non", wrap)
        sheet.write_string(line, 2, help_text, wrap)
