"""Styles to choose by name: drawn by our own code, always alike, and those that the owner put into a folder."""
