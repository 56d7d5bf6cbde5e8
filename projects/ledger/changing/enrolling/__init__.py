"""Entering, moving and cancelling a project."""
