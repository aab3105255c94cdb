"""The shape of the lists that an ARS publishes (CLSM, CLS, DAC, CPTS, sectors): their Table Schema, and what keeps a file from it.

The columns are those of the templates of `geo.imports`, which takes such a file without a question; nothing is kept here.
Start from `table_schema`, `write_schemas`, `check_file`.
"""

from geo.schema.check import Fault, Verdict, check_file, judge
from geo.schema.fields import example_csv, table_schema, write_schemas

__all__ = [
    "Fault",
    "Verdict",
    "check_file",
    "example_csv",
    "judge",
    "table_schema",
    "write_schemas",
]
