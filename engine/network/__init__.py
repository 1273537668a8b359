"""VGG19: its layers, the statistics of its features, tiles and memory."""
