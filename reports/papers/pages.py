"""What the pages of papers show, put together from documents: rows of lists, steps, acts, files.

Plain values without request; views hand them to templates.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.measures import Approval, Measure
from renovation.core.periods import Quarter, Week
from renovation.core.wording import chinese_date, short_date, wide_brackets
from renovation.face.values import Step
from renovation.face.wording import moment
from renovation.records.models import WorkState
from supervision.weekly.weeks import moments_between

from . import names, renditions
from .assigned import assigned_sentence
from .bulletins import Bulletin
from .enums import Format, PaperAct, PaperKind, PaperState
from .flows import flow_of
from .models import Document, DocumentStep, Rendition
from .policies import available_acts
from .sheets import DispatchSheet

A = PaperAct
#: How the state of a paper is marked (docs/face.md, state mark).
STATE_MARKS = {
    PaperState.DRAFT: "quiet",
    PaperState.CHECKED: "waiting",
    PaperState.APPROVED: "waiting",
    PaperState.SIGNED: "active",
    PaperState.ISSUED: "published",
    PaperState.WITHDRAWN: "quiet",
}
#: Acts that lead a paper on, in the order in which the first possible one is the main one.
_FORWARD = (A.ISSUE, A.CHECK, A.APPROVE, A.SIGN, A.NUMBER, A.FILE_ORIGINAL)
_DIRECT = {A.DRAFT, A.EDIT}


@dataclass(frozen=True)
class ActLink:
    """An act that the page offers: word, address, how heavy."""

    act: str
    label: str
    href: str
    kind: str = "plain"
    is_post: bool = False


@dataclass(frozen=True)
class FileLine:
    """A file of a paper: what it is, where it is had, how far it is."""

    name: str
    state: str
    href: str = ""
    size: str = ""
    error: str = ""

    @property
    def is_under_way(self) -> bool:
        return self.state in {WorkState.QUEUED, WorkState.RUNNING}


@dataclass(frozen=True)
class Listed:
    """A paper in a list, with its state as word and look."""

    document: Document
    word: str
    mark: str
    #: What it rests on was corrected after it was compiled.
    is_corrected: bool = False

    @classmethod
    def of(cls, document: Document, corrected: Container[int] = ()) -> Listed:
        return cls(document, state_word(document), state_mark(document), document.pk in corrected)


@dataclass
class WeekLine:
    """A week on the page of dispatch sheets."""

    week: Week
    district: Listed | None = None
    streets: list[Listed] = field(default_factory=list)

    @property
    def first(self) -> Document:
        """The district's sheet, or the street's own."""
        return (self.district or self.streets[0]).document


def state_word(document: Document) -> str:
    """The state in the words of its kind's flow."""
    return flow_of(document.kind).state_label(document.state)


def state_mark(document: Document) -> str:
    """The look of the state mark."""
    return STATE_MARKS[PaperState(document.state)]


def acts_of(
    document: Document, scope: Scope, *, is_followed: bool = False, is_early: bool = False
) -> list[ActLink]:
    """What this person may do now, the way forward first; ``is_followed`` says that a later version is on
    its way or was issued, which is then the one to correct; ``is_early`` that the week of the sheet is open,
    so that nobody issues it."""
    found = [
        act
        for act in available_acts(document, scope)
        if not (act == A.CORRECT and is_followed) and not (act == A.ISSUE and is_early)
    ]
    flow = flow_of(document.kind)
    forward = [act for act in _FORWARD if act in found]
    if document.original_id is not None and A.FILE_ORIGINAL in forward:
        forward.remove(A.FILE_ORIGINAL)
    ordered = [*forward, *(act for act in found if act not in forward)]
    links = []
    for act in ordered:
        if act == A.EDIT:
            href = reverse("papers:texts", args=[document.pk])
        elif act == A.DRAFT:
            href = reverse("papers:recompile", args=[document.pk])
        else:
            href = reverse("papers:act", args=[document.pk, act])
        kind = "main" if act in forward[:1] else "plain"
        if act in {A.WITHDRAW, A.SEND_BACK}:
            kind = "danger"
        label = flow.act_label(document.state, act)
        if act == A.FILE_ORIGINAL and document.original_id is not None:
            label = "更换正本"
        links.append(ActLink(act, label, href, kind, is_post=act == A.DRAFT))
    return links


