"""A version of a forecast is made, then approved or sent back by another person."""

from projects.funding.enums import EventState as S
from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

FLOW = Flow(
    name="funding.forecast",
    label="用款预测",
    states={state.value: str(state.label) for state in S},
    acts={
        "approve": Act("核定", "只有待核的预测才能核定。"),
        "reject": Act("退回", "只有待核的预测才能退回；已核定的请编制新的一版。"),
    },
    transitions={
        (S.PENDING, "approve"): Transition(S.APPROVED, Permission.FUNDING_APPROVE),
        (S.PENDING, "reject"): Transition(
            S.REJECTED, Permission.FUNDING_APPROVE, needs_comment=True
        ),
    },
    initial=S.PENDING,
    final=frozenset({S.APPROVED, S.REJECTED}),
)
