"""催报: who has not sent, whom to call, the text for the work group, mails with a row each."""
