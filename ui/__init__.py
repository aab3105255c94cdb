"""The screen: what pages draw and what they remember. It never computes a figure; it asks `geo`."""
