"""Pages of plans: the versions of a project's plan, and the programme of a year."""
