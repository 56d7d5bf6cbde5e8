"""The one pipeline for every workbook that comes in: receive, read, columns, checks, preview, commit."""
