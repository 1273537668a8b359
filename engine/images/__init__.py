"""Pictures: resizing, colours, masks, blending, timelapses."""
