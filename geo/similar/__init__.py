"""Perimeters and territories like one, by what is known of both: the nearest CLSM known, the EPCI whose coverage compares.

It never ranks by quality, only by likeness, and takes no unknown feature for zero. Start from `similar_clsm`, `similar_territories`.
"""

from geo.similar.clsm import KnownClsm, SimilarClsm, SimilarClsms, feature_texts, similar_clsm
from geo.similar.nearest import Likeness, nearest
from geo.similar.profile import FEATURES, Feature, Members, profiles
from geo.similar.silhouettes import Silhouettes, silhouettes
from geo.similar.territories import PEERS, Covered, Peer, Peers, nearest_bodies, similar_territories

__all__ = [
    "FEATURES",
    "PEERS",
    "Covered",
    "Feature",
    "KnownClsm",
    "Likeness",
    "Members",
    "Peer",
    "Peers",
    "Silhouettes",
    "SimilarClsm",
    "SimilarClsms",
    "feature_texts",
    "nearest",
    "nearest_bodies",
    "profiles",
    "silhouettes",
    "similar_clsm",
    "similar_territories",
]
