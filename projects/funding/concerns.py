"""Pages of the wing that show one thing (records.concerns)."""

from __future__ import annotations

from renovation.records.concerns import Concern

CONCERNS = [
    Concern(route="funding:event", noun="这笔登记", model="funding.FundingEvent"),
    Concern(route="funding:account", noun="这个账户", model="funding.ProjectAccount"),
    Concern(route="funding:application", noun="这项申请", model="funding.Application"),
    Concern(route="funding:finding", noun="这个审计问题", model="funding.AuditFinding"),
]
