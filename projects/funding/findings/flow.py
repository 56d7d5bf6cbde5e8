"""待整改 → 已报整改 → 已销号; reopened, a finding keeps its clock and counts how often."""

from projects.funding.enums import FindingAct as A
from projects.funding.enums import FindingState as S
from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

FLOW = Flow(
    name="funding.finding",
    label="审计问题",
    states={state.value: str(state.label) for state in S},
    acts={
        A.ANSWER: Act("报整改", "只有待整改的问题才能报整改。"),
        A.CLOSE: Act("销号", "只有已报整改的问题才能销号。"),
        A.SEND_BACK: Act("退回整改", "只有已报整改的问题才能退回。"),
        A.REOPEN: Act("重新整改", "只有已销号的问题才能重新整改。"),
        A.HAND_OVER: Act("转交", "已销号的问题不用转交。"),
    },
    transitions={
        (S.OPEN, A.ANSWER): Transition(S.ANSWERED, Permission.FINDING_ANSWER, needs_comment=True),
        (S.ANSWERED, A.CLOSE): Transition(S.CLOSED, Permission.FUNDING_APPROVE),
        (S.ANSWERED, A.SEND_BACK): Transition(
            S.OPEN, Permission.FUNDING_APPROVE, needs_comment=True
        ),
        (S.CLOSED, A.REOPEN): Transition(S.OPEN, Permission.FUNDING_APPROVE, needs_comment=True),
        # By the administrator's hand-over of a whole post (交接), never offered on the finding.
        (S.OPEN, A.HAND_OVER): Transition(S.OPEN),
        (S.ANSWERED, A.HAND_OVER): Transition(S.ANSWERED),
    },
    initial=S.OPEN,
)
