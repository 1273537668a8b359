"""Learning the builtin weights without labels."""
