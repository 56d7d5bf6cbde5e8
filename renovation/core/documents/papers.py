"""Whole papers: what ``templates/papers`` renders, and the HTML made of it.

The layout is GB/T 9704-2012 《党政机关公文格式》; the values here are words and blocks only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from renovation.core.documents.blocks import Block
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date

TITLE_LINE = 19
"""Characters of a title line: 二号 on 156 mm, a little less than the 20 that fit."""
LONGEST_ISSUER = 30
_ROUND_AFTER = "的、，》）年度季月周和及"
_NEVER_FIRST = "的、，》）”和及"


def title_lines(text: str, limit: int = TITLE_LINE) -> tuple[str, ...]:
    """Break a title where a phrase ends, lines of like length (GB/T 9704-2012, 7.3.1).

    A break stands after a particle or a closing mark and before 关于 or an opening mark; where no
    such place is near the middle, the lines are simply even. A text with its own line breaks is
    taken as it is.
    """
    if "\n" in text:
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    if len(text) <= limit:
        return (text,)
    count = -(-len(text) // limit)
    target = len(text) / count
    places = range(max(1, len(text) - limit * (count - 1)), min(limit, len(text) - 1) + 1)
    best = min(places, key=lambda place: (_roughness(text, place), abs(place - target)))
    return (text[:best], *title_lines(text[best:], limit))


def _roughness(text: str, place: int) -> int:
    """0 for a good place to break before ``text[place]``, 2 for a bad one."""
    before, after = text[place - 1], text[place:]
    if after[0] in _NEVER_FIRST or after[0].isdigit() or (before in "《（“"):
        return 2
    if after.startswith(("关于", "《")) or before in _ROUND_AFTER:
        return 0
    return 1


@dataclass(frozen=True)
class Annex:
    """An annex of an official paper, on pages of its own; ``title`` is also named after the text."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False

    @property
    def title_lines(self) -> tuple[str, ...]:
        return title_lines(self.title, 28 if self.landscape else TITLE_LINE)


@dataclass(frozen=True)
class OfficialPaper:
    """文件格式: red head, number, title, text, signature, annexes, imprint.

    ``issuer`` is the 发文机关标志 as printed (淄川区住房和城乡建设局文件); ``number`` the 发文字号
    whole (川住建发〔2025〕12号), while there is none ``number_blank`` is printed; ``addressees``
    without colon; ``signers`` the bodies under the text; ``sealed`` leaves the room of a seal;
    ``remark`` without brackets (此件公开发布); ``copies`` without 抄送： and full stop;
    ``signed_by`` is printed in papers that go upward only; ``draft`` is a word at the top edge of
    every page of what is not issued.
    """

    issuer: str
    title: str
    body: tuple[Block, ...]
    number: str = ""
    number_blank: str = ""
    addressees: str = ""
    signers: tuple[str, ...] = ()
    issued_on: date | None = None
    sealed: bool = True
    annexes: tuple[Annex, ...] = ()
    remark: str = ""
    copies: str = ""
    printed_by: str = ""
    printed_on: date | None = None
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""
    signed_by: str = ""
    draft: str = ""

    @property
    def title_lines(self) -> tuple[str, ...]:
        return title_lines(self.title)

    @property
    def issuer_class(self) -> str:
        """The class that sets the issuing body to the width of the type area."""
        return f"head-{max(2, len(self.issuer))}"

    @property
    def issued_text(self) -> str:
        """2025年5月9日, or blanks to be filled in by hand."""
        return chinese_date(self.issued_on) if self.issued_on else "　　　年　月　日"

    @property
    def printed_text(self) -> str:
        day = self.printed_on or self.issued_on
        return (chinese_date(day) if day else "　　　年　月　日") + "印发"

    @property
    def has_imprint(self) -> bool:
        return bool(self.copies or self.printed_by)


