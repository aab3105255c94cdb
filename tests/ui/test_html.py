"""What the pages write by themselves: every text escaped once, words beside every colour, nothing unknown left blank."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from geo import french as fr
from geo.coverage import Status
from geo.display import LINES
from geo.guidance import CHECKS, TONES, Check, Finding, Outcome, Reach, Settings, summary
from geo.layers import Etat, Overlap, Precision, Relation
from geo.paths import ROOT
from tests.support.grid import crosswalk, draw, facts_of, plain, zone
from ui import html, panels
from ui.map.scene import EXTENDED, PALE, PALETTE
from ui.perimeter import judge as gauge
from ui.perimeter import judge as judge_view

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</table></style><b>gras</b>",
    "`${alert(1)}`",
    "guillemets \" et ' mêlés",
    "{{7*7}} {% raw %} & &amp; &lt;b&gt;",
    "L'Haÿ-les-Roses",
    "Côte d'Or",
)
TAGS = {"div", "span", "b", "i", "p", "h2", "h3", "h4", "article", "details", "summary", "table", "thead", "tbody",
        "tr", "th", "td", "small", "section", "figure", "ul", "li", "button"}  # fmt: skip
SETTINGS = Settings()


class Reading(HTMLParser):
    """What a browser would make of a piece of HTML: its texts, its tags, their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


def read(text: str) -> Reading:
    """Parse what the code wrote: balanced, of known tags, without a handler nor a script."""
    found = Reading(text)
    assert found.open == [], f"left open: {found.open}"
    assert {tag for tag, _ in found.tags} <= TAGS
    assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on")]
    return found


def finding(outcome: Outcome = Outcome.DISCUSS, reach: Reach = Reach.FINDING, **known: object) -> Finding:
    return Finding("taille", outcome, **{"sentence": "Une phrase.", **known}, reach=reach)


def overlap(**known: object) -> Overlap:
    ordinary = Overlap(
        layer="clsm", id="clsm-1", name="CLSM de Bourg", etat=Etat.EN_SERVICE, precision=Precision.LUE, communes=2, partial=0,
        population=1500.0, zone_communes=4, zone_population=3000.0, share_of_perimeter=0.25, share_of_zone=0.5,
        relation=Relation.PARTIEL,
    )  # fmt: skip
    return replace(ordinary, **known)


def cells(row: tuple[str, ...]) -> list[str]:
    return [plain(cell) for cell in row]


# --- hostile names ----------------------------------------------------------------------------------------------
CHECK = CHECKS[0]
WRITERS: dict[str, Callable[[str], str]] = {
    "section": lambda t: html.section(t, t),
    "figures": lambda t: html.figures([(t, t)]),
    "legend": lambda t: html.legend([("#123456", t)]),
    "table": lambda t: html.table([(t, False), ("n", True)], [(t,), (t, t)], caption=t),
    "overlap": lambda t: html.table([("Zone", False)] * 4, [html.overlap_cells(overlap(name=t))], caption=t),
    "turned": lambda t: judge_view.turned_text((judge_view.Turn(t, ("favorable", "f"), ("à discuter", "d")),)),
    "checks": lambda t: judge_view.cards([(replace(CHECK, title=t), finding(sentence=t, missing=(t,)))]),
    "explanation": lambda t: judge_view.explanation(
        replace(CHECK, question=t), finding(sentence=t, details=(t,)), SETTINGS
    ),
    "move": lambda t: judge_view.line(["01001"], t, [t]),
    "move without a place": lambda t: judge_view.line([], t, [t]),
    "paragraph": judge_view.paragraph,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("writer", WRITERS)
def test_a_hostile_name_stays_text(writer: str, name: str) -> None:
    found = read(WRITERS[writer](name))
    assert fr.typeset(name) in found.text
    calm = read(WRITERS[writer]("nom"))
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in calm.tags]
    assert [sorted(attributes) for _, attributes in found.tags] == [sorted(a) for _, a in calm.tags]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text_in_whole_blocks(name: str) -> None:
    atlas = draw([[100, 200], [300, 400]], epci=[["200000001", "200000001"], ["200000002", "200000002"]])
    atlas.table["nom"] = name
    atlas.epci["nom"] = name
    drawn = {
        "clsm": {"z": zone("01001", part=["01002"], nom=name)},
        "qpv": {"q": zone(part=["01001"], nom=name)},
        "epci": {"200000001": zone("01001", "01002", nom=name)},
        "ept": {},
    }
    facts = facts_of(atlas, ["01001", "01002"], drawn)
    checks = [(c, c.run(facts, SETTINGS)) for c in CHECKS]
    for block in (
        panels.layers_met(facts),
        panels.commune_card("01001", crosswalk(atlas, drawn)),
        judge_view.cards(checks) + judge_view.tally(checks),
        judge_view.figures(facts, SETTINGS),
        judge_view.paragraph(summary(facts, checks)),
    ):
        assert "<script" not in block
        assert "<img" not in block
        read(block)
    assert fr.typeset(name) in read(panels.layers_met(facts)).text
    assert fr.typeset(name) in read(panels.commune_card("01001", crosswalk(atlas, drawn))).text


