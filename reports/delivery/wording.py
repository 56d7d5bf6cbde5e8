"""What is said of a paper that has not left at its time: what it is called, how far it is, what has to be done."""

from __future__ import annotations

from dataclasses import dataclass

from reports.papers.enums import PaperKind, PaperState
from reports.papers.flows import flow_of
from reports.papers.models import Document


@dataclass(frozen=True, kw_only=True)
class Unissued:
    """``noun`` the paper; ``lacks`` the act that it lacked at its time, ``acts`` all that is to be done before it leaves;
    ``state`` how far it is, in the words of its kind."""

    noun: str
    lacks: str
    acts: str
    state: str


def unissued(*, kind: str, document: Document | None) -> Unissued:
    """The words for a paper of a kind that is not issued: a bulletin is drafted, signed and numbered, a dispatch sheet
    is compiled and issued. ``document`` is None where nothing is there yet."""
    state = flow_of(document.kind).state_label(document.state) if document is not None else ""
    if kind == PaperKind.DISPATCH_SHEET:
        return Unissued(noun="周调度表", lacks="印发", acts="印发", state=state or "还没有编制")
    if document is not None and document.state == PaperState.SIGNED:
        return Unissued(noun="通报", lacks="编号印发", acts="编号印发", state=state)
    return Unissued(noun="通报", lacks="签发", acts="签发并编号", state=state or "还没有拟稿")
