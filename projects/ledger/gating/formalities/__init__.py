"""Pages of promises and joint reviews."""
