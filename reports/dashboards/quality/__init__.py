"""报送质量: how timely, complete, consistent and lasting the returns of each street are (CAPABILITIES.md D8, E7, E10)."""
