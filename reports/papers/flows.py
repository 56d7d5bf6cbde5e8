"""The workflows of papers: a bulletin passes through five hands, a dispatch sheet through one, minutes through none.

拟稿 → 核稿 → 会签（可多人）→ 审核 → 签发 → 编号印发. Content changes in 拟稿 only, so that what was
checked is what is approved, signed and printed (党政机关公文处理工作条例第十七至二十五条).
"""

from __future__ import annotations

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import PaperAct, PaperKind, PaperState

P = Permission
S = PaperState
A = PaperAct

_ACTS: dict[str, Act] = {
    A.DRAFT: Act("重新编制", "只有拟稿中的文件才能重新编制。"),
    A.EDIT: Act("修改文字", "只有拟稿中的文件才能修改文字，需要修改请先退回。"),
    A.CHECK: Act("核稿", "只有拟稿中的文件才能核稿。"),
    A.COUNTERSIGN: Act("会签", "核稿以后、审核以前才能会签。"),
    A.APPROVE: Act("审核通过", "只有已核稿的文件才能审核。"),
    A.SEND_BACK: Act("退回修改", "只有已核稿、已审核而未签发的文件才能退回修改。"),
    A.SIGN: Act("签发", "只有已审核的文件才能签发。"),
    A.NUMBER: Act("编号印发", "只有已签发而未印发的文件才能编号。"),
    A.FILE_ORIGINAL: Act("归档正本", "已印发的文件才有正本。"),
    A.WITHDRAW: Act("作废", "这份文件已经不能作废；已印发的请用更正。"),
    A.CORRECT: Act("更正", "只有已印发的文件才能更正。"),
}

BULLETIN_FLOW = Flow(
    name="bulletin",
    label="季度通报",
    states=dict(S.choices),
    acts=_ACTS,
    transitions={
        (S.DRAFT, A.DRAFT): Transition(S.DRAFT, P.PAPER_DRAFT),
        (S.DRAFT, A.EDIT): Transition(S.DRAFT, P.PAPER_DRAFT),
        (S.DRAFT, A.CHECK): Transition(S.CHECKED, P.PAPER_CHECK),
        (S.DRAFT, A.WITHDRAW): Transition(S.WITHDRAWN, P.PAPER_DRAFT, needs_comment=True),
        (S.CHECKED, A.COUNTERSIGN): Transition(S.CHECKED, P.PAPER_CHECK),
        (S.CHECKED, A.APPROVE): Transition(S.APPROVED, P.PAPER_APPROVE),
        (S.CHECKED, A.SEND_BACK): Transition(S.DRAFT, P.PAPER_APPROVE, needs_comment=True),
        (S.CHECKED, A.WITHDRAW): Transition(S.WITHDRAWN, P.PAPER_DRAFT, needs_comment=True),
        (S.APPROVED, A.SIGN): Transition(S.SIGNED, P.PAPER_SIGN),
        (S.APPROVED, A.SEND_BACK): Transition(S.DRAFT, P.PAPER_SIGN, needs_comment=True),
        (S.APPROVED, A.WITHDRAW): Transition(S.WITHDRAWN, P.PAPER_DRAFT, needs_comment=True),
        (S.SIGNED, A.NUMBER): Transition(S.ISSUED, P.PAPER_NUMBER),
        (S.SIGNED, A.WITHDRAW): Transition(S.WITHDRAWN, P.PAPER_SIGN, needs_comment=True),
        (S.ISSUED, A.FILE_ORIGINAL): Transition(S.ISSUED, P.PAPER_NUMBER),
        (S.ISSUED, A.CORRECT): Transition(S.ISSUED, P.PAPER_DRAFT, needs_comment=True),
    },
    initial=S.DRAFT,
    final=frozenset({S.WITHDRAWN}),
)

SHEET_FLOW = Flow(
    name="dispatch_sheet",
    label="周调度表",
    states={S.DRAFT: "草稿", S.ISSUED: "已印发"},
    acts={
        A.DRAFT: Act("重新编制", "调度表已经印发，不再重新编制；数据有误请用更正。"),
        A.ISSUE: Act("印发", "这份调度表已经印发。"),
        A.CORRECT: Act("更正", "只有已印发的调度表才能更正。"),
    },
    transitions={
        (S.DRAFT, A.DRAFT): Transition(S.DRAFT, P.SHEET_ISSUE),
        (S.DRAFT, A.ISSUE): Transition(S.ISSUED, P.SHEET_ISSUE),
        (S.ISSUED, A.CORRECT): Transition(S.ISSUED, P.SHEET_ISSUE, needs_comment=True),
    },
    initial=S.DRAFT,
    final=frozenset(),
)

#: Minutes are signed and corrected in supervision.dispatch; their paper is there from then on.
MINUTES_FLOW = Flow(
    name="minutes",
    label="周调度会纪要",
    states={S.ISSUED: "已签发"},
    acts={},
    transitions={},
    initial=S.ISSUED,
    final=frozenset({S.ISSUED}),
)

_FLOWS = {
    PaperKind.BULLETIN: BULLETIN_FLOW,
    PaperKind.DISPATCH_SHEET: SHEET_FLOW,
    PaperKind.MINUTES: MINUTES_FLOW,
}


def flow_of(kind: str) -> Flow:
    """The workflow of a kind of paper."""
    return _FLOWS[PaperKind(kind)]
