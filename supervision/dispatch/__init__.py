"""周调度会 and what it assigns (CAPABILITIES.md W1): meetings, their minutes, items followed to their end."""
