"""The workflow of a return: draft → submitted → reviewed → approved → published (CONTRACT.md).

Where a street's review is switched off, the bureau approves what was submitted (`weekly.review_waivers`).
Sending back leads from submitted or reviewed to the clerk again. A correction leaves the approved version
as it is and opens a new one that goes the same way.
"""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import ReturnAct as A
from .enums import ReturnState as S

FLOW = Flow(
    name="weekly.return",
    label="周报",
    states={state.value: str(state.label) for state in S},
    acts={
        A.SUBMIT: Act("报送", "只有草稿或被退回的周报才能报送。"),
        A.REVIEW: Act("审核通过", "只有已报送、还没有审核的周报才能由街道审核。"),
        A.APPROVE: Act("核定", "只有街道审核过的周报才能核定。"),
        A.SEND_BACK: Act("退回", "只有已报送或街道已审的周报才能退回；已核定的请用更正。"),
        A.PUBLISH: Act("发布", "只有已核定的周报才能随调度表发布。"),
        A.CORRECT: Act("更正", "只有已核定的周报才用更正；没有核定的可以退回后直接修改。"),
    },
    transitions={
        (S.DRAFT, A.SUBMIT): Transition(S.SUBMITTED, Permission.RETURN_FILL),
        (S.SENT_BACK, A.SUBMIT): Transition(S.SUBMITTED, Permission.RETURN_FILL, label="重新报送"),
        (S.SUBMITTED, A.REVIEW): Transition(S.REVIEWED, Permission.RETURN_REVIEW),
        (S.REVIEWED, A.APPROVE): Transition(S.APPROVED, Permission.RETURN_APPROVE),
        # Where the review by the street was switched off when it was sent; the policy asks.
        (S.SUBMITTED, A.APPROVE): Transition(S.APPROVED, Permission.RETURN_APPROVE),
        (S.SUBMITTED, A.SEND_BACK): Transition(
            S.SENT_BACK, Permission.RETURN_SEND_BACK, needs_comment=True
        ),
        (S.REVIEWED, A.SEND_BACK): Transition(
            S.SENT_BACK, Permission.RETURN_SEND_BACK, needs_comment=True
        ),
        # Done by the issuing of the dispatch sheet, never offered to a person by itself.
        (S.APPROVED, A.PUBLISH): Transition(S.PUBLISHED),
        (S.APPROVED, A.CORRECT): Transition(S.APPROVED, Permission.RETURN_FILL, needs_comment=True),
        (S.PUBLISHED, A.CORRECT): Transition(
            S.PUBLISHED, Permission.RETURN_FILL, needs_comment=True
        ),
    },
    initial=S.DRAFT,
)
