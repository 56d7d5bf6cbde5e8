"""The kinds of documents that come with the portal; a bureau takes them over and edits its own."""

from __future__ import annotations

from dataclasses import dataclass

from projects.ledger.enums import GateKind


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document, the gate from which on it must be there, and whether the gate's evidence is it."""

    name: str
    required_at: GateKind | None = None
    is_gate_evidence: bool = False
    is_plan: bool = False
    is_private: bool = False


G = GateKind
KINDS: tuple[Kind, ...] = (
    Kind("年度计划批复", G.PROGRAMMED, is_gate_evidence=True),
    Kind("立项批复", G.APPROVED, is_gate_evidence=True),
    Kind("改造方案（一区一案）", G.DESIGNED, is_plan=True),
    Kind("方案联审意见", G.DESIGNED, is_gate_evidence=True),
    Kind("施工图纸", G.TENDERED),
    Kind("中标通知书", G.TENDERED, is_gate_evidence=True),
    Kind("施工合同", G.PERMITTED, is_private=True),
    Kind("监理合同", G.PERMITTED, is_private=True),
    Kind("施工许可证", G.PERMITTED, is_gate_evidence=True),
    Kind("开工报告", G.STARTED, is_gate_evidence=True),
    Kind("完工报告", G.COMPLETED, is_gate_evidence=True),
    Kind("竣工验收意见", G.ACCEPTED, is_gate_evidence=True),
    Kind("结算审核报告", G.AUDITED, is_gate_evidence=True, is_private=True),
    Kind("移交管养协议", G.HANDED_OVER, is_gate_evidence=True),
    Kind("会议纪要"),
    Kind("影像资料"),
    Kind("其他"),
)
