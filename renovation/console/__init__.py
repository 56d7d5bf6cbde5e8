"""Pages of the administrator and the auditor: users, organisations, settings, calendar, schedules, audit log."""
