"""Sources, planned amounts and funding events."""
