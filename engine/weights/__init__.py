"""Finding, downloading and reading weight files."""
