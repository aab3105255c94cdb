"""Wait for the files that a page reads beside itself: Streamlit's test client does not poll as a browser does."""

from __future__ import annotations

import threading

from streamlit.testing.v1 import AppTest

PATIENCE_S = 120.0


def readings() -> list[threading.Thread]:
    """Return the threads that follow a reading."""
    return [thread for thread in threading.enumerate() if thread.name == "clsm-lecture"]


def settled(app: AppTest) -> AppTest:
    """Run the page again once the file that it reads is read."""
    while any(button.key == "lecture-annuler" for button in app.button):
        for thread in readings():
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
        app.run()
    return app
