"""The Méthode page cannot drift: each check, figure, setting, layer and term of the code has its entry, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo import french as fr
from geo.communes import approximate_density
from geo.comparison import Candidate, Scale, evaluate, method
from geo.coverage import coverage_state, scope_figures, scopes
from geo.coverage.figures.bodies import BODIES
from geo.dataset import Dataset
from geo.guidance import CHECKS, MEASURES, SETTING_LABELS, THRESHOLDS, Settings, checks
from geo.scenarios import Workbook
from tests.support import real
from tests.support.apptest import HOME, METHOD, open_page, ran, written
from tests.support.grid import crosswalk, draw, plain, zone
from ui import frame

PERIMETERS = (
    ("94028",),
    method.EXAMPLE,
    ("13201", "13202"),
    ("2A004",),
    ("79191", "79081"),
    ("29083",),
    ("62041", "62160"),
)


def perimeter(codes: tuple[str, ...], world: Dataset | None = None) -> method.Evaluated:
    return evaluate(Candidate("x", "Essai", "Essai", frozenset(codes), Scale.COMMUNAL), world or real.world())


def unexplained(found: method.Evaluated) -> list[str]:
    """Return the figures that a check reports and does not explain."""
    return [f"{c.id}.{key}" for c, finding in found.findings for key in finding.figures if key not in c.figures]


def test_every_check_describes_itself() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.question.endswith("?")
        assert check.formula.endswith(".")
        assert check.limits.endswith(".")
        assert check.figures


def test_every_file_of_a_check_is_in_the_list() -> None:
    files = {f.stem for f in Path(checks.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {check.say.__module__.rpartition(".")[2] for check in CHECKS}


@pytest.mark.parametrize("codes", PERIMETERS)
def test_every_figure_that_a_check_reports_is_explained(codes: tuple[str, ...]) -> None:
    assert unexplained(perimeter(codes)) == []


def test_every_figure_is_explained_where_all_lists_are_complete() -> None:
    atlas = draw([[100, 600_000], [300, 400]])
    layers = {
        "secteurs-adultes": {"g": zone("01001", "01002")},
        "clsm": {"c": zone("01001")},
        "qpv": {"q": zone("01002", population=500.0)},
    }
    world = Dataset(crosswalk(atlas, layers, complete="all"), approximate_density(atlas), None, {})
    for codes in (("01001",), ("01001", "01002"), ("01001", "01002", "01003")):
        assert unexplained(perimeter(codes, world)) == []


def test_every_figure_key_written_in_the_checks_is_explained() -> None:
    """Keys reported only on rare data (places, rates) are read in the source."""
    sources = (f.read_text(encoding="utf-8") for f in Path(checks.__file__).parent.glob("*.py"))
    written = {key for source in sources for key in re.findall(r'figures\["(\w+)"\]', source)}
    explained = {key for check in CHECKS for key in check.figures}
    assert written
    assert written <= explained


def test_every_setting_is_said_and_used_by_a_check_that_exists() -> None:
    assert {s.name for s in SETTING_LABELS} == set(THRESHOLDS)
    used = {name for check in CHECKS for name in check.settings}
    assert used == set(THRESHOLDS)


def test_a_check_reads_no_setting_that_it_does_not_name() -> None:
    """Changing a setting changes nothing of the checks that do not name it."""
    base = perimeter(method.EXAMPLE)
    for name in THRESHOLDS:
        value = getattr(Settings(), name)
        changed = Settings(**{name: type(value)(value / 10)})
        other = evaluate(base.candidate, real.world(), changed)
        for (check, before), (_, after) in zip(base.findings, other.findings, strict=True):
            if name not in check.settings:
                assert before == after, (check.id, name)


def test_every_figure_of_the_coverage_is_explained() -> None:
    every = scopes(real.atlas())
    state = coverage_state(real.crosswalk(), real.density())
    written = {f.id for key in ("france", "dep-94", "dep-79") for f in scope_figures(every[key], state)}
    assert written | {layer for layer, *_ in BODIES} == set(method.COVERAGE_METHODS)


def test_the_glossary_is_in_order_and_says_each_word_once() -> None:
    words = [word for word, _ in method.GLOSSARY]
    assert words == sorted(words, key=fr.order)
    assert len(set(words)) == len(words)


def test_the_page_shows_every_entry_with_its_example(fresh_caches: None) -> None:
    app = open_page(METHOD)
    text = written(app)
    for entry in method.entries(perimeter(method.EXAMPLE)):
        assert plain(entry.check.measure) in text
        assert plain(fr.typeset(entry.example.sentence)) in text
    assert text.count(f"{method.EXAMPLE_NAME} : ") >= len(CHECKS)
    for measure in MEASURES:
        assert plain(fr.typeset(measure.definition)) in text
    for layer in real.crosswalk().layers.values():
        assert plain(fr.typeset(layer.vintage)) in text
    for word, _ in method.GLOSSARY:
        assert word in text
    assert not app.button


def test_a_changed_setting_is_said_and_given_back_in_one_click(fresh_caches: None) -> None:
    app = AppTest.from_file(HOME, default_timeout=60)
    app.session_state[frame.WORKBOOK] = Workbook(settings=Settings(marker=150_000))
    app.switch_page(METHOD)
    ran(app.run())
    assert "modifié ; au départ : environ 200 000 habitants" in written(app)
    ran(app.button[0].click().run())
    assert app.session_state[frame.WORKBOOK].settings == Settings()
    assert not app.button
