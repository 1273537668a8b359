"""The optimisation that makes the output picture."""
