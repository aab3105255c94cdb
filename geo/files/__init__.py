"""Files as bytes, whatever they mean: downloads, archives, signatures, safe writing.

It never knows a commune nor a layer. Start from `download`, `unpack`, `inspect`, `write_json`.
"""

from geo.files.archives import KEPT, Ceilings, read_member, safe_name, unpack, weigh
from geo.files.disk import (
    Content,
    DamagedError,
    age,
    alive,
    gone,
    has_outlines,
    owner,
    read_json,
    read_table,
    remove,
    sha256,
    sha256_of,
    sync_folder,
    write_json,
)
from geo.files.fetch import PATIENCE, TRIES, Downloaded, Received, Retry, Timeouts, download
from geo.files.foreign_sqlite import ERRORS, defuse, foreign, generates
from geo.files.peek import UNREADABLE, Peek, Shape, peek
from geo.files.signature import ARCHIVE, MAX_BYTES, FileForm, inspect, too_heavy
from geo.files.sniff import (
    AS_WINDOWS,
    as_text,
    bad_lines,
    column_key,
    decode,
    looks_utf8,
    open_workbook,
    separator_of,
)
from geo.files.transfer import DownloadError, UnreachableError, host_of, is_web, without_login

__all__ = [
    "ARCHIVE",
    "AS_WINDOWS",
    "ERRORS",
    "KEPT",
    "MAX_BYTES",
    "PATIENCE",
    "TRIES",
    "UNREADABLE",
    "Ceilings",
    "Content",
    "DamagedError",
    "DownloadError",
    "Downloaded",
    "FileForm",
    "Peek",
    "Received",
    "Retry",
    "Shape",
    "Timeouts",
    "UnreachableError",
    "age",
    "alive",
    "as_text",
    "bad_lines",
    "column_key",
    "decode",
    "defuse",
    "download",
    "foreign",
    "generates",
    "gone",
    "has_outlines",
    "host_of",
    "inspect",
    "is_web",
    "looks_utf8",
    "open_workbook",
    "owner",
    "peek",
    "read_json",
    "read_member",
    "read_table",
    "remove",
    "safe_name",
    "separator_of",
    "sha256",
    "sha256_of",
    "sync_folder",
    "too_heavy",
    "unpack",
    "weigh",
    "without_login",
    "write_json",
]
