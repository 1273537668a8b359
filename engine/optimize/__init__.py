"""The optimisation that makes the output image."""
