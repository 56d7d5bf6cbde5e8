"""What is renovated, by whom, with which money, to which plan."""
