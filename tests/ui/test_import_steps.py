"""The steps of an import by Streamlit's own test client: each is settled by a click, applied at once, and closes publication until then."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.dataset import open_dataset
from geo.imports import ASIDE, DISSOLVED, Answers, Doubt, Review, publish, read_import
from geo.layers import Etat
from geo.register import Statement, register
from tests.support import apptest
from tests.support.apptest import DATA, ran, settled
from tests.support.asking_reader import AskingReader
from tests.support.grid import plain
from ui import cache as data_cache
from ui import loaders
from ui.data import import_reading
from ui.data.import_statement import MOST_KEPT, Reviews

CALAIS = "62193"
LIST = """CLSM;Code INSEE;Commune;Etat
CLSM du Calaisis;62239;Coquelles;en service
CLSM de Lens;62498;Lens;en sommeil
"""
ETATS = (*((str(e), str(e)) for e in Etat), ("dissous ou en sommeil : ne couvre pas", DISSOLVED))


def value(text: str, rows: int, proposal: str = "à confirmer", *, blocking: bool = True) -> Doubt:
    return Doubt("valeur", f"valeur/etat/{text}", f"État « {text} » non compris.", text, proposal,
                 tuple(range(2, 2 + rows)), ETATS, blocking=blocking)  # fmt: skip


def row(text: str, *codes: str, line: int = 2, departements: tuple[str, ...] = ("62",)) -> Doubt:
    offered = (*((f"Commune ({code})", code) for code in codes), ("mettre de côté", ASIDE))
    return Doubt("ligne", f"ligne/{text.lower()}", f"ligne {line} : « {text} » n’est pas une commune.", text, rows=(line,),
                 candidates=offered, atoms=codes, departements=departements, zone="CLSM du Calaisis", blocking=False)  # fmt: skip


@pytest.fixture(autouse=True)
def home(clean_home: Path) -> Path:
    return clean_home


def asking(monkeypatch: pytest.MonkeyPatch, *doubts: Doubt) -> AskingReader:
    reader = AskingReader(doubts)
    monkeypatch.setattr(import_reading, "read_file", reader)
    return reader


def upload(app: AppTest, text: str = LIST, name: str = "clsm.csv") -> AppTest:
    return ran(settled(app.file_uploader[0].set_value((name, text.encode(), "text/csv")).run()))


def open_page() -> AppTest:
    return apptest.open_page(DATA)


def press(app: AppTest, label: str) -> AppTest:
    return ran(settled(next(b for b in app.button if plain(b.label.replace("\\", "")).startswith(label)).click().run()))


def given(app: AppTest) -> dict[str, str]:
    return dict(app.session_state[import_reading.WANTED].given.given)


def closed(app: AppTest) -> str:
    """Return why publication is closed, "" when it is open."""
    said = next((i.value for i in app.info if "Publication fermée" in i.value), "")
    assert app.button(key="import-publier").disabled == bool(said or _unticked(app))
    return plain(said.replace("\\", ""))


def _unticked(app: AppTest) -> list[str]:
    return [c.label for c in app.checkbox if c.key.startswith("import-retraits") and not c.value]


def state(app: AppTest, *, extent: tuple[str, ...] = (), until: str = "") -> AppTest:
    app.text_input(key="import-source").input("ARS")
    app.text_input(key="import-qui").input("Ana")
    next(m for m in app.multiselect if m.key.startswith("import-complet")).set_value(list(extent))
    app = app.run()
    if until:
        app = app.text_input(key="import-jusqu").input(until).run()
    return ran(app)


def menu(app: AppTest, label: str):
    return next(s for s in app.selectbox if label in plain(s.label.replace("\\", "")))


def written(app: AppTest) -> str:
    return apptest.written(app, " ")


# --- the steps --------------------------------------------------------------------------------------------------
def test_the_steps_are_on_screen_from_the_start_and_say_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page()
    assert "! 1. Fichier à choisir · 2. Colonnes" in " ".join(written(app).split())
    asking(monkeypatch, value("en sommeil", 3), value("actif ?", 1), row("Callais", CALAIS))
    text = written(upload(app))
    for said in ("2 lignes lues", "2 à ranger", "1 à régler", "à compléter", "fermée"):
        assert said in text


def test_publication_says_all_that_keeps_it_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(
        monkeypatch,
        value("en sommeil", 3),
        Doubt("colonne", "colonne/nom", "Laquelle ?", candidates=(("CLSM", "CLSM"),)),
    )
    app = upload(open_page())
    assert closed(app) == (
        "Publication fermée : 1 colonne à confirmer ; 1 valeur à ranger ; il manque la source et votre nom."
    )
    assert app.button(key="import-garder").disabled


def test_who_is_asked_and_is_empty_until_said(monkeypatch: pytest.MonkeyPatch) -> None:
    app = upload(open_page())
    assert app.text_input(key="import-qui").value == ""
    app.text_input(key="import-source").input("ARS")
    assert closed(app.run()) == "Publication fermée : il manque votre nom."
    assert closed(state(app)) == ""


# --- columns ----------------------------------------------------------------------------------------------------
def test_the_menu_of_a_column_is_applied_at_once() -> None:
    app = upload(open_page(), "truc;machin;CLSM\nUn;62193;autre\nDeux;62498;autre\n")
    app = ran(settled(menu(app, "Ce qu’est la colonne « truc »").select("nom").run()))
    app = press(app, "C’est bien cela")  # of the codes, which were proposed
    roles = app.session_state[import_reading.DRAFT][1].understanding
    assert {r: c for r, c in roles.items() if c} == {"nom": "truc", "code_commune": "machin"}
    assert menu(app, "Ce qu’est la colonne « CLSM »").value == "", "the column that was the name plays no role any more"
    assert "2 territoires" in written(app)


def test_useful_roles_come_first_in_the_menu_of_a_column() -> None:
    options = menu(upload(open_page()), "Ce qu’est la colonne « CLSM »").options
    assert options[:4] == ["— (non employée)", "Nom du territoire", "Code de commune (INSEE)", "Nom de commune"]
    assert options.index("Statut de la lecture") > options.index("Année de la source")


def test_a_proposed_column_is_confirmed_by_a_click(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(
        monkeypatch,
        Doubt(
            "colonne",
            "colonne/nom",
            "Est-ce la colonne du nom ?",
            "CLSM",
            "CLSM",
            candidates=(("CLSM", "CLSM"), ("aucune", "")),
        ),
    )
    app = press(upload(open_page()), "C’est bien cela")
    assert given(app) == {"colonne/nom": "CLSM"}
    assert "colonne" not in closed(app)


# --- values -----------------------------------------------------------------------------------------------------
def test_each_value_is_shown_with_its_count_and_settled_by_its_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, value("en sommeil", 3), value("actif", 112, "en service", blocking=False))
    app = upload(open_page())
    said = plain(" ".join(m.value for m in app.markdown))
    assert "**en sommeil** · 3 lignes" in said and "**actif** · 112 lignes" in said
    app = ran(settled(menu(app, "« en sommeil »").select(DISSOLVED).run()))
    assert given(app) == {"valeur/etat/en sommeil": DISSOLVED}
    assert "valeur" not in closed(app)
    assert menu(app, "« en sommeil »").value == DISSOLVED, "what was settled stays on screen"


def test_proposals_of_values_are_accepted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, value("en sommeil", 3), value("actif ?", 1))
    app = press(upload(open_page()), "Accepter les 2 propositions")
    assert given(app) == {"valeur/etat/en sommeil": "à confirmer", "valeur/etat/actif ?": "à confirmer"}


# --- rows -------------------------------------------------------------------------------------------------------
def test_a_candidate_is_accepted_by_a_click_and_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, row("Callais", CALAIS))
    app = press(upload(open_page()), "Commune (62193)")
    assert given(app) == {"ligne/callais": CALAIS}
    assert any("1 réponse donnée" in plain(e.label) for e in app.expander)
    assert "« callais » : Calais (62193)" in plain(" ".join(m.value.replace("\\", "") for m in app.markdown))
    assert given(press(app, "Reprendre")) == {}


def test_candidates_are_accepted_all_together_and_the_rest_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, row("Callais", CALAIS), row("Lance", "62498", line=3), row("Xyz", line=4), row("Wxy", line=5),
           row("Saint-Martin", "62758", "62759", line=6))  # fmt: skip
    app = press(upload(open_page()), "Accepter les 2 propositions")
    assert given(app) == {"ligne/callais": CALAIS, "ligne/lance": "62498"}, (
        "of several communes, none is chosen for the person"
    )
    app = press(app, "Mettre de côté les 2 sans proposition")
    assert {k for k, a in given(app).items() if a == ASIDE} == {"ligne/xyz", "ligne/wxy"}


def test_a_row_is_set_aside_on_purpose_or_corrected_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, row("Callais"), row("Xyz", line=3))
    app = upload(open_page())
    field = next(t for t in app.text_input if t.value == "Callais")
    app = settled(field.input("Qqqqq").run())
    assert "Qqqqq" in app.error[0].value
    app = ran(settled(next(t for t in app.text_input if t.label.startswith("Commune, EPCI")).input("calais").run()))
    assert given(app) == {"ligne/callais": CALAIS}
    app = press(app, "Mettre de côté")
    assert given(app)["ligne/xyz"] == ASIDE


def test_a_hostile_text_of_a_row_stays_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, row("[x](javascript:alert(1)) <b>", CALAIS))
    app = upload(open_page())
    assert not any("[x](" in m.value or "<b>" in m.value.replace("\\<", "") for m in app.markdown)


# --- the statement ----------------------------------------------------------------------------------------------
def test_a_departement_with_a_row_to_settle_cannot_be_stated_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, row("Callais", CALAIS))
    app = state(upload(open_page()), extent=("62",))
    assert "un département dit complet a des lignes à régler" in closed(app)
    assert any(
        "Pas-de-Calais (62) ne peut pas être dit complet" in plain(w.value.replace("\\", "")) for w in app.warning
    )
    app = press(app, "Commune (62193)")
    assert closed(app) == ""


def test_a_statement_reads_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = asking(monkeypatch, value("en sommeil", 3))
    app = state(upload(open_page()), extent=("62",), until="30/06/2099")
    assert len(reader.readings) == 1
    ran(settled(menu(app, "« en sommeil »").select(DISSOLVED).run()))
    assert len(reader.readings) == 2


@pytest.mark.parametrize(
    ("until", "said"),
    [("30/06/2001", "est déjà passé"), ("demain", "n’est pas un jour"), ("31/02/2099", "n’est pas un jour")],
)
def test_a_last_day_that_cannot_be_is_said(until: str, said: str) -> None:
    assert said in closed(state(upload(open_page()), extent=("62",), until=until))


def test_what_would_be_taken_away_is_said_in_figures_and_ticked(home: Path) -> None:
    app = state(upload(open_page()), extent=("62",), until="30/06/2099")
    said = next(plain(w.value.replace("\\", "")) for w in app.warning if "retiré" in w.value)
    assert "CLSM en service" in said and "habitants" in said and "ne seront plus dans aucun CLSM en service" in said
    assert closed(app) == "" and app.button(key="import-publier").disabled
    app = ran(next(c for c in app.checkbox if c.key.startswith("import-retraits")).check().run())
    ran(app.button(key="import-publier").click().run())
    version = register.head("clsm").version
    assert version is not None
    assert (version.statement.who, version.statement.until) == ("Ana", "2099-06-30")
    assert "Dite complète par Ana" in written(open_page())


def test_nothing_to_confirm_where_nothing_is_taken_away() -> None:
    app = state(upload(open_page()))
    assert not [c for c in app.checkbox if c.key.startswith("import-retraits")]
    ran(app.button(key="import-publier").click().run())
    assert register.head("clsm").version is not None


def test_sectors_that_leave_communes_out_are_complete_only_once_accepted_in_words() -> None:
    app = open_page()
    app = ran(next(s for s in app.selectbox if s.label == "Couche à importer").select("secteurs-adultes").run())
    app = state(upload(app, "Secteur;Code INSEE\n62G01;62193\n62G02;62498\n"), extent=("62",))
    assert "1 réserve à accepter" in closed(app)
    tick = next(c for c in app.checkbox if c.key.startswith("import-reserve"))
    assert "n’ont pas de secteur" in plain(tick.label)
    app = ran(tick.check().run())
    assert closed(app) == ""
    ran(app.button(key="import-garder").click().run())
    assert "n’ont pas de secteur" in register.versions("secteurs-adultes")[0].statement.accepted[0]


# --- the next time ----------------------------------------------------------------------------------------------
def test_the_next_file_of_the_list_needs_nothing_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, value("en sommeil", 3), row("Callais", CALAIS))
    app = press(upload(open_page()), "Commune (62193)")
    app = state(press(app, "C’est bien cela"))
    assert closed(app) == ""
    app = ran(app.button(key="import-publier").click().run())
    app = upload(app, LIST + "CLSM d’Arras;62041;Arras;en service\n", "clsm-avril.csv")
    said = next(plain(i.value.replace("\\", "")) for i in app.info if "sont repris" in i.value)
    assert said.startswith("Vos réglages du") and "version 1, Ana" in said and "2 réponses" in said
    assert "à régler" not in written(app) and "à ranger" not in written(app)
    app = press(app, "Repartir sans eux")
    assert given(app) == {}
    assert "1 valeur à ranger" in closed(app)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the comparisons of a file in hand with the layer in place."""
    counted: Counter[str] = Counter()

    def count(name: str) -> None:
        work = getattr(publish, name)

        def counting(*asked: object) -> object:
            counted[name] += 1
            return work(*asked)

        monkeypatch.setattr(publish, name, counting)

    for name in ("settled_by_iris", "merged", "difference", "losses"):
        count(name)
    return counted


