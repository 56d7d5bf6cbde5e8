"""Stages of the funding chain, in the order that must hold (MEASURES.md, Money)."""

from django.db import models


class Stage(models.TextChoices):
    ALLOCATED = "allocated", "下达"
    RECEIVED = "received", "到位"
    RELEASED = "released", "拨付"
    PAID = "paid", "支付"


class EventState(models.TextChoices):
    PENDING = "pending", "待核"
    APPROVED = "approved", "已核定"
    REJECTED = "rejected", "已退回"


class VarianceReason(models.TextChoices):
    """Why a quarter's payments differ from the forecast."""

    PROGRESS = "progress", "施工进度快于或慢于预测"
    FUNDS = "funds", "资金到位早于或晚于预测"
    SETTLEMENT = "settlement", "计量、结算审核未完成"
    PAPERS = "papers", "发票或支付手续未齐"
    SCOPE = "scope", "改造内容或工程量变更"
    FORECAST = "forecast", "预测不准或漏报"
    OTHER = "other", "其他"


class ApplicationState(models.TextChoices):
    DRAFT = "draft", "拟报"
    REPORTED = "reported", "已报"
    GRANTED = "granted", "批复"
    REFUSED = "refused", "未获批"


class ApplicationAct(models.TextChoices):
    REPORT = "report", "登记申报"
    TAKE_BACK = "take_back", "撤回"
    GRANT = "grant", "登记批复"
    REFUSE = "refuse", "登记未获批"


class ApplicationFileKind(models.TextChoices):
    ASKED = "asked", "申报文件"
    DECISION = "decision", "批复文件"


class FindingOrigin(models.TextChoices):
    """Who found it."""

    FOLLOWING = "following", "工程跟踪审计"
    SETTLEMENT = "settlement", "竣工结算审计"
    FINANCE = "finance", "财政监督检查"
    INTERNAL = "internal", "区局内部审计"
    OTHER = "other", "其他检查"


class FindingSeverity(models.TextChoices):
    MINOR = "minor", "一般"
    MAJOR = "major", "较重"
    GRAVE = "grave", "严重"


class FindingState(models.TextChoices):
    OPEN = "open", "待整改"
    ANSWERED = "answered", "已报整改"
    CLOSED = "closed", "已销号"


class FindingAct(models.TextChoices):
    RECORD = "record", "登记"
    ANSWER = "answer", "报整改"
    SEND_BACK = "send_back", "退回整改"
    CLOSE = "close", "销号"
    REOPEN = "reopen", "重新整改"
    HAND_OVER = "hand_over", "转交"
