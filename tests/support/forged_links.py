"""Links made by a hand that knows the form: any head, any bits, a right checksum."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from geo.scenarios import link as links
from geo.scenarios.bitcode import BitWriter


def forged(head: object, bits: bytes = b"\x80", form: str = "1") -> str:
    """Return the text of a link of some form that carries any JSON value for head, and these bits."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=links._WORDS_OF[form])
    short = packer.compress(json.dumps(head).encode()) + packer.flush()
    size = BitWriter()
    size.gamma(len(short) + 1)
    body = size.data() + short + bits
    return form + base64.urlsafe_b64encode(links._checksum(body) + body).decode().rstrip("=")


def head_and_bits(text: str) -> tuple[Any, bytes]:
    """Return what a good link carries."""
    data = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
    return links._split(data[links._CHECK :], text[0])
