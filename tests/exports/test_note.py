"""The note: what it says is what `geo evaluate` says; tagged, described, short, light, with hostile names as dead letters."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from html import unescape
from pathlib import Path

import pypdf
import pytest
from docx import Document
from docx.oxml.ns import qn

from geo.__main__ import main
from geo.comparison import Candidate, Evaluated, candidates, default_choice, evaluate, scale_of, side_by_side
from geo.errors import GeoInputError
from geo.exports import frame_of, small_map
from geo.exports.front import front_of, in_short
from geo.exports.maps.names import GREY, short_name
from geo.exports.note import Note, make_note, opens_elsewhere, speaks, title_of
from geo.exports.perimeter_svg import gauge_words, note_map, unnamed_on
from geo.exports.typst_pdf import QR_LONGEST, note_pdf, picture_png, qr_svg
from geo.exports.word import note_docx
from geo.french import long_date
from geo.guidance import (
    MEASURES,
    QUESTIONS,
    SETTING_LABELS,
    THRESHOLDS,
    Intent,
    Project,
    Settings,
    checks_using,
    used_text,
)
from geo.guidance.settings_labels import BY_NAME
from tests.exports.printed import texts as pages
from tests.support import real
from tests.support.grid import plain

CRETEIL = ("94028", "94081", "94054", "94080")
DAY = date(2026, 3, 1)


@lru_cache(maxsize=32)
def evaluated(codes: tuple[str, ...], name: str = "Essai", settings: Settings | None = None) -> Evaluated:
    chosen = frozenset(codes)
    return evaluate(Candidate("x", "Scénario", name, chosen, scale_of(chosen, real.atlas())), real.world(), settings)


def make(codes: tuple[str, ...] = CRETEIL, name: str = "Essai", **options: object) -> Note:
    settings = options.pop("settings", None)
    return make_note(evaluated(codes, name, settings), real.world(), made_on=DAY, **options)  # type: ignore[arg-type]


def bare(text: str) -> str:
    """Return a text without any blank: lines of a page break where they like."""
    return re.sub(r"[\s\u00ad\u200b]", "", text)


def members(column: str, code: str) -> tuple[str, ...]:
    return tuple(str(real.atlas().codes[r]) for r in real.atlas().members(column, code))


PERIMETERS = {
    "one commune": ("94028",),
    "in pieces": CRETEIL,
    "Niort Agglo": members("epci", "200041317"),
    "arrondissements": ("13201", "13202", "13203"),
    "Corsica": ("2A004", "2A006"),
    "Réunion and mainland": ("97411", "94028"),
    "an island without EPCI": ("29083",),
    "Grand Paris": members("epci", "200054781"),
}


@lru_cache(maxsize=len(PERIMETERS))
def printed(codes: tuple[str, ...]) -> tuple[Note, bytes]:
    """Return a note and its PDF, made once for what is looked at in it."""
    note = make(codes, "Scénario 2", link="https://exemple.fr/Perimetre?lien=1abc")
    return note, note_pdf(note)


def test_the_text_of_a_page_is_read_without_its_drawings_as_with_them() -> None:
    _, made = printed(PERIMETERS["one commune"])
    assert pages(made) == tuple(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)


@pytest.mark.parametrize("codes", PERIMETERS.values(), ids=PERIMETERS)
def test_every_note_is_two_to_nine_pages_tagged_in_french_and_light(codes: tuple[str, ...]) -> None:
    _, made = printed(codes)
    read = pypdf.PdfReader(io.BytesIO(made))
    root = read.trailer["/Root"]
    assert 2 <= len(read.pages) <= 9
    assert len(made) < 2_000_000
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"] == "fr"
    assert "/StructTreeRoot" in root


@pytest.mark.parametrize("codes", PERIMETERS.values(), ids=PERIMETERS)
def test_the_first_page_stands_alone(codes: tuple[str, ...]) -> None:
    note, made = printed(codes)
    first = bare(pages(made)[0])
    front = note.front
    for words in (front.proposal, front.question, front.cost, "Forces", "À discuter", "Calendrier", note.unnamed):
        assert bare(words) in first
    for point in (*front.strengths, *front.points):
        assert bare(f"{point.title} ({point.badge}). {point.text}") in first
    for value, label in (*front.figures, *front.calendar):
        assert bare(value) in first
        assert bare(label) in first
    assert bare("Scénario 2") not in first
    assert bare("Ce que le guide invite à regarder") not in first


@pytest.mark.parametrize("codes", PERIMETERS.values(), ids=PERIMETERS)
def test_every_commune_is_on_the_map_or_said_to_have_no_room_there_and_neighbours_are_named(
    codes: tuple[str, ...],
) -> None:
    facts = evaluated(codes).facts
    drawn = note_map(facts)
    left_out, written = set(unnamed_on(drawn, facts)), unescape(drawn.svg)
    for name in facts.table["nom"]:
        short = short_name(str(name))
        town = facts.town_name(str(facts.table.loc[facts.table["nom"] == name, "commune"].iloc[0]))
        assert f">{short}<" in written or f">{town}<" in written or short in left_out
    if set(codes) & {"94028", "2A004"}:
        assert f'fill="{GREY}"' in drawn.svg


def test_points_are_whole_sentences_of_the_checks_the_best_and_the_worst_first() -> None:
    found = evaluated(members("epci", "200041317"))
    front = front_of(found)
    said = {c.title: f for c, f in found.findings}
    assert 1 <= len(front.strengths) <= 3
    assert len(front.points) == 3
    for point in (*front.strengths, *front.points):
        whole, text = plain(said[point.title].sentence), plain(point.text)
        for sentence in re.split(r"(?<=[.!?]) (?=[A-ZÀ-Þ0-9«])", text):
            assert sentence.rstrip("…") in whole
        assert text.endswith((".", "?", "!", "…"))
    assert all(p.badge.startswith("favorable") for p in front.strengths)
    assert not any(p.badge.startswith("favorable") for p in front.points)


def test_a_point_says_what_to_look_at_first_and_nothing_to_who_holds_the_mouse() -> None:
    points = {p.title: plain(p.text) for p in front_of(evaluated(CRETEIL)).points}
    assert points["Coordination"].startswith("À regarder : le périmètre est en 4 morceaux.")
    assert "dites-le" not in points["Articulation"]
    assert points["Articulation"].startswith("Il contient en entier le CLSM de Créteil.")


def test_the_text_of_the_pdf_is_what_evaluate_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes = ",".join(CRETEIL)
    out = tmp_path / "note.pdf"
    assert main(["evaluate", "--communes", codes, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["note", "--communes", codes, "--out", str(out), "--nom", "Créteil et trois voisines"]) == 0
    text = bare("".join(re.sub(r"Créteil et trois voisines · .* \d/ ?\d", "", p) for p in pages(out.read_bytes())))
    assert bare("Créteil et trois voisines") in text
    assert bare(f"{told['population']:,}".replace(",", " ")) in text
    for commune in told["communes"]:
        assert bare(f"{commune['nom']} ({commune['population']:,})").replace(",", "") in text
    for check in told["checks"]:
        assert bare(check["titre"]) in text
        assert bare(check["phrase"]) in text, check["id"]
        assert bare(check["issue"] if check["portee"] == "constat" else check["portee"]) in text
        for missing in check["manque"]:
            assert bare(missing) in text
    for layer_id, layer in told["layers"].items():
        if layer_id in ("departements", "regions"):
            continue
        for zone in layer["zones"][:6]:
            people = "inconnu" if zone["population_commune"] is None else str(int(zone["population_commune"]))
            assert bare(zone["nom"]) in text
            assert people in text


def test_the_note_says_where_it_comes_from() -> None:
    text = " ".join(pages(note_pdf(make(link="https://exemple.fr/Perimetre?lien=1abc", remark="Hypothèse du groupe."))))
    for words in (
        "1er mars 2026",
        "version 0.1.0",
        "Hypothèse du groupe.",
        "exemple.fr",
        "Méthode et limites",
        "Données employées",
    ):
        assert bare(words) in bare(text)


def test_a_setting_that_was_changed_is_said_beside_its_check_and_in_the_method() -> None:
    note = make(settings=Settings(marker=150_000))
    size = next(c for c in note.checks if c.title == "Taille")
    assert "150 000 habitants (guide, modifié ; au départ" in plain(size.settings)
    assert "repère de taille" in note.settings_text
    assert "150 000" in plain(note.gauge.alt)
    assert ("Repère de taille", "environ 150 000 habitants (modifié)", "Guide 2025") in [
        tuple(plain(c) for c in row) for row in note.settings.rows
    ]


def test_the_sheet_of_a_service_leaves_its_decision_blank() -> None:
    text = " ".join(pages(note_pdf(make(instruction=True))))
    for words in ("Demandeur", "Avis", "Motifs et observations", "Appréciation du service", "laissée en blanc"):
        assert bare(words) in bare(text)
    assert "Avis" not in [line.strip() for page in pages(note_pdf(make())) for line in page.splitlines()]


def test_a_comparison_has_every_figure_and_every_check() -> None:
    both = side_by_side(default_choice(candidates(real.crosswalk(), "94028")), real.world())
    note = make(comparison=both)
    figures, checks = note.comparison
    assert len(figures.rows) == len(MEASURES)
    assert len(checks.rows) == 14
    text = bare(" ".join(pages(note_pdf(note))))
    assert bare("Créteil (référence)") in text
    assert make(comparison=side_by_side([both.every[0].candidate], real.world())).comparison == ()


def test_hostile_names_are_printed_as_they_are() -> None:
    name = "#panic() *L’Haÿ* $x$ <b>"
    assert bare(name) in bare(pages(note_pdf(make(name=name)))[0])
    document = Document(io.BytesIO(note_docx(make(name=name))))
    assert name in document.paragraphs[0].text


LENS = "clsm-62-lens-henin"
HOSTILE = "#panic() *gras* $x$ <b>x</b>\n@ref \\ \"'` {{7*7}}"


def test_the_questions_of_the_guide_are_printed_with_their_answers_or_a_place_for_them() -> None:
    note = make(answers=(("ptsm", HOSTILE), ("copil-pour", "Proximité.")))
    assert "2 réponses sur" in plain(note.questions_text)
    text = bare(" ".join(pages(note_pdf(note))))
    document = Document(io.BytesIO(note_docx(note)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for question in note.questions:
        assert bare(question.question) in text
        assert bare(question.data) in text
        assert any(question.question in cell for cell in cells)
    for line in HOSTILE.split("\n"):
        assert bare(line) in text
    assert HOSTILE in cells
    assert cells.count("…" * 28) == len(note.questions) - 2
    assert {q.id for q in note.questions} <= {q.id for q in QUESTIONS}


def test_the_note_says_the_project() -> None:
    assert "Projet" not in make().project
    settings = Settings(project=Project.of(Intent.ENLARGE, [LENS]))
    note = make(("62498", "59452"), settings=settings)
    assert plain(note.project) == "Projet : élargir le CLSM Lens-Hénin."
    assert bare(note.project) in bare(" ".join(pages(note_pdf(note))))
    assert any(p.text == note.project for p in Document(io.BytesIO(note_docx(note))).paragraphs)
    lost = make(settings=Settings(project=Project.of(Intent.MERGE, ["x", "y"]))).project
    assert "absent des données d’ici" in lost


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Scénario 2", "Créteil, Vitry-sur-Seine et 2 autres communes"),
        ("Périmètre", "Créteil, Vitry-sur-Seine et 2 autres communes"),
        ("Périmètre (copie)", "Créteil, Vitry-sur-Seine et 2 autres communes"),
        ("scénario 12 (copie) (3)", "Créteil, Vitry-sur-Seine et 2 autres communes"),
        ("Grand Créteil (copie)", "Grand Créteil : Créteil, Vitry-sur-Seine et 2 autres communes"),
        ("Grand Créteil", "Grand Créteil"),
        ("Périmètre du Val", "Périmètre du Val"),
    ],
)
def test_a_note_is_never_entitled_by_a_number_or_a_copy(name: str, title: str) -> None:
    order = sorted(CRETEIL, key=lambda c: -real.atlas().population[real.atlas().row[c]])
    names = [str(real.atlas().names[real.atlas().row[c]]) for c in order]
    expected = title.replace("Créteil, Vitry-sur-Seine et", f"{names[0]}, {names[1]} et")
    assert plain(title_of(name, CRETEIL, real.atlas())) == expected
    assert speaks(name) == (name == title)
    assert plain(make(name=name).name) == expected


def test_few_towns_are_all_named_in_a_title() -> None:
    assert title_of("Scénario 1", ["94028"], real.atlas()) == "Créteil"
    assert title_of("Scénario 1", [], real.atlas()) == "Scénario 1"


def test_a_title_names_the_arrondissements_of_a_city_taken_in_part() -> None:
    atlas = real.atlas()
    assert title_of("Scénario 1", ["75118", "75119"], atlas) == "Paris 18e et Paris 19e"
    assert (
        plain(title_of("Scénario 1", ["13201", "13202", "13203", "13204"], atlas))
        == "Marseille 3e, Marseille 4e et 2 autres"
    )
    assert title_of("Scénario 1", atlas.parts["75056"], atlas) == "Paris"


@pytest.mark.parametrize(
    "link",
    ["http://127.0.0.1:8501/Perimetre?lien=1abc", "http://localhost:8501/P?lien=1", "http://[::1]:8501/P", "/Perimetre?lien=1abc",
     "http://0.0.0.0:8501/P", "http://192.168.1.12:8501/P", "http://10.0.0.3/P", "http://poste-de-marie:8501/P", "http://pc.local/P",
     "https://[fe80::1]/P", "http://[broken/P", "http://LOCALHOST./P"],
)  # fmt: skip
def test_a_link_that_opens_on_one_machine_is_told_from_the_others(link: str) -> None:
    assert not opens_elsewhere(link)


def test_a_link_that_opens_on_one_machine_is_not_printed_and_the_file_is_asked_for() -> None:
    link = "http://127.0.0.1:8501/Perimetre?lien=1abc"
    note = make(("94028",), link=link)
    assert note.link == ""
    text = bare(" ".join(pages(note_pdf(note))))
    assert bare("joignez le fichier de scénarios") in text
    assert bare(link) not in text
    document = Document(io.BytesIO(note_docx(note)))
    assert any("fichier de scénarios" in p.text for p in document.paragraphs)
    assert len(document.inline_shapes) == 2, "gauge and map, no code"


@pytest.mark.parametrize(
    "link", ["https://exemple.fr/Perimetre?lien=1", "https://clsm.ars.sante.fr:8443/P", "http://8.8.8.8/P"]
)
def test_a_public_address_is_printed(link: str) -> None:
    assert opens_elsewhere(link)
    assert make(("94028",), link=link).link == link


def test_a_note_without_link_says_nothing_of_it() -> None:
    assert make(("94028",)).link_text == ""


def test_the_note_gives_the_cost_per_inhabitant_with_what_it_takes() -> None:
    note = make(("94028",))
    assert plain(note.staffing.rows[0][2]) == "1,28 € par habitant et par an, pour 2 ETP, 120 000 €"
    assert "(recommandé)" in note.staffing.rows[1][0]
    assert bare(note.staffing.rows[0][2]) in bare(" ".join(pages(note_pdf(note))))


def test_the_five_members_of_the_guide_are_apart_in_the_note() -> None:
    groups = [row[0] for row in make().guests.rows]
    assert groups[:7] == [
        "Communes", "Intercommunalités", "Secteurs de psychiatrie", "Établissements de psychiatrie", "Personnes concernées",
        "Aidants", "Coordination",
    ]  # fmt: skip
    assert not any("convaincre" in c.title or "déjà là" in c.title for c in make().checks)


def test_the_document_to_edit_has_real_headings_tables_and_descriptions() -> None:
    both = side_by_side(default_choice(candidates(real.crosswalk(), "94028")), real.world())
    note = make(comparison=both, link="https://exemple.fr/Perimetre?lien=1abc", instruction=True)
    document = Document(io.BytesIO(note_docx(note)))
    headings = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings[0] == ("Heading 1", "Essai")
    assert {"Le périmètre", "Qui inviter", "Avis", "Méthode et limites"} <= {t for s, t in headings if s == "Heading 2"}
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert len(document.inline_shapes) == 3
    assert all(s._inline.docPr.get("descr") for s in document.inline_shapes)
    language = document.styles["Normal"].element.rPr.find(qn("w:lang"))
    assert language.get(qn("w:val")) == "fr-FR"
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    for check in note.checks:
        assert any(check.sentence in cell for cell in cells)


def test_a_link_too_long_for_paper_has_no_code_and_is_still_printed() -> None:
    assert qr_svg("") == ""
    assert qr_svg("x" * (QR_LONGEST + 1)) == ""
    assert qr_svg("https://exemple.fr").startswith("<svg")
    long = "https://exemple.fr/Perimetre?lien=" + "abc" * 700
    made = note_pdf(make(("94028",), link=long))
    assert bare(long) in bare("".join(pages(made)))
    links = [
        a.get_object()["/A"]["/URI"] for p in pypdf.PdfReader(io.BytesIO(made)).pages for a in p.get("/Annots", [])
    ]
    assert set(links) == {long}


def test_small_maps_share_one_scale() -> None:
    one, two = evaluated(("94028",)).facts, evaluated(members("ept", "200058006")).facts
    bounds = frame_of(real.atlas(), [one.rows, two.rows], 2154)
    drawn = [small_map(f, bounds, 2154) for f in (one, two)]
    bars = [re.findall(r">(\d+\u00a0km)</text>", d.svg) for d in drawn]
    assert bars[0] == bars[1] != []
    assert all(len(d.svg) < 60_000 for d in drawn)
    assert picture_png(drawn[0].svg).startswith(b"\x89PNG")


def test_the_gauge_is_told_in_words() -> None:
    said = plain(gauge_words(100_000, Settings()))
    assert "100 000 habitants, soit 50 % du repère" in said
    assert "pas de minimum" in said


def test_every_setting_has_words_and_a_check_that_uses_it() -> None:
    assert set(BY_NAME) == set(THRESHOLDS)
    assert all(checks_using(s.name) for s in SETTING_LABELS)
    assert plain(used_text(("central",), Settings())) == (
        "ville dominante : plus de 50 % des habitants, des QPV ou des lieux (seuil de l’outil)"
    )
    assert used_text((), Settings()) == ""
    changed = replace(Settings(), around=0.2)
    assert "modifié" in used_text(("around",), changed)


def test_dates_are_written_in_french() -> None:
    assert long_date(DAY) == "1er mars 2026"
    assert long_date(date(2026, 8, 15)) == "15 août 2026"


def test_an_empty_perimeter_has_no_note() -> None:
    with pytest.raises(GeoInputError, match="vide"):
        make(())


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx", "gpkg", "geojson", "csv"])
def test_the_command_writes_each_format(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "sortie"
    assert main(["note", "--communes", "94028", "--out", str(out), "--format", kind]) == 0
    assert out.stat().st_size > 100
    assert "ko" in capsys.readouterr().out


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["note", "--communes", "94028", "--out", str(tmp_path / "note.odt")]) == 2
    assert "précisez le format" in capsys.readouterr().err
    assert main(["note", "--communes", "94028", "--out", str(tmp_path / "absent" / "note.csv")]) == 2
    assert "ne peut pas être écrit" in capsys.readouterr().err
    assert main(["compare", "--commune", "99999"]) == 2
    assert "n’existe pas" in capsys.readouterr().err


def test_the_comparison_is_told_as_data_and_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--commune", "94028", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [p["type"] for p in told["perimetres"]] == ["Commune", "EPT", "CPTS"]  # no métropole of 7 million
    assert told["ecarts"][0] == {**told["ecarts"][0], "chiffres": {}, "reperes": {}, "communes_en_plus": []}
    assert told["perimetres"][0]["chiffres"]["lieux"]["valeur"] is None
    assert main(["compare", "--commune", "94028"]) == 0
    assert "Habitants : 93 397" in plain(capsys.readouterr().out)


def test_a_point_to_discuss_says_in_short_what_is_to_be_discussed() -> None:
    points = {p.title: plain(p.text) for p in front_of(evaluated(("94028", "94046", "94011"))).points}
    assert points["Quartiers prioritaires"].startswith("Laissés dehors, dans les communes limitrophes : ")
    alone = {p.title: plain(p.text) for p in front_of(evaluated(("2A004", "2B033"))).points}
    rural = next(f for c, f in evaluated(("2A004", "2B033")).findings if c.id == "rural")
    assert plain(in_short(rural)).startswith("3 communes rurales limitrophes des mêmes intercommunalités")
    assert "qui servira leurs habitants ?" in plain(in_short(rural))
    assert all(len(text) <= 231 for text in (*points.values(), *alone.values()))


def test_a_share_of_nobody_is_no_share() -> None:
    assert ("sans objet", "en commune rurale (estimation) : 0 sur 0") in make(("55039",)).figures
    assert dict(reversed(figure) for figure in make(("75118", "75119")).figures)["arrondissements"] == "2"
