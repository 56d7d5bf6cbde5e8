"""待答复 → 已答复 → 已了结; asked again it waits for an answer once more, with a new day."""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition
from supervision.weekly.enums import FollowUpAct as A
from supervision.weekly.enums import FollowUpState as S

FLOW = Flow(
    name="weekly.follow_up",
    label="核实事项",
    states={state.value: str(state.label) for state in S},
    acts={
        A.ANSWER: Act("答复", "只有待答复的核实事项才能答复。"),
        A.CLOSE: Act("了结", "只有已答复的核实事项才能了结。"),
        A.ASK_AGAIN: Act("再问", "只有已答复的核实事项才能再问。"),
        A.WITHDRAW: Act("撤回", "只有待答复的核实事项才能撤回。"),
        A.HAND_OVER: Act("转交", "已了结的核实事项不用转交。"),
    },
    transitions={
        (S.OPEN, A.ANSWER): Transition(S.ANSWERED, Permission.RETURN_FILL, needs_comment=True),
        (S.OPEN, A.WITHDRAW): Transition(S.CLOSED, Permission.RETURN_SEND_BACK, needs_comment=True),
        (S.ANSWERED, A.CLOSE): Transition(S.CLOSED, Permission.RETURN_SEND_BACK),
        (S.ANSWERED, A.ASK_AGAIN): Transition(
            S.OPEN, Permission.RETURN_SEND_BACK, needs_comment=True
        ),
        (S.OPEN, A.HAND_OVER): Transition(S.OPEN, Permission.RETURN_SEND_BACK),
        (S.ANSWERED, A.HAND_OVER): Transition(S.ANSWERED, Permission.RETURN_SEND_BACK),
    },
    initial=S.OPEN,
    final=frozenset({S.CLOSED}),
)
