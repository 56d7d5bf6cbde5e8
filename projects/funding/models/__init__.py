"""Money of a project: sources, plans and events; forecasts of a quarter; applications for higher-level funds;
accounts with their statements; findings of the audit.

What is approved, decided or closed is never changed: a correction, a new version or a reopening stands beside it,
and triggers hold that on both databases.
"""

from .accounts import AccountNaming, ProjectAccount, StatementBalance
from .applications import Application, ApplicationFile, ApplicationItem, GrantedAllocation
from .findings import AuditFinding, FindingStep
from .forecasts import Forecast, ForecastLine, VarianceExplanation
from .money import FundingEvent, FundingPlan, FundingSource

__all__ = [
    "AccountNaming",
    "Application",
    "ApplicationFile",
    "ApplicationItem",
    "AuditFinding",
    "FindingStep",
    "Forecast",
    "ForecastLine",
    "FundingEvent",
    "FundingPlan",
    "FundingSource",
    "GrantedAllocation",
    "ProjectAccount",
    "StatementBalance",
    "VarianceExplanation",
]
