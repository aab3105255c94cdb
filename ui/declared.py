"""What the user declares, one thing on every page: where the list of CLSM is complete. Held by the session, carried by links."""

from __future__ import annotations

import streamlit as st

COMPLETE = "complete"  # session key: codes of départements, in order


def complete() -> tuple[str, ...]:
    """Return the départements where the user states that the list of CLSM is complete; none outside a session."""
    held = st.session_state.get(COMPLETE, ())
    return held if isinstance(held, tuple) else ()
