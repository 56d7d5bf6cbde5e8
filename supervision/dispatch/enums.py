"""Words of the dispatch meeting (周调度会) and of the items that are assigned (交办事项)."""

from django.db import models


class MeetingState(models.TextChoices):
    AGENDA = "agenda", "拟定议题"
    HELD = "held", "已召开"
    CALLED_OFF = "called_off", "已取消"


class MinutesState(models.TextChoices):
    RECORDING = "recording", "正在记录"
    SUBMITTED = "submitted", "纪要待签发"
    SIGNED = "signed", "纪要已签发"


class MeetingAct(models.TextChoices):
    PLAN = "plan", "拟定"
    CHANGE = "change", "修改安排"
    HOLD = "hold", "召开"
    CALL_OFF = "call_off", "取消会议"


class MinutesAct(models.TextChoices):
    SUBMIT = "submit", "提请签发"
    SEND_BACK = "send_back", "退回修改"
    SIGN = "sign", "签发纪要"
    CORRECT = "correct", "更正纪要"


class TopicKind(models.TextChoices):
    """What a topic is about, in the order in which a meeting goes through them."""

    RETURNS = "returns", "周报报送"
    ITEM = "item", "未了事项"
    RED = "red", "严重滞后"
    NOT_STARTED = "not_started", "应开未开"
    YELLOW = "yellow", "滞后"
    OVERDUE = "overdue", "其他逾期"
    OTHER = "other", "其他"


class Presence(models.TextChoices):
    """How somebody stands in the minutes; the labels are those of 纪要 (GB/T 9704, DOMAIN.md §4.5)."""

    PRESENT = "present", "出席"
    EXCUSED = "excused", "请假"
    ATTENDING = "attending", "列席"


class ItemOrigin(models.TextChoices):
    MEETING = "meeting", "会议交办"
    PHONE = "phone", "电话交办"
    SITE = "site", "现场交办"


class AnswererKind(models.TextChoices):
    STREET = "street", "街道"
    SECTION = "section", "局内科室"
    PARTY = "party", "参建单位"


class ItemState(models.TextChoices):
    PLANNED = "planned", "待纪要签发"
    TO_ACCEPT = "to_accept", "待签收"
    WORKING = "working", "办理中"
    REPORTED = "reported", "已报办结"
    DONE = "done", "已办结"
    CANCELLED = "cancelled", "已撤销"


#: In force and not at its end.
OPEN_STATES = frozenset({ItemState.TO_ACCEPT, ItemState.WORKING, ItemState.REPORTED})
#: Nothing more is done about these.
FINAL_STATES = frozenset({ItemState.DONE, ItemState.CANCELLED})
#: What is still owed by who answers.
OWED_STATES = frozenset({ItemState.TO_ACCEPT, ItemState.WORKING})


class ItemAct(models.TextChoices):
    ASSIGN = "assign", "交办"
    REVISE = "revise", "修改"
    ENFORCE = "enforce", "生效"
    ACCEPT = "accept", "签收"
    NOTE = "note", "报进展"
    REPORT = "report", "报办结"
    CLOSE = "close", "办结"
    SEND_BACK = "send_back", "退回重办"
    ASK_EXTENSION = "ask_extension", "申请延期"
    GRANT_EXTENSION = "grant_extension", "准许延期"
    REFUSE_EXTENSION = "refuse_extension", "不准延期"
    TRANSFER = "transfer", "转交"
    CANCEL = "cancel", "撤销"
    HAND_OVER = "hand_over", "换人跟办"


class ExtensionState(models.TextChoices):
    ASKED = "asked", "待批"
    GRANTED = "granted", "已准许"
    REFUSED = "refused", "未准许"
    DROPPED = "dropped", "不再需要"


class Telling(models.TextChoices):
    """What people are told of items; the codes are those of schedules and message kinds."""

    BEFORE = "dispatch.before", "交办事项到期前提醒"
    OVERDUE = "dispatch.overdue", "交办事项逾期提醒"
