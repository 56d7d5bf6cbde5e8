"""Opening returns (期初周报): weeks before the portal, brought in from the bureau's old sheets.

They count in figures and comparisons once approved, and never as late (MEASURES.md, Returns).
"""
