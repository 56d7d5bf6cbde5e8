"""The paper of signed minutes (周调度会纪要): found without one, compiled, issued as it was signed."""
