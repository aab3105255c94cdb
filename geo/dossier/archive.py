"""The documents of the file, each alone or all in one archive, with what is being made said as it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from geo import french as fr
from geo.dossier.blocks import Document
from geo.dossier.deliberation import convention, deliberation
from geo.dossier.easy import easy
from geo.dossier.facts import Dossier
from geo.dossier.letters import KINDS, letters
from geo.dossier.web import page
from geo.errors import GeoInputError
from geo.exports import TYPES, MapChoice, make, make_pdf, note_pdf, perimeter_page, zipped

ODT = "application/vnd.oasis.opendocument.text"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
MIMES = {**TYPES, "odt": ODT, "pptx": PPTX, "html": "text/html", "txt": "text/plain"}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Piece:
    """A file of the archive: its name there without the ending, its format, what it is called."""

    stem: str
    kind: str
    label: str
    write: Callable[[Dossier], bytes]

    @property
    def path(self) -> str:
        """Its name in the archive."""
        return f"{self.stem}.{self.kind}"


# What writes a format is loaded when a document is first asked for: a second that pages need not wait for.
def _laid_out(document: Document, kind: str) -> bytes:
    from geo.dossier.odt import as_odt
    from geo.dossier.writers import as_docx, as_pdf

    return {"docx": as_docx, "odt": as_odt, "pdf": as_pdf}[kind](document)


def _note_docx(dossier: Dossier) -> bytes:
    from geo.exports import note_docx

    return note_docx(dossier.note)


def _slides(dossier: Dossier) -> bytes:
    from geo.dossier.slides import slides

    return slides(dossier)


def _paper(stem: str, label: str, written: Callable[[Dossier], Document], *kinds: str) -> tuple[Piece, ...]:
    def piece(kind: str) -> Piece:
        return Piece(stem, kind, label, lambda dossier: _laid_out(written(dossier), kind))

    return tuple(piece(kind) for kind in kinds)


def _letter_pieces() -> tuple[Piece, ...]:
    def piece(place: int) -> tuple[Piece, ...]:
        kind = KINDS[place]
        return _paper(
            f"3-courriers/{kind.id}", f"Courriers : {kind.label}", lambda dossier: letters(dossier, kind), "docx"
        )

    return tuple(p for place in range(len(KINDS)) for p in piece(place))


def poster(dossier: Dossier) -> bytes:
    """Draw the map on an A3 page, as tagged PDF: every name that finds room, limits of the intercommunal bodies, QPV."""
    drawn = perimeter_page(
        dossier.export.facts, "a3", MapChoice(("epci",), True), title=dossier.name, made=f"Carte faite le {dossier.note.made_on}."
    )  # fmt: skip
    data = {
        "title": dossier.name,
        "svg": drawn.svg,
        "alt": drawn.alt,
        "width": drawn.width_mm,
        "height": drawn.height_mm,
    }
    return make_pdf("affiche", data)


PIECES: tuple[Piece, ...] = (
    Piece("1-note", "pdf", "Note", lambda dossier: note_pdf(dossier.note)),
    Piece("1-note", "docx", "Note", _note_docx),
    *_paper("2-deliberation", "Projet de délibération", deliberation, "docx", "odt"),
    *_letter_pieces(),
    *_paper("4-convention", "Projet de convention", convention, "docx", "odt"),
    Piece("5-diapositives", "pptx", "Diapositives", _slides),
    Piece("6-affiche-a3", "pdf", "Affiche A3", poster),
    *_paper("7-facile-a-lire", "Résumé en français facile", easy, "pdf", "docx"),
    Piece("8-page-a-consulter", "html", "Page à consulter hors ligne", page),
    Piece(
        "9-scenario",
        "json",
        "Fichier du scénario, à rouvrir sur la page Périmètre",
        lambda dossier: make("json", dossier.printed),
    ),
)
BY_PATH = {piece.path: piece for piece in PIECES}


def make_piece(path: str, dossier: Dossier) -> bytes:
    """Make one document alone.

    Raises
    ------
    GeoInputError
        For a document that does not exist, or an empty perimeter.
    """
    if path not in BY_PATH:
        raise GeoInputError(f"{path[:40]} : ce document n’existe pas ; choisissez {fr.listing(BY_PATH)}.")
    return BY_PATH[path].write(dossier)


def make_archive(dossier: Dossier, progress: Progress | None = None) -> bytes:
    """Make every document and gather them in one ZIP; `progress` is told what is made, how many are done, and of how many.

    Raises
    ------
    GeoInputError
        When the perimeter is empty.
    """
    files: dict[str, bytes] = {}
    for done, piece in enumerate(PIECES):
        if progress is not None:
            progress(f"{piece.label} ({piece.kind.upper()})", done, len(PIECES))
        files[piece.path] = piece.write(dossier)
    files["LISEZ-MOI.txt"] = _read_me(dossier).encode("utf-8-sig")
    if progress is not None:
        progress("Archive", len(PIECES), len(PIECES))
    return zipped(files)


def _read_me(dossier: Dossier) -> str:
    lines = [f"Dossier pour le conseil : {dossier.name}", dossier.made, "", "Les chiffres sont les mêmes dans tous les documents.",
             "Ce qui est entre crochets, [à compléter …], vous appartient.", ""]  # fmt: skip
    return "\r\n".join([*lines, *(f"{piece.path} : {piece.label}" for piece in PIECES), ""])
