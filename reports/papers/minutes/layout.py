"""The words and blocks of the paper of minutes (GB/T 9704-2012, 10.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from renovation.core.documents.blocks import Block, Column, Heading, Kind, Paragraph, Table, row
from renovation.core.documents.papers import MinutesPaper
from renovation.core.wording import (
    chinese_date,
    chinese_moment,
    chinese_number,
    join,
    near_date,
)
from reports.papers.assigned import with_project

from .values import Decided, MeetingMinutes

#: The blank that pages set between Chinese and figures; a paper is set solid.
_GAP = re.compile(
    r"(?<=[\u4e00-\u9fff，。、：；（]) (?=[\d−+])|(?<=[\d%]) (?=[\u4e00-\u9fff，。、；）])"
)


def minutes_paper(content: MeetingMinutes, *, correction: str = "") -> MinutesPaper:
    """The paper; ``correction`` is the sentence that says what a later version corrects."""
    return MinutesPaper(
        mark=content.mark,
        title=content.title,
        number=content.number_text,
        dated=chinese_date(content.signed_on),
        body=tuple(_body(content, correction)),
        attendance=(
            *((each.label, join(each.names)) for each in content.attendance),
            ("记录", content.recorder),
            ("签发", content.signer),
        ),
        copies="，".join(content.units),
        printed_by=content.printed_by,
        printed_on=content.signed_on,
    )


def _body(content: MeetingMinutes, correction: str) -> Iterator[Block]:
    if correction:
        yield Paragraph(correction)
    yield Paragraph(
        # An official paper sets no blank inside a sentence.
        f"{chinese_moment(content.met_at).replace(' ', '')}，{content.chair}在{content.place}主持召开{content.name}，"
        f"调度{content.week.label}老旧小区改造工作。"
    )
    for line in content.summary.splitlines():
        if line.strip():
            yield Paragraph(line.strip())
    sections = [(title, blocks) for title, blocks in _sections(content) if blocks]
    for place, (title, blocks) in enumerate(sections, start=1):
        yield Heading(f"{chinese_number(place)}、{title}")
        yield from blocks


def _sections(content: MeetingMinutes) -> Iterator[tuple[str, list[Block]]]:
    yield "议定事项", list(_decided(content))
    yield "交办事项", list(_assigned(content))


def _decided(content: MeetingMinutes) -> Iterator[Block]:
    for place, topic in enumerate(content.decided, start=1):
        yield Paragraph(_told(topic), lead=f"（{chinese_number(place)}）{_solid(topic.title)}。")
    if content.heard:
        verb = "会议还研究了" if content.decided else "会议研究了"
        yield Paragraph(f"{verb}{_solid('；'.join(content.heard))}，没有另行议定。")


def _told(topic: Decided) -> str:
    return f"{_sentence(topic.facts)}会议议定：{_sentence(topic.text)}"


def _sentence(text: str) -> str:
    """Set solid, with one full stop at its end; "" stays empty."""
    return f"{_solid(text).rstrip('。')}。" if text else ""


def _solid(text: str) -> str:
    """`已报 2 个` as `已报2个`."""
    return _GAP.sub("", text)


def _assigned(content: MeetingMinutes) -> Iterator[Block]:
    if not content.items:
        yield Paragraph("本次会议没有新的交办事项。")
        return
    yield Paragraph(
        f"会议交办{len(content.items)}件，请责任单位按期办结，办理情况在以后的周调度会上逐件通报。"
    )
    yield items_table(content)


def items_table(content: MeetingMinutes) -> Table:
    """What was assigned: 编号, 事项, 责任单位, 完成标准, 期限. Items of one meeting may be of two weeks, so that their
    numbers alone would not tell them apart."""
    return Table(
        columns=(
            Column("编号", Kind.LABEL, 4.8),
            Column("事项", width=9.6),
            Column("责任单位", width=6),
            Column("完成标准", width=9),
            Column("期限", Kind.LABEL, 4.6),
        ),
        rows=tuple(
            row(
                item.code,
                with_project(item.project, item.task),
                f"{item.answerer}（{item.helpers}配合）" if item.helpers else item.answerer,
                item.standard,
                near_date(item.due_on, content.signed_on),
            )
            for item in content.items
        ),
        name="交办事项",
    )
