"""Findings of the audit that follows the works, to their end (工程跟踪审计, CAPABILITIES.md W17)."""
