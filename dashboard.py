"""Where the dashboard starts: the application that « streamlit run » serves, and its home page."""

from __future__ import annotations

import streamlit as st

if __name__ == "__main__":  # run by Streamlit as the home page
    from ui.home import show_home

    show_home()
else:  # imported by « streamlit run », once
    from ui.server import middleware, quiet_log, ready_first, report_failure

    def load() -> None:
        """Load the country, away from the thread that answers."""
        from ui.loaders import warm

        warm()

    quiet_log()
    app = st.App(__file__, on_script_error=report_failure, middleware=middleware(), lifespan=ready_first(load))
