"""草稿 → 待批准 → 正在收数 → 已结束; the person who asked is not the one who approves (policies)."""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import InquiryAct as A
from .enums import InquiryState as S

FLOW = Flow(
    name="inquiries.inquiry",
    label="临时收数",
    states={state.value: str(state.label) for state in S},
    acts={
        A.SUBMIT: Act("提请批准", "只有草稿才能提请批准。"),
        A.APPROVE: Act("批准发出", "只有待批准的收数才能批准。"),
        A.SEND_BACK: Act("退回修改", "只有待批准的收数才能退回。"),
        A.EXTEND: Act("延期", "只有正在收数的才能延期。"),
        A.CLOSE: Act("结束收数", "只有正在收数的才能结束。"),
        A.CANCEL: Act("撤销", "已结束或已撤销的收数不能撤销。"),
    },
    transitions={
        (S.DRAFT, A.SUBMIT): Transition(S.SUBMITTED, Permission.INQUIRY_WRITE),
        (S.SUBMITTED, A.APPROVE): Transition(S.OPEN, Permission.INQUIRY_APPROVE),
        (S.SUBMITTED, A.SEND_BACK): Transition(
            S.DRAFT, Permission.INQUIRY_APPROVE, needs_comment=True
        ),
        (S.OPEN, A.EXTEND): Transition(S.OPEN, Permission.INQUIRY_WRITE, needs_comment=True),
        (S.OPEN, A.CLOSE): Transition(S.CLOSED, Permission.INQUIRY_WRITE),
        (S.DRAFT, A.CANCEL): Transition(S.CANCELLED, Permission.INQUIRY_WRITE, needs_comment=True),
        (S.SUBMITTED, A.CANCEL): Transition(
            S.CANCELLED, Permission.INQUIRY_WRITE, needs_comment=True
        ),
        (S.OPEN, A.CANCEL): Transition(S.CANCELLED, Permission.INQUIRY_WRITE, needs_comment=True),
    },
    initial=S.DRAFT,
    final=frozenset({S.CLOSED, S.CANCELLED}),
)
