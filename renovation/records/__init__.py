"""What every wing writes: stored files, audit entries, outgoing mail, settings, holidays."""
