"""VGG19: its layers, feature statistics, tiles and memory."""
