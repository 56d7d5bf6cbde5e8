"""Estates with their buildings and places, and the parties to a project."""
