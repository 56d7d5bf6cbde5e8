"""拟报 → 已报 → 批复 or 未获批. What was reported may be taken back as long as nobody has decided."""

from projects.funding.enums import ApplicationAct as A
from projects.funding.enums import ApplicationState as S
from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

FLOW = Flow(
    name="funding.application",
    label="上级资金申请",
    states={state.value: str(state.label) for state in S},
    acts={
        A.REPORT: Act("登记申报", "只有拟报的申请才能登记申报。"),
        A.GRANT: Act("登记批复", "只有已报、还没有结果的申请才能登记批复。"),
        A.REFUSE: Act("登记未获批", "只有已报、还没有结果的申请才能登记未获批。"),
        A.TAKE_BACK: Act("撤回", "只有已报、还没有结果的申请才能撤回。"),
    },
    transitions={
        (S.DRAFT, A.REPORT): Transition(S.REPORTED, Permission.FUNDING_WRITE),
        (S.REPORTED, A.TAKE_BACK): Transition(
            S.DRAFT, Permission.FUNDING_WRITE, needs_comment=True
        ),
        (S.REPORTED, A.GRANT): Transition(S.GRANTED, Permission.FUNDING_APPROVE),
        (S.REPORTED, A.REFUSE): Transition(
            S.REFUSED, Permission.FUNDING_APPROVE, needs_comment=True
        ),
    },
    initial=S.DRAFT,
    final=frozenset({S.GRANTED, S.REFUSED}),
)
