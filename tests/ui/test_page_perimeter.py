"""The Périmètre page, widget by widget: compose, judge, go back, keep scenarios, open links."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from geo.french import number
from geo.guidance import CHECKS, RoundTable, Seat, Settings
from geo.layers import zone_members
from geo.perimeters import from_circle
from geo.scenarios import Scenario, Workbook, pack, vintage_of
from geo.suggest import Suggestions, suggest
from tests.support import real
from tests.support.apptest import METHOD, PERIMETER, button, chosen, field, find, open_page, people, ran, written
from tests.support.grid import plain
from ui import frame, html
from ui.map import phrases
from ui.map.events import read_shape
from ui.perimeter import choices as perimeter_view
from ui.perimeter import compose, workbench
from ui.perimeter import judge as gauge
from ui.perimeter import judge as judge_view
from ui.perimeter import pasted as pasted_view
from ui.perimeter import round_table as table_ronde_view

pytestmark = pytest.mark.usefixtures("shared_caches")
ARRAS, LENS, BETHUNE, CRETEIL, BOURGANEUF = "62041", "62498", "62119", "94028", "23030"


def search(app: AppTest, target: str) -> AppTest:
    return find(app, perimeter_view.FIELD, target)


def press(app: AppTest, label: str) -> AppTest:
    return ran(button(app, label).click().run())


def choose_commune(app: AppTest, code: str) -> AppTest:
    search(app, code)
    return press(app, "Retirer" if code in chosen(app) else "Ajouter")


def test_an_empty_perimeter_invites_to_choose() -> None:
    app = open_page(PERIMETER, carte="dep-62")
    assert len(app.info) == 1
    assert "Cliquez des communes sur la carte" in app.info[0].value
    assert button(app, "Annuler").disabled
    assert button(app, "Tout retirer").disabled
    assert "habitants" not in written(app)


def test_a_link_opens_the_perimeter_it_carries() -> None:
    app = open_page(PERIMETER, communes=f"{ARRAS},{LENS}", carte="dep-62")
    assert chosen(app) == {ARRAS, LENS}
    assert not app.warning
    assert not app.info
    assert app.selectbox(key=frame.PERIMETER_SCOPE).value == "dep-62"
    assert f"{people({ARRAS, LENS})}\nhabitants" in written(app)
    lines = written(app).splitlines()
    for check in CHECKS:  # at a glance, those that do not concern the perimeter share a line
        named = re.compile(rf"(?:^|, ){re.escape(check.title)}(?:, |$)")
        assert sum(bool(named.search(line)) for line in lines) == 1, "once"


def test_the_address_of_a_page_opens_the_same_page_again() -> None:
    app = open_page(PERIMETER, communes=f"{LENS},{ARRAS}", carte="dep-62")
    choose_commune(app, BETHUNE)
    search(app, "")
    address = {name: "".join(value) for name, value in app.query_params.items()}
    again = open_page(PERIMETER, **address)
    assert chosen(again) == chosen(app) == {ARRAS, LENS, BETHUNE}
    assert again.selectbox(key=frame.PERIMETER_SCOPE).value == "dep-62"
    del app.session_state[judge_view.SHOWN]  # what just changed is said to who changed it
    assert written(again) == written(ran(app.run()))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1001", "il manque le zéro de tête ; utilisez 01001"),
        ("94999", "ni un code de commune de 2026"),
        ("ABC", "un code de commune compte cinq caractères"),
        ("97501", "sans contour ici"),
        ("01039", "ancien code de commune depuis le code officiel de 2023 ; utilisez 01138"),
    ],
)
def test_a_refused_code_is_said_and_the_others_are_kept(code: str, said: str) -> None:
    app = open_page(PERIMETER, communes=f"{ARRAS},{code},{LENS}", carte="dep-62")
    assert len(app.warning) == 1
    assert code in app.warning[0].value
    assert said in plain(app.warning[0].value)
    assert chosen(app) == {ARRAS, LENS}
    assert "communes" not in app.query_params, "the address is written again in its short form"


def test_each_refused_code_has_its_warning() -> None:
    app = open_page(PERIMETER, communes=f"1001,{ARRAS};94999 ABC", carte="dep-62")
    said = " ".join(w.value for w in app.warning)
    assert all(code in said for code in ("1001", "94999", "ABC"))
    assert chosen(app) == {ARRAS}


def test_a_link_with_an_unknown_map_keeps_its_communes() -> None:
    app = open_page(PERIMETER, communes=ARRAS, carte="dep-999")
    assert "dep-999" in app.warning[0].value
    assert chosen(app) == {ARRAS}


@pytest.mark.parametrize("text", ["![](//a.co/x.png)", "[x](http://a.co)", ":red[x]", "$x^2$", "**x**"])
def test_a_link_cannot_write_markup_in_a_warning(text: str) -> None:
    app = open_page(PERIMETER, communes=text, carte=text)
    assert app.warning
    for warning in app.warning:
        bare = warning.value.replace(f"`{text}`", "")
        assert text not in bare, "what a link says must be escaped before Streamlit reads it as Markdown"


def test_a_whole_city_becomes_its_arrondissements() -> None:
    app = open_page(PERIMETER, communes="69123", carte="dep-69")
    assert chosen(app) == set(real.atlas().parts["69123"])
    assert not app.warning


def test_undo_and_clear_go_back_and_forth() -> None:
    app = open_page(PERIMETER, communes=f"{ARRAS},{LENS}", carte="dep-62")
    choose_commune(app, BETHUNE)
    ran(button(app, "Annuler").click().run())
    assert chosen(app) == {ARRAS, LENS}
    ran(button(app, "Tout retirer").click().run())
    assert chosen(app) == set()
    assert len(app.info) == 1
    assert "lien" not in app.query_params
    ran(button(app, "Annuler").click().run())
    assert chosen(app) == {ARRAS, LENS}
    assert f"{people({ARRAS, LENS})}\nhabitants" in written(app)


def test_a_change_on_the_server_is_numbered_after_the_browsers() -> None:
    app = open_page(PERIMETER, communes=ARRAS, carte="dep-62")
    numbers = [app.session_state[frame.SEQUENCE]]
    for act in (lambda: choose_commune(app, LENS), lambda: button(app, "Annuler").click().run()):
        act()
        numbers.append(app.session_state[frame.SEQUENCE])
    assert numbers == sorted(set(numbers))


def test_a_commune_is_added_then_taken_out_by_its_name() -> None:
    app = open_page(PERIMETER, carte="dep-62")
    search(app, ARRAS)
    assert chosen(app) == set(), "looked at, not yet chosen"
    assert button(app, "Retirer").disabled
    press(app, "Ajouter")
    assert chosen(app) == {ARRAS}
    assert button(app, "Ajouter").disabled
    assert f"{people({ARRAS})}\nhabitants" in written(app)
    choose_commune(app, LENS)
    choose_commune(app, ARRAS)
    assert chosen(app) == {LENS}


def test_an_epci_is_added_then_taken_out_whole() -> None:
    layer = real.crosswalk().layers["epci"]
    (zone,) = layer.zones.index[layer.zones["nom"] == "CU d'Arras"]
    whole, _ = zone_members(layer, zone)
    expected = {str(real.atlas().codes[row]) for row in whole}
    app = open_page(PERIMETER, communes=LENS, carte="dep-62")
    search(app, f"epci/{zone}")
    press(app, "Ajouter")
    assert chosen(app) == expected | {LENS}
    assert f"{len(expected) + 1}\ncommunes" in written(app)
    assert f"{people(expected | {LENS})}\nhabitants" in written(app)
    press(app, "Retirer")
    assert chosen(app) == {LENS}
    press(app, "Partir de là")
    assert chosen(app) == expected
    choose_commune(app, LENS)
    press(app, "Revenir au départ")
    assert chosen(app) == expected


def test_a_quarter_is_added_by_its_code() -> None:
    app = open_page(PERIMETER, carte="dep-79")
    search(app, "qpv/QN07901M")
    press(app, "Ajouter")
    assert chosen(app) == {"79191"}


def test_communes_partly_in_a_territory_are_named_and_not_added() -> None:
    crosswalk = real.crosswalk()
    layer_id, zone, whole, partial = next(
        (i, z, *members)
        for i in compose.LAYERS
        if i != "qpv"
        for z in crosswalk.layers[i].zones.index
        if all(members := zone_members(crosswalk.layers[i], z))
    )
    atlas = real.atlas()
    departement = atlas.table["departement"].iat[whole[0]]
    app = open_page(PERIMETER, carte=f"dep-{departement}")
    search(app, f"{layer_id}/{zone}")
    assert str(atlas.names[partial[0]]) in written(app)
    press(app, "Ajouter")
    assert chosen(app) == {str(atlas.codes[row]) for row in whole}


def test_another_map_keeps_the_perimeter() -> None:
    app = open_page(PERIMETER, communes=f"{ARRAS},{LENS}", carte="dep-62")
    search(app, "reg-44")
    assert chosen(app) == {ARRAS, LENS}
    assert "".join(app.query_params["carte"]) == "reg-44"
    assert f"{people({ARRAS, LENS})}\nhabitants" in written(app)


def test_the_perimeter_is_kept_from_page_to_page() -> None:
    app = open_page(PERIMETER, communes=f"{ARRAS},{LENS}", carte="dep-62")
    ran(app.switch_page(METHOD).run())
    app.query_params.clear()
    ran(app.switch_page(PERIMETER).run())
    assert chosen(app) == {ARRAS, LENS}
    assert app.selectbox(key=frame.PERIMETER_SCOPE).value == "dep-62"


def test_a_whole_departement_fits_in_a_short_address() -> None:
    app = open_page(PERIMETER, carte="dep-62")
    everything = {str(c) for c in real.atlas().codes[real.atlas().members("departement", "62")]}
    app.session_state[frame.WORKBOOK] = Workbook().replace_codes(everything)
    ran(app.run())
    link = "".join(app.query_params["lien"])
    assert len(link) < 200
    assert f"{people(everything)}\nhabitants" in written(app)
    assert chosen(open_page(PERIMETER, carte="dep-62", lien=link)) == everything


@pytest.mark.parametrize(
    "tampered", ["1", "x", "1AAAA", "2abc", "1" + "A" * 70_000, "<script>", "1é", "[x](http://a.co)"]
)
def test_a_tampered_link_gets_a_sentence_and_keeps_the_page(tampered: str) -> None:
    app = open_page(PERIMETER, carte="dep-62", lien=tampered)
    assert app.warning[0].value.startswith("Ce lien")
    assert chosen(app) == set()


def test_a_link_made_on_other_data_says_what_changed() -> None:
    then = replace(vintage_of(real.world()), populations="2019")
    link = pack(Workbook((Scenario("Périmètre", frozenset({ARRAS})),), vintage=then), real.atlas())
    app = open_page(PERIMETER, carte="dep-62", lien=link)
    assert chosen(app) == {ARRAS}
    assert "2019" in app.info[0].value


def test_undone_moves_are_done_again_until_another_move() -> None:
    app = open_page(PERIMETER, communes=ARRAS, carte="dep-62")
    choose_commune(app, LENS)
    press(app, "Annuler")
    press(app, "Rétablir")
    assert chosen(app) == {ARRAS, LENS}
    assert button(app, "Rétablir").disabled
    press(app, "Annuler")
    choose_commune(app, BETHUNE)
    assert button(app, "Rétablir").disabled


# --- what is judged ---------------------------------------------------------------------------------------------
def show_panel(app: AppTest, name: str) -> AppTest:
    return ran(app.segmented_control(key=workbench.PANEL).set_value(name).run())


def sector_of(code: str) -> tuple[str, set[str]]:
    """Return the adult sector of a commune and the communes wholly in it."""
    layer, atlas = real.crosswalk().layers["secteurs-adultes"], real.atlas()
    zone = str(layer.zones.index[layer.members.loc[layer.members["row"] == atlas.row[code], "zone"].iat[0]])
    return zone, {str(atlas.codes[r]) for r in zone_members(layer, zone)[0]}


def test_the_state_is_told_in_words() -> None:
    app = open_page(PERIMETER, carte="dep-94")
    assert "Périmètre vide" in written(app)
    choose_commune(app, CRETEIL)
    assert f"Périmètre d’une commune, {people({CRETEIL})} habitants" in written(app)


def test_the_gauge_tells_its_marks_and_no_minimum() -> None:
    shown = plain(gauge.gauge(212_400, Settings()))
    for words in ("environ 200 000", "107 000", "50 000 à 150 000", "Pas de minimum", "106 % du repère"):
        assert words in shown
    assert "100.00%" not in plain(gauge.gauge(3_000_000, Settings())), "marks stay inside the bar"


def test_a_sector_cut_is_completed_by_its_button() -> None:
    app = open_page(PERIMETER, carte="dep-94", communes="94022")
    _, whole = sector_of("94022")
    assert len(whole) > 1
    show_panel(app, "Secteurs")
    assert "le complètent" in written(app)
    press(app, "Compléter")
    assert chosen(app) == whole | {"94022"}
    assert "entier dans le périmètre" in written(app)


def test_every_check_shows_where_with_codes_of_today() -> None:
    app = open_page(PERIMETER, carte="dep-94", communes="94028,94081,94004,94069")
    packed = {m for e in app.get("html") for m in re.findall(r'data-montrer="([^"]*)"', e.value)}
    assert packed
    for text in packed:
        for group in text.split(";"):
            prefix, rest = group.split(":")
            codes = [prefix + rest[i : i + 3] for i in range(0, len(rest), 3)]
            assert set(codes) <= set(real.atlas().row)


def test_a_suggestion_applied_gives_what_it_announced() -> None:
    app = open_page(PERIMETER, carte="dep-23", communes=BOURGANEUF)
    show_panel(app, "Suggestions")
    first = real_suggestions(chosen(app)).add[0].effect
    assert plain(first.move.label) in written(app)
    assert "Pour :  CC Creuse Sud Ouest : toutes les communes autour de la table" in written(app, " ")
    assert "Contre :  territoire plus vaste à coordonner" in written(app, " ")
    press(app, "Appliquer")
    assert chosen(app) == {BOURGANEUF} | first.move.added
    assert f"{plain(number(first.after.population))}\nhabitants" in written(app)


def test_what_nothing_speaks_against_says_so_and_nothing_to_propose_too() -> None:
    app = open_page(PERIMETER, carte="dep-93", communes="93066")
    show_panel(app, "Suggestions")
    assert "Contre :  rien de mesuré ici" in written(app, " ")
    app = open_page(PERIMETER, carte="dep-31", communes="31555")
    show_panel(app, "Suggestions")
    assert "Rien à proposer : à 257 % du repère" in written(app)
    assert "Toulouse (514 819 habitants) ne peut pas être découpée ici" in written(app)


def test_another_departement_is_looked_at_only_when_the_toggle_asks() -> None:
    codes = ",".join(str(real.atlas().codes[r]) for r in real.atlas().members("epci", "200041317"))
    app = open_page(PERIMETER, carte="dep-79", communes=codes)
    show_panel(app, "Suggestions")
    (toggle,) = (t for t in app.toggle if "hors du département" in t.label)
    assert toggle.value is False
    ran(toggle.set_value(True).run())
    assert "Rien à proposer" in written(app)


def test_a_division_becomes_scenarios_and_the_one_on_screen_stays() -> None:
    app = open_page(PERIMETER, carte="dep-13", communes="13213,13214,13215,13216")
    show_panel(app, "Suggestions")
    assert "Marseille 13e et 14e" in written(app)
    press(app, "En faire des scénarios")
    book = app.session_state[frame.WORKBOOK]
    assert [s.name for s in book.scenarios[1:]] == ["Marseille 13e et 14e", "Marseille 15e et 16e"]
    assert [s.codes for s in book.scenarios[1:]] == [{"13213", "13214"}, {"13215", "13216"}]
    assert chosen(app) == {"13213", "13214", "13215", "13216"}
    assert any("2 scénarios ajoutés" in plain(t.value) for t in app.toast)


def test_a_division_that_would_make_too_many_scenarios_is_refused_in_french() -> None:
    app = open_page(PERIMETER, carte="dep-13", communes="13213,13214,13215,13216")
    book = app.session_state[frame.WORKBOOK]
    for _ in range(18):
        book = book.duplicate()
    app.session_state[frame.WORKBOOK] = book
    ran(app.run())
    show_panel(app, "Suggestions")
    press(app, "En faire des scénarios")
    assert app.session_state[frame.WORKBOOK] == book
    assert any("plus de 20 scénarios" in plain(t.value) for t in app.toast)


def test_the_strip_does_not_threaten_to_empty_a_perimeter_just_started_from_it() -> None:
    app = open_page(PERIMETER, carte="dep-79", communes="79191")
    search(app, "epci/200041317")
    press(app, "Partir de là")
    assert "viderait le périmètre" not in written(app)
    assert "C’est le périmètre à l’écran." in written(app)


def test_the_strip_tells_of_a_village_without_inhabitants_and_of_what_is_locked() -> None:
    app = open_page(PERIMETER, carte="dep-55")
    search(app, "55039")
    assert "L’ajouter : 0 habitant au total." in plain(written(app)) and "viderait" not in written(app)
    app = open_page(PERIMETER, carte="dep-79", communes="79191,79049")
    app.session_state[frame.WORKBOOK] = app.session_state[frame.WORKBOOK].lock("79191")
    search(app, "79191")
    assert "Verrouillée, elle reste : Niort." in plain(written(app))
    assert button(app, "Retirer").disabled


def real_suggestions(codes: set[str]) -> Suggestions:
    return suggest(real.world().evidence, codes)


def test_the_invitation_list_is_shown_and_safe_in_a_spreadsheet() -> None:
    app = open_page(PERIMETER, carte="dep-94", communes="94028,94081")
    show_panel(app, "Autour de la table")
    for words in ("Créteil", "Vitry-sur-Seine", "Préfecture", "maire", "ARS"):
        assert words in written(app)
    seat = Seat("Communes", "=HYPERLINK(1)", "maire", "+1")
    text = table_ronde_view.csv(RoundTable((seat,))).decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert "'+1" in text
    assert not re.search(r"(^|;)[=+]", text)


@pytest.mark.parametrize("name", ["Repères", "Ajuster", "Dispositifs", "Budget", "CLSM comparables", "Scénarios"])
@pytest.mark.parametrize("codes", ["94028", "94028,75112,13201,2A004,97411", "29083"])
def test_every_panel_opens_on_any_perimeter(name: str, codes: str) -> None:
    app = open_page(PERIMETER, carte="dep-94", communes=codes)
    show_panel(app, name)
    assert chosen(app) == set(codes.split(","))


# --- locks, settings, scenarios ---------------------------------------------------------------------------------
def test_a_locked_commune_stays_whatever_is_asked() -> None:
    app = open_page(PERIMETER, carte="dep-62", communes=f"{ARRAS},{LENS},62004")
    show_panel(app, "Ajuster")
    find(app, "verrou-cherche", ARRAS)
    search(app, ARRAS)
    assert button(app, "Retirer").disabled
    search(app, "epci/200033579")
    press(app, "Retirer")
    assert chosen(app) == {ARRAS, LENS}
    again = open_page(PERIMETER, lien="".join(app.query_params["lien"]))
    assert again.session_state[frame.WORKBOOK].scenario.locked == {ARRAS}
    press(app, "Tout retirer")
    assert chosen(app) == set()


def test_one_commune_is_locked_at_a_time_and_let_go_by_its_button() -> None:
    app = open_page(PERIMETER, carte="dep-62", communes=f"{ARRAS},{LENS},62186")
    show_panel(app, "Ajuster")
    assert field(app, "verrou-cherche")["only"] == "62:041186498", "only the communes of the perimeter are found"
    assert not any(m.key.startswith("verrous") for m in app.multiselect)
    find(app, "verrou-cherche", LENS)
    assert app.session_state[frame.WORKBOOK].scenario.locked == {LENS}
    find(app, "verrou-cherche", BETHUNE)
    assert app.session_state[frame.WORKBOOK].scenario.locked == {LENS}, "it is not in the perimeter"
    press(app, f"Déverrouiller {html.literal(real.atlas().label(LENS))}")
    assert app.session_state[frame.WORKBOOK].scenario.locked == set()


def test_the_lock_of_a_vast_perimeter_sends_no_list_of_names() -> None:
    atlas = real.atlas()
    codes = [str(c) for c in atlas.codes[(atlas.table["departement"] == "21").to_numpy()]]
    app = open_page(PERIMETER, carte="dep-21", communes=",".join(codes))
    show_panel(app, "Ajuster")
    assert len(json.dumps(field(app, "verrou-cherche"))) < 3_000
    find(app, "verrou-cherche", "21231")
    assert app.session_state[frame.WORKBOOK].scenario.locked == {"21231"}


def test_many_sectors_cut_are_told_ten_at_a_time_and_all_named() -> None:
    atlas = real.atlas()
    codes = [str(c) for c in atlas.codes[(atlas.table["departement"] == "94").to_numpy()]][::2]
    app = open_page(PERIMETER, carte="dep-94", communes=",".join(codes))
    show_panel(app, "Secteurs")
    buttons = [b for b in app.button if b.label == "Compléter" and b.key.startswith("completer-a")]
    told = written(app)
    met = real.crosswalk().overlaps(atlas.rows(codes), ["secteurs-adultes"])["secteurs-adultes"]
    assert 0 < len(buttons) <= 10 < len(met)
    assert [o.name for o in met if o.name not in told] == []


def test_a_setting_changes_the_check_travels_in_the_link_and_goes_back() -> None:
    app = open_page(PERIMETER, carte="dep-62", communes=ARRAS)
    ran(app.number_input(key="reglage-marker").set_value(20_000).run())
    assert frame_settings(app).marker == 20_000
    assert "point de vigilance" in written(app)
    ran(app.selectbox(key=judge_view.DETAIL).set_value("taille").run())
    assert (
        "repère de taille : environ 20 000 habitants (guide, modifié ; au départ : environ 200 000 habitants)"
        in written(app)
    )
    assert "marge autour du repère : + 10 % (seuil de l’outil)" in written(app)
    again = open_page(PERIMETER, lien="".join(app.query_params["lien"]))
    assert frame_settings(again) == frame_settings(app)
    press(app, "Revenir aux valeurs du guide")
    assert frame_settings(app) == Settings()


def test_the_values_of_the_guide_and_the_thresholds_of_the_tool_go_back_each_by_its_own_button() -> None:
    mine = Settings(marker=150_000, big_city=300_000, central=0.7, max_communes=9)
    book = Workbook().replace_codes({ARRAS}).with_settings(mine)
    app = open_page(PERIMETER, carte="dep-62", lien=pack(book, real.atlas()))
    assert "seuil de l’outil" in app.number_input(key="reglage-central").label
    assert "seuil de l’outil" not in app.number_input(key="reglage-marker").label
    press(app, "Revenir aux valeurs du guide")
    assert frame_settings(app) == Settings(central=0.7, max_communes=9)
    press(app, "Revenir aux seuils de l’outil")
    assert frame_settings(app) == Settings()


@pytest.mark.parametrize(
    "settings", [Settings(marker=50_000_000, sliver=0.055, max_span_m=1e8), Settings(marker=1, around=0.0)]
)
def test_settings_from_a_link_are_shown_as_they_are(settings: Settings) -> None:
    book = Workbook().replace_codes({ARRAS}).with_settings(settings)
    app = open_page(PERIMETER, carte="dep-62", lien=pack(book, real.atlas()))
    assert frame_settings(app) == settings
    assert app.number_input(key="reglage-marker").value == settings.marker


def frame_settings(app: AppTest) -> Settings:
    return app.session_state[frame.WORKBOOK].settings


def test_scenarios_are_named_noted_duplicated_deleted_and_sent() -> None:
    app = open_page(PERIMETER, carte="dep-62", communes=ARRAS)
    show_panel(app, "Scénarios")
    field = next(t for t in app.text_input if t.key.startswith("nom-"))
    ran(field.set_value("Commune seule").run())
    area = next(t for t in app.text_area if t.key.startswith("note-"))
    ran(area.set_value("À revoir en juin").run())
    press(app, "Dupliquer")
    choose_commune(app, LENS)
    book = app.session_state[frame.WORKBOOK]
    assert [s.name for s in book.scenarios] == ["Commune seule", "Commune seule (copie)"]
    assert [set(s.codes) for s in book.scenarios] == [{ARRAS}, {ARRAS, LENS}]
    link = "".join(app.query_params["lien"])
    again = open_page(PERIMETER, lien=link)
    assert again.session_state[frame.WORKBOOK].scenarios == book.scenarios
    press(app, "Supprimer")
    assert chosen(app) == {ARRAS}
    press(app, "Annuler")
    assert len(app.session_state[frame.WORKBOOK].scenarios) == 2


# --- a pasted list ----------------------------------------------------------------------------------------------
def paste(text: str, **query: str) -> AppTest:
    app = open_page(PERIMETER, **query)
    ran(app.text_area(key=pasted_view.PASTED).set_value(text).run())
    return press(app, "Partir de cette liste")


def choices(app: AppTest) -> list[str]:
    return [b.label for b in app.button if (b.key or "").startswith("choix-") and b.label != "Laisser de côté"]


def test_a_pasted_list_comes_back_in_three_blocks() -> None:
    app = paste("Créteil\n94081\nSaint-Dénie\n94999\nCréteil\nLomme", carte="dep-94")
    assert chosen(app) == {CRETEIL, "94081", "59350"}
    assert not app.warning
    told = written(app)
    assert "3 lignes prises telles quelles ; 1 corrigée ; 2 à choisir." in told
    assert "« Créteil » figure déjà dans la liste" in told
    assert "59355 (Lomme) : ancien code" in told
    said = " ".join(m.value for m in app.markdown).replace("\\", "")
    assert "Saint-Dénie" in said and "94999" in said


def test_a_name_to_choose_is_settled_by_a_button_and_the_report_stays_until_it_is_closed() -> None:
    app = paste("Mauzé\nSaint-Hilaire\nNiort", carte="dep-79")
    assert chosen(app) == {"79191"}
    first = [label.replace("\\", "") for label in choices(app)]
    assert first[0] == "Mauzé-sur-le-Mignon (79170)"
    assert next(label for label in first if "Hilaire" in label) == "Saint-Hilaire-la-Palud (79257)"
    ran(next(b for b in app.button if b.label == choices(app)[0]).click().run())
    assert chosen(app) == {"79191", "79170"}
    assert "« Mauzé » : Mauzé-sur-le-Mignon (79170), votre choix." in written(app)
    press(app, "Annuler")
    press(app, "Laisser de côté")
    assert "2 lignes prises" not in written(app) and choices(app) == []
    press(app, "Fermer le compte rendu")
    assert "Votre liste" not in written(app)


@pytest.mark.parametrize(
    ("code", "offered"),
    [
        ("13013", ("Belcodène (13013), code INSEE", "Marseille 13e Arrondissement (13213), code postal")),
        ("59000", ("Lille (59350), code postal",)),
    ],
)
def test_a_code_that_may_be_postal_is_always_asked(code: str, offered: tuple[str, ...]) -> None:
    app = paste(code, carte="dep-79")
    assert chosen(app) == set()
    assert tuple(label.replace("\\", "") for label in choices(app)) == offered


def test_a_list_of_nothing_says_so() -> None:
    app = paste("  ", carte="dep-79")
    assert "La liste est vide" in app.warning[0].value


# --- no département is assumed ----------------------------------------------------------------------------------
def test_the_first_visit_asks_and_shows_no_map() -> None:
    app = open_page(PERIMETER)
    assert "Par où commencer" in app.info[0].value
    assert app.session_state[frame.PERIMETER_SCOPE] == ""
    assert not any(s.key == frame.PERIMETER_SCOPE for s in app.selectbox)
    assert "94" not in "".join(app.query_params.get("carte", ""))
    search(app, "79191")
    assert app.session_state[frame.PERIMETER_SCOPE] == "dep-79"
    press(app, "Ajouter")
    assert chosen(app) == {"79191"}


def test_a_territory_brings_its_map_and_a_departement_is_one() -> None:
    app = open_page(PERIMETER, communes=ARRAS)
    assert app.session_state[frame.PERIMETER_SCOPE] == "dep-62"
    search(app, "epci/200041317")
    assert app.session_state[frame.PERIMETER_SCOPE] == "dep-79"
    press(app, "Partir de là")
    assert len(chosen(app)) == 40
    search(app, "dep-93")
    assert app.session_state[frame.PERIMETER_SCOPE] == "dep-93"
    assert len(chosen(app)) == 40


def test_a_whole_city_is_one_target() -> None:
    app = open_page(PERIMETER, carte="dep-13")
    search(app, "13055")
    press(app, "Ajouter")
    assert chosen(app) == set(real.atlas().parts["13055"])


@pytest.mark.parametrize("sent", ["", "00000", "epci/1", "xx/yy", "dep-999", "<b>"])
def test_what_names_nothing_changes_nothing(sent: str) -> None:
    app = open_page(PERIMETER, communes=ARRAS)
    search(app, sent)
    assert (chosen(app), app.session_state[frame.PERIMETER_SCOPE]) == ({ARRAS}, "dep-62")


def test_a_circle_around_a_town_needs_no_map() -> None:
    app = open_page(PERIMETER, carte="dep-94")
    find(app, "cercle-ville", CRETEIL)
    ran(app.number_input(key="cercle-rayon").set_value(4).run())
    press(app, "Partir de ce cercle")
    assert chosen(app) == from_circle(CRETEIL, 4000, real.atlas()).codes


# --- what the browser sends and is sent -------------------------------------------------------------------------
@pytest.mark.parametrize(
    "value",
    [
        None, {}, {"draw": {"zone": []}, "n": 1}, {"draw": {"zone": [[48, 2]] * 2}, "n": 1}, {"draw": {"zone": [[48, 2]] * 201}, "n": 1},
        {"draw": {"zone": [[48, "2"], [1, 2], [3, 4]]}, "n": 1}, {"draw": {"zone": [[98, 2], [1, 2], [3, 4]]}, "n": 1},
        {"draw": {"centre": [48, 2], "rayon": 0}, "n": 1}, {"draw": {"centre": [48, 2], "rayon": 10**9}, "n": 1},
        {"draw": {"centre": [48, 2], "rayon": 10}, "n": -1}, {"draw": {"centre": [True, 2], "rayon": 10}, "n": 1}, {"draw": [], "n": 1},
    ],
)  # fmt: skip
def test_a_shape_that_is_none_is_refused(value: object) -> None:
    assert read_shape(value) is None


def test_a_shape_is_read_as_it_was_drawn() -> None:
    corners = [[48.8, 2.4], [48.8, 2.5], [48.7, 2.5]]
    read = read_shape({"draw": {"zone": corners}, "n": 3})
    assert read is not None
    assert (read[0].corners, read[1]) == (((48.8, 2.4), (48.8, 2.5), (48.7, 2.5)), 3)
    read = read_shape({"draw": {"centre": [48.8, 2.4], "rayon": 5000}, "n": 4})
    assert read is not None
    assert (read[0].centre, read[0].radius_m) == ((48.8, 2.4), 5000.0)


def test_phrases_are_shortened_to_two_signs_and_come_back_in_full() -> None:
    assert len(phrases.PHRASES) <= 26
    short = phrases.shortened("complète le secteur 94G10")
    assert short == "%c%e94G10"
    for text in ("complète le secteur 94G10", "100%a d’un CLSM → 5 % favorable", "%%b"):
        # As static/js/decode.js does.
        full = re.sub(
            r"%([a-z%])", lambda m: "%" if m[1] == "%" else phrases.PHRASES[ord(m[1]) - 97], phrases.shortened(text)
        )
        assert full == text


@pytest.mark.parametrize(
    ("codes", "scope"),
    [("94028,94011", "dep-94"), ("2A004,2B033", "reg-94"), ("76351,14333", "reg-28"), ("35360,53130", "france"), ("75118,75119", "dep-75")],
)  # fmt: skip
def test_the_map_shows_all_of_a_perimeter_that_is_opened(codes: str, scope: str) -> None:
    app = open_page(PERIMETER, communes=codes)
    assert app.selectbox(key=frame.PERIMETER_SCOPE).value == scope
    assert "hors de cette carte" not in written(app)


def test_what_the_map_does_not_show_of_a_perimeter_is_said_and_shown_at_a_click() -> None:
    app = open_page(PERIMETER, communes="2A004,2B033,2B096", carte="dep-2A")
    assert "2 communes du périmètre sont hors de cette carte." in plain(written(app))
    press(app, "Voir tout le périmètre")
    assert app.selectbox(key=frame.PERIMETER_SCOPE).value == "reg-94"
    assert "hors de cette carte" not in written(app)


def test_an_address_of_too_many_codes_says_which_are_taken() -> None:
    codes = [str(code) for code in real.atlas().codes[:801]]
    app = open_page(PERIMETER, communes=",".join(codes))
    assert chosen(app) == set(codes[:800])
    assert "les 800 premiers seulement sont pris" in plain(app.warning[0].value)
