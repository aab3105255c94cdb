"""Pieces written here beside the library of the field that does the same: they agree wherever both speak.

Each module says what ours says more, which is why it stays. The libraries are test dependencies: topojson, networkx and babel
come with requirements-test.txt; spopt and tobler, which bring some forty packages, with requirements-parity.txt, and their
tests are skipped, with the reason, where they are absent.
"""
