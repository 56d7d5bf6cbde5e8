"""Subscriptions and the mailing of issued papers, a row per recipient."""
