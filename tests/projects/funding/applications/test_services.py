"""Applications for higher-level funds: 拟报 → 已报 → 批复 or 未获批, by two people, and the 下达 that follow."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from projects.funding import services as money
from projects.funding.applications import services
from projects.funding.applications.facts import asked_facts
from projects.funding.applications.flow import FLOW
from projects.funding.applications.forms import ApplicationFilterForm
from projects.funding.applications.listing import application_table
from projects.funding.applications.measures import MEASURES
from projects.funding.applications.services import ApplicationValues
from projects.funding.enums import ApplicationFileKind, ApplicationState, EventState, Stage
from projects.funding.models import (
    Application,
    ApplicationFile,
    ApplicationItem,
    FundingEvent,
    FundingSource,
    GrantedAllocation,
)
from projects.ledger.conflicts import EditConflict
from projects.ledger.models import Project
from renovation.core.declarations import measure
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.measures import Approval
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.funding import FundingEventFactory, FundingSourceFactory, make_application
from tests.factories.ledger import ProgrammeFactory, ProjectFactory
from tests.projects.ledger.test_gates import PDF

pytestmark = pytest.mark.django_db
WAN = 1_000_000
FILE = NewFile(name="批复.pdf", content=PDF, content_type="application/pdf")


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def other(district: District, project: Project) -> Project:
    made: Project = ProjectFactory(
        programme=project.programme, street=district.street("banyanglu"), name="般阳园"
    )
    return made


@pytest.fixture
def reported(
    district: District, project: Project, other: Project, source: FundingSource, now: datetime
) -> Application:
    """文昌园 asks for 100 万元, 般阳园 for 60, reported on 10 February."""
    return services.report_application(
        application=make_application(
            district.bureau,
            district.users["bureau"],
            asked={project: 100 * WAN, other: 60 * WAN},
            source=source,
        ),
        reported_on=date(2025, 2, 10),
        document_number="淄建请〔2025〕6号",
        file=None,
        by=district.users["bureau"],
        now=now,
    )


def grant(district: District, application: Application, now: datetime, **more: Any) -> Application:
    values: dict[str, Any] = {
        "granted": {item.project_id: item.asked_fen // 2 for item in application.items.all()},
        "decided_on": date(2025, 3, 10),
        "decision_number": "鲁财〔2025〕14号",
        "file": None,
        "by": district.users["reviewer"],
    }
    return services.grant_application(application=application, now=now, **(values | more))


def refused(call: Any, **arguments: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as caught:
        call(**arguments)
    return caught.value.code, caught.value.field


def test_the_flow_is_total() -> None:
    assert FLOW.problems() == []


def test_a_draft_is_changed_by_whoever_saw_the_latest(
    district: District, project: Project, other: Project, source: FundingSource, now: datetime
) -> None:
    by = district.users["bureau"]
    values = ApplicationValues(source, "中央补助", {project: 100 * WAN})
    made = services.draft_application(bureau=district.bureau, values=values, by=by, now=now)
    wider = ApplicationValues(source, "中央补助", {project: 90 * WAN, other: 10 * WAN})
    services.change_application(application=made, values=wider, version=1, by=by, now=now)
    with pytest.raises(EditConflict) as caught:
        services.change_application(application=made, values=values, version=1, by=by, now=now)
    assert caught.value.version == 2
    assert caught.value.changes == [
        f"{by}把 {code} 的申请由{old}改为{new}。"
        for code, old, new in sorted(
            [
                (project.code, " 100.00 万元", " 90.00 万元"),
                (other.code, "不申请", " 10.00 万元"),
            ]
        )
    ]
    assert sorted(made.items.values_list("asked_fen", flat=True)) == [10 * WAN, 90 * WAN]
    entry = AuditEntry.objects.get(act="funding.application.change")
    assert entry.changes["items"][0] == {project.code: 100 * WAN}


def test_what_is_no_package_is_refused(
    district: District, project: Project, source: FundingSource, now: datetime
) -> None:
    stranger = ProjectFactory(programme=ProgrammeFactory(bureau=make_district("boshan-").bureau))
    rest = {"bureau": district.bureau, "by": district.users["bureau"], "now": now}
    for asked, code in (
        ({}, "funding.application.empty"),
        ({project: 0}, "funding.amount"),
        ({stranger: 1}, "funding.application.other"),
    ):
        values = ApplicationValues(source, "中央补助", asked)
        assert refused(services.draft_application, values=values, **rest)[0] == code


def test_reporting_needs_a_document_and_a_day(
    district: District, project: Project, now: datetime
) -> None:
    made = make_application(district.bureau, district.users["bureau"], asked={project: WAN})
    rest = {"application": made, "file": None, "by": district.users["bureau"], "now": now}
    for day, number, expected in (
        (date(2025, 2, 1), " ", ("funding.application.number", "document_number")),
        (date(2025, 5, 8), "一号", ("funding.future", "reported_on")),
    ):
        assert (
            refused(services.report_application, reported_on=day, document_number=number, **rest)
            == expected
        )


def test_another_person_enters_what_was_granted(
    district: District, reported: Application, now: datetime
) -> None:
    for more, expected in (
        ({"decision_number": ""}, ("funding.application.number", "decision_number")),
        ({"decided_on": date(2025, 2, 9)}, ("funding.application.day", "decided_on")),
        ({"decided_on": date(2025, 5, 8)}, ("funding.future", "decided_on")),
        ({"granted": {}}, ("funding.application.nothing", None)),
        ({"granted": {0: 5}}, ("funding.application.other", None)),
        ({"granted": {reported.items.all()[0].project_id: -5}}, ("funding.amount", None)),
    ):
        assert refused(lambda m=more: grant(district, reported, now, **m)) == expected
    with pytest.raises(Forbidden):
        grant(district, reported, now, by=district.users["bureau"])
    grant(district, reported, now, file=FILE)
    reported.refresh_from_db()
    assert (reported.state, reported.decision_number) == (
        ApplicationState.GRANTED,
        "鲁财〔2025〕14号",
    )
    assert sorted(reported.items.values_list("granted_fen", flat=True)) == [30 * WAN, 50 * WAN]
    assert reported.files.get().kind == ApplicationFileKind.DECISION
    with pytest.raises(StateConflict):
        grant(district, reported, now)


def test_nothing_granted_says_why(district: District, reported: Application, now: datetime) -> None:
    rest: dict[str, Any] = {
        "application": reported, "decided_on": date(2025, 3, 10), "decision_number": "",
        "file": None, "by": district.users["reviewer"], "now": now,
    }  # fmt: skip
    assert refused(services.refuse_application, comment=" ", **rest) == (
        "comment.missing",
        "comment",
    )
    services.refuse_application(comment="未列入储备项目", **rest)
    reported.refresh_from_db()
    assert (reported.state, reported.refusal_reason) == (
        ApplicationState.REFUSED,
        "未列入储备项目",
    )
    assert set(reported.items.values_list("granted_fen", flat=True)) == {0}


def test_what_was_reported_may_be_taken_back(
    district: District, reported: Application, now: datetime
) -> None:
    by = district.users["bureau"]
    assert refused(services.take_back, application=reported, comment="", by=by, now=now)[0] == (
        "comment.missing"
    )
    back = services.take_back(application=reported, comment="补充项目", by=by, now=now)
    assert (back.state, back.reported_on, back.reported_by) == (ApplicationState.DRAFT, None, None)


# -- the money that follows --------------------------------------------------------------------------
def allocate(project: Project, source: FundingSource, wanyuan: int, **more: Any) -> FundingEvent:
    fields = {"occurred_on": date(2025, 3, 20)} | more
    made: FundingEvent = FundingEventFactory(
        project=project, source=source, stage=Stage.ALLOCATED, amount_fen=wanyuan * WAN, **fields
    )
    return made


def test_an_allocation_is_linked_as_far_as_the_grant_carries(
    district: District, project: Project, other: Project, source: FundingSource,
    reported: Application, now: datetime,
) -> None:  # fmt: skip
    event = allocate(project, source, 40)
    by = district.users["bureau"]
    link: dict[str, Any] = {"application": reported, "by": by, "now": now}
    with pytest.raises(StateConflict):
        services.link_allocation(event=event, **link)
    grant(district, reported, now)
    wrong = [
        allocate(project, FundingSourceFactory(code="district"), 1),
        allocate(project, source, 1, occurred_on=date(2025, 3, 9)),
        allocate(project, source, 1, state=EventState.REJECTED),
        allocate(ProjectFactory(programme=project.programme, street=project.street), source, 1),
    ]
    for each in wrong:
        assert refused(services.link_allocation, event=each, **link) == (
            "funding.application.event",
            "event",
        )
    made = services.link_allocation(event=event, **link)
    assert refused(services.link_allocation, event=event, **link)[0] == "funding.application.linked"
    # 40 of the 50 granted are linked; 11 more are too much, 10 fit.
    assert refused(services.link_allocation, event=allocate(project, source, 11), **link) == (
        "funding.application.over",
        "event",
    )
    services.link_allocation(event=allocate(project, source, 10), **link)
    assert refused(services.unlink_allocation, link=made, reason="", by=by, now=now)[0] == (
        "funding.reason"
    )
    services.unlink_allocation(link=made, reason="关联错了", by=by, now=now)
    assert [row.event.amount_fen for row in GrantedAllocation.objects.all()] == [10 * WAN]
    assert FundingEvent.objects.filter(pk=event.pk).exists()


def test_corrections_count_towards_the_grant(
    district: District, project: Project, source: FundingSource, reported: Application,
    now: datetime,
) -> None:  # fmt: skip
    grant(district, reported, now)
    event = allocate(project, source, 55)
    FundingEventFactory(
        project=project, source=source, stage=Stage.ALLOCATED, amount_fen=-5 * WAN,
        occurred_on=date(2025, 3, 25), effective_on=date(2025, 3, 20), corrects=event,
        reason="多录",
    )  # fmt: skip
    services.link_allocation(
        application=reported, event=event, by=district.users["bureau"], now=now
    )
    table = application_table(
        scope=scope_for(district.users["bureau"]),
        form=ApplicationFilterForm({}, source=[], streets=[]),
        sort="",
        today=date(2025, 5, 7),
    )
    assert [(line.granted_fen, line.allocated_fen) for line in table.lines] == [
        (80 * WAN, 50 * WAN)
    ]


def test_what_is_linked_is_not_corrected_past_the_grant(
    district: District, project: Project, source: FundingSource, reported: Application,
    now: datetime,
) -> None:  # fmt: skip
    grant(district, reported, now)  # 50 for the project
    by, head = district.users["bureau"], district.users["reviewer"]
    first, second = allocate(project, source, 40), allocate(project, source, 10)
    link: dict[str, Any] = {"application": reported, "by": by, "now": now}
    services.link_allocation(event=first, **link)
    correct: dict[str, Any] = {"event": first, "reason": "少录", "by": by, "now": now}
    assert refused(money.correct_to, total_fen=51 * WAN, **correct) == (
        "funding.application.over",
        "amount",
    )
    money.correct_to(total_fen=50 * WAN, **correct)
    assert refused(services.link_allocation, event=second, **link)[0] == "funding.application.over"
    # A reduction makes room; sending the reduction back would take the room away again.
    less = money.correct_to(total_fen=40 * WAN, **correct)
    services.link_allocation(event=second, **link)
    assert refused(money.reject_event, event=less, reason="不对", by=head, now=now) == (
        "funding.application.over",
        "reason",
    )
    # What is linked to nothing is bounded by no grant.
    free = allocate(project, source, 90)
    money.correct_to(event=free, total_fen=95 * WAN, reason="少录", by=by, now=now)
    assert sum(FundingEvent.objects.values_list("amount_fen", flat=True)) == 145 * WAN


# -- measures ----------------------------------------------------------------------------------------
def test_the_measures_count_what_was_decided_by_the_day(
    district: District, project: Project, other: Project, source: FundingSource,
    reported: Application, now: datetime,
) -> None:  # fmt: skip
    """160 asked, 80 granted on 10 March; 20 more asked of another fund, nobody has decided."""
    grant(district, reported, now)
    bonds = FundingSourceFactory(code="special-bond")
    services.report_application(
        application=make_application(
            district.bureau, district.users["bureau"], asked={project: 20 * WAN}, source=bonds
        ),
        reported_on=date(2025, 3, 1),
        document_number="二号",
        file=None,
        by=district.users["bureau"],
        now=now,
    )
    make_application(district.bureau, district.users["bureau"], asked={project: 999 * WAN})

    def texts(day: date, street: str = "") -> list[str]:
        facts = [
            fact
            for fact in asked_facts(items=ApplicationItem.objects.all(), on=day)
            if not street or fact.street_code == street
        ]
        return [
            measure(each, facts, as_of=day, approval=Approval.APPROVED).text for each in MEASURES
        ]

    assert texts(date(2025, 2, 9)) == ["0.00", "0.00", "—"]
    assert texts(date(2025, 3, 9)) == ["180.00", "0.00", "—"]
    assert texts(date(2025, 3, 10)) == ["180.00", "80.00", "50.0"]
    assert texts(date(2025, 3, 10), "banyanglu") == ["60.00", "30.00", "50.0"]
    table = application_table(
        scope=scope_for(district.users["bureau"]),
        form=ApplicationFilterForm({}, source=[], streets=[]),
        sort="-asked",
        today=date(2025, 5, 7),
    )
    assert [(row.name, row.rate.text, row.rate.parts_text) for row in table.by_source] == [
        ("中央财政补助", "50.0", "80.00 / 160.00"),
        ("地方政府专项债券", "—", "0.00 / 0.00"),
    ]
    assert [row.name for row in table.by_street] == ["般阳路街道", "钟楼街道"]


def test_a_street_sees_its_own_part(
    district: District, project: Project, other: Project, reported: Application, now: datetime
) -> None:
    def seen(user: str) -> list[int]:
        table = application_table(
            scope=scope_for(district.users[user]),
            form=ApplicationFilterForm({}, source=[], streets=[]),
            sort="",
            today=date(2025, 5, 7),
        )
        return [line.asked_fen for line in table.lines]

    assert seen("bureau") == [160 * WAN]
    assert seen("zhonglou") == [100 * WAN]
    assert seen("songlinglu") == []
    assert seen("npc") == []  # nothing is decided yet
    grant(district, reported, now)
    assert seen("npc") == [160 * WAN]


# -- what the database holds -------------------------------------------------------------------------
def test_what_is_decided_is_never_changed(
    district: District, project: Project, source: FundingSource, reported: Application,
    now: datetime,
) -> None:  # fmt: skip
    grant(district, reported, now, file=FILE)
    event = allocate(project, source, 40)
    services.link_allocation(
        application=reported, event=event, by=district.users["bureau"], now=now
    )
    for sql in (
        "UPDATE funding_application SET title = 'x'",
        "DELETE FROM funding_application",
        "UPDATE funding_applicationitem SET granted_fen = 1",
        "DELETE FROM funding_applicationitem",
        "UPDATE funding_applicationfile SET kind = 'asked'",
        "DELETE FROM funding_applicationfile",
        "UPDATE funding_grantedallocation SET linked_at = linked_at",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationItem.objects.create(
            application=reported,
            project=ProjectFactory(programme=project.programme, street=project.street),
            asked_fen=1,
        )
    # A scan that comes late is still kept.
    services.add_file(
        application=reported, kind=ApplicationFileKind.DECISION, file=FILE,
        by=district.users["bureau"], now=now,
    )  # fmt: skip
    assert ApplicationFile.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"state": "reported"}, "application_reported_with_document"),
        (
            {"state": "granted", "document_number": "一", "reported_on": date(2025, 2, 1), "reported_by": True},
            "application_decided_on_and_by|application_granted_by_document",
        ),
        (
            {"reported_on": date(2025, 2, 2), "decided_on": date(2025, 2, 1)},
            "application_decided_after_report",
        ),
        ({"reported_by": True, "decided_by": True}, "application_decider_did_not_report"),
        (
            {"state": "refused", "document_number": "一", "reported_on": date(2025, 2, 1),
             "reported_by": True, "decided_on": date(2025, 2, 3), "decided_by": False},
            "application_refused_with_reason",
        ),
        (
            {"state": "granted", "document_number": "一", "reported_on": date(2025, 2, 1),
             "reported_by": True, "decided_on": date(2025, 2, 3), "decided_by": False},
            "application_granted_by_document",
        ),
    ],
)  # fmt: skip
def test_application_constraints(
    district: District, project: Project, now: datetime, change: dict[str, Any], name: str
) -> None:
    people = {True: district.users["bureau"], False: district.users["reviewer"]}
    made = make_application(district.bureau, district.users["bureau"], asked={project: WAN})
    for field, value in change.items():
        setattr(made, field, people[value] if field.endswith("_by") else value)
    if made.decided_by is not None:
        made.decided_at = now
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        made.save()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"asked_fen": 0}, "application_item_asks"),
        ({"granted_fen": -1}, "application_item_grant_not_negative"),
        ({"again": True}, "unique|UNIQUE"),
    ],
)
def test_item_constraints(
    district: District, project: Project, other: Project, change: dict[str, Any], name: str
) -> None:
    made = make_application(district.bureau, district.users["bureau"], asked={project: WAN})
    chosen = project if change.pop("again", False) else other
    fields: dict[str, Any] = {"application": made, "project": chosen, "asked_fen": 1} | change
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ApplicationItem.objects.create(**fields)
