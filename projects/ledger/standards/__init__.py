"""The 20 standards (20条衡量标准): items as data, how each project stands by them, the table over all."""
