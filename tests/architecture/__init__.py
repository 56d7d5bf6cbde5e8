"""Guards of the house: each walks the tree, so that what is written tomorrow is held too.

An exception stands in an allow-list with its reason; one that is no longer needed fails the guard.
"""
