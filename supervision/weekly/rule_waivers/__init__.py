"""Waivers (豁免): a rule that asks for a reason does not ask a street or a project for a time (CAPABILITIES.md D6)."""
