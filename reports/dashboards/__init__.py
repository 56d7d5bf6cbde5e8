"""Pages that join: the leaders' page, the project list and page, the wall chart."""
