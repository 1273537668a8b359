"""What the numbers of a study say: effects with intervals, rank tests, variance components, the verdict."""
