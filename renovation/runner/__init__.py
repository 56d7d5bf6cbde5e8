"""Runs the portal's processes together: what ``make demo`` starts.

Nothing here is imported by the portal itself, and no Django is loaded before it is needed: the
runner answers Ctrl-C from its first moment.
"""
