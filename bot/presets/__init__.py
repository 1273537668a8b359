"""Styles that users choose by name: those that our own code draws, and those of the operator's folder."""
