"""The text of a drafted bulletin: its passages, and the numbers in them that are not its own."""
