"""消息: what stands on a person's desk, by which channels a person is told, and the delivery log."""
