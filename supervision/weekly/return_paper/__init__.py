"""报送表: a return as a paper, on A4 and as a workbook, compiled once from what its page shows."""
