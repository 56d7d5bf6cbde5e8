"""The leading group of the bureau (领导小组) as a list: posts, what and which projects they answer for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from projects.ledger.editing import save_row
from projects.ledger.enums import LeadingRank
from projects.ledger.models import LeadingPost, Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column

from .declaring import REASON_OF_HISTORY, Change, Found, Line, ListBook, Listing
from .shared import NUMBER, count, day, set_changed

RANK = Column(field="rank", header="组内职务", longest=10, expected="平台里的职务")
POST = Column(field="post", header="岗位", longest=40, expected="写岗位，不写个人姓名")
DEPARTMENT = Column(field="department", header="科室", longest=30, expected="30 个字以内")
DUTY = Column(field="answers_for", header="负责事项", longest=300, expected="300 个字以内")
FROM = day("valid_from", "起")
TO = day("valid_to", "止", "离任的最后一天，不早于起")
ORDER = count("order", "排序", 9999)
PROJECTS = Column(
    field="projects",
    header="负责项目",
    longest=4000,
    expected="项目编号，用顿号隔开，如“ZC2025-01、ZC2025-02”",
)
_PLAIN = (POST, DEPARTMENT, DUTY, FROM, TO, ORDER)
_WRITES = (RANK, *_PLAIN, PROJECTS)
RANKS = {str(rank.label): rank for rank in LeadingRank}


def of_bureau(bureau: Organisation, projects: Sequence[Project], now: datetime) -> Found:
    """Every post, also those that ended. Two queries."""
    rows = LeadingPost.objects.filter(bureau=bureau).prefetch_related("projects")
    return [
        Line(
            name=str(row),
            values={
                RANK.field: str(row.get_rank_display()),
                **{column.field: getattr(row, column.field) for column in _PLAIN},
                PROJECTS.field: "、".join(sorted(each.code for each in row.projects.all())),
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in rows.order_by("order", "pk")
    ], None


def _named(change: Change, at: Listing) -> list[Project]:
    """The projects that a row names by their codes."""
    codes = re.split(r"[、，,；;\s]+", str(change.values[PROJECTS.field] or ""))
    found = []
    for code in filter(None, codes):
        if code not in at.projects:
            raise Refusal("list.project", f"没有项目 {code}。", field=PROJECTS.field, found=code)
        found.append(at.projects[code])
    return found


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Save a post as its page does."""
    for change in changes:
        row = change.row or LeadingPost(bureau=at.bureau)
        seen = row.version if row.pk else 0
        row.rank = RANKS[str(change.values[RANK.field])]
        set_changed(row, change, _PLAIN)
        if row.valid_to and row.valid_from and row.valid_to < row.valid_from:
            raise Refusal("post.period", "止不能早于起。", field=TO.field)
        related: dict[str, Any] | None = None
        if PROJECTS.field in change.changed:
            related = {"projects": _named(change, at)}
        row.full_clean(exclude=["bureau"])
        save_row(
            row=row,
            organisation=at.bureau,
            of=at.bureau.short_name,
            related=related,
            seen_version=seen,
            reason=REASON_OF_HISTORY,
            by=by,
            now=at.now,
        )


LEADING = ListBook(
    slug="leading",
    label="领导小组",
    hint="一个岗位一行，写岗位，不写个人姓名。分工调整的，给原来的填上止，再加一行。空着的格不改，表里没有的不删除。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: reverse("ledger:leading"),
    result_word="看领导小组",
    columns=(*_WRITES, NUMBER),
    keys=(POST, RANK, FROM),
    writes=_WRITES,
    needed=(DUTY,),
    number=NUMBER,
    known={RANK.field: lambda at: list(RANKS)},
    of_all_years=True,
    of_bureau=of_bureau,
    write=write,
)
