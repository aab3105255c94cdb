"""Tables of indicators: territories found by code or name, figures read as people write them, questions asked, nothing guessed."""
