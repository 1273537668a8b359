"""Formatted text: HTML, Markdown, and entities in UTF-16 offsets."""
