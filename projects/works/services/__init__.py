"""Acts of the wing: the menu, the items of projects, structures, utilities."""
