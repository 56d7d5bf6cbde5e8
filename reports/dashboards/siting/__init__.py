"""位置: the list of the estates with where they lie, the drawing, the workbook."""
