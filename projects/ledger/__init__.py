"""Programme, project, estate, parties, gates, baseline and monthly targets."""
