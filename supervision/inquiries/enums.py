"""Words of an inquiry (临时收数)."""

from django.db import models

#: An inquiry asks for so many columns at most (CAPABILITIES.md A9: limited).
MOST_COLUMNS = 10


class Subject(models.TextChoices):
    """What a row of the table is about; the values are those of ``projects.ledger.known.Level``."""

    PROJECT = "project", "项目"
    STREET = "street", "街道"


class ColumnKind(models.TextChoices):
    """What a cell of an asked column holds."""

    INTEGER = "integer", "整数"
    DECIMAL = "decimal", "小数"
    AMOUNT = "amount", "金额（万元）"
    DATE = "date", "日期"
    YES_NO = "yes_no", "是否"
    CHOICE = "choice", "选项"
    TEXT = "text", "文字"

    @property
    def is_summed(self) -> bool:
        """Whether adding up its values makes sense."""
        return self in {ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.AMOUNT}


class InquiryState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待批准"
    OPEN = "open", "正在收数"
    CLOSED = "closed", "已结束"
    CANCELLED = "cancelled", "已撤销"


#: States in which streets have seen the inquiry.
ASKED_STATES = frozenset({InquiryState.OPEN, InquiryState.CLOSED})


class InquiryAct(models.TextChoices):
    DRAFT = "draft", "拟定"
    SUBMIT = "submit", "提请批准"
    APPROVE = "approve", "批准发出"
    SEND_BACK = "send_back", "退回修改"
    EXTEND = "extend", "延期"
    CLOSE = "close", "结束收数"
    CANCEL = "cancel", "撤销"
