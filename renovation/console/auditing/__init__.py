"""The audit log as the auditor reads it: found by who, what and when, taken away as a workbook."""
