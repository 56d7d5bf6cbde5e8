"""Notices and objections."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import factory

from projects.ledger.models import Project
from projects.residents.enums import Channel, MeetingKind, NoticePoint, NoticeState, Way
from projects.residents.models import Matter, Meeting, Notice, Objection
from projects.residents.sealing import Person, seal

from .accounts import UserFactory
from .ledger import ProjectFactory, StoredFileFactory

_UP = (NoticeState.PUBLISHED, NoticeState.CONCLUDED)


def _told(notice: Any) -> dict[str, Any]:
    """What the ledger told, as little as will do."""
    if notice.state not in _UP:
        return {}
    return {
        "project": notice.project.name,
        "code": notice.project.code,
        "street": notice.project.street.name,
        "on": "2025-04-15",
        "estates": [],
        "parties": [],
        "start_on": None,
        "completion_on": None,
        "investment_fen": None,
    }


class NoticeFactory(factory.django.DjangoModelFactory):
    """A draft; one that hangs was posted on Tuesday 15 April 2025 for seven working days, to 24 April."""

    class Meta:
        model = Notice

    project = factory.SubFactory(ProjectFactory)
    point = NoticePoint.SCHEME
    node = factory.LazyAttribute(lambda o: "供水管网开挖" if o.point == NoticePoint.NODE else "")
    body = "现将改造方案予以公示，请居民提出意见。"
    file = factory.SubFactory(StoredFileFactory)
    period_days = 7
    channels = factory.LazyFunction(lambda: [Channel.BOARD.value, Channel.CHAT.value])
    place = "小区东门公示栏"
    feedback = "社区居委会，办公电话"
    state = NoticeState.DRAFT
    told = factory.LazyAttribute(_told)
    drafted_by = factory.SubFactory(UserFactory)
    drafted_at = datetime(2025, 4, 14, 2, tzinfo=UTC)
    posted_on = factory.LazyAttribute(lambda o: date(2025, 4, 15) if o.state in _UP else None)
    closes_on = factory.LazyAttribute(lambda o: date(2025, 4, 24) if o.posted_on else None)
    published_by = factory.Maybe("posted_on", factory.SubFactory(UserFactory), None)
    published_at = factory.LazyAttribute(
        lambda o: datetime(2025, 4, 15, 2, tzinfo=UTC) if o.posted_on else None
    )
    photo = factory.Maybe("posted_on", factory.SubFactory(StoredFileFactory), None)
    concluded_on = factory.LazyAttribute(
        lambda o: date(2025, 4, 25) if o.state == NoticeState.CONCLUDED else None
    )
    conclusion = factory.LazyAttribute(lambda o: "没有异议" if o.concluded_on else "")
    concluded_by = factory.Maybe("concluded_on", factory.SubFactory(UserFactory), None)
    concluded_at = factory.LazyAttribute(
        lambda o: datetime(2025, 4, 25, 2, tzinfo=UTC) if o.concluded_on else None
    )


class ObjectionFactory(factory.django.DjangoModelFactory):
    """One that was raised on 17 April 2025 and waits for its answer."""

    class Meta:
        model = Objection

    notice = factory.SubFactory(NoticeFactory, state=NoticeState.PUBLISHED)
    number = factory.Sequence(lambda n: n + 1)
    raised_on = date(2025, 4, 17)
    way = Way.VISIT
    who_sealed = factory.LazyFunction(
        lambda: seal(Person("张甲", "13800005678", "3号楼2单元501室"))
    )
    content = "停车位不要占绿地。"
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = datetime(2025, 4, 17, 2, tzinfo=UTC)


class MeetingFactory(factory.django.DjangoModelFactory):
    """A meeting of 12 people on 10 April 2025."""

    class Meta:
        model = Meeting

    project = factory.SubFactory(ProjectFactory)
    held_on = date(2025, 4, 10)
    kind = MeetingKind.COUNCIL
    place = "社区议事厅"
    attended = 12
    summary = "议停车位划线。"


class MatterFactory(factory.django.DjangoModelFactory):
    """A matter due on 24 April 2025; with ``solved_on`` it is solved."""

    class Meta:
        model = Matter

    meeting = factory.SubFactory(MeetingFactory)
    content = "停水通知贴得太晚"
    owner = "施工单位项目部"
    due_on = date(2025, 4, 24)
    solved_on = None
    result = factory.LazyAttribute(lambda o: "改为提前一天" if o.solved_on else "")
    evidence = factory.Maybe("solved_on", factory.SubFactory(StoredFileFactory), None)
    solved_by = factory.Maybe("solved_on", factory.SubFactory(UserFactory), None)


def told_all(project: Project, *, concluded_on: date = date(2025, 1, 31)) -> None:
    """Everything that the gates ask of notices: hung and concluded by a day."""
    for point in (
        NoticePoint.SCHEME,
        NoticePoint.CONTRACTOR,
        NoticePoint.NODE,
        NoticePoint.ACCEPTANCE,
    ):
        NoticeFactory(
            project=project,
            point=point,
            state=NoticeState.CONCLUDED,
            posted_on=date(2025, 1, 6),
            closes_on=date(2025, 1, 15),
            concluded_on=concluded_on,
        )
