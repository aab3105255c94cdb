"""The nine classes are told apart by who sees all colours, by who does not, and on a grey print."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from geo.arrays import Floats
from geo.needs import CLASSES, Cover, CrossClass, Need

# Machado, Oliveira and Fernandes, « A Physiologically-based Model for Simulation of Color Vision Deficiency », IEEE
# TVCG 15(6), 2009: matrices of severity 1 on linear RGB; the grey is the relative luminance of WCAG 2.
SIGHTS = {
    "toutes les couleurs": np.eye(3),
    "protanopie": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutéranopie": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopie": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
    "gris": np.array([[0.2126, 0.7152, 0.0722]] * 3),
}  # fmt: skip
# Björn Ottosson, « A perceptual color space for image processing », 2020: OKLab, whose distances are about those seen.
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip
STEP = 0.18  # of need, whatever the sight: nine times what is just seen (about 0.02)
HUE = 0.03  # of coverage, where the colours are not grey
NINE = [one for one in CLASSES if one.need <= Need.HIGH and one.cover in (Cover.NONE_KNOWN, Cover.PART, Cover.ALL)]


def seen(fill: str, sight: str) -> Floats:
    """Return a colour in OKLab as it is seen."""
    coded = np.array([int(fill[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    met = np.clip(SIGHTS[sight] @ linear, 0.0, 1.0)
    return np.asarray(TO_LAB @ np.cbrt(TO_CONES @ met))


def apart(one: CrossClass, other: CrossClass, sight: str) -> float:
    return float(np.linalg.norm(seen(one.fill, sight) - seen(other.fill, sight)))


@pytest.mark.parametrize("sight", SIGHTS)
def test_need_grows_darker_by_steps_that_every_eye_sees(sight: str) -> None:
    assert len(NINE) == 9
    for one, other in combinations(NINE, 2):
        if one.cover is other.cover:
            assert apart(one, other, sight) > STEP
            darker, lighter = (one, other) if one.need > other.need else (other, one)
            assert seen(darker.fill, sight)[0] < seen(lighter.fill, sight)[0] - STEP * 0.9


@pytest.mark.parametrize("sight", [sight for sight in SIGHTS if sight != "gris"])
def test_coverage_is_told_by_hue_to_every_eye(sight: str) -> None:
    for one, other in combinations(NINE, 2):
        assert apart(one, other, sight) > HUE, (one, other)


def test_where_grey_mixes_the_hues_motifs_say_the_coverage() -> None:
    """Any two classes are apart by their motif or, in grey, by their lightness; so is what is unknown."""
    for one, other in combinations(CLASSES, 2):
        assert one.motif != other.motif or apart(one, other, "gris") > 0.1, (one, other)


def test_what_is_unknown_is_drawn_as_none_of_the_nine() -> None:
    inside = {(one.fill, one.motif) for one in CLASSES if one.need <= Need.HIGH and one.cover is not Cover.UNKNOWN}
    outside = [(one.fill, one.motif) for one in CLASSES if one.need > Need.HIGH or one.cover is Cover.UNKNOWN]
    assert len(inside) == 12
    assert not inside & set(outside)
    assert len(set(outside)) == len(outside)
