"""The catalogue of measures: joins what the wings declare, and answers for every scope and day."""
