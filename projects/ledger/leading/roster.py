"""The roster of a day, in order, and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from projects.ledger.enums import LeadingRank
from projects.ledger.models import LeadingPost
from renovation.accounts.models import Organisation
from renovation.core.documents.blocks import Column, Kind, Table, row
from renovation.core.documents.listing import to_change
from renovation.core.documents.xlsx import Book, Sheet, sheet_from_table, write_workbook
from renovation.core.wording import chinese_date, chinese_moment


def roster(posts: Sequence[LeadingPost]) -> list[tuple[LeadingRank, list[LeadingPost]]]:
    """Posts by rank, ranks without posts left out."""
    found = []
    for rank in LeadingRank:
        here = [post for post in posts if post.rank == rank]
        if here:
            found.append((rank, sorted(here, key=lambda post: (post.order, post.pk))))
    return found


def roster_workbook(
    *,
    bureau: Organisation,
    posts: Sequence[LeadingPost],
    more: Sequence[Sheet] = (),
    on: date,
    now: datetime,
) -> bytes:
    """The roster of a day, and the sheets in which it comes back in."""
    title = f"{bureau.district_name or bureau.short_name}老旧小区改造工作领导小组责任分工"
    table = Table(
        columns=(
            Column("组内职务", Kind.LABEL, 6),
            Column("岗位", Kind.TEXT, 10),
            Column("科室", Kind.TEXT, 8),
            Column("负责事项", Kind.TEXT, 26),
            Column("负责项目", Kind.TEXT, 26),
            Column("起", Kind.DATE, 6),
            Column("止", Kind.DATE, 6),
        ),
        rows=tuple(
            row(
                rank.label,
                post.post,
                post.department,
                post.answers_for,
                "、".join(project.name for project in post.projects.all()),
                post.valid_from,
                post.valid_to,
            )
            for rank, here in roster(posts)
            for post in here
        ),
        name="责任分工",
    )
    sheet = sheet_from_table(
        table,
        title=title,
        subtitles=(f"{chinese_date(on)}在任，{chinese_moment(now)}导出", *to_change(more)),
        landscape=True,
        fixed_columns=2,
    )
    return write_workbook(Book(sheets=(sheet, *more), title=title, made_at=now))
