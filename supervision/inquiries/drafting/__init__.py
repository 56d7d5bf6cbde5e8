"""The pages on which a bureau draws up an inquiry: what for, of whom, which columns."""
