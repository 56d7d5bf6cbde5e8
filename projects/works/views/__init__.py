"""Pages of the works."""
