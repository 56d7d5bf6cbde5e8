"""Words of the ledger that are fixed by national documents or by the portal's own rules."""

from django.db import models


class RenovationType(models.TextChoices):
    """Four types of renovation (一区一案、四类改造)."""

    BASIC = "basic", "基础完善型"
    ENVIRONMENT = "environment", "环境美化型"
    FUNCTION = "function", "功能提升型"
    INTEGRATED = "integrated", "整合提升型"


class PartyRole(models.TextChoices):
    RESPONSIBLE = "responsible", "责任单位"
    CONTACT_LEADER = "contact_leader", "包联领导"
    OWNER = "owner", "建设单位"
    CONTRACTOR = "contractor", "施工单位"
    SUPERVISOR = "supervisor", "监理单位"
    DESIGNER = "designer", "设计单位"
    AGENT = "agent", "代建单位"
    SITE_CONTACT = "site_contact", "项目联系"


class GateKind(models.TextChoices):
    """Gates from the survey of the estates to hand-over (DOMAIN.md §2.2, 工程阶段), in order."""

    SURVEYED = "surveyed", "摸底"
    CONSULTED = "consulted", "意愿征询"
    PROGRAMMED = "programmed", "列入计划"
    APPROVED = "approved", "立项批复"
    DESIGNED = "designed", "方案确定"
    DRAWN = "drawn", "施工图预算评审"
    TENDERED = "tendered", "招投标"
    PERMITTED = "permitted", "施工许可"
    STARTED = "started", "开工"
    COMPLETED = "completed", "完工"
    ACCEPTED = "accepted", "竣工验收"
    AUDITED = "audited", "结算审计"
    HANDED_OVER = "handed_over", "移交管养"


#: Gates that count only once their evidence file is attached.
EVIDENCE_REQUIRED = frozenset({GateKind.STARTED, GateKind.COMPLETED, GateKind.ACCEPTED})


class BaselineState(models.TextChoices):
    DRAFT = "draft", "草案"
    APPROVED = "approved", "已批准"


class ExceptionState(models.TextChoices):
    """States of a recorded exception from a check of a gate."""

    ASKED = "asked", "待批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    REVOKED = "revoked", "已撤销"


class ExceptionAct(models.TextChoices):
    APPROVE = "approve", "批准"
    REFUSE = "refuse", "不批准"
    REVOKE = "revoke", "撤销"
