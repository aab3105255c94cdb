"""The checks of the guide, and one that is this tool's (crossing), one file each, in the order in which they are shown.

A file holds the check's words, how it decides (`judge`), the sentence it writes (`say`) and the communes it speaks of
(`communes`). To add one, write its file and name it here. Start from `CHECKS`.
"""

from geo.guidance.checks import (
    articulation,
    big_city,
    centrality,
    coordination,
    crossing,
    elected,
    means,
    quarters,
    resources,
    rural,
    scale,
    sectors,
    size,
    typology,
)

CHECKS = (
    size.CHECK,
    sectors.CHECK,
    articulation.CHECK,
    quarters.CHECK,
    rural.CHECK,
    crossing.CHECK,
    coordination.CHECK,
    centrality.CHECK,
    scale.CHECK,
    resources.CHECK,
    typology.CHECK,
    big_city.CHECK,
    elected.CHECK,
    means.CHECK,
)

__all__ = ["CHECKS"]
