"""The figures of a territory's coverage: people, QPV, intercommunal bodies, sectors and CLS, and what limits their reading.

`figure` says a figure in words, `people` and `bodies` compute them over a `ground`, `limits` says what is missing here.
"""
