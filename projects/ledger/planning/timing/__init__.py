"""Pages of deadlines, of the gates of a programme, of windows of rest."""
