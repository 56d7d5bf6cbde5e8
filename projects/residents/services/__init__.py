"""What is done about notices, meetings and after-care, each in one transaction."""
