"""两清两访, 四公开 and 组织保障 of a year's projects as lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from projects.ledger.enums import VISITS, CommitmentKind, PublicationKind, SurveyKind
from projects.ledger.models import Commitment, Project, Publication, Survey
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column

from .declaring import NAME, PROJECT, Change, Found, Line, ListBook, Listing
from .shared import NUMBER, count, day, head, refuse_ahead, save, set_changed

FILES = "材料和照片在页面上传。空着的格不改，表里没有的不删除。"


def _kind(expected: str) -> Column:
    return Column(field="kind", header="事项", longest=20, expected=expected)


def _loader(
    model: type[Survey] | type[Publication] | type[Commitment], columns: Sequence[Column]
) -> Callable[[Sequence[Project], datetime], Found]:
    """Reads every row of a model with the columns of the same names. One query."""

    def load(projects: Sequence[Project], now: datetime) -> Found:
        order = {project.pk: place for place, project in enumerate(projects)}
        rows: Any = model.objects.filter(project__in=projects).select_related("project")
        return [
            Line(
                name=f"{row.project}　{row}",
                values={
                    **head(row),
                    "kind": str(row.get_kind_display()),
                    **{column.field: getattr(row, column.field) for column in columns},
                    NUMBER.field: row.pk,
                },
                row=row,
            )
            for row in sorted(rows, key=lambda row: (order[row.project_id], row.pk))
        ], None

    return load


# -- surveys -----------------------------------------------------------------------------------------
SURVEY_KINDS = {str(kind.label): kind for kind in SurveyKind}
SURVEY_KIND = _kind("、".join(SURVEY_KINDS))
DONE = day("done_on", "完成日期", "不晚于今天")
VISITED = count("household_count", "走访户数(户)", 999_999)
FINDING = Column(field="finding", header="情况", longest=500, expected="不写居民姓名电话")
_OF_SURVEY = (DONE, VISITED, FINDING)


def write_surveys(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Record a survey or a round of visits as its page does; visits count households, surveys do not."""
    for change in changes:
        row = change.row or Survey(project=change.project)
        row.kind = SURVEY_KINDS[str(change.values[SURVEY_KIND.field])]
        set_changed(row, change, _OF_SURVEY)
        refuse_ahead(row.done_on, DONE, at)
        if row.kind in VISITS and row.household_count is None:
            raise Refusal("survey.households", "走访填走访了多少户。", field=VISITED.field)
        if row.kind not in VISITS and row.household_count is not None:
            raise Refusal("survey.households", "只有走访填户数。", field=VISITED.field)
        save(row, change, at, by)


SURVEYS = ListBook(
    slug="surveys",
    label="两清两访",
    hint=f"一次摸底或一轮走访一行。{FILES}",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: reverse("ledger:books", args=[year]),
    result_word="看成批导入导出",
    columns=(PROJECT, NAME, SURVEY_KIND, *_OF_SURVEY, NUMBER),
    keys=(PROJECT, SURVEY_KIND, DONE),
    writes=(SURVEY_KIND, *_OF_SURVEY),
    needed=(FINDING,),
    number=NUMBER,
    known={SURVEY_KIND.field: lambda at: list(SURVEY_KINDS)},
    load=_loader(Survey, _OF_SURVEY),
    write=write_surveys,
)

# -- publications ------------------------------------------------------------------------------------
PUBLICATION_KINDS = {str(kind.label): kind for kind in PublicationKind}
PUBLICATION_KIND = _kind("、".join(PUBLICATION_KINDS))
PUBLISHED = day("published_on", "公开日期", "不晚于今天")
CHANNEL = Column(field="channel", header="公开渠道", longest=60, expected="如“小区公示栏”")
NOTE = Column(field="note", header="说明", longest=200, expected="200 个字以内")
_OF_PUBLICATION = (PUBLISHED, CHANNEL, NOTE)