def test_a_run_that_changes_nothing_of_a_file_compares_nothing_again(made: Counter[str]) -> None:
    app = state(upload(open_page()), extent=("62",))
    made.clear()
    ran(app.run())
    app = ran(next(c for c in app.checkbox if c.key.startswith("import-retraits")).check().run())
    assert made == {}
    app = ran(app.text_input(key="import-source").input("ARS, mars").run())
    assert set(made.values()) == {1}, "another statement is another review"
    made.clear()
    app = ran(app.text_input(key="import-source").input("ARS").run())
    assert made == {}, "the former one is kept still"
    data_cache.release()  # as when somebody publishes
    ran(app.run())
    assert set(made.values()) == {1}


def test_the_reviews_kept_are_few(home: Path) -> None:
    draft = read_import(LIST.encode(), "clsm.csv", "clsm", atlas=loaders.atlas())
    made = Reviews(loaders.official())
    first = made.of(draft, Statement("ARS", "", "Ana"), "")
    assert made.of(draft, Statement("ARS", "", "Ana"), "") is first
    for number in range(MOST_KEPT):
        made.of(draft, Statement(str(number), "", "Ana"), "")
    assert len(made._kept) == MOST_KEPT
    assert made.of(draft, Statement("ARS", "", "Ana"), "") is not first


