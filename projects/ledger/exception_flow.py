"""The workflow of an exception from a check of a gate: asked → approved or refused; approved → revoked."""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import ExceptionAct as A
from .enums import ExceptionState as S

FLOW = Flow(
    name="ledger.gate_exception",
    label="关口例外",
    states={state.value: str(state.label) for state in S},
    acts={
        A.APPROVE: Act("批准", "只有待批准的例外才能批准。"),
        A.REFUSE: Act("不批准", "只有待批准的例外才能不批准。"),
        A.REVOKE: Act("撤销", "只有已批准的例外才能撤销。"),
    },
    transitions={
        (S.ASKED, A.APPROVE): Transition(S.APPROVED, Permission.LEDGER_APPROVE),
        (S.ASKED, A.REFUSE): Transition(S.REFUSED, Permission.LEDGER_APPROVE, needs_comment=True),
        (S.APPROVED, A.REVOKE): Transition(
            S.REVOKED, Permission.LEDGER_APPROVE, needs_comment=True
        ),
    },
    initial=S.ASKED,
    final=frozenset({S.REFUSED, S.REVOKED}),
)