def write_publications(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Record what was made public as its page does."""
    for change in changes:
        row = change.row or Publication(project=change.project)
        row.kind = PUBLICATION_KINDS[str(change.values[PUBLICATION_KIND.field])]
        set_changed(row, change, _OF_PUBLICATION)
        refuse_ahead(row.published_on, PUBLISHED, at)
        save(row, change, at, by)


PUBLICATIONS = ListBook(
    slug="publications",
    label="四公开",
    hint=f"公开一次一行。五个节点的公示另有“公示”清单，不用再填。{FILES}",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: reverse("ledger:books", args=[year]),
    result_word="看成批导入导出",
    columns=(PROJECT, NAME, PUBLICATION_KIND, *_OF_PUBLICATION, NUMBER),
    keys=(PROJECT, PUBLICATION_KIND, PUBLISHED),
    writes=(PUBLICATION_KIND, *_OF_PUBLICATION),
    needed=(CHANNEL,),
    number=NUMBER,
    known={PUBLICATION_KIND.field: lambda at: list(PUBLICATION_KINDS)},
    load=_loader(Publication, _OF_PUBLICATION),
    write=write_publications,
)

# -- commitments -------------------------------------------------------------------------------------
COMMITMENT_KINDS = {str(kind.label): kind for kind in CommitmentKind}
COMMITMENT_KIND = _kind("、".join(COMMITMENT_KINDS))
WHO = Column(field="who", header="岗位或组织", longest=60, expected="写岗位或组织，不写个人姓名")
DETAIL = Column(field="detail", header="内容", longest=300, expected="300 个字以内")
SCHEDULE = Column(
    field="schedule",
    header="在场时间",
    longest=60,
    expected="驻点办公的填，如“每周二、四 9:00—11:00”",
)
STARTS = day("starts_on", "起")
ENDS = day("ends_on", "止", "不早于起")
POINTS = count("points", "积分(分)", 32_000)
_OF_COMMITMENT = (WHO, DETAIL, SCHEDULE, STARTS, ENDS, POINTS)


def write_commitments(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Record how a project is carried as its page does: who is on site says when, contributions have points."""
    for change in changes:
        row = change.row or Commitment(project=change.project)
        row.kind = COMMITMENT_KINDS[str(change.values[COMMITMENT_KIND.field])]
        set_changed(row, change, _OF_COMMITMENT)
        on_site, points = row.kind == CommitmentKind.ON_SITE, row.kind == CommitmentKind.POINTS
        if on_site != bool(row.schedule):
            words = "驻点办公要填在场时间。" if on_site else "只有驻点办公填在场时间。"
            raise Refusal("commitment.schedule", words, field=SCHEDULE.field)
        if points != (row.points is not None):
            words = "贡献积分要填积分。" if points else "只有贡献积分填积分。"
            raise Refusal("commitment.points", words, field=POINTS.field)
        if row.ends_on and row.starts_on and row.ends_on < row.starts_on:
            raise Refusal("commitment.period", "止不能早于起。", field=ENDS.field)
        save(row, change, at, by)


COMMITMENTS = ListBook(
    slug="commitments",
    label="组织保障",
    hint="一个党支部、一项责任、一次贡献一行。写岗位或组织，不写个人姓名。空着的格不改，表里没有的不删除。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: reverse("ledger:books", args=[year]),
    result_word="看成批导入导出",
    columns=(PROJECT, NAME, COMMITMENT_KIND, *_OF_COMMITMENT, NUMBER),
    keys=(PROJECT, COMMITMENT_KIND, WHO, STARTS),
    writes=(COMMITMENT_KIND, *_OF_COMMITMENT),
    needed=(DETAIL,),
    number=NUMBER,
    known={COMMITMENT_KIND.field: lambda at: list(COMMITMENT_KINDS)},
    load=_loader(Commitment, _OF_COMMITMENT),
    write=write_commitments,
)
