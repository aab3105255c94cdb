"""Where the dashboard starts: the application that « streamlit run » serves, and its home page."""

from __future__ import annotations

import streamlit as st

if __name__ == "__main__":  # run by Streamlit as the home page
    from ui import home as home_view

    home_view.show()
else:  # imported by « streamlit run », once
    from ui import failures

    failures.quiet_log()
    app = st.App(__file__, on_script_error=failures.tell)