def test_a_colour_of_a_legend_cannot_leave_its_attribute() -> None:
    found = read(html.legend([('"><script>alert(1)</script>', "texte")]))
    assert [tag for tag, _ in found.tags] == ["div", "span", "i"]


# --- words beside colours ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("reach", Reach)
def test_a_badge_always_says_in_words_what_its_colour_says(outcome: Outcome, reach: Reach) -> None:
    found = finding(outcome, reach)
    expected = str(outcome) if reach is Reach.FINDING else str(reach)
    assert read(html.badge(found)).text == expected
    tone = found.tone
    assert re.search(rf"\.clsm-checks \.{tone} b::before \{{content:\"\S+ \" / \"\";\}}", html.STYLE), "a sign too"
    card = read(judge_view.cards([(CHECK, found)]))
    assert expected in card.text
    assert any(attributes.get("class") == tone for _, attributes in card.tags)


def test_no_two_outcomes_look_the_same() -> None:
    assert len(set(TONES.values())) == len(TONES)
    assert set(TONES) == {*Outcome, *Reach} - {Reach.FINDING}


def test_a_legend_gives_each_colour_its_word() -> None:
    found = read(html.legend([("#1f7a6d", "couvert"), ("#459787", "couvert : supposé")]))
    assert found.texts == ["couvert", f"couvert{fr.NBSP}: supposé"]
    (_, box), *items = found.tags
    assert box["role"] == "list"
    assert box["aria-label"] == "Légende de la carte"
    assert [a["role"] for tag, a in items if tag == "span"] == ["listitem", "listitem"]
    assert [a["style"] for tag, a in items if tag == "i"] == ["background:#1f7a6d", "background:#459787"]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2 between two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_has_it() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_every_text_of_the_style_is_legible_on_its_ground() -> None:
    rules = re.findall(r"([^{}]+)\{([^}]*)\}", html.STYLE)
    read_colours = 0
    for selector, body in rules:
        ink = re.search(r"(?<![-\w])color:(#[0-9a-f]{3,6})", body)
        if not ink:
            continue
        ground = re.search(r"background:(#[0-9a-f]{3,6})", body)
        for paper in [ground.group(1)] if ground else ["#ffffff", "#fff"]:
            read_colours += 1
            assert contrast(ink.group(1), paper) >= 4.5, (selector.strip(), ink.group(1), paper)
    assert read_colours >= 10


def colour_in(script: str, name: str) -> str:
    """Return a colour as a script of the map writes it."""
    written = re.search(
        rf'^const {name} = "(#[0-9a-f]{{6}})";', (ROOT / "static" / "js" / script).read_text("utf-8"), re.M
    )
    assert written, f"{script} names no colour {name}"
    return written[1]


def test_a_boundary_stands_out_on_white_and_on_every_fill() -> None:
    chosen, casing = colour_in("legend.js", "SELECTED"), colour_in("drawing.js", "CASING")
    fills = [swatch.fill for swatch in (*PALETTE.values(), EXTENDED)] + [*PALE.values(), chosen, "#ffffff"]
    for name, line in LINES.items():
        assert contrast(line.colour, casing) >= 4.5, name
        for fill in fills:
            assert max(contrast(line.colour, fill), contrast(casing, fill)) >= 3, (name, fill)
    assert contrast(chosen, "#ffffff") >= 4.5
    for status, pale in PALE.items():
        assert contrast(chosen, pale) >= 3, f"the choice must stand out over {status!r}"


def test_the_choice_has_one_colour_in_the_legend_and_on_the_map() -> None:
    red, green, blue = (int(colour_in("legend.js", "SELECTED")[i : i + 2], 16) for i in (1, 3, 5))
    drawing = (ROOT / "static" / "js" / "drawing.js").read_text(encoding="utf-8")
    assert f'SELECTED = {{ fill: "rgba({red}, {green}, {blue}, ' in drawing


