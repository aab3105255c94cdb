"""Benchmarks that print ratios against a named baseline measured in the same run."""

NAIVE_SELECTED = "#1f4e9c"  # how bench/naive_app.py fills a commune chosen, which the probe looks for