def consequence(document: Document, act: str, *, now: datetime) -> str:
    """What an act will do, in one or two sentences."""
    today = short_date(local_day(now))
    sheets = "" if document.subject_id != document.bureau_id else "各街道的调度表同时印发；"
    words: dict[str, str] = {
        A.CHECK: "核稿后文字和数字锁定，不能再改；需要修改时由审核人退回。",
        A.COUNTERSIGN: "会签意见写入拟稿单，文件状态不变，可以有多个科室会签。",
        A.APPROVE: "审核通过后送局领导签发；签发人不能是审核人或拟稿人。",
        A.SIGN: f"签发后内容永久锁定，成文日期为今天（{today}），随后由办公室编号印发。",
        A.NUMBER: "编号后立即印发：生成带文号的 PDF 和 Excel，到定时发送的时间即发给收件人。"
        "文号以后不能修改。",
        A.FILE_ORIGINAL: "归档后，发送给收件人的 PDF 换成这份盖章的正本。",
        A.SEND_BACK: "退回后由拟稿人修改，已有的审核作废，需要重新核稿、审核。",
        A.WITHDRAW: "作废后这一稿不再印发，记录保留；可以重新拟稿，版次加一。",
        A.CORRECT: f"更正另起第{document.version + 1}版，按原来的程序办理；原件保留，"
        "并标明已被更正替代。",
        A.ISSUE: f"印发后内容永久锁定，{sheets}已核定的周报同时发布，到定时发送的时间即发给收件人。"
        "先按最新数据重新编制一次，内容有变化时不印发，请核对后再办。",
    }
    return words.get(act, "")


def submit_label(document: Document, act: str) -> str:
    """What the button says: the act and the thing."""
    flow = flow_of(document.kind)
    thing = "通报" if document.kind == PaperKind.BULLETIN else "调度表"
    words = {
        A.NUMBER: "编号并印发",
        A.FILE_ORIGINAL: "归档正本",
        A.CORRECT: f"另起第{document.version + 1}版",
    }
    return words.get(PaperAct(act)) or f"{flow.act_label(document.state, act)}{thing}"


def file_lines(document: Document, rows: dict[str, Rendition]) -> list[FileLine]:
    """The files of a paper as it stands: the original first where it is filed."""
    found = []
    if document.original is not None:
        found.append(
            FileLine(
                "正本（盖章扫描件）",
                WorkState.DONE,
                reverse("papers:original", args=[document.pk]),
                _size(document.original.size),
            )
        )
    words = {Format.PDF: "PDF", Format.XLSX: "Excel", Format.APPROVAL: "拟稿单（PDF）"}
    for kind in renditions.formats_of(document):
        row = rows.get(kind)
        if row is None:
            continue
        done = row.work_state == WorkState.DONE and row.file is not None
        found.append(
            FileLine(
                words[kind],
                row.work_state,
                reverse("papers:file", args=[document.pk, kind]) if done else "",
                _size(row.file.size) if row.file is not None else "",
                row.error if row.work_state == WorkState.FAILED else "",
            )
        )
    return found


def _size(count: int) -> str:
    return (
        f"{count / 1024 / 1024:.1f} MB" if count >= 1024 * 1024 else f"{max(1, count // 1024)} KB"
    )


def steps_of(document: Document, steps: Iterable[DocumentStep]) -> list[Step]:
    """The way of a paper so far, and the one step that comes next."""
    found = []
    labels = dict(PaperAct.choices)
    if document.kind == PaperKind.DISPATCH_SHEET:
        labels[PaperAct.DRAFT] = "编制"  # the system makes it; who issues it may have made it anew
    for step in steps:
        title = f"{labels[step.act]}　{step.by_label}"
        said = "　".join(part for part in (step.opinion, step.accepted) if part)
        found.append(Step(moment(step.at), title, said, "done"))
    nexts = {
        PaperState.DRAFT: "核稿" if document.kind == PaperKind.BULLETIN else "印发",
        PaperState.CHECKED: "审核（会签可选）",
        PaperState.APPROVED: "签发",
        PaperState.SIGNED: "编号印发",
    }
    if document.state in nexts:
        found.append(Step("", f"待{nexts[PaperState(document.state)]}", "", "now"))
    return found


