"""Blind votes: which of two outputs people prefer."""
