"""The workflows of the wing (HOUSE.md §3): a notice is drafted by one post, published by another, concluded or
withdrawn; a hand-over, an evaluation and a contribution are recorded by one post and confirmed by another."""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import NoticeAct as A
from .enums import NoticeState as S
from .enums import RecordAct, RecordState

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


def _confirmed(name: str, label: str) -> Flow:
    """Recorded by one post, confirmed by another; a mistake is withdrawn with a reason and recorded anew."""
    return Flow(
        name=name,
        label=label,
        states={state.value: str(state.label) for state in RecordState},
        acts={
            RecordAct.CONFIRM: Act("确认", "只有待确认的才能确认。"),
            RecordAct.WITHDRAW: Act("作废", "已经作废的不再作废。"),
        },
        transitions={
            (RecordState.DRAFT, RecordAct.CONFIRM): Transition(RecordState.CONFIRMED, D),
            (RecordState.DRAFT, RecordAct.WITHDRAW): Transition(
                RecordState.WITHDRAWN, Permission.RESIDENTS_WRITE, needs_comment=True
            ),
            (RecordState.CONFIRMED, RecordAct.WITHDRAW): Transition(
                RecordState.WITHDRAWN, D, needs_comment=True
            ),
        },
        initial=RecordState.DRAFT,
        final=frozenset({RecordState.WITHDRAWN}),
    )


HANDOVER = _confirmed("residents.handover", "移交管养")
EVALUATION = _confirmed("residents.evaluation", "共同评价")
CONTRIBUTION = _confirmed("residents.contribution", "居民投入")
