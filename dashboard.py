"""Where the dashboard starts: the application that « streamlit run » serves, and its home page."""

from __future__ import annotations

import streamlit as st

if __name__ == "__main__":  # run by Streamlit as the home page
    from ui.home import show_home

    show_home()
else:  # imported by « streamlit run », once
    from ui.server import HINTS, middleware, quiet_log, ready_first, report_failure

    def load() -> None:
        """Load the country, away from the thread that answers."""
        from ui.loaders import warm
        from ui.map import declare, first_files, frame_files

        declare()
        HINTS.scripts, HINTS.styles = frame_files()
        warm()
        HINTS.geometry = first_files

    def later() -> None:
        """Prepare the indicators of need, if there are any."""
        from ui.loaders import warm_needs

        warm_needs()

    quiet_log()
    app = st.App(__file__, on_script_error=report_failure, middleware=middleware(), lifespan=ready_first(load, later))
