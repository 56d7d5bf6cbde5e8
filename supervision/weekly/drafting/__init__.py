"""The grid of the browser form: every cell is kept on the server as it is typed."""
