"""Forms of the wing: shape only."""
