"""Pages of consent: rates for everybody who sees the project, households for the street."""
