"""The HTTP API that the web page and the tests use to act as people."""
