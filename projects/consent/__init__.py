"""Residents' consent: the archive of households, rounds of asking, answers, and who still waits for a visit."""
