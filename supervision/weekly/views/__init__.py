"""Pages of the weekly return: the register, one return, its form, its acts."""
