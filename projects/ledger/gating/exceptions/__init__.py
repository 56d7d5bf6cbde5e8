"""Pages of exceptions from checks of gates."""
