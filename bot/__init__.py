"""Vitrage, the bot: everything around the engine."""
