"""A scan of a running dashboard, by the rules of ZAP's baseline: `python -m tests.scan URL [URL…]`.

Each rule is applied from what its public description says, under ZAP's own number, so that whoever runs ZAP finds the same lines; a
finding that has no number there has a word. It asks only the machine that it is given, some hundreds of addresses, once each.
`explained.py` says why what is left of level medium is left.
"""
