"""One pipeline for every paper: compile, render, approve, issue, archive."""
