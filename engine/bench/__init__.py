"""Measuring the engine on this machine."""
