"""Styles that our own code draws, at any size and seed."""
