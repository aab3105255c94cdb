"""The file for a council: the same figures in every document, read back from each format; blanks, addresses, remark, letters."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pypdf
import pytest
from lxml import etree, html

from geo.comparison import Candidate, evaluate, scale_of
from geo.dossier import MIMES, PIECES, Dossier, Wishes, make_archive, make_piece
from geo.dossier.blocks import Heading, Text
from geo.dossier.deliberation import convention, deliberation
from geo.dossier.easy import LONGEST_SENTENCE, easy
from geo.dossier.letters import KINDS, MOST_LETTERS, letters
from geo.errors import GeoInputError
from geo.exports import Export
from geo.guidance import Intent, Project, Settings
from geo.scenarios import Scenario
from tests.exports.printed import texts
from tests.support import real
from tests.support.grid import plain

CRETEIL = ("94028", "94081", "94054", "94080")
DAY = date(2026, 3, 1)
REMARK = "Accord de principe du premier adjoint, à taire."
LOCAL = "http://127.0.0.1:8501/Perimetre?lien=1abc"
PUBLIC = "https://clsm.exemple.fr/Perimetre?lien=1abc"
DOCUMENTS = [p.path for p in PIECES if p.kind != "json"]
# Every document that gives the figures of the first page gives all of them.
WITH_FIGURES = [p for p in DOCUMENTS if not p.startswith(("3-", "4-", "6-", "7-"))]


@lru_cache(maxsize=16)
def dossier_of(
    codes: tuple[str, ...] = CRETEIL,
    *,
    name: str = "Scénario 2 (copie)",
    link: str = LOCAL,
    wishes: Wishes | None = None,
    settings: Settings | None = None,
    answers: tuple[tuple[str, str], ...] = (),
    remark: str = REMARK,
) -> Dossier:
    chosen = frozenset(codes)
    candidate = Candidate("x", "Scénario", name, chosen, scale_of(chosen, real.atlas()))
    scenario = Scenario(name, chosen, remark, answers=answers)
    export = Export(evaluate(candidate, real.world(), settings), real.world(), scenario, link, made_on=DAY)
    return Dossier(export, wishes or Wishes())


@lru_cache(maxsize=1)
def archive() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(make_archive(dossier_of()))) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def members(column: str, code: str) -> tuple[str, ...]:
    return tuple(str(real.atlas().codes[r]) for r in real.atlas().members(column, code))


def text_of(path: str, data: bytes) -> str:
    """Return all the text of a document, whatever its format."""
    kind = path.rpartition(".")[2]
    if kind == "pdf":
        return "\n".join(texts(data))
    if kind == "html":
        return str(html.document_fromstring(data).text_content())
    if kind in ("docx", "odt", "pptx"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = [
                n
                for n in packed.namelist()
                if re.fullmatch(r"word/(document|footer\d*)\.xml|content\.xml|ppt/slides/slide\d+\.xml", n)
            ]
            return "\n".join(" ".join(etree.fromstring(packed.read(n)).itertext()) for n in sorted(names))
    return data.decode("utf-8-sig")


def bare(text: str) -> str:
    return re.sub(r"[\s\u00ad\u200b]", "", text)


def test_the_archive_holds_every_document_and_says_how_far_it_is() -> None:
    seen: list[tuple[str, int, int]] = []
    made = make_archive(dossier_of(("94028",)), lambda *step: seen.append(step))
    with zipfile.ZipFile(io.BytesIO(made)) as found:
        assert set(found.namelist()) == {*(p.path for p in PIECES), "LISEZ-MOI.txt"}
    assert [done for _, done, _ in seen] == list(range(len(PIECES) + 1))
    assert {of for _, _, of in seen} == {len(PIECES)}
    assert {p.kind for p in PIECES} <= set(MIMES)


@pytest.mark.parametrize("path", WITH_FIGURES)
def test_the_figures_of_the_first_page_are_the_same_in_every_document(path: str) -> None:
    text = bare(text_of(path, archive()[path]))
    for value, label in dossier_of().figures:
        assert bare(value) in text, value
        assert bare(label) in text, label
    assert bare(dossier_of().note.front.cost) in text


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_document_gives_the_same_inhabitants_and_communes_and_no_other(path: str) -> None:
    dossier, text = dossier_of(), plain(text_of(path, archive()[path]))
    if "6-" not in path:
        assert bare(dossier.people) in bare(text)
    assert bare(dossier.size) in bare(text)
    stated = re.findall(r"(\d[\d ]*\d) habitants \(population municipale", " ".join(text.split()))
    assert {bare(s) for s in stated} <= {bare(dossier.people.removesuffix("habitants"))}
    costs = re.findall(r"environ ([\d,]+) € par habitant et par an", " ".join(text.split()))
    assert {f"environ {c} €" for c in costs} <= {plain(dossier.measured("temps_plein"))}


@pytest.mark.parametrize("path", DOCUMENTS)
def test_no_document_says_the_default_name_the_private_remark_nor_an_address_that_opens_nowhere(path: str) -> None:
    data = archive()[path]
    text = bare(text_of(path, data))
    for unsaid in ("Scénario 2", "(copie)", REMARK, "127.0.0.1", "convaincre"):
        assert bare(unsaid) not in text
    if path.endswith(("docx", "odt", "pptx")):  # descriptions of pictures and properties too
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            assert not [n for n in packed.namelist() if "Scénario 2" in packed.read(n).decode("utf-8", "ignore")]
    assert bare("Vitry-sur-Seine") in text


def test_the_file_of_the_scenario_reopens_the_communes_and_keeps_the_remark_back() -> None:
    told = json.loads(archive()["9-scenario.json"])
    assert REMARK not in json.dumps(told, ensure_ascii=False)
    assert set(CRETEIL) <= set(re.findall(r"\d{5}", json.dumps(told)))


def test_the_remark_is_printed_when_asked_and_a_public_address_leads_there() -> None:
    dossier = dossier_of(link=PUBLIC, wishes=Wishes(remark=True))
    text = bare(text_of("1-note.pdf", make_piece("1-note.pdf", dossier)))
    assert bare(REMARK) in text
    assert bare(PUBLIC) in text
    assert bare(PUBLIC) in bare(text_of("x.html", make_piece("8-page-a-consulter.html", dossier)))
    assert bare("joignez le fichier de scénarios") in bare(text_of("1-note.pdf", archive()["1-note.pdf"]))


@pytest.mark.parametrize("path", [p for p in DOCUMENTS if p.endswith(".pdf")])
def test_every_pdf_is_tagged_in_french_and_says_that_it_is_accessible(path: str) -> None:
    read = pypdf.PdfReader(io.BytesIO(archive()[path]))
    root = read.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"] == "fr"
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


def test_what_the_person_says_is_printed_and_what_they_do_not_is_a_blank() -> None:
    wishes = Wishes(council="Conseil municipal de Créteil", session="12 mars 2027", contact="Service santé")
    filled = dossier_of(wishes=wishes)
    said = " ".join(b.text for b in deliberation(filled).blocks if isinstance(b, Text | Heading))
    assert "Conseil municipal de Créteil" in said
    assert "12 mars 2027" in said
    assert "[à compléter : nom et qualité du signataire]" in said
    assert ("Délibération du conseil", "12 mars 2027") in filled.note.front.calendar
    blanks = " ".join(b.text for b in deliberation(dossier_of()).blocks if isinstance(b, Text | Heading))
    assert "[à compléter : collectivité qui délibère]" in blanks
    assert "[à compléter : date de la séance]" in blanks


def test_the_considerations_are_whole_sentences_of_the_checks_with_their_sources() -> None:
    dossier = dossier_of(members("epci", "200041317"))
    said = [
        plain(b.text) for b in deliberation(dossier).blocks if isinstance(b, Text) and b.text.startswith("Considérant")
    ]
    found = {c.title: f for c, f in dossier.export.found.findings}
    assert len(said) == len(dossier.checked) + 2
    for point, text in zip(dossier.checked, said, strict=False):
        assert plain(found[point.title].sentence) in text
        assert plain(point.source) in text


def test_the_project_is_said_with_its_verb() -> None:
    clsm = str(real.crosswalk().layers["clsm"].zones.index[0])
    enlarged = dossier_of(settings=Settings(project=Project(Intent.ENLARGE, (clsm,))))
    assert "principe d’élargir le" in plain(enlarged.note.front.question)
    assert "Un CLSM existe déjà." in [b.text for b in easy(enlarged).blocks if isinstance(b, Text)]
    created = dossier_of(settings=Settings(project=Project(Intent.CREATE)))
    assert "principe de créer un conseil local" in plain(created.note.front.question)


def test_each_commune_has_its_letter_and_past_many_there_is_one_with_the_list() -> None:
    mayors = KINDS[0]
    few = letters(dossier_of(), mayors)
    assert [b.text for b in few.blocks if isinstance(b, Heading)] == [name for name, _ in dossier_of().communes]
    many = letters(dossier_of(members("epci", "200054781")), mayors)
    heads = [b.text for b in many.blocks if isinstance(b, Heading)]
    assert heads == ["[à compléter : destinataire]", "Destinataires"]
    assert len(dossier_of(members("epci", "200054781")).communes) > MOST_LETTERS


def test_a_letter_to_nobody_known_is_a_blank_and_no_name_is_invented() -> None:
    niort = dossier_of(members("epci", "200041317"))
    psychiatry, users = letters(niort, KINDS[2]), letters(niort, KINDS[3])
    assert [b.text for b in psychiatry.blocks if isinstance(b, Heading)] == [
        "[à compléter : secteur ou établissement de psychiatrie]"
    ]
    assert [b.text for b in users.blocks if isinstance(b, Heading)] == [
        "[à compléter : association de personnes concernées ou d’aidants, GEM]"
    ]
    known = letters(dossier_of(), KINDS[2])
    assert "Secteur 94G11" in [b.text for b in known.blocks if isinstance(b, Heading)]


def test_easy_french_keeps_its_sentences_short_and_explains_its_hard_words() -> None:
    document = easy(dossier_of())
    named = {name for name, _ in dossier_of().communes}
    texts = [
        b.text
        for b in document.blocks
        if isinstance(b, Text) and b.look == "body" and not any(n in b.text for n in named)
    ]
    for sentence in (s for text in texts for s in re.split(r"(?<=[.?!])\s+", plain(text))):
        assert len(sentence.split()) <= LONGEST_SENTENCE, sentence
    assert document.points >= 14
    said = " ".join(texts)
    for word in ("Aidant", "CLSM", "Santé mentale", "Quartier prioritaire"):
        assert f"{word} :" in plain(said)


def test_the_convention_has_the_headings_of_the_guide() -> None:
    heads = " ".join(b.text for b in convention(dossier_of()).blocks if isinstance(b, Heading))
    for rubric in ("Parties", "objectifs communs", "Périmètre", "Composition", "Instances", "Coordination", "Engagements", "Financement",
                   "évaluation", "Articulation", "Durée", "Signatures"):  # fmt: skip
        assert rubric in heads


def test_the_slides_are_six_with_titles_and_a_described_map() -> None:
    with zipfile.ZipFile(io.BytesIO(archive()["5-diapositives.pptx"])) as packed:
        slides = [n for n in packed.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", n)]
        second = packed.read("ppt/slides/slide2.xml").decode()
    assert len(slides) == 6
    assert 'descr="Carte du périmètre' in second


def test_an_empty_perimeter_and_an_unknown_document_are_refused_in_french() -> None:
    with pytest.raises(GeoInputError, match="n’existe pas"):
        make_piece("inconnu.pdf", dossier_of())
    empty = dossier_of()
    hollow = evaluate(replace(empty.export.found.candidate, codes=frozenset()), real.world())
    with pytest.raises(GeoInputError):
        make_archive(Dossier(replace(empty.export, found=hollow)))


def test_the_same_file_is_made_twice_alike() -> None:
    for path in ("2-deliberation.docx", "8-page-a-consulter.html", "9-scenario.json"):
        again = dossier_of.__wrapped__()  # evaluated again too
        assert bare(text_of(path, make_piece(path, again))) == bare(text_of(path, archive()[path]))


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice n’est pas sur cette machine")
def test_libreoffice_opens_every_document_to_edit(tmp_path: Path) -> None:
    kinds = ("docx", "odt", "pptx")
    files = {path: data for path, data in archive().items() if path.endswith(kinds)}
    for path, data in files.items():
        (tmp_path / path.replace("/", "-")).write_bytes(data)
    given = sorted(p.name for p in tmp_path.iterdir())
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", "out", *given],
        cwd=tmp_path,
        check=True,
        timeout=300,
    )
    for path in files:
        read = pypdf.PdfReader(tmp_path / "out" / f"{path.replace('/', '-').rpartition('.')[0]}.pdf")
        assert bare(dossier_of().name) in bare("".join(page.extract_text() for page in read.pages))


def test_a_project_not_said_beside_a_clsm_is_a_blank_and_not_a_creation() -> None:
    known, clear = dossier_of(("94028",)), dossier_of(("94081",))
    said = plain(known.note.front.proposal)
    assert "Il est proposé de [à compléter : créer, élargir ou fusionner] un conseil local" in said
    assert "[à compléter : créer, élargir ou fusionner]" in plain(known.note.front.question)
    assert any(
        "[à compléter : créer, agrandir ou réunir]" in plain(t.text) for t in easy(known).blocks if isinstance(t, Text)
    )
    create = dossier_of(("94028",), settings=Settings(project=Project.of(Intent.CREATE)))
    for dossier in (clear, create):
        assert "Il est proposé de créer un conseil local" in plain(dossier.note.front.proposal)


def test_an_enlargement_and_a_merger_are_french_and_name_their_clsm_once() -> None:
    zones = real.crosswalk().layers["clsm"].zones
    one, two = (str(zones.index[zones["nom"] == name][0]) for name in ("CLSM de Créteil", "CLSM de Bastia"))
    enlarged = dossier_of(settings=Settings(project=Project(Intent.ENLARGE, (one,))))
    assert plain(enlarged.note.front.proposal).startswith("Il est proposé d’élargir le CLSM de Créteil sur 4 communes")
    assert "le principe d’élargir le CLSM de Créteil sur ce périmètre" in plain(enlarged.note.front.question)
    assert (
        "examine, le" in plain(letters(enlarged, KINDS[0]).blocks[5].text)
        and "d’élargir le CLSM de Créteil" in enlarged.of_aim
    )
    merged = dossier_of(settings=Settings(project=Project.of(Intent.MERGE, (one, two))))
    names = "le CLSM de Bastia et le CLSM de Créteil"
    said = plain(merged.note.front.proposal)
    assert said.startswith("Il est proposé de fusionner ") and (
        names in said or "le CLSM de Créteil et le CLSM de Bastia" in said
    )
    vague = dossier_of(settings=Settings(project=Project(Intent.ENLARGE)))
    assert plain(vague.note.front.proposal).startswith("Il est proposé d’élargir un CLSM sur")
    whole = dossier_of(("75118", "93066"))
    assert not any("dites" in plain(p.whole) for p in whole.checked)


def test_numbers_and_words_agree_in_every_sentence() -> None:
    nobody = dossier_of(("55039",))
    lines = "\n".join(plain(t) for block in deliberation(nobody).blocks for t in getattr(block, "texts", ()))
    assert "0 habitant, population municipale" in lines and "0 (estimation) habitant en commune rurale" in lines
    assert "Par habitant et par an, pour un temps plein de coordination : inconnu" in lines
    assert "inconnu par habitant" not in plain(nobody.note.front.cost)
    (mayor,), (body,) = nobody.mayors(), nobody.bodies()
    assert plain(mayor.part) == "Votre commune est la seule concernée : 0 habitant."
    assert plain(body.part).startswith("1 commune sur 25 de votre intercommunalité y est, soit")
    assert "y sont, soit" in plain(dossier_of(("94028", "94011")).bodies()[0].part)
    one = dict(reversed(figure) for figure in dossier_of(("79191", "79049")).figures)
    assert not any(label.startswith("QPV touchés") and value in ("0", "1") for label, value in one.items())
    assert "On ne sait pas le prix par habitant." in [t.text for t in easy(nobody).blocks if isinstance(t, Text)]


def test_the_price_is_french_in_easy_french() -> None:
    texts = [plain(t.text) for t in easy(dossier_of()).blocks if isinstance(t, Text)]
    (price,) = (t for t in texts if t.startswith("Le prix est"))
    assert price.startswith("Le prix est d’environ 0,")
    assert "On ne sait pas encore qui paie combien." in texts


def test_the_link_that_a_draft_announces_is_under_it() -> None:
    for written in (deliberation, convention):
        texts = [b.text for b in written(dossier_of(link=PUBLIC)).blocks if isinstance(b, Text)]
        assert texts[-1] == PUBLIC and texts[-2].startswith("Le lien ci-dessous")
        local = [b.text for b in written(dossier_of()).blocks if isinstance(b, Text)]
        assert not any("lien ci-dessous" in t or "adresse de ce tableau" in t for t in local)


def test_a_city_taken_in_part_is_told_by_its_arrondissements_in_every_paper() -> None:
    dossier = dossier_of(("75118", "75119", "93066"), name="Scénario 1")
    both = ("Paris 18e", "Paris 19e")
    said = {
        "title": dossier.name,
        "proposal": dossier.note.front.proposal,
        "map": dossier.note.map.alt,
        "deliberation": plain(str(deliberation(dossier).blocks)),
        "convention": plain(str(convention(dossier).blocks)),
        "easy": plain(str(easy(dossier).blocks)),
        "mayors": dossier.mayors()[0].part,
    }
    assert not {what: text for what, text in said.items() if any(name not in text for name in both)}
    assert "Annexe. Communes et arrondissements du périmètre" in said["deliberation"]
    assert ("Paris 18e", "183\u202f127") in dossier.communes


def test_the_only_commune_of_a_perimeter_is_not_counted_against_itself() -> None:
    assert plain(dossier_of(("94028",)).mayors()[0].part) == "Votre commune est la seule concernée : 93 397 habitants."
    assert "par Marseille 1er" in dossier_of(("13201",)).mayors()[0].part


def test_the_mayors_of_the_arrondissements_taken_are_written_to() -> None:
    found = dossier_of(("75118", "75119", "93066")).mayors()
    assert [(to.name, to.role) for to in found] == [
        ("Paris", "maire"), ("Paris 18e", "maire d’arrondissement"), ("Paris 19e", "maire d’arrondissement"), ("Saint-Denis", "maire"),
    ]  # fmt: skip
    assert plain(found[1].part) == "Votre arrondissement y compte pour 183 127 habitants sur 510 895."
