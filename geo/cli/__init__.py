"""The commands of `python -m geo`, one module each (perimeter, coverage, maps, imports, sync), their JSON documents, the terminal.

`geo.__main__` imports these modules; nothing else does.
"""
