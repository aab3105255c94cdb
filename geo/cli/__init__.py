"""The commands of `python -m geo`, one module each: evaluate and notes, coverage, imports, sync."""
