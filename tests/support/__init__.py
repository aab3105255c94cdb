"""What tests of several packages share: a drawn country, the real one, files made by hand, the test client, a browser, servers."""
