"""Agreements behind a link's text: a dot, an « a », and a text of their own, so that the workbook before it stays what older links hold.

A link holds what stands today of each subject, without what was replaced since: the file of scenarios has all of it. When even that is too
long, it is left out of the link, all of it together.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib

from geo.agreements import Agreements, Today, from_short, to_short
from geo.errors import GeoInputError
from geo.kept import kept_on_subject
from geo.scenarios.bitcode import BROKEN

NOTED = ".a"  # neither is of base64url, nor begins what `grain` writes behind its dot
MOST_NOTED = 16_000  # characters of agreements that a link carries
_MOST_TEXT = 400_000  # bytes once unpacked
_CHECK = 4
# What the texts are made of, for zlib; never edited: a link is read with the words that it was written with.
_WORDS = (
    b'"fonction:bailleurs"fonction:education"fonction:contrat-de-ville"fonction:gem"fonction:aidants"fonction:usagers"copil:intercommunale:'
    b'pour"copil:communale:contre"copil:secteur:"hopital:centre hospitalier "epci:2000"secteurs-enfants:"secteurs-adultes:"a-solliciter"'
    b'refuse"sollicite"accord"delibere","D\xc3\xa9lib\xc3\xa9ration n\xc2\xb0 2026-","2026-11-",0,"["commune:'
)


def carries_agreements(agreements: Agreements) -> bool:
    """Tell whether a link carries the agreements: they are short enough together."""
    return len(_body(agreements)) * 4 <= MOST_NOTED * 3


def write_noted(text: str, agreements: Agreements) -> str:
    """Return a link's text with the agreements behind it, when they are not too long."""
    if not agreements or not carries_agreements(agreements):
        return text
    body = _body(agreements)
    return f"{text}{NOTED}{_plain64(_checksum(text, body) + body)}"


def read_noted(text: str, noted: str, today: Today | None = None) -> tuple[Agreements, tuple[str, ...]]:
    """Read what `write_noted` wrote behind a link's text, with what its reader must know.

    Raises
    ------
    GeoInputError
        When it was cut or changed.
    """
    try:
        data = base64.b64decode((noted + "=" * (-len(noted) % 4)).encode("ascii"), b"-_", validate=True)
        body = data[_CHECK:]
        if not body or data[:_CHECK] != _checksum(text, body) or _plain64(data) != noted:
            raise GeoInputError(BROKEN)
        unpacker = zlib.decompressobj(-15, zdict=_WORDS)
        plain = unpacker.decompress(body, _MOST_TEXT)
        if not unpacker.eof or unpacker.unused_data:
            raise GeoInputError(BROKEN)
        return from_short(json.loads(plain), today)
    except GeoInputError:
        raise
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, zlib.error, RecursionError) as error:
        raise GeoInputError(BROKEN) from error


@kept_on_subject
def _body(agreements: Agreements) -> bytes:
    """Return the agreements packed: once for a workbook that a click leaves as it is."""
    text = json.dumps(to_short(agreements), ensure_ascii=False, separators=(",", ":")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=_WORDS)
    return packer.compress(text) + packer.flush()


def _plain64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _checksum(text: str, body: bytes) -> bytes:
    return hashlib.blake2b(text.encode() + body, digest_size=_CHECK, person=b"clsm-noted").digest()
