"""What is taken away of a paper: its files, the scan of the sealed one, a sheet as a picture."""
