"""Urgent questions to the streets (临时收数): few typed columns, approved by another person, collected once."""
