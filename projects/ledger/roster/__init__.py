"""The roster of a programme: its columns, rules, the workbook, and writing it; approving its plans."""
