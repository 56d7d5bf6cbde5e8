"""Follow-ups (核实事项): a question about a row of a return, its answer, its end (CAPABILITIES.md D5)."""
