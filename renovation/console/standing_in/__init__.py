"""AB岗: who stands in for whom on which days, and acting in the other's post (ADR 32)."""
