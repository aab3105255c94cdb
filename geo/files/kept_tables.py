"""Tables kept in the user's folder, read back with the suspicion that a file out of sight deserves.

A disk, a copy that was cut, another program or a hand may have changed them. A table is read only when its bytes are those
that were written and every column is there, of the kind expected; anything else is one error, for whoever can do without.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geo.errors import GeoInputError

Content = Literal["text", "number", "flag"]


class DamagedError(GeoInputError):
    """Something kept can no longer be read; the message says what is wrong with it, the caller what to do instead."""


def read_table(
    body: bytes, columns: Mapping[str, Content], *, optional: Mapping[str, Content] | None = None
) -> pd.DataFrame:
    """Return these columns of a Parquet file, given as bytes; no outline is decoded.

    A text or a flag is never null. `optional` columns are returned when they are there.

    Raises
    ------
    DamagedError
        When the file is no Parquet, lacks a column, or a column holds something else.
    """
    try:
        schema = pq.read_schema(io.BytesIO(body))
        lacking = [name for name in columns if name not in schema.names]
        if lacking:
            raise DamagedError(f"il lui manque {', '.join(f'« {name} »' for name in lacking)}")
        wanted = {**columns, **{k: v for k, v in (optional or {}).items() if k in schema.names}}
        for name, content in wanted.items():
            if not _fits(schema.field(name).type, content):
                raise DamagedError(f"sa colonne « {name} » n’est pas lisible")
        frame = pd.read_parquet(io.BytesIO(body), columns=list(wanted))
    except DamagedError:
        raise
    except Exception as error:  # a parser surprised by bytes that nobody wrote raises whatever it likes
        raise DamagedError("ce n’est pas un tableau lisible") from error
    for name, content in wanted.items():
        if content != "number" and frame[name].isna().any():
            raise DamagedError(f"sa colonne « {name} » a des cases vides")
    return frame


def _fits(kind: pa.DataType, content: Content) -> bool:
    if content == "text":
        return pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if content == "flag":
        return pa.types.is_boolean(kind)
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def has_outlines(body: bytes) -> bool:
    """Tell whether a Parquet file says that it holds outlines (GeoParquet)."""
    try:
        return b"geo" in (pq.read_schema(io.BytesIO(body)).metadata or {})
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DamagedError("ce n’est pas un tableau lisible") from error


def sha256(body: bytes) -> str:
    """Return the checksum of bytes, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()
