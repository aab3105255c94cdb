"""Inputs that nobody sane would send, made from a seed: `python -m tests.fuzz --minutes N [--seed S]`.

Each input has a number: the same seed and number make the same input. Inputs are read by child processes in batches, with
ceilings of memory and time. A finding is anything but a French sentence or a good reading: another exception, the end of the
process, a ceiling passed. It is saved with what it takes to make it again.
"""
