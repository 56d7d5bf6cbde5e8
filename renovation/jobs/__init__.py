"""Schedules, the ledger of runs, the tick."""
