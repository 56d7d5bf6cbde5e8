"""The changes of all projects in sight: filtered, sorted, as a workbook."""
