"""Words of the weekly return and of status lights."""

from enum import StrEnum

from django.db import models


class ReturnState(models.TextChoices):
    """States of a return (CONTRACT.md)."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已报送"
    REVIEWED = "reviewed", "街道已审"
    APPROVED = "approved", "区局已核定"
    PUBLISHED = "published", "已发布"
    SENT_BACK = "sent_back", "已退回"


#: 待核: sent but not yet approved.
PENDING_STATES = frozenset({ReturnState.SUBMITTED, ReturnState.REVIEWED})
#: 已核定.
APPROVED_STATES = frozenset({ReturnState.APPROVED, ReturnState.PUBLISHED})


class ReturnAct(models.TextChoices):
    OPEN = "open", "建立"
    SUBMIT = "submit", "报送"
    REVIEW = "review", "街道审核"
    APPROVE = "approve", "区局核定"
    SEND_BACK = "send_back", "退回"
    PUBLISH = "publish", "发布"
    CORRECT = "correct", "更正"


class LateReason(models.TextChoices):
    """Why a return came after the due moment (CAPABILITIES.md E7); the words of the street stand beside it."""

    DATA = "data", "资料晚报"
    CHECK = "check", "数据核对"
    PEOPLE = "people", "人员变动"
    SYSTEM = "system", "系统、网络或停电"
    WORK = "work", "会议、检查等工作"
    OTHER = "other", "其他"


class FollowUpState(models.TextChoices):
    """States of a follow-up (核实事项)."""

    OPEN = "open", "待答复"
    ANSWERED = "answered", "已答复"
    CLOSED = "closed", "已了结"


class FollowUpAct(models.TextChoices):
    ASK = "ask", "提请核实"
    ANSWER = "answer", "答复"
    CLOSE = "close", "了结"
    ASK_AGAIN = "ask_again", "再问"
    WITHDRAW = "withdraw", "撤回"
    HAND_OVER = "hand_over", "转交"


class Light(models.TextChoices):
    """Status lights (亮灯); shown with word and symbol, never by colour alone (HOUSE.md §8)."""

    GREEN = "green", "绿"
    YELLOW = "yellow", "黄"
    RED = "red", "红"
    GREY = "grey", "灰"


class Telling(StrEnum):
    """What the people of a week are told; the code of the message's kind (``message_kinds``)."""

    BEFORE = "return.before"
    DUE = "return.due"
    LATE = "return.late"
    BY_HAND = "return.reminder"
    DIGEST = "return.digest"
