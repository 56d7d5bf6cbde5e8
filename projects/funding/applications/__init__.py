"""Applications for money of a higher level: asked, granted, allocated (争取上级资金, CAPABILITIES.md B7)."""
