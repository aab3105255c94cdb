"""Does another checkout give the same answers? `python -m tests.same_answers` asks it."""
