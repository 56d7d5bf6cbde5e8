"""Words of asking residents."""

from django.db import models


class Purpose(models.TextChoices):
    """What a round asks for; each has its own rate (黄石答复, 两个80%)."""

    RENOVATION = "renovation", "改造意愿"
    SCHEME = "scheme", "方案意见"


class RoundState(models.TextChoices):
    DRAFT = "draft", "草稿"
    OPEN = "open", "征询中"
    CLOSED = "closed", "已截止"


class RoundAct(models.TextChoices):
    OPEN = "open", "开始征询"
    CLOSE = "close", "截止"


class Choice(models.TextChoices):
    AGREE = "agree", "同意"
    DISAGREE = "disagree", "不同意"
    UNDECIDED = "undecided", "有意见，暂不表态"


class Way(models.TextChoices):
    """How an answer was given."""

    PAPER = "paper", "纸质意见表"
    VISIT = "visit", "上门征询"
    LINK = "link", "扫码答复"


class Standing(models.TextChoices):
    """Whether an answer counts. Rows are only added; this alone changes."""

    CURRENT = "current", "计入"
    REPLACED = "replaced", "已由后来的答复代替"
    HELD = "held", "待定"
    REJECTED = "rejected", "不采用"
    VOID = "void", "作废"


class Care(models.TextChoices):
    """Why a household is called on at its door (敲门行动); never shown outside the archive."""

    NONE = "", "无"
    ELDERLY = "elderly", "高龄"
    DISABLED = "disabled", "残疾"
    BOTH = "both", "高龄、残疾"
