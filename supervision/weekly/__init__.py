"""Reporting weeks, returns, intake, checks, status lights."""
