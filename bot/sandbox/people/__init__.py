"""The people's API: the HTTP API by which the web page and tests act as people."""