def test_the_motif_of_what_is_not_covered_is_seen_and_stays_quiet() -> None:
    script = (ROOT / "static" / "js" / "motifs.js").read_text(encoding="utf-8")
    stroke = re.search(r'fines:[^}]*strokes\(pen, "(#[0-9a-f]{6})"', script)
    assert stroke
    fill = PALETTE[Status.NON_COUVERT].fill
    assert contrast(stroke.group(1), fill) >= 3, "told from what is plain"
    assert contrast(fill, "#ffffff") < 1.3, "a line and a name are read over it as over white"


def test_each_status_has_its_own_colour() -> None:
    assert len({swatch.fill for swatch in PALETTE.values()}) == len(PALETTE)
    assert len(set(PALE.values())) == len(PALE)
    assert all(swatch.label for swatch in PALETTE.values())


# --- French -----------------------------------------------------------------------------------------------------
def test_french_signs_never_start_a_line() -> None:
    text = read(html.section("Où ? Ici : « là » ; voilà !")).text
    assert text == f"Où{fr.NBSP}? Ici{fr.NBSP}: «{fr.NBSP}là{fr.NBSP}»{fr.NBSP}; voilà{fr.NBSP}!"
    for block in (
        html.figures([("1", "dont : 3")]),
        html.table([("a : b", False)], [("c ; d",)], caption="e ?"),
        judge_view.cards([(CHECK, finding(sentence="Vraiment ?", missing=("les QPV",)))]),
    ):
        assert not re.search(r" [:;?!»]|« ", read(block).text)


def test_no_card_of_a_real_check_parts_a_sign_from_its_word() -> None:
    facts = facts_of(draw([[100, 90_000], [300, 400]]), ["01001", "01002"])
    block = judge_view.cards((c, c.run(facts, SETTINGS)) for c in CHECKS)
    assert not re.search(r" [:;?!»]|« ", read(block).text)


# --- cards and tables -------------------------------------------------------------------------------------------
def test_a_card_says_what_is_missing_and_its_explanation_the_source() -> None:
    found = finding(details=("Un détail.",), missing=("la liste des QPV",))
    assert "Il manque : la liste des QPV." in plain(read(judge_view.cards([(CHECK, found)])).text)
    whole = plain(read(judge_view.explanation(CHECK, found, SETTINGS)).text)
    assert CHECK.question in whole
    assert "Un détail." in whole
    assert whole.endswith(f"Source : {plain(CHECK.source)}.")


def test_a_table_is_named_and_its_columns_have_heads() -> None:
    found = read(
        html.table([("Zone", False), ("Habitants", True)], [("Groupe",), ("Nom\nà part", "12")], caption="Zones")
    )
    assert found.tags[0] == ("table", {"class": "clsm-table", "aria-label": "Zones"})
    heads = [attributes for tag, attributes in found.tags if tag == "th"]
    assert [h["scope"] for h in heads] == ["col", "col"]
    assert [h.get("class") for h in heads] == [None, "num"]
    assert found.texts == ["Zone", "Habitants", "Groupe", "Nom", "à part", "12"]
    assert ("td", {"colspan": "2"}) in found.tags


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        html.table([("a", False), ("b", False), ("c", False)], [("1", "2")], caption="x")


# --- what is not known ------------------------------------------------------------------------------------------
def test_shares_and_people_in_common_are_written_out() -> None:
    assert cells(html.overlap_cells(overlap())) == ["CLSM de Bourg\nrecoupement partiel", "1 500", "25 %", "50 %"]


def test_a_zone_not_in_service_says_so() -> None:
    assert html.overlap_cells(overlap(etat=Etat.PROJET))[0].startswith("CLSM de Bourg (projet)")


def test_an_unknown_population_is_called_unknown() -> None:
    row = html.overlap_cells(overlap(layer="qpv", population=None, share_of_perimeter=None, share_of_zone=None))
    assert row[1] == "inconnu"
    assert row[3] == "inconnue"
    assert row[2] in ("inconnue", "–")


def test_a_share_whose_zone_is_not_known_is_called_unknown() -> None:
    assert html.overlap_cells(overlap(share_of_zone=None))[3] == "inconnue"


