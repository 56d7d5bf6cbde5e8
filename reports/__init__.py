"""Documents, dashboards, schedules, delivery: what joins, shows and prints."""
