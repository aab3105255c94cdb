"""What to tell of polygons brought to communes: which follow the borders, which cut communes, and what was left aside."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.communes import Atlas
from geo.french import count, inhabitants, listing, percent
from geo.import_crosswalk import Crossing
from geo.import_draft import Remark
from geo.import_shape_zones import Grouping
from geo.import_squares import Squares

SHOWN = 6
MOST_TOLD = 40
FAR = 0.5  # a territory of which less than this lies in communes is told


def crossing_remarks(
    crossing: Crossing,
    groups: Grouping,
    atlas: Atlas,
    lines: npt.NDArray[np.intp],
    squares: Squares | None,
    *,
    whole_communes: bool,
) -> list[Remark]:
    """Say how each territory became communes."""
    remarks = [*_whole(crossing, whole_communes=whole_communes), *_cut(crossing, groups, atlas, lines, squares)]
    remarks += [*_slivers(crossing, groups, atlas), *_overlapping(crossing, atlas)]
    far = np.flatnonzero((crossing.inside < FAR) & (crossing.inside > 0))
    for zone in far[:MOST_TOLD]:
        line = int(lines[groups.features[zone][0]])
        share = percent(1 - float(crossing.inside[zone]), 0)
        remarks.append(
            Remark("à savoir", f"territoire « {groups.names[zone]} »", f"{share} de sa surface est hors des communes (mer, étranger).",
                   "Vérifiez son contour et sa projection.", row=line)
        )  # fmt: skip
    return remarks


def _whole(crossing: Crossing, *, whole_communes: bool) -> list[Remark]:
    exact, total = int(crossing.exact.sum()), len(crossing.inside)
    if whole_communes:
        text = "À votre demande, chaque commune est tout entière au territoire qui en contient plus de la moitié."
        return [Remark("à savoir", "", text)]
    if not exact:
        return []
    subject = "Tous les territoires suivent" if exact == total else f"{count(exact, 'territoire')} sur {total} suivent"
    if exact == 1:
        subject = "Le territoire suit" if total == 1 else f"1 territoire sur {total} suit"
    return [
        Remark(
            "à savoir",
            "",
            f"{subject} les limites des communes, aux écarts de dessin près : communes entières, habitants exacts.",
        )
    ]


def _cut(
    crossing: Crossing, groups: Grouping, atlas: Atlas, lines: npt.NDArray[np.intp], squares: Squares | None
) -> list[Remark]:
    parts = crossing.members[~crossing.members["whole"]]
    if parts.empty:
        return []
    communes, zones = parts["row"].nunique(), parts["zone"].nunique()
    gridded = int(parts.loc[parts["method"] == "carreaux", "row"].nunique())
    support = f"selon les carreaux de population ({squares.vintage})" if squares is not None and gridded else ""
    if gridded < communes:
        area = "selon la surface, faute de carreaux de population"
        support = f"{support} pour {gridded}, {area} pour les autres" if support else area
    better = " La surface trompe pour un quartier : synchronisez les carreaux (python -m geo sync --layer carreaux)."
    remarks = [
        Remark(
            "à savoir", "",
            f"{count(zones, 'territoire coupe', 'territoires coupent')} {count(communes, 'commune')} : les habitants concernés "
            f"sont partagés {support} ; ce sont des estimations.",
            "Si vos territoires sont faits de communes entières, dites-le (étape 3, ou --whole-communes) : elles ne seront pas coupées."
            + (better if gridded < communes else ""),
        )
    ]  # fmt: skip
    for told, (zone, group) in enumerate(parts.groupby("zone")):
        if told == MOST_TOLD:
            remarks.append(
                Remark(
                    "à savoir",
                    "",
                    f"… et {count(zones - MOST_TOLD, 'autre territoire', 'autres territoires')} de même.",
                )
            )
            break
        remarks.append(_of_zone(int(str(zone)), group, groups, atlas, lines))
    return remarks


def _of_zone(zone: int, group: pd.DataFrame, groups: Grouping, atlas: Atlas, lines: npt.NDArray[np.intp]) -> Remark:
    order = group.sort_values("inhabitants", ascending=False)
    names = [
        f"{atlas.label(str(atlas.codes[row]))} à {percent(share, 0)}"
        for row, share in zip(order["row"], order["share"], strict=True)
    ]
    people = inhabitants(round(float(group["inhabitants"].sum())))
    return Remark(
        "à savoir", f"territoire « {groups.names[zone]} »",
        f"{count(len(group), 'commune')} en partie ({listing(names, SHOWN)}), environ {people} dans ces parties.",
        row=int(lines[groups.features[zone][0]]),
    )  # fmt: skip


def _slivers(crossing: Crossing, groups: Grouping, atlas: Atlas) -> list[Remark]:
    remarks = []
    borders = int(crossing.slivers["border"].sum())
    if borders:
        words = count(borders, "bord de commune dessiné autrement que dans la base, sans effet",
                      "bords de commune dessinés autrement que dans la base, sans effet")  # fmt: skip
        remarks.append(Remark("à savoir", "", f"{words} sur la composition des territoires."))
    small = crossing.slivers[~crossing.slivers["border"]].sort_values("share", ascending=False)
    if len(small):
        names = [
            f"{atlas.label(str(atlas.codes[row]))} ({percent(share)}) dans « {groups.names[zone]} »"
            for zone, row, share in zip(small["zone"], small["row"], small["share"], strict=True)
        ]
        words = count(len(small), "morceau de moins de 1 % d’une commune, laissé de côté",
                      "morceaux de moins de 1 % d’une commune, laissés de côté")  # fmt: skip
        remarks.append(Remark("à savoir", "", f"{words} : {listing(names, SHOWN)}."))
    return remarks


def _overlapping(crossing: Crossing, atlas: Atlas) -> list[Remark]:
    rows = crossing.overlapping
    if not rows:
        return []
    names = listing([atlas.label(str(atlas.codes[row])) for row in rows], SHOWN)
    words = count(len(rows), "commune où des territoires se recouvrent", "communes où des territoires se recouvrent")
    return [
        Remark("à savoir", "", f"{words} ({names}) : leurs habitants comptent dans chacun.",
               "Corrigez les contours si ces territoires ne doivent pas se recouvrir.")
    ]  # fmt: skip
