"""The next CLSM for the worst case of what is unknown: the choice whose greatest regret is the least, and the list that would settle it.

It never guesses what is unknown: need lies between what is proven and what is possible. Start from `least_regret`, `siting_regret`.
"""

from geo.regret.least import Least, least_regret
from geo.regret.siting import REGRET_TITLES, SitingRegret, siting_regret

__all__ = ["REGRET_TITLES", "Least", "SitingRegret", "least_regret", "siting_regret"]
