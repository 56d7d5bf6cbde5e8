"""The papers of the wing that a worker makes."""

from __future__ import annotations

from functools import partial

from renovation.jobs.printing.declaring import PrintKind

from .detail import Sums
from .return_paper.rendering import file_name, paper_pdf
from .return_paper.values import Hand, PaperRemark, PaperRow, PrintedPledge, ReturnPaper

RETURN_PAPER = PrintKind(
    code="weekly.return",
    types=(ReturnPaper, PaperRow, Sums, PaperRemark, Hand, PrintedPledge),
    render=paper_pdf,
    name=partial(file_name, tail=".pdf"),
)
PRINTS = [RETURN_PAPER]
