"""Items: assigned, signed for, followed to their end."""
