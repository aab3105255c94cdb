"""The Périmètre page, widget by widget: compose, judge, go back, keep scenarios, open links."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from geo.guidance import CHECKS
from geo.layers import zone_members
from geo.scenarios import Workbook
from tests import real
from tests.grid import plain
from tests.test_pages import METHOD, PERIMETER, button, chosen, open_page, people, pills, ran, written
from ui import frame, perimeter_view, targets

pytestmark = pytest.mark.usefixtures("fresh_caches")

ARRAS, LENS, BETHUNE = "62041", "62498", "62119"


def search(app: AppTest, target: str) -> AppTest:
    return ran(app.selectbox(key=perimeter_view.TARGET).set_value(target).run())


def press(app: AppTest, label: str) -> AppTest:
    return ran(button(app, label).click().run())


def choose_commune(app: AppTest, code: str) -> AppTest:
    search(app, code)
    return press(app, "Retirer" if code in chosen(app) else "Ajouter")


def test_an_empty_perimeter_invites_to_choose() -> None:
    app = open_page(PERIMETER)
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
    for check in CHECKS:
        assert written(app).count(check.title) == 2, "once at a glance, once in full"


def test_the_address_of_a_page_opens_the_same_page_again() -> None:
    app = open_page(PERIMETER, communes=f"{LENS},{ARRAS}", carte="dep-62")
    choose_commune(app, BETHUNE)
    ran(app.selectbox(key=perimeter_view.TARGET).set_value(None).run())
    address = {name: "".join(value) for name, value in app.query_params.items()}
    again = open_page(PERIMETER, **address)
    assert chosen(again) == chosen(app) == {ARRAS, LENS, BETHUNE}
    assert again.selectbox(key=frame.PERIMETER_SCOPE).value == "dep-62"
    assert written(again) == written(app)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1001", "il manque le zéro de tête ; utilisez 01001"),
        ("94999", "ni un code de commune de 2026"),
        ("ABC", "un code de commune compte cinq caractères"),
        ("97501", "sans contour ici"),
        ("01039", "ancien code de commune ; utilisez 01138"),
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
    assert "EPCI · CU d'Arras" in app.selectbox(key=perimeter_view.TARGET).options
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


def test_communes_partly_in_a_territory_are_named_and_not_added() -> None:
    crosswalk = real.crosswalk()
    layer_id, zone, whole, partial = next(
        (i, z, *members)
        for i in targets.LAYERS
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
    ran(app.selectbox(key=frame.PERIMETER_SCOPE).set_value("reg-44").run())
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


def test_the_legend_names_the_outlines_shown() -> None:
    app = open_page(PERIMETER, carte="dep-62")
    assert "contour : EPCI" in written(app)
    ran(pills(app, "perimeter-lines").set_value(["epci", "clsm"]).run())
    assert "contour : CLSM" in written(app)
    assert "dans votre périmètre" in written(app)


@pytest.mark.parametrize(
    "tampered", ["1", "x", "1AAAA", "2abc", "1" + "A" * 70_000, "<script>", "1é", "[x](http://a.co)"]
)
def test_a_tampered_link_gets_a_sentence_and_keeps_the_page(tampered: str) -> None:
    app = open_page(PERIMETER, carte="dep-62", lien=tampered)
    assert app.warning[0].value.startswith("Ce lien")
    assert chosen(app) == set()


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
