"""Meetings: the agenda that the machine proposes and people settle, the minutes that another person signs."""
