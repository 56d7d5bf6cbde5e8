"""Forms of the works: shape only; whether an act is allowed is the services' business."""
