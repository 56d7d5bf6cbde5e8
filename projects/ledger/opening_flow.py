"""The workflow of a gate's opening entry: pending → approved or returned by another person, or withdrawn."""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import OpeningAct as A
from .enums import OpeningState as S

FLOW = Flow(
    name="ledger.gate_opening",
    label="期初关口",
    states={state.value: str(state.label) for state in S},
    acts={
        A.APPROVE: Act("核定", "只有待核的期初登记才能核定。"),
        A.RETURN: Act("退回", "只有待核的期初登记才能退回。"),
        A.WITHDRAW: Act("撤回", "只有待核的期初登记才能撤回。"),
    },
    transitions={
        (S.PENDING, A.APPROVE): Transition(S.APPROVED, Permission.LEDGER_APPROVE),
        (S.PENDING, A.RETURN): Transition(
            S.RETURNED, Permission.LEDGER_APPROVE, needs_comment=True
        ),
        (S.PENDING, A.WITHDRAW): Transition(S.WITHDRAWN, Permission.LEDGER_WRITE),
    },
    initial=S.PENDING,
    final=frozenset({S.APPROVED, S.RETURNED, S.WITHDRAWN}),
)
