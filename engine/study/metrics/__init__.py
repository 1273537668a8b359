"""What a study measures of an output."""