def test_communes_partly_in_a_zone_are_never_counted_as_none() -> None:
    some = cells(html.overlap_cells(overlap(partial=1, share_of_zone=None)))
    assert some[1] == "au moins 1 500"
    none_surely = cells(
        html.overlap_cells(overlap(partial=1, population=0.0, share_of_perimeter=0.0, share_of_zone=None))
    )
    assert none_surely[1] == "inconnu"


def test_the_estimated_part_of_a_commune_is_said_about_and_not_at_least() -> None:
    some = cells(html.overlap_cells(overlap(partial=1, sized=1, estimated=True, share_of_zone=0.5)))
    assert some[1:] == ["environ 1 500", "environ 25 %", "environ 50 %"]
    nobody = cells(
        html.overlap_cells(overlap(partial=1, sized=1, estimated=True, population=0.0, share_of_perimeter=0.0))
    )
    assert nobody[1] == "environ 0"


def test_the_share_of_a_perimeter_partly_in_a_zone_is_not_said_exact() -> None:
    some = cells(html.overlap_cells(overlap(partial=1, share_of_zone=None)))
    assert some[2] == "au moins 25 %"
    none_surely = cells(
        html.overlap_cells(overlap(partial=1, population=0.0, share_of_perimeter=0.0, share_of_zone=None))
    )
    assert none_surely[2] == "inconnue"


def test_a_quarter_is_part_of_a_commune_by_nature() -> None:
    row = cells(html.overlap_cells(overlap(layer="qpv", partial=1, population=1500.0)))
    assert row[1:3] == ["1 500", "25 %"]


def test_layers_met_tell_unknown_from_none() -> None:
    atlas = draw([[100, 200]])
    known = {"clsm": {"z": zone("01001", nom="CLSM de Bourg 1")}, "epci": {}, "ept": {}}
    facts = facts_of(atlas, ["01001", "01002"], known, complete=["cls"])
    groups = [plain(text) for text in read(panels.layers_met(facts)).texts]
    assert "CLSM · liste incomplète ici" in groups
    (unknown,) = [text for text in groups if text.startswith("Aucun connu, liste incomplète ici : ")]
    assert "QPV" in unknown
    assert "CLS" in [text.removeprefix("Aucun : ") for text in groups]
    assert "CLSM" not in unknown


def test_what_is_published_of_a_quarter_is_said_with_it() -> None:
    atlas = draw([[100, 200]])
    facts = facts_of(atlas, ["01001"], {"qpv": {"q": zone(part=["01001"], nom="Les Lilas")}, "epci": {}, "ept": {}})
    layers = facts.crosswalk.layers
    layers["qpv"] = replace(layers["qpv"], facts={"q": "taux de pauvreté <46> % (2021)"})
    assert "taux de pauvreté <46> % (2021)" in plain(read(panels.layers_met(facts)).text)


def test_a_long_list_of_zones_is_cut_and_says_how_many_are_left() -> None:
    many = {f"z{i}": zone("01001", nom=f"CLSM {i}") for i in range(panels.MOST_ZONES + 3)}
    facts = facts_of(draw([[100, 200]]), ["01001"], {"clsm": many, "epci": {}, "ept": {}})
    assert "et 3 autres" in plain(read(panels.layers_met(facts)).text)


def test_the_card_of_a_commune_says_who_covers_it_and_what_is_not_known() -> None:
    atlas = draw([[1234, 200]])
    drawn = {
        "clsm": {"z": zone("01001", nom="CLSM de Bourg", precision=Precision.SUPPOSEE)},
        "cls": {"c": zone(part=["01001"], nom="CLS du Pays", etat=Etat.ANNONCE)},
    }
    text = plain(
        read(panels.commune_card("01001", crosswalk(atlas, drawn | {"epci": {}, "ept": {}}, complete=["dac"]))).text
    )
    assert "01001 · 1 234 habitants (population municipale 2023)" in text
    assert "CLSM de Bourg" in text
    assert "composition supposée d’après le nom" in text
    assert "CLS du Pays (annoncé), pour une partie de la commune" in text
    assert re.search(r"Inconnu, liste incomplète ici : [^.]*CPTS", plain(text)), text
    assert re.search(r"Aucun : [^.]*DAC", plain(text)), text


# --- the gauge --------------------------------------------------------------------------------------------------
def widths(block: str) -> list[float]:
    return [float(w) for w in re.findall(r"width:([\d.]+)%", block)]


