"""The page Comparaison: candidates of a commune, differences, a colleague's scenario, a link that reopens the same."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from geo.comparison import Candidate, evaluate, scale_of, side_by_side
from geo.comparison.candidates import scenario_id
from geo.guidance import MEASURES, Settings
from geo.scenarios import Scenario, Workbook, pack, to_file
from geo.suggest import tried_around
from tests.support import real
from tests.support.apptest import COMPARISON, HOME, PERIMETER, find, open_page, ran, settled, written
from tests.support.grid import plain
from ui import frame
from ui.comparison import link as comparison_link
from ui.comparison import page as comparison_view
from ui.comparison import tradeoff as tradeoff_view
from ui.perimeter import note as note_view

pytestmark = pytest.mark.usefixtures("shared_caches")
MINE = Scenario("Le mien", frozenset({"94028", "94054"}))


def page(workbook: Workbook | None = None, **query: str) -> AppTest:
    app = AppTest.from_file(HOME, default_timeout=60)
    if workbook is not None:
        app.session_state[frame.WORKBOOK] = workbook
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(COMPARISON)
    return ran(app.run())


def test_the_candidates_of_a_commune_are_set_side_by_side() -> None:
    app = open_page(COMPARISON, commune="79191")
    text = written(app)
    for words in ("Niort", "CA du Niortais", "Habitants", "référence", "Échelle communale", "Échelle intercommunale"):
        assert words in text
    assert app.multiselect[0].value == ["commune:79191", "epci:200041317"]
    for measure in MEASURES:
        assert measure.label in text
    assert "123 326" in text
    assert "+ 63 472" in text
    assert "meilleur" not in text


@pytest.mark.parametrize("commune", ["75056", "75113", "97411", "29083", "97611", "2A004", "13055"])
def test_every_kind_of_commune_opens(commune: str) -> None:
    """A split city, an arrondissement, overseas, an island without EPCI, Corsica."""
    app = open_page(COMPARISON, commune=commune)
    assert app.session_state[comparison_link.COMMUNE] == commune
    assert written(app).count("clsm") == 0
    assert not app.warning


def test_the_page_starts_from_the_perimeter_at_hand_and_compares_ones_own_scenarios() -> None:
    app = page(Workbook((MINE, Scenario("Vide"))))
    assert app.session_state[comparison_link.COMMUNE] == "94028"
    assert scenario_id(MINE.name) in app.multiselect[0].value
    assert scenario_id("Vide") not in app.multiselect[0].value
    assert "Le mien" in written(app)


def test_the_reference_changes_the_differences() -> None:
    app = open_page(COMPARISON, commune="79191", reference="epci:200041317")
    assert "− 63 472" in written(app)
    reference = next(s for s in app.selectbox if s.key == comparison_link.REFERENCE)
    ran(reference.set_value("commune:79191").run())
    assert "+ 63 472" in written(app)


def test_only_what_differs_is_shown_on_request() -> None:
    app = open_page(COMPARISON, commune="79191")
    before = written(app)
    ran(app.toggle[0].set_value(True).run())
    after = written(app)
    assert "Morceaux" in before
    assert "Morceaux" not in after
    assert "Habitants" in after


def test_the_link_of_the_page_reopens_the_same_comparison() -> None:
    book = Workbook((MINE,), settings=Settings(marker=90_000))
    app = page(book, commune="94028")
    carried = {k: v if isinstance(v, str) else v[0] for k, v in app.query_params.items()}
    assert set(carried) == {"commune", "choix", "reference", "lien"}
    again = open_page(COMPARISON, **carried)
    assert written(again) == written(app)
    assert again.session_state[frame.WORKBOOK].scenarios == (MINE,)
    assert again.session_state[frame.WORKBOOK].settings.marker == 90_000


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"commune": "79191", "lien": "1tampered"}, "lien"),
        ({"commune": "79191", "choix": "epci:1,commune:79191"}, "1 périmètre demandé n’existe pas"),
    ],
)
def test_a_bad_link_gets_a_sentence(query: dict[str, str], said: str) -> None:
    app = open_page(COMPARISON, **query)
    warnings = plain(" ".join(w.value.replace("\\", "") for w in app.warning))
    assert said in warnings
    assert "Habitants" in written(app)


def test_an_unknown_commune_is_said_and_another_is_asked_for() -> None:
    app = open_page(COMPARISON, commune="99999")
    assert "commune « 99999 » inconnue" in plain(app.warning[0].value)
    assert "De quelle commune partir" in app.info[0].value


def test_no_commune_is_assumed_and_the_field_gives_one() -> None:
    app = open_page(COMPARISON)
    assert (len(app.multiselect), len(app.info)) == (0, 1)
    find(app, "recherche-comparaison", "13055")
    assert app.session_state[comparison_link.COMMUNE] == "13055"
    assert "Habitants" in written(app)
    find(app, "recherche-comparaison", "epci/200041317")
    assert app.session_state[comparison_link.COMMUNE] == "13055", "communes only"


def test_a_colleague_s_link_is_added_to_ones_own() -> None:
    app = page(Workbook((MINE,)))
    other = pack(Workbook((Scenario("Du collègue", frozenset({"94028", "94081"})),)), real.atlas())
    ran(
        app.text_input[0]
        .set_value(f"https://ailleurs.fr/Perimetre?carte=dep-94&lien={other[:20]} \u200b{other[20:]}")
        .run()
    )
    assert [s.name for s in app.session_state[frame.WORKBOOK].scenarios] == ["Le mien", "Du collègue"]
    assert "Du collègue" in " ".join(i.value for i in app.info)
    ran(app.text_input[0].set_value("n’importe quoi").run())
    assert len(app.session_state[frame.WORKBOOK].scenarios) == 2
    assert app.info


def test_a_colleague_s_file_is_added_to_ones_own() -> None:
    app = page(Workbook((MINE,)))
    data = to_file(Workbook((Scenario("Du fichier", frozenset({"94028"})),)), real.atlas())
    ran(settled(app.file_uploader[0].set_value(("autre.json", data, "application/json")).run()))
    assert [s.name for s in app.session_state[frame.WORKBOOK].scenarios] == ["Le mien", "Du fichier"]


def test_retaining_a_candidate_opens_it_on_the_perimeter_page() -> None:
    app = open_page(COMPARISON, commune="79191")
    [b for b in app.button if b.label == "Retenir ce périmètre"][1].click().run()
    workbook = app.session_state[frame.WORKBOOK]
    assert workbook.scenario.name == "CA du Niortais"
    assert len(workbook.codes) == 40
    assert app.session_state[frame.PERIMETER_SCOPE] == "dep-79"


def test_the_panel_of_the_note_offers_every_file_of_the_scenario() -> None:
    app = AppTest.from_file(HOME, default_timeout=60)
    app.session_state[frame.WORKBOOK] = Workbook((MINE,), settings=Settings(marker=90_000))
    app.session_state["panel"] = "Note et fichiers"
    app.switch_page(PERIMETER)
    ran(app.run())
    labels = [b.proto.label for b in app.get("download_button")]
    assert labels == ["Note (PDF)", "Note à modifier (DOCX)", "Fiche (PDF)", "Fiche à remplir (DOCX)",
                      *(label for label, _ in note_view.LABELS.values()), "Télécharger la carte"]  # fmt: skip
    assert any("Seuils modifiés" in c.value for c in app.caption)


def test_the_text_of_the_plot_says_where_one_stands() -> None:
    tried = tried_around(real.world().evidence, {"94028", "94054"})
    said = plain(tradeoff_view.tradeoff_text(tried))
    here = next(t for t in tried if t.current)
    assert f"{len(tried) - 1} périmètres voisins essayés" in said
    assert f"{here.population:,}".replace(",", " ") in said
    drawn = tradeoff_view.tradeoff_plot(
        tried, "population", "qpv", [("Autre", 100_000.0, 1.0), ("Loin", 1e9, 1.0)], "x", "y"
    )
    assert [t.name for t in drawn.data] == ["voisins essayés", "le périmètre", "les autres périmètres comparés"]
    assert list(drawn.data[2].text) == ["Autre"]
    assert tradeoff_view.tradeoff_text([]) == "Ce périmètre est vide."


def test_hostile_names_are_dead_letters() -> None:
    app = page(Workbook((Scenario("<img src=x onerror=alert(1)>", frozenset({"94028", "94054"})),)))
    assert not any("<img src=x" in h.value for h in app.get("html"))
    assert comparison_view.MOST_COMPARED == 6


def test_what_is_not_known_of_sectors_is_neither_drawn_nor_tabled_as_zero() -> None:
    app = open_page(COMPARISON, commune="79191")
    assert app.get("plotly_chart") == [], "nor do its neighbours differ by their EPCI or their QPV"
    tried = tried_around(real.world().evidence, {"79191"})
    rows = tradeoff_view.tradeoff_table(tried, sectors_known=False)
    assert rows.count("inconnu") == 2 * rows.count("<tr") - 2 - 2 * rows.count("autres</td>")


def test_counts_are_marked_at_whole_numbers_only() -> None:
    tried = tried_around(real.world().evidence, {"94028", "94046"})
    drawn = tradeoff_view.tradeoff_plot(tried, "epci", "population", [], "x", "y")
    assert drawn.layout.xaxis.dtick == 1 and drawn.layout.yaxis.dtick is None and drawn.layout.yaxis.nticks == 6


def test_other_perimeters_are_counted_as_the_neighbours_tried_are() -> None:
    for codes in ({"94028", "94046"}, {"75118", "93066"}, {"62498", "62510"}):
        chosen = Candidate("x", "Scénario", "x", frozenset(codes), scale_of(codes, real.atlas()))
        here = next(t for t in tried_around(real.world().evidence, codes) if t.current)
        assert tradeoff_view.quarters_and_bodies(evaluate(chosen, real.world())) == (here.epci, here.qpv)


def test_the_arrondissements_that_differ_are_not_counted_as_communes() -> None:
    chosen = [
        Candidate(str(i), "Scénario", "", frozenset(codes), scale_of(codes, real.atlas()))
        for i, codes in enumerate((["75118"], ["75118", "75119"], ["75118", "93066", "93001"]))
    ]
    said = plain(comparison_view.what_differs(side_by_side(chosen, real.world()), ("le 18e", "le Nord", "au-delà")))
    assert "le Nord : 1 arrondissement de Paris de plus et" in said and "au-delà : 2 communes de plus et" in said