@dataclass(frozen=True)
class MinutesPaper:
    """纪要格式 (10.3): the red mark ×××纪要 35 mm below the top of the type area, the text, then who came.

    ``mark`` ends in 纪要; ``number`` stands under it (第48次); ``dated`` under the title, without brackets;
    ``attendance`` are label (出席, 请假, 列席) and names, those without a name left out; imprint as in an
    `OfficialPaper`.
    """

    mark: str
    title: str
    body: tuple[Block, ...]
    number: str = ""
    dated: str = ""
    attendance: tuple[tuple[str, str], ...] = ()
    copies: str = ""
    printed_by: str = ""
    printed_on: date | None = None
    draft: str = ""

    @property
    def title_lines(self) -> tuple[str, ...]:
        return title_lines(self.title)

    @property
    def mark_class(self) -> str:
        """The class that sets the mark to the width of the type area."""
        return f"head-{max(2, len(self.mark))}"

    @property
    def printed_text(self) -> str:
        return (chinese_date(self.printed_on) if self.printed_on else "　　　年　月　日") + "印发"

    @property
    def has_imprint(self) -> bool:
        return bool(self.copies or self.printed_by)


@dataclass(frozen=True)
class LetterPaper:
    """信函格式: the head 30 mm from the edge, red double lines, no number on the first page."""

    issuer: str
    title: str
    body: tuple[Block, ...]
    number: str = ""
    number_blank: str = ""
    addressees: str = ""
    signers: tuple[str, ...] = ()
    issued_on: date | None = None
    sealed: bool = True
    annexes: tuple[Annex, ...] = ()
    remark: str = ""
    copies: str = ""
    urgency: str = ""
    draft: str = ""

    @property
    def title_lines(self) -> tuple[str, ...]:
        return title_lines(self.title)

    @property
    def issuer_class(self) -> str:
        return f"letter-head-{max(2, len(self.issuer))}"

    @property
    def issued_text(self) -> str:
        return chinese_date(self.issued_on) if self.issued_on else "　　　年　月　日"


@dataclass(frozen=True)
class SheetPaper:
    """A landscape table paper (调度表): title, one line of facts, blocks, people at the foot.

    ``size`` is "A3" or "A4"; ``facts`` stand under the title from left to right; ``foot`` at the
    end (制表, 审核); ``footer`` on every page beside the page number.
    """

    title: str
    blocks: tuple[Block, ...]
    facts: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    footer: str = ""
    size: str = "A3"
    draft: str = ""


@dataclass(frozen=True)
class Signature:
    """What a person wrote on the approval form: opinion, name (a post and a person), moment."""

    label: str
    name: str = ""
    at: str = ""
    opinion: str = ""


@dataclass(frozen=True)
class ApprovalForm:
    """拟稿单 (发文稿纸): who drafted, checked, joined and signed a paper."""

    heading: str
    title: str
    sign: Signature
    check: Signature
    draft_by: Signature
    countersigns: tuple[Signature, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    addressees: str = ""
    copies: str = ""
    annexes: tuple[str, ...] = ()
    note: str = ""


def official_html(paper: OfficialPaper) -> str:
    """The paper as a page of HTML for `pdf.render_pdf`.

    Raises Refusal (``paper.issuer``) when the issuing body is too long for one line.
    """
    _check_issuer(paper.issuer)
    return _render("official", paper)


def minutes_html(paper: MinutesPaper) -> str:
    """The minutes as a page of HTML; raises Refusal as `official_html` for a mark too long for one line."""
    _check_issuer(paper.mark)
    return _render("minutes", paper)


def letter_html(paper: LetterPaper) -> str:
    """The letter as a page of HTML; raises Refusal as `official_html`."""
    _check_issuer(paper.issuer)
    return _render("letter", paper)


def sheet_html(paper: SheetPaper) -> str:
    """The sheet as a page of HTML."""
    return _render("sheet", paper)


def approval_html(paper: ApprovalForm) -> str:
    """The approval form as a page of HTML."""
    return _render("approval", paper)


def _check_issuer(issuer: str) -> None:
    if not 2 <= len(issuer) <= LONGEST_ISSUER:
        raise Refusal(
            "paper.issuer",
            f"发文机关标志有 {len(issuer)} 个字，应为 2 到 {LONGEST_ISSUER} 个字。",
            found=issuer,
        )


def _render(name: str, paper: object) -> str:
    from django.template.loader import render_to_string

    return render_to_string(f"papers/{name}.html", {"paper": paper})