@pytest.mark.usefixtures("collected_at_once")
def test_a_session_that_waits_holds_neither_what_it_reviewed_nor_the_data_of_then(
    made: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaders, "open_dataset", open_dataset)  # data that no other test holds
    data_cache.release()
    reviews: weakref.WeakSet[Review] = weakref.WeakSet()
    app = state(upload(open_page()), extent=("62",))
    reviews.update(one for one in gc.get_objects() if isinstance(one, Review))
    world = weakref.ref(loaders.official())
    assert reviews
    data_cache.release()
    assert (list(reviews), world()) == ([], None)
    assert ran(app.run())


def test_answers_of_a_file_leave_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, row("Callais", CALAIS))
    app = press(upload(open_page()), "Commune (62193)")
    app = upload(app, LIST, "autre.csv")
    assert given(app) == {}, "nothing was kept of it"


def test_answers_that_lead_nowhere_leave_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    app = upload(open_page(), "truc;machin;CLSM\nUn;62193;autre\nDeux;62498;autre\n")
    before = app.session_state[import_reading.DRAFT]
    app.session_state[import_reading.WANTED] = import_reading.Wanted(
        before[0].file, "clsm", Answers({"colonne/nom": "absente"}).to_json()
    )
    app = settled(app.run())
    assert [e.message for e in app.exception] == []
    assert app.session_state[import_reading.DRAFT] == before
    assert app.session_state[import_reading.WANTED] == before[0]
