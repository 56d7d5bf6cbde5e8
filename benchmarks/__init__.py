"""What performance is measured with: ours beside the bare library or the bare query, in one run."""
