"""资金总表: all money in sight by project and source, project, street or source, with its rates."""
