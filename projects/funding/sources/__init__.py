"""The list of sources of money, which the bureau edits (DOMAIN.md §2.5)."""
