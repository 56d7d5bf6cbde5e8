"""待批准 → 已批准, 未批准 or 已撤回; approved it may be ended before its last day."""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import RuleWaiverAct as A
from .enums import RuleWaiverState as S

FLOW = Flow(
    name="weekly.rule_waiver",
    label="规则豁免",
    states={state.value: str(state.label) for state in S},
    acts={
        A.APPROVE: Act("批准", "只有待批准的豁免才能批准。"),
        A.DECLINE: Act("不批准", "只有待批准的豁免才能不批准。"),
        A.WITHDRAW: Act("撤回", "只有待批准的豁免才能撤回。"),
        A.REVOKE: Act("终止", "只有已批准的豁免才能终止。"),
    },
    transitions={
        (S.ASKED, A.APPROVE): Transition(S.APPROVED, Permission.EXCEPTION_GRANT),
        (S.ASKED, A.DECLINE): Transition(
            S.DECLINED, Permission.EXCEPTION_GRANT, needs_comment=True
        ),
        (S.ASKED, A.WITHDRAW): Transition(S.WITHDRAWN, Permission.RETURN_READ),
        (S.APPROVED, A.REVOKE): Transition(
            S.REVOKED, Permission.EXCEPTION_GRANT, needs_comment=True
        ),
    },
    initial=S.ASKED,
    final=frozenset({S.DECLINED, S.WITHDRAWN, S.REVOKED}),
)
