"""What stands on the page that approves an entry or a move: open checks, who answers, days in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.answering import since_before
from projects.ledger.change_words import effects_of, holds_from
from projects.ledger.enrolment import waiting
from projects.ledger.enums import ChangeKind, GateKind, PartyRole
from projects.ledger.gate_lines import lines_of
from projects.ledger.gatekeeping import findings, open_checks
from projects.ledger.models import Gate, Party, Project, ProjectChange
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.enrolment import enrol, excuse, propose
from tests.factories.ledger import (
    CommitmentFactory,
    EstateFactory,
    LeadingPostFactory,
    PartyFactory,
    ProjectFactory,
)
from tests.wording import said

from .conftest import CODE
from .enrolling import created

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]


@pytest.fixture
def entry(district: District, project: Project, clock: Clock) -> ProjectChange:
    """般阳里, proposed for 1 April, seen on 7 May."""
    new = created(district, project, clock.at("2025-05-07 10:00"))
    found = waiting(project=new)
    assert found is not None
    return found


def checks_on(page: str) -> list[str]:
    """The titles of the checks of a page in its order."""
    rows = page.split("核查事项</caption>")[1].split("<tbody>")[1].split("</tbody>")[0]
    return [row.split('class="card-name">')[1].split("<")[0] for row in rows.split("<tr>")[1:]]


def test_the_page_of_an_entry_says_what_does_not_hold_first(
    signed: Signed, entry: ProjectChange
) -> None:
    EstateFactory(project=entry.project, name="般阳里小区", year_built=1988)
    address = reverse("ledger:change", args=[entry.project.code, entry.pk])
    page = signed("reviewer").get(address).content.decode()
    assert checks_on(page) == [
        "部门联审通过",
        "同意改造率达到规定",
        "前面的关口已过",
        "建成年份符合",
    ]
    assert "2 项不符合，也没有申请例外。" in page
    assert "没有登记计划申报的部门联审。" in page


def test_an_entry_that_was_decided_shows_no_checks(
    signed: Signed, district: District, entry: ProjectChange, clock: Clock
) -> None:
    address = reverse("ledger:change", args=[entry.project.code, entry.pk])
    excuse(entry, now=clock.at("2025-05-07 10:00"))
    signed("reviewer").post(
        reverse("ledger:change_decide", args=[entry.project.code, entry.pk, "approve"]),
        {"approved_on": "2025-05-07", "document_number": "淄建发〔2025〕31号"},
    )
    page = signed("reviewer").get(address).content.decode()
    assert "已批准" in page
    assert "列入计划的核查" not in page


def test_the_page_of_drafts_says_how_many_checks_are_open(
    signed: Signed, entry: ProjectChange
) -> None:
    EstateFactory(project=entry.project, year_built=1988)
    address = reverse("ledger:drafts", args=[entry.project.programme.year])
    page = signed("reviewer").get(address).content.decode()
    row = page.split("待批准列入的项目</caption>")[1].split("</table>")[0]
    assert "部门联审通过、同意改造率达到规定" in row
    assert "建成年份符合" not in row
    assert "1 个项目有不符合、也没有申请例外的事项" in page


def test_the_page_of_drafts_says_that_weeks_before_will_change(
    signed: Signed, entry: ProjectChange
) -> None:
    """Entered for 1 April, seen in the week of 5 May."""
    address = reverse("ledger:drafts", args=[entry.project.programme.year])
    warned = "1 个项目批准以后从列入日期起计入，以前各周的总览、清单和指标随之改变"
    assert warned in signed("reviewer").get(address).content.decode()
    ProjectChange.objects.filter(pk=entry.pk).update(effective_on=date(2025, 5, 5))
    page = signed("reviewer").get(address).content.decode()
    assert "列入日期早于本周" not in page
    assert "待批准列入的项目" in page


def test_open_checks_say_what_the_gate_of_each_says(
    district: District, project: Project, entry: ProjectChange
) -> None:
    EstateFactory(project=entry.project, year_built=2005)
    on = date(2025, 5, 7)
    found = open_checks(projects=[project.pk, entry.project_id], gate=GateKind.PROGRAMMED, on=on)
    for row in (project, entry.project):
        own = findings(project=row, gates=[GateKind.PROGRAMMED], on=on)
        assert found[row.pk] == [each for each in own if each.refuses]
    assert {each.check.title for each in found[entry.project_id]} == {
        "部门联审通过",
        "建成年份符合",
        "同意改造率达到规定",
    }


def test_open_checks_cost_the_same_for_one_and_three(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [project]
    rows += [
        EstateFactory(
            project=ProjectFactory(
                programme=project.programme, street=project.street, approved_on=None
            )
        ).project
        for _ in range(2)
    ]
    for some in (rows[:1], rows):
        with django_assert_num_queries(17):
            open_checks(
                projects=[row.pk for row in some], gate=GateKind.PROGRAMMED, on=date(2025, 5, 7)
            )


def test_nobody_is_late_to_be_entered_until_the_gate_is_passed_late(
    project: Project, entry: ProjectChange, clock: Clock
) -> None:
    gate = Gate.objects.get(project=entry.project, kind=GateKind.PROGRAMMED)
    assert gate.planned_on == date(2025, 4, 1)

    def late(row: Project) -> int:
        lines = lines_of(project=row, on=date(2025, 5, 7))
        return next(line for line in lines if line.kind == GateKind.PROGRAMMED).days_late

    assert late(entry.project) == 0
    entered = ProjectFactory(programme=project.programme, street=project.street)
    Gate.objects.create(project=entered, kind=GateKind.PROGRAMMED, planned_on=date(2025, 4, 1))
    assert late(entered) == 0
    Gate.objects.filter(project=entered).update(actual_on=date(2025, 4, 11))
    assert late(entered) == 10


# -- a move ------------------------------------------------------------------------------------------
def test_a_move_says_who_answers_and_leads_to_where_that_is_changed(
    signed: Signed, district: District, project: Project, clock: Clock
) -> None:
    now = clock.at("2025-05-07 10:00")
    unit = PartyFactory(project=project, role=PartyRole.RESPONSIBLE, name="钟楼街道城建办")
    PartyFactory(project=project, role=PartyRole.CONTRACTOR, name="鲁中建工")
    PartyFactory(
        project=project,
        role=PartyRole.SITE_CONTACT,
        name="早先的联系岗",
        valid_to=date(2025, 4, 30),
    )
    record = CommitmentFactory(project=project, kind="head", who="钟楼街道主要负责岗")
    post = LeadingPostFactory(bureau=district.bureau, post="建管科科长")
    post.projects.add(project)
    form = signed("bureau").get(reverse("ledger:enrol", args=[CODE, "move"])).content.decode()
    change = propose(
        district, project, ChangeKind.MOVE, now=now, to_street=district.street("banyanglu")
    )
    address = reverse("ledger:change", args=[CODE, change.pk])
    for page in (form, signed("bureau").get(address).content.decode()):
        assert "钟楼街道城建办" in page
        assert reverse("ledger:party", args=[CODE, unit.pk]) in page
        assert reverse("ledger:record", args=[CODE, "commitments", record.pk]) in page
        assert reverse("ledger:leading_post", args=[post.pk]) in page
        assert "鲁中建工" not in page
        assert "早先的联系岗" not in page
    read_only = signed("reviewer").get(address).content.decode()
    assert "钟楼街道城建办" in read_only
    assert reverse("ledger:party", args=[CODE, unit.pk]) not in read_only


def test_who_answered_before_the_move_is_named_until_edited(
    district: District,
    project: Project,
    clock: Clock,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    clock.at("2025-05-06 10:00")
    unit = PartyFactory(project=project, role=PartyRole.RESPONSIBLE, name="钟楼街道城建办")
    now = clock.at("2025-05-07 10:00")
    on = date(2025, 5, 7)
    with django_assert_num_queries(0):
        assert since_before(project=project, moves=[], on=on) is None
    enrol(district, project, ChangeKind.MOVE, now=now, to_street=district.street("banyanglu"))
    moves = list(project.former_streets.select_related("street", "change"))
    with django_assert_num_queries(2):
        found = since_before(project=project, moves=moves, on=on)
    assert found is not None
    assert [(each.word, each.who) for each in found.rows] == [("责任单位", "钟楼街道城建办")]
    clock.at("2025-05-07 11:00")
    PartyFactory(project=project, role=PartyRole.CONTACT_LEADER, name="般阳路街道主任岗")
    assert since_before(project=project, moves=moves, on=on) == found
    row = Party.objects.get(pk=unit.pk)
    row.name = "般阳路街道城建办"
    row.save()
    assert since_before(project=project, moves=moves, on=on) is None


def test_a_move_says_when_it_was_approved_and_from_which_week_it_holds(
    signed: Signed, district: District, project: Project, clock: Clock
) -> None:
    now = clock.at("2025-05-07 10:00")
    to = district.street("banyanglu")
    waits = propose(district, project, ChangeKind.MOVE, now=now, to_street=to)
    assert effects_of(change=waits) == "批准当周的周一起由般阳路街道报送"
    assert (
        holds_from(change=waits, today=date(2025, 5, 14))
        == "本周批准的，自第20周（5月12日—5月18日）起"
    )
    signed("reviewer").post(
        reverse("ledger:change_decide", args=[CODE, waits.pk, "approve"]),
        {"approved_on": "2025-04-30", "document_number": "淄建发〔2025〕31号"},
    )
    waits.refresh_from_db()
    assert (
        effects_of(change=waits)
        == "2025年4月30日批准，自第19周（5月5日—5月11日）起由般阳路街道报送"
    )
    assert holds_from(change=waits, today=date(2025, 6, 1)) == "自第19周（5月5日—5月11日）起"
    page = signed("reviewer").get(reverse("ledger:change", args=[CODE, waits.pk])).content.decode()
    assert "<dt>生效</dt><dd>自第19周（5月5日—5月11日）起</dd>" in page


def test_a_correction_shows_the_present_day_beside(
    signed: Signed, district: District, project: Project, clock: Clock
) -> None:
    clock.at("2025-05-07 10:00")
    new = created(district, project, clock.at("2025-05-07 10:00"))
    waits = waiting(project=new)
    assert waits is not None
    excuse(waits, now=clock.at("2025-05-07 10:00"))
    signed("reviewer").post(
        reverse("ledger:change_decide", args=[new.code, waits.pk, "approve"]),
        {"approved_on": "2025-05-07", "document_number": "淄建发〔2025〕31号"},
    )
    page = signed("bureau").get(reverse("ledger:enrol", args=[new.code, "report"])).content.decode()
    assert "<dt>开始报送</dt><dd>2025年5月5日，第19周（5月5日—5月11日）起</dd>" in said(page)
    assert "<dt>列入日期</dt><dd>2025年4月1日</dd>" in said(page)
