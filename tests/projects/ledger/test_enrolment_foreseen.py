"""What pages say of a change of enrolment before it is approved, and of one that is yet to hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enrolment import earliest_week, waiting, why_not_yet
from projects.ledger.enums import ChangeKind, GateKind
from projects.ledger.gate_lines import lines_of
from projects.ledger.models import Gate, Project
from renovation.accounts.models import Organisation
from renovation.accounts.scope import scope_of
from renovation.core.periods import Week
from reports.dashboards.project_head import coming_of
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.enrolment import DOCUMENT, decide, enrol, excuse, propose
from tests.factories.weekly import WeeklyReturnFactory
from tests.wording import said

from .conftest import CODE
from .enrolling import created

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]
#: A Wednesday; its week is 2025-05-05 to 2025-05-11, the 19th.
TODAY = date(2025, 5, 7)
LATER = "移交请在2025年5月12日（周一）以后批准。"


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


def sent(street: Organisation) -> None:
    WeeklyReturnFactory(street=street, week_start=date(2025, 5, 5), is_submitted=True)


def page_of(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


# -- a move that can't be approved yet ---------------------------------------------------------------
def test_a_move_says_before_from_which_week_it_could_hold(
    signed: Signed, district: District, project: Project, now: datetime, clock: Clock
) -> None:
    to = district.street("banyanglu")
    change = propose(district, project, ChangeKind.MOVE, now=now, to_street=to)
    reviewer = signed("reviewer")
    approve = reverse("ledger:change_decide", args=[CODE, change.pk, "approve"])
    open_ = page_of(reviewer, "ledger:change", CODE, change.pk)
    assert approve in open_
    assert "现在还不能批准。" not in open_
    assert why_not_yet(change=change, project=project, now=now) == ""
    sent(to)
    assert earliest_week(streets=[project.street, to], now=now)[0] == Week.of(date(2025, 5, 12))
    assert why_not_yet(change=change, project=project, now=now).endswith(LATER)
    shut = page_of(reviewer, "ledger:change", CODE, change.pk)
    assert approve not in shut
    assert reverse("ledger:change_decide", args=[CODE, change.pk, "refuse"]) in shut
    assert LATER in said(shut)
    assert "最早2025年5月12日（周一）批准，自第20周（5月12日—5月18日）起" in shut
    assert "本周批准的" not in shut
    clock.at("2025-05-12 10:00")
    again = page_of(signed("reviewer"), "ledger:change", CODE, change.pk)
    assert approve in again
    assert "本周批准的，自第20周（5月12日—5月18日）起" in again


def test_the_form_of_a_move_says_the_earliest_week(
    signed: Signed, district: District, project: Project, now: datetime
) -> None:
    assert "<dt>最早生效</dt><dd>第19周" in page_of(signed("bureau"), "ledger:enrol", CODE, "move")
    sent(project.street)
    later = page_of(signed("bureau"), "ledger:enrol", CODE, "move")
    assert "<dt>最早生效</dt><dd>第20周" in later
    assert LATER in said(later)


def test_a_cancellation_that_its_street_has_outrun_has_no_live_button(
    signed: Signed, district: District, project: Project, now: datetime
) -> None:
    change = propose(district, project, ChangeKind.CANCEL, now=now, effective_on=date(2025, 5, 9))
    sent(project.street)
    page = page_of(signed("reviewer"), "ledger:change", CODE, change.pk)
    assert "取消日期最早填2025年5月12日" in page
    assert reverse("ledger:change_decide", args=[CODE, change.pk, "approve"]) not in page


# -- the document of an entry ------------------------------------------------------------------------
def test_only_an_entry_of_the_programme_s_own_day_has_its_document(
    signed: Signed, district: District, project: Project, now: datetime
) -> None:
    programme = project.programme
    assert programme.document_number
    own = created(district, project, now, approved_on=programme.approved_on)
    assert own.changes.get().document_number == programme.document_number
    drafts = ("ledger:drafts", programme.year)
    assert 'name="document_number"' not in page_of(signed("reviewer"), *drafts)
    late = created(
        district, project, now, code="ZC2025-03", name="补列小区", approved_on=date(2025, 5, 6)
    )
    assert late.changes.get().document_number == ""
    excuse(*own.changes.all(), *late.changes.all(), now=now)
    page = page_of(signed("reviewer"), *drafts)
    assert 'name="document_number"' in page
    assert page.count("批准时填") == 1
    assert f"<div>{programme.document_number}</div>" in page


# -- the gate 列入计划 ---------------------------------------------------------------------------------
def test_the_gate_of_an_entry_follows_it_and_is_not_late(
    signed: Signed, district: District, project: Project, now: datetime
) -> None:
    new = created(district, project, now)
    entry = waiting(project=new)
    assert entry is not None
    decide(district, entry, now=now)
    new.refresh_from_db()
    gate = Gate.objects.get(project=new, kind=GateKind.PROGRAMMED)
    version = gate.version
    enrol(district, new, ChangeKind.ENTER, now=now, effective_on=date(2025, 4, 15))
    gate.refresh_from_db()
    assert (gate.planned_on, gate.version) == (date(2025, 4, 15), version + 1)
    assert gate.history.first().history_user == district.users["reviewer"]
    lines = {line.kind: line for line in lines_of(project=new, on=TODAY)}
    assert (lines[GateKind.PROGRAMMED].counts, lines[GateKind.PROGRAMMED].days_late) == (False, 0)
    shown = signed("bureau").get(reverse("dashboards:project", args=[new.code]))
    look = next(each for each in shown.context["case"].gates if each.name == "列入计划")
    assert (look.alarm, look.lines) == ("", ("列入 4月15日",))


def test_a_planned_day_that_somebody_set_otherwise_stays(
    district: District, project: Project, now: datetime
) -> None:
    Gate.objects.create(project=project, kind=GateKind.PROGRAMMED, planned_on=date(2025, 2, 1))
    enrol(district, project, ChangeKind.ENTER, now=now, effective_on=date(2025, 1, 10))
    assert project.gates.get(kind=GateKind.PROGRAMMED).planned_on == date(2025, 2, 1)


# -- what is about to become of a project ------------------------------------------------------------
def test_a_project_says_that_it_will_be_cancelled(
    signed: Signed, district: District, project: Project, now: datetime
) -> None:
    change = enrol(district, project, ChangeKind.CANCEL, now=now, effective_on=date(2025, 5, 20))
    for user in ("bureau", "npc"):
        page = page_of(signed(user), "dashboards:project", CODE)
        assert "自2025年5月20日起取消。" in page
        assert f"文号：{DOCUMENT}。" in page
        assert reverse("ledger:change", args=[CODE, change.pk]) in page


def test_a_project_says_what_waits_to_whom_it_is_meant(
    signed: Signed,
    district: District,
    project: Project,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    to = district.street("banyanglu")
    change = propose(district, project, ChangeKind.MOVE, now=now, to_street=to)
    page = page_of(signed("bureau"), "dashboards:project", CODE)
    assert f"“{change.title}”等待批准。" in page
    assert "批准后：批准当周的周一起由般阳路街道报送。" in page
    assert "等待批准。" not in page_of(signed("npc"), "dashboards:project", CODE)
    scope = scope_of(district.users["bureau"], on=TODAY)
    with django_assert_num_queries(1):
        assert len(coming_of(project, scope=scope, today=TODAY)) == 1
    project.may_change = False  # type: ignore[attr-defined]
    with django_assert_num_queries(0):
        assert coming_of(project, scope=scope, today=TODAY) == []
