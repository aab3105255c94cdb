"""The files that a page names: the links of an INSEE page, the resources of a data.gouv.fr record.

An address that changes at each edition is not written in the catalogue: the page that never moves is, with the pattern of
the links to take. What a page says is not trusted: only files of the same site are followed, few of them, and each is then
known by its content like any other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

from geo.files import is_web

MAX_PAGE_BYTES = 5_000_000
MOST = 6


def links_of(page: bytes, address: str, wanted: str, becomes: str = "") -> list[str]:
    """Return the addresses of the files that a page names, in its order, each once.

    Parameters
    ----------
    page
        HTML or an Atom feed, or the JSON of a data.gouv.fr record, whose resources are taken the newest first.
    address
        Where it came from.
    wanted
        Regular expression that is looked for in each address, once decoded; case does not count.
    becomes
        What the part that it finds is written as, with its groups; the last in the order of names then comes first.
    """
    text = page.decode("utf-8-sig", errors="replace")
    hrefs = _resources(text) if text.lstrip()[:1] == "{" else _hrefs(text)
    found = (_join(address, href) for href in hrefs)
    kept = (one for one in found if one and _same_site(one, address) and re.search(wanted, unquote(one), re.IGNORECASE))
    if not becomes:
        return list(dict.fromkeys(kept))[:MOST]
    made = {re.sub(wanted, becomes, unquote(one), flags=re.IGNORECASE) for one in kept}
    return sorted(made, reverse=True)[:MOST]


def _resources(text: str) -> Iterator[str]:
    """Read the addresses of a record; nothing when it is not one."""
    try:
        resources = [r for r in json.loads(text)["resources"] if isinstance(r, dict) and isinstance(r.get("url"), str)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    yield from (r["url"] for r in sorted(resources, key=lambda r: str(r.get("last_modified") or ""), reverse=True))


def _hrefs(text: str) -> list[str]:
    parser = Hrefs()
    parser.feed(text)
    parser.close()
    return parser.found


def _join(page: str, href: str) -> str:
    try:
        joined = urljoin(page, href.strip().replace(" ", "%20")).split("#")[0]
    except ValueError:
        return ""
    return joined if is_web(joined) else ""


def _same_site(address: str, page: str) -> bool:
    """Tell whether an address is on the page's site or under it, and as secure."""
    here, there = urlsplit(page), urlsplit(address)
    site = here.netloc.removeprefix("www.")
    return (there.netloc == here.netloc or there.netloc == site or there.netloc.endswith(f".{site}")) and (
        there.scheme == here.scheme
    )


class Hrefs(HTMLParser):
    """The links of a page, or of an Atom feed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the address of a link."""
        self.found += [value for name, value in attrs if tag in ("a", "link") and name == "href" and value]