def key_figures(content: DispatchSheet | Bulletin) -> list[Measure]:
    """The figures at the head of a paper's page."""
    wanted = (names.PHYSICAL, names.SCHEDULED, names.DEVIATION, names.INVESTMENT_RATE)
    found = content.leading_figures if isinstance(content, DispatchSheet) else content.figures
    return [found[name] for name in wanted if name in found]


def figures_note(content: DispatchSheet | Bulletin) -> str:
    """What the figures at the head are about, where the paper holds more; empty where they are about all."""
    if not isinstance(content, DispatchSheet) or len(content.parts) < 2:
        return ""
    waits = any(measure.approval is Approval.ALL for measure in key_figures(content))
    view = "总览“含待核”" if waits else "总览"
    return f"以上为{content.programme}的数据，编制时与{view}一致；含结转项目的合计见表尾。"


def words_of(content: DispatchSheet, *, is_issued: bool) -> str:
    """A sheet as it is told in a chat group: its figures, its lights, who did not report."""
    figures = "，".join(
        f"{wide_brackets(measure.label)} {measure.full_text}" for measure in key_figures(content)
    )
    lights = "、".join(
        f"{word} {count} 个" for word, count in content.light_counts().items() if count
    )
    draft = "" if is_issued else "（未印发）"
    lines = [
        f"截至{chinese_date(content.week.end)}，{content.title}{draft}：{figures}。",
        f"亮灯：{lights}。" if lights else "",
        *content.remarks(),
        assigned_sentence(content.assigned),
    ]
    return "\n".join(line for line in lines if line)


def week_lines(documents: Sequence[Document], corrected: Container[int] = ()) -> list[WeekLine]:
    """Sheets grouped by week, the latest version of each subject, newest week first; ``corrected`` are those (ids)
    whose returns were corrected since."""
    lines: dict[str, WeekLine] = {}
    seen: set[tuple[str, int]] = set()
    for document in sorted(documents, key=lambda d: (d.period_key, d.version), reverse=True):
        key = (document.period_key, document.subject_id)
        if key in seen:
            continue
        seen.add(key)
        line = lines.setdefault(document.period_key, WeekLine(Week.from_key(document.period_key)))
        if document.subject_id == document.bureau_id:
            line.district = Listed.of(document, corrected)
        else:
            line.streets.append(Listed.of(document, corrected))
    for line in lines.values():
        line.streets.sort(key=lambda listed: listed.document.subject.order)
    return list(lines.values())


def weeks_to_compile(
    *, bureau: Organisation, issued: Iterable[str], now: datetime
) -> dict[Week, bool]:
    """The last asked weeks whose district sheet is not issued, the newest first, each with whether it is closed."""
    last = Week.of(local_day(now))
    done = set(issued)
    moments = moments_between(bureau=bureau, first=last.shift(-5), last=last, now=now)
    return {
        week: each.closes_at is not None and each.closes_at <= now
        for week, each in sorted(moments.items(), key=lambda item: item[0].start, reverse=True)
        if each.is_asked and each.opens_at <= now and week.key not in done
    }


def quarters_to_draft(*, done: Iterable[str], now: datetime) -> list[Quarter]:
    """This and the three quarters before that have no bulletin beyond drafting, the newest first."""
    present = Quarter.of(local_day(now))
    taken = set(done)
    quarters = (present.shift(-back) for back in range(4))
    return [quarter for quarter in quarters if quarter.key not in taken]


#: What a person is told once an act is done.
DONE = {
    PaperAct.CHECK: "已核稿。接下来由审核人审核。",
    PaperAct.COUNTERSIGN: "已会签。",
    PaperAct.APPROVE: "已审核通过。接下来由局领导签发。",
    PaperAct.SIGN: "已签发。接下来由办公室编号印发。",
    PaperAct.SEND_BACK: "已退回拟稿人修改。",
    PaperAct.WITHDRAW: "已作废。",
    PaperAct.NUMBER: "已编号印发。正在生成正式文件，稍后可以下载。",
    PaperAct.FILE_ORIGINAL: "正本已归档。以后发送的是这一份。",
    PaperAct.CORRECT: "已另起更正稿，请核对后按程序办理。",
    PaperAct.ISSUE: "已印发。正在生成正式文件，稍后可以下载。",
}
