"""The workflow of a notice: drafted by one post, published by another, concluded or withdrawn (HOUSE.md §3)."""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import NoticeAct as A
from .enums import NoticeState as S

D = Permission.NOTICE_DECIDE

NOTICE = Flow(
    name="residents.notice",
    label="公示",
    states={state.value: str(state.label) for state in S},
    acts={
        A.PUBLISH: Act("发布", "只有草稿才能发布；内容变了的，另拟一版。"),
        A.CONCLUDE: Act("结束公示", "只有公示中的才能结束。"),
        A.WITHDRAW: Act("撤回", "已经撤回的不再撤回。"),
    },
    transitions={
        (S.DRAFT, A.PUBLISH): Transition(S.PUBLISHED, D),
        (S.DRAFT, A.WITHDRAW): Transition(
            S.WITHDRAWN, Permission.RESIDENTS_WRITE, needs_comment=True, label="作废草稿"
        ),
        (S.PUBLISHED, A.CONCLUDE): Transition(S.CONCLUDED, D),
        (S.PUBLISHED, A.WITHDRAW): Transition(S.WITHDRAWN, D, needs_comment=True),
        # What was concluded turns out to be wrong, or the contractor changes: a new version has to hang.
        (S.CONCLUDED, A.WITHDRAW): Transition(S.WITHDRAWN, D, needs_comment=True),
    },
    initial=S.DRAFT,
    final=frozenset({S.WITHDRAWN}),
)
