"""Pages of changes: drafting one with the plan it makes, deciding it."""
