"""Forecasts of 支付 by quarter: versions, what came of them, why it came otherwise (CAPABILITIES.md B3)."""