@pytest.mark.parametrize(
    ("people", "share", "colour"),
    [
        (0, "0 %", "#0b6e75"),
        (1, "0 %", "#0b6e75"),
        (139_878, "70 %", "#0b6e75"),
        (200_000, "100 %", "#0b6e75"),
        (210_000, "105 %", "#c98a00"),
        (220_000, "110 %", "#c98a00"),
        (220_001, "110 %", "#b93a2a"),
        (12_000_000, "6 000 %", "#b93a2a"),
    ],
)
def test_the_gauge_says_in_words_what_it_draws(people: int, share: str, colour: str) -> None:
    block = gauge.gauge(people, SETTINGS)
    _, (_, box), *_ = read(block).tags
    assert box["role"] == "img"
    words = plain(str(box["aria-label"]))
    assert f"repère du guide : environ 200 000 habitants ({share} du repère)" in words
    assert "CLSM moyen en 2022 : 107 000 habitants" in words
    assert "secteur de psychiatrie adulte : 50 000 à 150 000 habitants" in words
    assert words.endswith("Pas de minimum.")
    assert words.startswith(plain(fr.inhabitants(people)))
    assert colour in block
    assert all(0 <= width <= 100 for width in widths(block))
    assert "repère : environ 200 000" in plain(read(block).text)


def test_the_gauge_follows_the_settings() -> None:
    block = gauge.gauge(120_000, Settings(marker=100_000, around=0.5))
    assert "repère : environ 100 000" in plain(read(block).text)
    assert "#c98a00" in block, "within the margin"
    assert [pytest.approx(w, abs=0.01) for w in widths(block)[:3]] == [
        100 * people / 165_000 for people in (50_000, 100_000, 20_000)
    ]  # the margin, the bar up to the marker, and the excess alone in the colour of the margin


def test_figures_of_a_perimeter_count_people_communes_and_area() -> None:
    facts = facts_of(draw([[100, 2000]]), ["01001", "01002"])
    text = plain(read(judge_view.figures(facts, SETTINGS)).text)
    for words in (
        "2 100",
        "habitants (population municipale 2023)",
        "communes",
        "2 km²",
        "rurale (estimation) : 100 sur 2 100",
    ):
        assert words in text


# --- the order of checks ----------------------------------------------------------------------------------------
def numbered(*pairs: tuple[Outcome, Reach]) -> tuple[tuple[Check, Finding], ...]:
    return tuple((replace(CHECK, title=str(i)), finding(o, r)) for i, (o, r) in enumerate(pairs))


def test_what_deserves_attention_comes_first() -> None:
    given = numbered(
        (Outcome.UNKNOWN, Reach.NOT_CONCERNED),
        (Outcome.VIGILANCE, Reach.INFORMATION),
        (Outcome.UNKNOWN, Reach.FINDING),
        (Outcome.FAVORABLE, Reach.FINDING),
        (Outcome.DISCUSS, Reach.FINDING),
        (Outcome.VIGILANCE, Reach.FINDING),
        (Outcome.DISCUSS, Reach.FINDING),
        (Outcome.FAVORABLE, Reach.INFORMATION),
    )
    assert [c.title for c, _ in panels.in_order(given)] == ["5", "4", "6", "3", "2", "1", "7", "0"]


def test_the_order_loses_no_check() -> None:
    facts = facts_of(draw([[100, 90_000]]), ["01001", "01002"])
    given = tuple((c, c.run(facts, SETTINGS)) for c in CHECKS)
    assert sorted(c.id for c, _ in panels.in_order(given)) == sorted(c.id for c in CHECKS)


ADDRESSES = re.compile(r"https?://|www\.|[-.\w+]@[-\w]", re.IGNORECASE)  # what Streamlit's Markdown makes links of


@pytest.mark.parametrize(
    "text",
    [
        "https://exemple.org/a",
        "HTTP://exemple.org",
        "www.exemple.org",
        "WWW.exemple.org",
        "qui@exemple.org",
        "xhttps://a@b.c",
    ],
)
def test_an_address_in_a_text_shown_as_it_is_makes_no_link(text: str) -> None:
    shown = html.literal(f"Lien : « {text} » inconnu.").replace("\\", "")
    assert not ADDRESSES.search(shown)
    assert shown.replace(html.WORD_JOINER, "") == f"Lien : « {text} » inconnu."


@pytest.mark.parametrize("write", [html.literal, html.escape])
def test_what_would_act_on_a_screen_is_written_out(write: Callable[[str], str]) -> None:
    shown = write("a\x1b[31m\u202eb\ud800\x9b")
    assert shown.isprintable()
    shown.encode()
    assert "u001b" in shown and "u202e" in shown and "ud800" in shown
