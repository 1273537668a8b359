"""Pictures: reading, resizing, colours, masks, blending, timelapses."""
