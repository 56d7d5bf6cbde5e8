"""What is done on the ground: items of the renovation menu, illegal structures, plans of the utilities."""
