"""Words of waivers."""

from django.db import models


class RuleWaiverState(models.TextChoices):
    """States of a waiver; that it is over is told by its last day, never stored."""

    ASKED = "asked", "待批准"
    APPROVED = "approved", "已批准"
    DECLINED = "declined", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"
    REVOKED = "revoked", "已终止"


class RuleWaiverAct(models.TextChoices):
    ASK = "ask", "申请豁免"
    APPROVE = "approve", "批准"
    DECLINE = "decline", "不批准"
    WITHDRAW = "withdraw", "撤回"
    REVOKE = "revoke", "终止"


#: Held at some time: approved, also where it was ended before its last day.
HELD = (RuleWaiverState.APPROVED, RuleWaiverState.REVOKED)
#: Keeps a second one of the same rule, subject and days away.
STANDING = (RuleWaiverState.ASKED, RuleWaiverState.APPROVED)
