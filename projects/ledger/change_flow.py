"""The workflow of a change: drafted → approved or refused by another person, or withdrawn."""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import ChangeAct as A
from .enums import ChangeState as S

FLOW = Flow(
    name="ledger.change",
    label="变更",
    states={state.value: str(state.label) for state in S},
    acts={
        A.APPROVE: Act("批准", "只有待批准的变更才能批准。"),
        A.REFUSE: Act("不批准", "只有待批准的变更才能不批准。"),
        A.WITHDRAW: Act("撤回", "只有待批准的变更才能撤回；已批准的请另行登记变更。"),
    },
    transitions={
        (S.DRAFT, A.APPROVE): Transition(S.APPROVED, Permission.LEDGER_APPROVE),
        (S.DRAFT, A.REFUSE): Transition(S.REFUSED, Permission.LEDGER_APPROVE, needs_comment=True),
        (S.DRAFT, A.WITHDRAW): Transition(S.WITHDRAWN, Permission.LEDGER_WRITE),
    },
    initial=S.DRAFT,
    final=frozenset({S.APPROVED, S.REFUSED, S.WITHDRAWN}),
)
