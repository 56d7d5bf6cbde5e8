"""Residents beside consent: public notices, meetings, after-care, what they contribute and how they judge."""
