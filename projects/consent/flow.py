"""The workflow of a round: drafted by one post, opened by another, closed (HOUSE.md §3)."""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import RoundAct as A
from .enums import RoundState as S

FLOW = Flow(
    name="consent.round",
    label="征询轮次",
    states={state.value: str(state.label) for state in S},
    acts={
        A.OPEN: Act("开始征询", "只有草稿才能开始征询。"),
        A.CLOSE: Act("截止", "只有征询中的轮次才能截止。"),
    },
    transitions={
        (S.DRAFT, A.OPEN): Transition(S.OPEN, Permission.CONSENT_DECIDE),
        (S.OPEN, A.CLOSE): Transition(S.CLOSED, Permission.CONSENT_DECIDE),
    },
    initial=S.DRAFT,
    final=frozenset({S.CLOSED}),
)
