"""The alarm 支付与进度背离: opened beyond the threshold, read week by week, closed when it returns, explained."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.funding.enums import Stage
from projects.ledger.models import Project
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Week
from renovation.core.schedules import RunContext
from renovation.records.models import AuditEntry
from renovation.records.services import set_value
from reports.figures.alarms import explain, sweep_week
from reports.figures.enums import AlarmState, Direction
from reports.figures.models import AlarmReading, DivergenceAlarm
from reports.figures.schedules import KINDS
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.enrolment import cancel
from tests.factories.funding import FundingEventFactory
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.weekly import make_return

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
#: Weeks 17 to 20 of 2025; planned investment is 300 万元, so 3 万元 are a point.
FIRST = Week(date(2025, 4, 21))
POINT = 3_0000_00


@pytest.fixture
def district(clock: Clock, db: None) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    return make_project(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        started_on=date(2025, 3, 3),
        name="文昌园",
        code="ZC2025-01",
    )


def pay(project: Project, points: int, day: date) -> None:
    FundingEventFactory(
        project=project, stage=Stage.PAID, amount_fen=points * POINT, occurred_on=day
    )


def report(project: Project, percents: list[str]) -> None:
    """An approved report a week from FIRST on."""
    for step, percent in enumerate(percents):
        make_return(project.street, {project: (percent, 0)}, week_start=FIRST.shift(step).start)


def sweep(district: District, clock: Clock, step: int) -> tuple[int, int, int]:
    week = FIRST.shift(step)
    monday = week.next().start
    found = sweep_week(bureau=district.bureau, week=week, now=clock.at(f"{monday} 12:40"))
    return found.opened, found.read, found.closed


def test_an_alarm_from_opening_to_return(
    district: District, project: Project, clock: Clock
) -> None:
    """Paid 30.0, built 14.9, 20.0, 16.0, 12.0 by week: 15.1 ahead, 10.0, 14.0, 18.0."""
    pay(project, 30, date(2025, 4, 22))
    report(project, ["14.9", "20.0", "16.0", "12.0"])
    assert sweep(district, clock, 0) == (1, 0, 0)
    alarm = DivergenceAlarm.objects.get()
    assert (alarm.direction, alarm.value_points, alarm.threshold_points, alarm.opened_on) == (
        Direction.AHEAD,
        Decimal("15.1"),
        Decimal("15.0"),
        FIRST.end,
    )
    assert alarm.rule == {}
    assert sweep(district, clock, 0) == (0, 0, 0)  # the same week again changes nothing
    assert sweep(district, clock, 1) == (0, 1, 1)
    alarm.refresh_from_db()
    assert (alarm.state, alarm.closed_on, alarm.closing) == (
        AlarmState.CLOSED,
        FIRST.next().end,
        "回到界限以内",
    )
    assert sweep(district, clock, 1) == (0, 0, 0)
    assert sweep(district, clock, 0) == (0, 0, 0)  # an older week does not open it again
    assert sweep(district, clock, 2) == (0, 0, 0)
    assert sweep(district, clock, 3) == (1, 0, 0)
    assert list(
        AlarmReading.objects.order_by("pk").values_list(
            "value_points", "paid_percent", "physical_percent"
        )
    ) == [
        (Decimal("15.1"), Decimal("30.0"), Decimal("14.9")),
        (Decimal("10.0"), Decimal("30.0"), Decimal("20.0")),
        (Decimal("18.0"), Decimal("30.0"), Decimal("12.0")),
    ]
    acts = AuditEntry.objects.filter(act__startswith="divergence.").order_by("pk")
    assert list(acts.values_list("act", flat=True)) == [
        "divergence.open",
        "divergence.close",
        "divergence.open",
    ]


def test_at_the_threshold_is_not_beyond_it(
    district: District, project: Project, clock: Clock
) -> None:
    pay(project, 30, date(2025, 4, 22))
    report(project, ["15.0"])
    assert sweep(district, clock, 0) == (0, 0, 0)


def test_the_threshold_in_force_is_kept_with_the_alarm(
    district: District, project: Project, clock: Clock
) -> None:
    pay(project, 30, date(2025, 4, 22))
    report(project, ["21.0", "21.0"])
    row = set_value(
        key="figures.divergence_points", organisation=district.bureau, value="8.5",
        effective_on=date(2025, 4, 28), reason="加严", by=None, now=clock.at("2025-04-20"),
    )  # fmt: skip
    assert sweep(district, clock, 0) == (0, 0, 0)
    assert sweep(district, clock, 1) == (1, 0, 0)
    alarm = DivergenceAlarm.objects.get()
    assert alarm.threshold_points == Decimal("8.5")
    assert alarm.rule == {"setting": row.pk, "effective_on": "2025-04-28"}


def test_another_side_is_another_alarm(district: District, project: Project, clock: Clock) -> None:
    pay(project, 30, date(2025, 4, 22))
    report(project, ["10.0", "50.0"])
    assert sweep(district, clock, 0) == (1, 0, 0)
    assert sweep(district, clock, 1) == (1, 1, 1)
    assert sweep(district, clock, 1) == (0, 0, 0)
    rows = DivergenceAlarm.objects.order_by("opened_on")
    assert [(row.direction, row.state, row.value_points) for row in rows] == [
        (Direction.AHEAD, AlarmState.CLOSED, Decimal("20.0")),
        (Direction.BEHIND, AlarmState.OPEN, Decimal("-20.0")),
    ]


def test_an_explained_alarm_is_followed_until_it_returns(
    district: District, project: Project, clock: Clock
) -> None:
    pay(project, 30, date(2025, 4, 22))
    report(project, ["10.0", "11.0", "29.0"])
    sweep(district, clock, 0)
    alarm = DivergenceAlarm.objects.get()
    by, now = district.users["bureau"], clock.at("2025-04-29 09:00")
    with pytest.raises(Refusal) as caught:
        explain(alarm=alarm, text=" ", by=by, now=now)
    assert (caught.value.code, caught.value.field) == ("funding.reason", "text")
    explain(alarm=alarm, text="按合同先付预付款", by=by, now=now)
    with pytest.raises(StateConflict):
        explain(alarm=alarm, text="再说明", by=by, now=now)
    assert sweep(district, clock, 1) == (0, 1, 0)  # no second alarm for what is explained
    assert sweep(district, clock, 2) == (0, 1, 1)
    alarm.refresh_from_db()
    assert (alarm.state, alarm.explanation) == (AlarmState.CLOSED, "按合同先付预付款")


def test_a_project_that_leaves_the_programme_closes_its_alarm(
    district: District, project: Project, clock: Clock
) -> None:
    pay(project, 30, date(2025, 4, 22))
    report(project, ["10.0"])
    sweep(district, clock, 0)
    cancel(project, date(2025, 5, 1), "整体拆迁")
    assert sweep(district, clock, 1) == (0, 0, 1)
    assert DivergenceAlarm.objects.get().closing == "项目不再计入"


def test_it_is_declared_for_the_clock(district: District, project: Project, clock: Clock) -> None:
    pay(project, 30, date(2025, 4, 22))
    report(project, ["10.0"])
    (kind,) = KINDS
    assert kind.default_rule.text == "每周结束后第1个工作日12:40"
    context = RunContext(
        period_key=FIRST.key, organisation_id=district.bureau.pk,
        now=clock.at("2025-04-28 12:40"), run_id=None,
    )  # fmt: skip
    assert kind.run(context) == {"opened": 1, "read": 0, "closed": 0}
    assert kind.run(context) == {"opened": 0, "read": 0, "closed": 0}


# -- pages -------------------------------------------------------------------------------------------
def client_of(district: District, name: str) -> Client:
    client = Client()
    client.force_login(district.users[name])
    return client


def test_pages(district: District, project: Project, clock: Clock) -> None:
    pay(project, 30, date(2025, 4, 22))
    report(project, ["10.0"])
    sweep(district, clock, 0)
    alarm = DivergenceAlarm.objects.get()
    bureau = client_of(district, "bureau")
    page = reverse("figures:alarm", args=[alarm.pk])
    listed = bureau.get(reverse("figures:alarms"), {"sort": "-value"}).content.decode()
    assert page in listed
    assert "+20.0" in listed
    assert "第17周" in bureau.get(page).content.decode()
    here = reverse("figures:project_alarms", args=[project.code])
    assert page in bureau.get(here).content.decode()
    assert here in bureau.get(reverse("funding:project", args=[project.code])).content.decode()
    for user, read in (("zhonglou", 200), ("banyanglu", 404), ("npc", 200), ("contractor", 403)):
        assert client_of(district, user).get(page).status_code == read
    words = reverse("figures:alarm_explain", args=[alarm.pk])
    assert client_of(district, "reviewer").get(words).status_code == 403
    assert bureau.post(words, {"text": ""}).status_code == 422
    assert bureau.post(words, {"text": "预付款"}).status_code == 302
    assert page not in bureau.get(reverse("figures:alarms")).content.decode()
    odd = bureau.get(reverse("figures:alarms"), {"state": "all", "direction": "x"})
    assert page in odd.content.decode()
    book = openpyxl.load_workbook(
        io.BytesIO(bureau.get(reverse("figures:alarms_export"), {"state": "all"}).content)
    )
    assert book.sheetnames == ["付款背离报警", "逐周"]
    cells = [cell.value for row in book["付款背离报警"].iter_rows() for cell in row]
    assert "预付款" in cells


@pytest.mark.parametrize("count", [1, 3])
def test_queries(
    district: District, clock: Clock, count: int, settings: Any,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    settings.FACE_TODO_COUNT = ""
    programme = ProgrammeFactory(bureau=district.bureau)
    street = district.street("zhonglou")
    projects = [
        make_project(programme=programme, street=street, started_on=date(2025, 3, 3))
        for _ in range(count)
    ]
    for each in projects:
        pay(each, 30, date(2025, 4, 22))
    make_return(street, dict.fromkeys(projects, ("10.0", 0)), week_start=FIRST.start)
    assert sweep(district, clock, 0) == (count, 0, 0)
    client = client_of(district, "bureau")
    client.get(reverse("figures:alarms"))
    with django_assert_num_queries(LIST):
        client.get(reverse("figures:alarms"))


#: Session, scope and head 8, streets 1, alarms 1, readings 1.
LIST = 8


# -- what the database holds -------------------------------------------------------------------------
def test_what_was_read_and_what_is_over_stay(
    district: District, project: Project, clock: Clock
) -> None:
    pay(project, 30, date(2025, 4, 22))
    report(project, ["10.0", "29.0"])
    sweep(district, clock, 0)
    sweep(district, clock, 1)
    for sql in (
        "UPDATE figures_alarmreading SET value_points = 1",
        "DELETE FROM figures_alarmreading",
        "UPDATE figures_divergencealarm SET value_points = 1",
        "DELETE FROM figures_divergencealarm",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"state": "closed"}, "divergence_alarm_closed_has_day"),
        ({"state": "explained"}, "divergence_alarm_explained_by"),
        ({"again": "standing"}, "unique|UNIQUE"),
        ({"again": "week"}, "unique|UNIQUE"),
    ],
)
def test_constraints(project: Project, change: dict[str, Any], name: str) -> None:
    fields: dict[str, Any] = {
        "project": project, "direction": Direction.AHEAD, "opened_on": date(2025, 4, 27),
        "value_points": Decimal("20.0"), "threshold_points": Decimal("15.0"),
    }  # fmt: skip
    if again := change.pop("again", ""):
        closed = {"state": "closed", "closed_on": date(2025, 5, 4)} if again == "week" else {}
        DivergenceAlarm.objects.create(**fields, **closed)
        change = {"opened_on": date(2025, 5, 11)} if again == "standing" else {}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        DivergenceAlarm.objects.create(**(fields | change))


def test_a_week_is_read_once(project: Project, clock: Clock) -> None:
    now: datetime = clock.at("2025-05-07 10:00")
    alarm = DivergenceAlarm.objects.create(
        project=project, direction=Direction.AHEAD, opened_on=date(2025, 4, 27),
        value_points=Decimal("20.0"), threshold_points=Decimal("15.0"),
    )  # fmt: skip
    fields: dict[str, Any] = {
        "alarm": alarm, "week_start": date(2025, 4, 21), "value_points": Decimal(20),
        "paid_percent": Decimal(30), "physical_percent": Decimal(10), "read_at": now,
    }  # fmt: skip
    AlarmReading.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        AlarmReading.objects.create(**fields)
