"""Demo data: two years of a district, invented where the documents are silent, and marked so."""
