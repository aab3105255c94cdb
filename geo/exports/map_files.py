"""A map on its page as a file to take away: SVG, to be edited or printed at any size, or PNG, to be shown."""

from __future__ import annotations

import struct
import zlib

from geo.exports.svg import SvgMap
from geo.exports.typst_pdf import picture_png

PNG_PPI = 200.0


def page_png(page: SvgMap, *, ppi: float = PNG_PPI) -> bytes:
    """Turn a page into PNG that says its own resolution, so that it is printed at its size."""
    return _with_resolution(picture_png(page.svg, ppi=ppi), ppi)


def _with_resolution(png: bytes, ppi: float) -> bytes:
    """Write the resolution into a PNG (chunk pHYs), right after its header; one that is there is left out."""
    signature, at, kept = png[:8], 8, []
    while at < len(png):
        length = struct.unpack(">I", png[at : at + 4])[0]
        if png[at + 4 : at + 8] != b"pHYs":
            kept.append(png[at : at + 12 + length])
        at += 12 + length
    per_metre = round(ppi / 0.0254)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    return b"".join([signature, kept[0], chunk, *kept[1:]])
