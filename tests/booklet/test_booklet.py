"""The printed atlas: a page for each territory, its figures those of Couverture, its index complete, its PDF tagged; the command."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pypdf
import pytest

import geo.__main__ as cli
from geo.booklet import booklet_data, booklet_pdf, booklet_scopes
from geo.cli import atlas as atlas_cli
from geo.coverage import CoverageState, coverage_state, read_scope, scope_figures
from geo.errors import GeoInputError
from geo.indicators import Grain, Indicators, Series, values_frame
from tests.exports.printed import texts as pages
from tests.needs.made_up import ratio
from tests.support import real
from tests.support.grid import plain

DAY = date(2026, 11, 26)


def state() -> CoverageState:
    return coverage_state(real.crosswalk(), real.density())


def test_every_body_of_an_order_has_a_page_and_grand_paris_gives_way_to_its_ept() -> None:
    here = state()
    chosen = booklet_scopes(read_scope("reg-11", real.atlas()), "epci", here)
    kinds = {s.kind for s in chosen}
    assert kinds == {"epci", "ept", "departement"} and "200054781" not in {s.code for s in chosen}
    rows = [row for s in chosen for row in s.rows if real.atlas().table["region"].iat[row] == "11"]
    assert sorted(rows) == sorted(read_scope("reg-11", real.atlas()).rows), "nobody is left out, nobody counts twice"


def test_france_has_a_page_for_each_of_its_départements() -> None:
    chosen = booklet_scopes(read_scope("france", real.atlas()), "departement", state())
    assert len(chosen) == 101 and [s.code for s in chosen][:2] == ["01", "02"]


@pytest.mark.parametrize(
    ("scope", "per"), [("reg-32", "commune"), ("epci-200041317", "epci"), ("dep-79", "departement")]
)
def test_what_makes_no_atlas_is_refused_with_a_sentence(scope: str, per: str) -> None:
    with pytest.raises(GeoInputError):
        booklet_scopes(read_scope(scope, real.atlas()), per, state())


def test_each_page_has_a_line_of_needs_with_an_indicator_and_none_without() -> None:
    here, scope = state(), read_scope("reg-94", real.atlas())
    figures = values_frame(["2A"], numerator=[30.0], denominator=[150_000.0])
    told = Indicators((Series(ratio(grain=Grain.DEPARTEMENT), figures),))
    pages = booklet_data(scope, "departement", here, made_on=DAY, indicators=told)["pages"]
    assert [plain(page["needs"]) for page in pages] == [
        "Besoin. Décès par suicide, 2022 (CépiDc) : 0,2 pour 1 000 habitants.",
        "Inconnu ici : Décès par suicide.",
    ]
    assert {page["needs"] for page in booklet_data(scope, "departement", here, made_on=DAY)["pages"]} == {""}


def test_figures_are_those_of_couverture_and_progress_goes_from_zero_to_one() -> None:
    here, told = state(), list[float]()
    scope = read_scope("reg-94", real.atlas())
    data = booklet_data(scope, "departement", here, made_on=DAY, tell=lambda part, _: told.append(part))
    assert [page["name"] for page in data["pages"]] == ["Corse-du-Sud (2A)", "Haute-Corse (2B)"]
    mine = {f.label: f.amount for f in scope_figures(read_scope("2A", real.atlas()), here)}
    assert all(mine[label] == amount for label, amount, _ in data["pages"][0]["figures"])
    assert told == sorted(told) and told[0] == 0.0
    assert ">Ajaccio<" in data["pages"][0]["map"] and 'class="nom"' in data["pages"][0]["map"]
    assert "stroke-opacity" not in data["pages"][0]["map"], "names without a halo: letters, not outlines"


def test_the_pdf_is_tagged_with_an_index_that_leads_to_each_page() -> None:
    told = list[float]()
    made = booklet_pdf(
        read_scope("dep-2A", real.atlas()), "epci", state(), made_on=DAY, tell=lambda part, _: told.append(part)
    )
    read = pypdf.PdfReader(io.BytesIO(made))
    names = [s.name for s in booklet_scopes(read_scope("dep-2A", real.atlas()), "epci", state())]
    assert len(read.pages) == len(names) + 2 and told[-1] == 1.0
    root = read.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"]) and root["/Lang"] == "fr"
    index = read.pages[1]
    assert len([a for a in index["/Annots"] if a.get_object()["/Subtype"] == "/Link"]) >= len(names)
    printed = pages(made)
    for number, name in enumerate(names, start=2):
        assert name.split(" (")[0][:25] in plain(printed[number]).replace("\n", " ")


def test_the_command_writes_the_pdf_and_says_its_size(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(atlas_cli, "open_dataset", real.world)
    out = tmp_path / "corse.pdf"
    assert cli.main(["atlas", "reg-94", "--par", "departement", "-o", str(out)]) == 0
    said, progress = capsys.readouterr()
    assert out.read_bytes().startswith(b"%PDF") and "corse.pdf" in said and "Prêt" in progress
    for wrong in (
        ["reg-99", "-o", str(out)],
        ["reg-94", "-o", "x.docx"],
        ["reg-94", "-o", str(tmp_path / "no" / "x.pdf")],
    ):
        assert cli.main(["atlas", *wrong]) == 2
        assert "Traceback" not in capsys.readouterr().err
