"""The pages on which a street answers: the grid, the workbook, its rules."""
