"""What the delivery of papers tells people; it leaves when the paper does, not by office hours."""

from __future__ import annotations

from renovation.core.messages import MessageKind, Purpose

PAPER = "paper.delivery"
UNSIGNED = "paper.unsigned"
TROUBLES = "paper.troubles"

KINDS = [
    MessageKind(code=PAPER, label="文件", purpose=Purpose.PAPER),
    MessageKind(code=UNSIGNED, label="到时未印发", purpose=Purpose.PAPER),
    MessageKind(code=TROUBLES, label="文件异常汇总", purpose=Purpose.PAPER),
]
