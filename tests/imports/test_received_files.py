"""Files that people really have: each of the faults met in public reports, with the right answer. The tables are small enough to be
written here; layers are drawn from the outlines of the communes."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import xlsxwriter

from geo.errors import GeoInputError
from geo.imports import ABOVE, DISSOLVED, HIDDEN, YES, ImportDraft, read_import
from geo.layers import Etat, outlines
from tests.support.real import atlas
from tests.support.table_files import xlsx_bytes

ALL_13 = {f"132{i:02d}" for i in range(1, 17)}


def read(content: str | bytes, name: str = "a.csv", kind: str = "clsm", **options: object) -> ImportDraft:
    body = content.encode() if isinstance(content, str) else content
    return read_import(body, name, kind, atlas=atlas(), **options)  # type: ignore[arg-type]


def found(draft: ImportDraft) -> dict[str, set[str]]:
    """Return the codes of the communes of each territory; those of one name together."""
    made: dict[str, set[str]] = {str(name): set() for name in draft.zones["nom"]}
    for zone, row in zip(draft.members["zone"], draft.members["row"], strict=True):
        made[str(draft.zones["nom"].iloc[zone])].add(str(atlas().codes[row]))
    return made


def blocking(draft: ImportDraft) -> list[str]:
    return [doubt.key for doubt in draft.doubts if doubt.blocking]


def told(draft: ImportDraft) -> str:
    return "\n".join(str(remark) for remark in draft.remarks)


# --- tables that give the right answer without a question -----------------------------------------------------------
RIGHT = {
    "01 a year of signature is no code": (
        "CLSM;Commune;Année de signature\nEst;Créteil;2018\nEst;Bonneuil-sur-Marne;2018\nNiort;Niort;2012\nLieu;Rezé;2021\n",
        {"Est": {"94028", "94011"}, "Niort": {"79191"}, "Lieu": {"44143"}},
    ),
    "02 a population is no code": (
        "CLSM;Commune;Population\nA;Dainville;5723\nA;Achicourt;7812\nA;Athies;1046\nA;Feuchy;1138\n",
        {"A": {"62263", "62004", "62042", "62331"}},
    ),
    "03 yes and no about something else": (
        "CLSM;Code INSEE;Commune;Concernée par un QPV\nEst;94028;Créteil;oui\nEst;94059;Le Plessis-Trévise;non\n",
        {"Est": {"94028", "94059"}},
    ),
    "05 a département between brackets": (
        "CLSM;Commune\nMarseille;Marseille (13)\nAubagne;Aubagne (13)\n",
        {"Marseille": ALL_13, "Aubagne": {"13005"}},
    ),
    "06 postal codes beside names": (
        "CLSM;Code;Commune\nP13;75013;Paris 13e\nP20;75020;Paris 20e\nP18;75018;Paris 18e\n",
        {"P13": {"75113"}, "P20": {"75120"}, "P18": {"75118"}},
    ),
    "06 postal codes alone": (
        "CLSM;Code postal\nP13;75013\nNord;13014\nNord;13015\nLyon;69008\n",
        {"P13": {"75113"}, "Nord": {"13214", "13215"}, "Lyon": {"69388"}},
    ),
    "07 a former name where it stands": (
        "CLSM;Commune\nC;Évry\nC;Courcouronnes\nC;Ris-Orangis\nC;Bondoufle\n",
        {"C": {"91228", "91521", "91086"}},
    ),
    "07 a former name in its département": (
        "CLSM;Département;Commune\nC;91;Évry\nC;91;Ris-Orangis\n",
        {"C": {"91228", "91521"}},
    ),
    "22 words that say that there is none": (
        "CLSM;Code INSEE\nC;94028\nC;94011\nAucun;94080\nPas de CLSM;94067\n-;94022\nNULL;94043\nN/A;94041\n0;94033\nsans objet;94016\n",
        {"C": {"94028", "94011"}},
    ),
    "26 a number of row is no identifier": (
        "Numéro;CLSM;Code INSEE\n1;C;94028\n2;C;94011\n3;V;94080\n4;V;94067\n",
        {"C": {"94028", "94011"}, "V": {"94080", "94067"}},
    ),
    "33 départements as people write them": (
        "CLSM;Commune;Département\nA;Saint-Denis;93 - Seine-Saint-Denis\nD;Saint-Denis;Réunion\nE;Celles;Cantal (15)\nI;Propriano;20A\n"
        "K;Vernon;27.0\nL;Bourg;Gironde - 33\n",
        {"A": {"93066"}, "D": {"97411"}, "E": {"15031"}, "I": {"2A249"}, "K": {"27681"}, "L": {"33067"}},
    ),
    "35 a bar stands for sur or sous": (
        'CLSM;Communes\nG;"Chalon/Saône, Saint-Rémy (71), Châtenoy-le-Royal"\nE;"Neuilly/Marne, Fontenay/Bois"\n',
        {"G": {"71076", "71475", "71118"}, "E": {"93050", "94033"}},
    ),
    "37 names with their postal codes": (
        'CLSM;Communes\nA;"Mantes-la-Jolie (78200), Poissy (78300)"\nB;"Ajaccio 20090, Porto-Vecchio (20137)"\nD;78200 Mantes-la-Jolie\n',
        {"A": {"78361", "78498"}, "B": {"2A004", "2A247"}, "D": {"78361"}},
    ),
    "44 a blank is an absence": (
        "Code INSEE;Commune;CLSM\n79049;Bressuire;Bocage\n79081;Chauray;Niort\n79191;Niort;Niort\n79001;L'Absie;\n79002;Adilly;\n79003;Aiffres;\n",
        {"Bocage": {"79049"}, "Niort": {"79081", "79191"}},
    ),
    "50 two rows of postal codes": (
        "CLSM;Code postal\nRoubaix;59100\nTourcoing;59200\n",
        {"Roubaix": {"59512"}, "Tourcoing": {"59599"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_table_gives_the_right_territories(name: str) -> None:
    content, right = RIGHT[name]
    draft = read(content)
    assert found(draft) == right
    assert (blocking(draft), draft.whole) == ([], True)


def test_communes_of_which_the_file_says_that_they_have_none_are_named() -> None:
    draft = read(RIGHT["22 words that say that there is none"][0])
    assert set(draft.without) == {"94080", "94067", "94022", "94043", "94041", "94033", "94016"}
    assert "Aucun" in told(draft)


# --- tables that ask ---------------------------------------------------------------------------------------------------
def test_rows_refused_keep_a_place() -> None:
    draft = read(
        "CLSM;Code INSEE;Commune\nEst;94028;Créteil\nEst;;Bonneuil\nNord;94033;Fontenay-sous-Bois\nNord;;Vincenne\n"
    )
    assert found(draft) == {"Est": {"94028"}, "Nord": {"94033"}}
    doubts = {doubt.value: doubt for doubt in draft.doubts}
    assert "94011" in doubts["Bonneuil"].atoms and "94080" in doubts["Vincenne"].atoms
    assert doubts["Bonneuil"].departements == ("94",)
    settled = read(
        "CLSM;Code INSEE;Commune\nEst;94028;Créteil\nEst;;Bonneuil\nNord;94033;Fontenay-sous-Bois\nNord;;Vincenne\n",
        answers=draft.answers.settle(doubts["Bonneuil"].key, "94011").settle(doubts["Vincenne"].key, "94080"),
    )
    assert found(settled) == {"Est": {"94028", "94011"}, "Nord": {"94033", "94080"}}
    assert settled.whole and not settled.doubts


def test_an_epci_beside_an_empty_commune_is_asked_about() -> None:
    content = "CLSM;Code INSEE;Commune;SIREN EPCI\nN;79191;Niort;200041317\nN;;;200041317\nN;79081;Chauray;200041317\n"
    draft = read(content)
    assert found(draft) == {"N": {"79191", "79081"}}
    (doubt,) = draft.doubts
    assert len(doubt.atoms) == 40 and draft.refused == 1
    whole = read(content, answers=draft.answers.settle(doubt.key, doubt.candidates[0][1]))
    assert len(found(whole)["N"]) == 40


@pytest.mark.parametrize(
    "content",
    [
        "Commune;Nord;Est\nCréteil;x;\nBonneuil-sur-Marne;x;\nVincennes;;x\n",
        "Nord;Est\nCréteil;Vincennes\nBonneuil-sur-Marne;\n",
    ],
)
def test_a_column_a_territory_is_recognised_and_asked_about(content: str) -> None:
    draft = read(content)
    assert found(draft) == {"Nord": {"94028", "94011"}, "Est": {"94080"}}
    assert "feuille/croise" in blocking(draft)
    answers = draft.answers
    for doubt in draft.doubts:
        answers = answers.settle(doubt.key, doubt.proposal)
    assert read(content, answers=answers).settled


def test_two_territories_of_one_name_in_two_departements_stay_two() -> None:
    draft = read(
        "Département;CLSM;Commune\n93;CLSM;Saint-Denis\n93;CLSM;Aubervilliers\n94;CLSM;Créteil\n94;CLSM;Bonneuil-sur-Marne\n"
    )
    assert [int(n) for n in draft.members.groupby("zone").size()] == [2, 2]
    assert blocking(draft) == ["ligne/clsm/departements"]


def test_not_covered_is_no_territory_and_the_covered_are_asked_about() -> None:
    draft = read(
        "Code INSEE;Commune;Couverture CLSM\n94001;Ablon-sur-Seine;Couverte\n94002;Alfortville;Couverte\n94003;Arcueil;Non couverte\n"
    )
    assert found(draft) == {"a": {"94001", "94002"}}
    assert blocking(draft) == ["colonne/nom"]


def test_a_commune_far_from_its_territory_is_told_and_not_kept() -> None:
    draft = read("CLSM;Commune\nL;Lannion\nL;Perros-Guirec\nL;Trégastel\nL;Le Fresne\n")
    assert found(draft) == {"L": {"22113", "22168", "22353"}}
    assert "51260" in draft.doubts[0].atoms and "km des autres communes" in told(draft)


def test_names_refused_inside_a_list_are_counted() -> None:
    draft = read("CLSM;Communes\nA;Niort, Chauray, Vouillée, Trifouilly\n")
    assert found(draft) == {"A": {"79191", "79081"}}
    assert (draft.refused, draft.partly, draft.names_refused, draft.whole) == (0, 1, 2, False)


def test_each_etat_is_settled() -> None:
    words = [
        "dissous",
        "abandonné",
        "en sommeil",
        "actif ?",
        "Signé le 12/03/2024",
        "Projet abandonné en 2023",
        "envisagé",
    ]
    codes = ["02408", "02722", "02381", "02361", "02789", "02173", "02738"]
    content = "CLSM;Code INSEE;État\n" + "".join(
        f"C{i};{c};{w}\n" for i, (c, w) in enumerate(zip(codes, words, strict=True))
    )
    draft = read(content)
    assert Etat.EN_SERVICE not in set(draft.zones["etat"])
    asked = {doubt.value: doubt for doubt in draft.doubts if doubt.blocking}
    assert set(asked) == {"actif ?", "Signé le 12/03/2024", "Projet abandonné en 2023"}
    with pytest.raises(GeoInputError, match="question"):
        draft.ensure_settled()
    answers = draft.answers.settle(asked["actif ?"].key, Etat.PROJET)
    answers = answers.settle(asked["Signé le 12/03/2024"].key, Etat.EN_SERVICE)
    answers = answers.settle(asked["Projet abandonné en 2023"].key, DISSOLVED)
    settled = read(content, answers=answers)
    assert settled.settled and set(settled.dissolved) == {"C0", "C1", "C2", "C5"}
    # next month, the same list in another order: nothing is asked again
    lines = content.splitlines()
    again = read(
        "\n".join([lines[0], *reversed(lines[1:])]), answers=type(answers).from_json(settled.answers.to_json())
    )
    assert again.settled and set(again.dissolved) == set(settled.dissolved)


def test_blanks_are_filled_from_above_on_the_planners_word_only() -> None:
    content = "CLSM;Commune\nNord;Créteil\n;Vincennes\nSud;Niort\n;Chauray\n"
    draft = read(content)
    assert blocking(draft) == ["valeur/nom/"] and found(draft) == {"Nord": {"94028"}, "Sud": {"79191"}}
    filled = read(content, answers=draft.answers.settle("valeur/nom/", ABOVE))
    assert found(filled) == {"Nord": {"94028", "94080"}, "Sud": {"79191", "79081"}} and filled.settled


def test_a_file_without_headers_is_seen_as_one() -> None:
    draft = read("AIRE SUR LA LYS;6\nAGNY;2\nARRAS;6\nACHICOURT;2\n", kind="secteurs-adultes")
    assert draft.rows == 4
    assert {"feuille/entete", "colonne/nom_commune"} <= set(blocking(draft))


# --- workbooks ---------------------------------------------------------------------------------------------------------
def _hidden(rows: list[list[str]], hide: list[int]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("F")
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
        if at in hide:
            sheet.set_row(at, None, None, {"hidden": True})
    book.add_worksheet("Notes").hide()
    book.close()
    return stream.getvalue()


def test_hidden_rows_are_told_and_left_to_choose() -> None:
    rows = [["CLSM", "Code INSEE"], ["C", "94028"], ["C", "94011"], ["N", "79191"], ["N", "79081"]]
    draft = read(_hidden(rows, [3, 4]), "x.xlsx")
    assert found(draft) == {"C": {"94028", "94011"}}
    assert (draft.aside, draft.whole, "masquée" in told(draft)) == (2, False, True)
    assert set(found(read(_hidden(rows, [3, 4]), "x.xlsx", answers=draft.answers.settle(HIDDEN, YES)))) == {"C", "N"}


def test_sheets_of_one_shape_are_read_together() -> None:
    head = ["CLSM", "Code INSEE", "Commune"]
    sheets = {
        "94": [head, ["C", "94028", "Créteil"]],
        "93": [head, ["S", "93066", "Saint-Denis"]],
        "lisezmoi": [["Notes"]],
    }
    draft = read(xlsx_bytes(sheets), "x.xlsx")
    assert found(draft) == {"C": {"94028"}, "S": {"93066"}}
    assert "feuilles de même forme" in told(draft)


def test_sheets_of_two_years_are_asked_about() -> None:
    head = ["CLSM", "Code INSEE"]
    draft = read(xlsx_bytes({"2024": [head, ["C", "94028"]], "2025": [head, ["C", "94011"]]}), "x.xlsx")
    assert blocking(draft) == ["feuille/noms"] and not draft.whole


# --- layers ------------------------------------------------------------------------------------------------------------
def _communes(codes: list[str], **columns: list[object]) -> gpd.GeoDataFrame:
    shapes = outlines(atlas()).loc[codes]
    names = [str(atlas().names[atlas().row[c]]) for c in codes]
    return gpd.GeoDataFrame({"INSEE_COM": codes, "NOM": names, **columns}, geometry=list(shapes), crs=4326)


def _written(frame: gpd.GeoDataFrame, folder: Path, **options: object) -> ImportDraft:
    frame.to_file(folder / "x.gpkg", driver="GPKG")
    return read((folder / "x.gpkg").read_bytes(), "x.gpkg", **options)


CODES = ["94028", "94011", "94080", "94067", "94033"]


def test_a_layer_of_communes_has_a_clsm_where_its_column_says_so(tmp_path: Path) -> None:
    draft = _written(_communes(CODES, CLSM=["C", "C", None, "Aucun", "Non couverte"]), tmp_path)
    assert found(draft) == {"C": {"94028", "94011"}}
    assert set(draft.without) == {"94080", "94067", "94033"} and draft.settled


def test_a_zoning_names_no_territory(tmp_path: Path) -> None:
    zoning = ["Urbain", "Rural", "Urbain", "Rural", "Rural"]
    draft = _written(_communes(CODES, Zonage=zoning, CLSM=["C", "C", "V", "V", None]), tmp_path)
    assert found(draft) == {"C": {"94028", "94011"}, "V": {"94080", "94067"}}


def test_a_name_column_without_a_known_header_is_asked_about(tmp_path: Path) -> None:
    draft = _written(_communes(CODES, groupe=["Un", "Un", "Deux", "Deux", "Deux"]), tmp_path)
    assert blocking(draft) == ["colonne/nom"]


def test_words_of_refusal_are_never_in_service(tmp_path: Path) -> None:
    frame = _communes(CODES).assign(
        nom=list("ABCDE"), statut=["Inactif", "Pas encore signé", "non opérationnel", "Désactivé", "dissous"]
    )
    draft = _written(frame.drop(columns=["INSEE_COM", "NOM"]), tmp_path)
    assert set(draft.zones["etat"]) == {Etat.A_CONFIRMER} and set(draft.dissolved) == {"A", "D", "E"}
    assert len(blocking(draft)) == 2


def _feature(code: str, name: str) -> dict[str, object]:
    shape = json.loads(gpd.GeoSeries([outlines(atlas()).loc[code]]).to_json())["features"][0]["geometry"]
    return {"type": "Feature", "properties": {"nom": name}, "geometry": shape}


@pytest.mark.parametrize("between", ["\n", "\n\x1e", ",\n"])
def test_every_object_of_a_stream_is_read(between: str) -> None:
    text = between.join(json.dumps(_feature(c, n)) for c, n in (("94028", "A"), ("94080", "B")))
    draft = read((f"[{text}]" if "," in between else text), "x.geojson")
    assert found(draft) == {"A": {"94028"}, "B": {"94080"}}


def test_a_collection_inside_a_collection_gives_its_features() -> None:
    inner = {"type": "FeatureCollection", "features": [_feature("94028", "A")]}
    outer = {"type": "FeatureCollection", "features": [inner, _feature("94080", "B")]}
    assert found(read(json.dumps(outer), "x.geojson")) == {"A": {"94028"}, "B": {"94080"}}


def test_one_bad_byte_spoils_one_value() -> None:
    text = json.dumps({"type": "FeatureCollection", "features": [_feature("94028", "Créteillois"), _feature("94080", "été")]},
                      ensure_ascii=False).encode()  # fmt: skip
    draft = read(text.replace("été".encode(), b"\xe9t\xc3\xa9"), "x.geojson")
    assert list(draft.zones["nom"]) == ["Créteillois", "été"]
    table = read("CLSM;Commune\nÉté;Créteil\n".encode() + b"For\xeat;Vincennes\n")
    assert set(found(table)) == {"Été", "Forêt"} and "ligne 3" in told(table)


def _shapefile(names: list[bytes], *, cpg: bytes | None, language: int = 0) -> bytes:
    """Write a shapefile of communes whose names are given as bytes."""
    frame = gpd.GeoDataFrame(
        {"nom": ["x"] * len(names)}, geometry=[outlines(atlas()).loc[c] for c in CODES[: len(names)]], crs=4326
    )
    stream = io.BytesIO()
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        frame.to_file(Path(folder) / "c.shp")
        dbf = (Path(folder) / "c.dbf").read_bytes()
        start, width = struct.unpack("<HH", dbf[8:12])
        dbf = (
            dbf[:29] + bytes([language]) + dbf[30:start] + b"".join(b" " + n.ljust(width - 1) for n in names) + b"\x1a"
        )
        with zipfile.ZipFile(stream, "w") as archive:
            for suffix in (".shp", ".shx", ".prj"):
                archive.write(Path(folder) / f"c{suffix}", f"c{suffix}")
            archive.writestr("c.dbf", dbf)
            if cpg is not None:
                archive.writestr("c.cpg", cpg)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("codec", "cpg", "language"),
    [("cp850", b"850", 0), ("cp850", None, 2), ("cp850", None, 0), ("utf-8", b"UTF-8", 0), ("utf-8", None, 0x57), ("cp1252", b"ANSI 1252", 0),
     ("latin-1", b"ISO-8859-1", 0), ("cp1252", b"UTF-8", 0)],
)  # fmt: skip
def test_the_code_page_of_a_shapefile_is_the_one_it_states(codec: str, cpg: bytes | None, language: int) -> None:
    names = ["Créteillois", "Sèvre et Forêt"]
    draft = read(_shapefile([n.encode(codec) for n in names], cpg=cpg, language=language), "x.zip")
    assert list(draft.zones["nom"]) == names


def test_a_sign_cut_at_the_end_of_a_field_spoils_that_field_only() -> None:
    draft = read(_shapefile(["Créteillois".encode(), "Forêt é".encode()[:-1]], cpg=b"UTF-8"), "x.zip")
    assert list(draft.zones["nom"]) == ["Créteillois", "Forêt"]


def test_web_mercator_that_no_one_names_is_settled_by_the_names_or_refused() -> None:
    cities = {"CLSM de Lille": "59350", "CLSM de Metz": "57463", "CLSM de Reims": "51454"}
    frame = gpd.GeoDataFrame(
        {"nom": list(cities)}, geometry=[outlines(atlas()).loc[c] for c in cities.values()], crs=4326
    )
    moved = json.loads(frame.to_crs(3857).to_json())
    moved.pop("crs", None)
    assert found(read(json.dumps(moved), "x.geojson")) == {n: {c} for n, c in cities.items()}
    box = {"type": "Polygon", "coordinates": [[[335e3, 656e4], [345e3, 656e4], [345e3, 6565e3], [335e3, 656e4]]]}
    with pytest.raises(GeoInputError, match="projection"):
        read(json.dumps({"type": "Feature", "properties": {"nom": "A"}, "geometry": box}), "x.geojson")


# --- our own exports -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p.csv", "code;commune;population;annee_population;departement;intercommunalite;superficie_km2;densite;perimetre\n"
                  "94028;Créteil;93000;2023;94;MGP;11;urbain dense (estimation);Est\n", "Périmètre"),
        ("c.csv", "code_commune;nom_commune;statut;facon;population\n94028;Créteil;couvert;;93000\n", "Couverture"),
        ("c.geojson", json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"code_commune": "94028", "statut": "couvert", "facon": ""}, "geometry": None}]}), "Couverture"),
        ("p.geojson", json.dumps({"type": "FeatureCollection", "perimetre": {"nom": "Est"}, "features": [
            {"type": "Feature", "properties": {"objet": "perimetre"}, "geometry": None}]}), "Périmètre"),
        ("p.json", '{"type":"perimetres-clsm","version":3}', "Périmètre"),
    ],
)  # fmt: skip
def test_our_own_exports_are_said_to_open_elsewhere(name: str, content: str, said: str) -> None:
    with pytest.raises(GeoInputError, match=said):
        read(content, name)


# --- columns that say whether a territory still works ---------------------------------------------------------------
@pytest.mark.parametrize("header", ["CLSM dissous", "Dissous", "Fermé", "Inactif", "en_sommeil"])
def test_a_yes_in_a_column_of_ends_takes_a_territory_away_and_a_no_leaves_it(header: str) -> None:
    draft = read(f"CLSM;Commune;{header}\nA;Créteil;non\nB;Alfortville;oui\n")
    assert (found(draft), draft.dissolved) == ({"A": {"94028"}}, ("B",))
    assert draft.without == ("94002",)


def test_an_end_wins_over_the_state_of_its_row() -> None:
    draft = read("CLSM;Commune;Statut;Dissous\nA;Créteil;signé;non\nB;Alfortville;signé;oui\n")
    assert (found(draft), draft.dissolved) == ({"A": {"94028"}}, ("B",))


@pytest.mark.parametrize("header", ["Date de fin", "Date de dissolution", "Fin de validité", "Échéance"])
@pytest.mark.parametrize("past", ["12/03/2020", "2019", "2020-12-31"])
def test_an_end_that_has_passed_is_asked_about_once_and_a_coming_one_says_nothing(header: str, past: str) -> None:
    content = f"CLSM;Commune;{header}\nA;Créteil;{past}\nB;Alfortville;31/12/2099\nC;Ivry-sur-Seine;\nD;Le Plessis-Trévise;2015\n"
    draft = read(content)
    (doubt,) = [d for d in draft.doubts if d.blocking]
    assert "date de fin" in doubt.said and doubt.rows == (2, 5)
    assert list(draft.zones["etat"]) == [Etat.A_CONFIRMER, "", "", Etat.A_CONFIRMER]
    settled = read(content, answers=draft.answers.settle(doubt.key, DISSOLVED))
    assert settled.settled and settled.dissolved == ("A", "D")


@pytest.mark.parametrize("header", ["Actif", "En service", "CLSM actif", "Opérationnel"])
def test_a_column_of_what_works_gives_the_state_and_a_no_is_asked_about(header: str) -> None:
    draft = read(f"CLSM;Commune;{header}\nA;Créteil;oui\nB;Alfortville;non\n")
    assert list(draft.zones["etat"]) == [Etat.EN_SERVICE, Etat.A_CONFIRMER]
    assert blocking(draft) == ["valeur/etat/non"]


def test_two_columns_of_states_are_asked_about() -> None:
    assert blocking(read("CLSM;Commune;Statut;Actif\nA;Créteil;signé;oui\nB;Alfortville;signé;non\n")) == [
        "colonne/etat"
    ]


@pytest.mark.parametrize("header", ["Sans CLSM", "CLSM en projet", "Pas de CLSM", "CLSM demandé"])
def test_a_yes_that_may_say_the_contrary_is_asked_about(header: str) -> None:
    assert "colonne/retenue" in blocking(read(f"Territoire;Commune;{header}\nA;Créteil;oui\nB;Alfortville;non\n"))


@pytest.mark.parametrize(
    "header", ["CLSM", "Dans un CLSM ?", "couverture_clsm_2025", "CLSM_O_N", "Membre", "CLSM en place"]
)
def test_a_yes_about_being_in_the_layer_is_understood(header: str) -> None:
    draft = read(f"Code INSEE;Commune;{header}\n94028;Créteil;oui\n94002;Alfortville;non\n")
    assert (found(draft), blocking(draft)) == ({"a": {"94028"}}, ["colonne/nom"])


# --- what a cell leaves out, names of EPCI as they are written --------------------------------------------------------
def body(name: str) -> set[str]:
    """Return the codes of the communes of an EPCI."""
    (code,) = atlas().epci.index[atlas().epci["nom"] == name]
    return {str(atlas().codes[row]) for row in atlas().members("epci", code)}


NIORT = "CA du Niortais"


@pytest.mark.parametrize("header", ["EPCI", "Communes", "Commune"])
@pytest.mark.parametrize(
    ("cell", "gone"),
    [
        ("CA du Niortais sauf Niort", {"79191"}),
        ("CA du Niortais, hors Niort, Aiffres et Magné", {"79191", "79003", "79162"}),
        ("CA du Niortais (à l’exception de Niort)", {"79191"}),
        ("toutes les communes de la CA du Niortais moins la commune de Niort", {"79191"}),
        ("Communauté d’agglomération du Niortais - 200041317, à l'exclusion de Niort / Magné", {"79191", "79162"}),
    ],
)  # fmt: skip
def test_what_a_cell_leaves_out_is_left_out(header: str, cell: str, gone: set[str]) -> None:
    draft = read(f'CLSM;{header}\nNord;"{cell}"\n')
    assert (found(draft), draft.whole, blocking(draft)) == ({"Nord": body(NIORT) - gone}, True, [])


@pytest.mark.parametrize(
    "cell", ["CA du Niortais sauf Bressuire", "Niort, Aiffres, hors Magné", "CA du Niortais sauf Nord"]
)
def test_what_is_left_out_and_not_understood_takes_nothing_in(cell: str) -> None:
    draft = read(f'CLSM;Communes\nNord;"{cell}"\nEst;Créteil\n')
    assert (found(draft), draft.refused) == ({"Est": {"94028"}}, 1)


def test_a_city_and_a_departement_may_be_given_without_a_part() -> None:
    draft = read('CLSM;Communes\nL;"Lyon sauf Lyon 1er"\nD;"département des Deux-Sèvres sauf Niort"\n')
    all_79 = {str(atlas().codes[row]) for row in atlas().members("departement", "79")}
    assert found(draft) == {"L": {f"6938{i}" for i in range(2, 10)}, "D": all_79 - {"79191"}}


def test_words_of_exclusion_inside_names_of_communes_leave_nothing_out() -> None:
    draft = read('CLSM;Communes\nNord;"Saint Loup Hors, Boissy-sans-Avoir, Sans-Vallois, FOUCAUCOURT HORS NESLE"\n')
    assert found(draft) == {"Nord": {"14609", "78084", "88441", "80336"}}


@pytest.mark.parametrize(
    "written", [NIORT, "Communauté d’agglomération du Niortais", "C.A. du Niortais", "la CA du Niortais", "CA du Niortais (79)",
                "CA du Niortais - 200041317", "Ensemble des communes de la CA du Niortais"]
)  # fmt: skip
def test_an_epci_is_read_alike_wherever_it_is_written(written: str) -> None:
    headers = ["Communes", "Commune"] if written.startswith("Ens") else ["EPCI", "Communes", "Commune"]
    for header in headers:
        assert found(read(f"CLSM;{header}\nNord;{written}\n")) == {"Nord": body(NIORT)}


def test_commas_inside_the_name_of_an_epci_part_nothing() -> None:
    named = [str(name) for name in atlas().epci["nom"] if "," in name]
    assert len(named) > 15
    for name in named:
        assert found(read(f'CLSM;Communes\nNord;"{name} ; {NIORT}"\n')) == {"Nord": body(name) | body(NIORT)}


def test_a_siren_that_is_not_that_of_the_name_is_refused() -> None:
    with pytest.raises(GeoInputError, match="SIREN n’est pas celui"):
        read(f"CLSM;EPCI\nNord;{NIORT} - 200069755\n")


def test_two_codes_in_a_cell_never_lose_one() -> None:
    draft = read("CLSM;Codes INSEE\nNord;94041-94081\nSud;94028\n")
    assert (found(draft), draft.refused) == ({"Sud": {"94028"}}, 1)
    assert "plusieurs codes" in told(draft)


@pytest.mark.parametrize("note", ["sauf Niort", "Toutes les communes sauf Magné", "Hors Niort", "en partie seulement"])
def test_a_remark_that_leaves_communes_out_is_asked_about(note: str) -> None:
    content = f"CLSM;EPCI;Commentaire\nNord;{NIORT};{note}\nEst;CC Mellois en Poitou;signé, sauf erreur\n"
    draft = read(content)
    (doubt,) = [d for d in draft.doubts if d.blocking]
    assert (found(draft), draft.refused) == ({"Est": body("CC Mellois en Poitou")}, 1)
    assert found(read(content, answers=draft.answers.settle(doubt.key, YES)))["Nord"] == body(NIORT)


def test_notes_under_a_table_are_set_aside() -> None:
    feet = "(1) en cours de signature;;\nMise à jour : 12/03/2025;;\nS/total;;3\nDonnées au 1er janvier 2025;;\n"
    draft = read(f"CLSM;Commune;Population\nEst;Créteil;3\n{feet}")
    assert (found(draft), draft.refused) == ({"Est": {"94028"}}, 0)


@pytest.mark.parametrize("cell", ["79, 86", "Deux-Sèvres et Vienne", "79/86", "Vienne (86) ; 79 - Deux-Sèvres"])
@pytest.mark.parametrize("header", ["Département", "Départements", "Départements couverts"])
def test_a_list_of_departements_stands_for_their_communes(header: str, cell: str) -> None:
    draft = read(f'DAC;{header}\nL;"{cell}"\n', kind="dac")
    wanted = {str(atlas().codes[row]) for code in ("79", "86") for row in atlas().members("departement", code)}
    assert (found(draft), draft.refused) == ({"L": wanted}, 0)


def test_what_is_no_departement_is_said_so() -> None:
    draft = read("DAC;Départements couverts\nL;75-92\nM;79\n", kind="dac")
    assert draft.refused == 1 and "« 75-92 » n’est pas un département" in told(draft)


def test_a_line_that_speaks_of_two_territories_is_one_line() -> None:
    draft = read("Est;Ouest\nCréteil;Ivry-sur-Seine\nAlfortville;Saint-Denis\nXxx;Yyy\n")
    assert (draft.rows, draft.accepted, draft.refused, draft.partly) == (3, 2, 1, 1)
