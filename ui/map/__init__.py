"""The map: what is sent to the browser, by address or with a click, and what comes back."""
