"""填报负担: what the weekly return asks of people, and what of it nobody uses."""
