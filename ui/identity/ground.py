"""What the server knows people by, read from its own settings; where nothing is set, whether it serves this machine alone.

Everyone holds the machine when the server listens on it alone and the browser spoke to it by its own name, through no proxy: a
proxy in front of a server that believes itself alone would else make a publisher of anybody.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from ui.server import relayed


class Ground(StrEnum):
    """By what a person is known, or why by nothing."""

    MACHINE = "this machine"
    CLOSED = "not configured"
    WRONG = "configured twice, or in a file that cannot be read"
    PROVIDER = "identity provider"
    PROXY = "header of a proxy"


def ground() -> Ground:
    """Return what the people of this session are known by."""
    auth = section("auth", needed=True)
    headers = st.get_option("server.trustedUserHeaders")
    if auth is None or (auth and headers):
        return Ground.WRONG
    if auth:
        return Ground.PROVIDER
    if headers:
        return Ground.PROXY
    return Ground.MACHINE if _alone() else Ground.CLOSED


def section(name: str, *, needed: bool = False) -> Mapping[str, Any] | None:
    """Return a section of secrets.toml, empty when there is none; None when the file is there and cannot be read, when what bears
    this name is no section, or when it is empty and something is `needed` in it."""
    try:
        found = st.secrets[name]
    except KeyError:
        return {}
    except StreamlitSecretNotFoundError:
        there = any(Path(path).exists() for path in st.get_option("secrets.files"))
        return None if there else {}
    held = found.to_dict() if hasattr(found, "to_dict") else None
    return None if needed and not held else held


def doubled() -> bool:
    """Return whether a header that names people came twice: a proxy that adds its own beside the browser's proves nothing, and the
    framework would read the first."""
    return any(len(st.context.headers.get_all(name)) > 1 for name in st.get_option("server.trustedUserHeaders") or ())


def _alone() -> bool:
    headers = st.context.headers
    if not _is_loopback(str(st.get_option("server.address") or "")) or relayed(headers):
        return False
    host, origin = headers.get("Host"), headers.get("Origin")
    if origin is not None and not _is_loopback(
        _name_of(origin.partition("://")[2])
    ):  # a proxy that says nothing of itself
        return False
    return host is None or _is_loopback(_name_of(host))


def _name_of(host: str) -> str:
    """Return a host without its port, an IPv6 address without its brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
