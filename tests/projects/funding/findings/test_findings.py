"""Findings of the audit: answered by the owner, closed by another, reopened on their clock, overdue named."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.funding.enums import FindingAct, FindingOrigin, FindingSeverity, FindingState
from projects.funding.findings import policies, services
from projects.funding.findings.flow import FLOW
from projects.funding.findings.forms import FindingFilterForm
from projects.funding.findings.listing import finding_table
from projects.funding.findings.services import FindingValues
from projects.funding.models import AuditFinding, FindingStep
from projects.ledger.models import Programme, Project
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.ledger import ProgrammeFactory, ProjectFactory
from tests.projects.ledger.test_gates import PDF

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
FILE = NewFile(name="签证单.pdf", content=PDF, content_type="application/pdf")


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def values(district: District) -> FindingValues:
    return FindingValues(
        origin=FindingOrigin.FOLLOWING,
        title="外墙保温多计量",
        detail="",
        found_on=date(2025, 4, 1),
        amount_fen=9_600_000,
        severity=FindingSeverity.MAJOR,
        document_number="淄审跟〔2025〕3号",
        responsible="鲁中某建设工程有限公司",
        owner=district.users["zhonglou"],
        deadline_on=date(2025, 4, 30),
    )


@pytest.fixture
def finding(
    district: District, project: Project, values: FindingValues, now: datetime
) -> AuditFinding:
    return services.record_finding(
        project=project, values=values, report=FILE, by=district.users["bureau"], now=now
    )


def test_the_flow_is_total() -> None:
    assert FLOW.problems() == []


def test_findings_are_numbered_by_year(
    district: District,
    project: Project,
    values: FindingValues,
    finding: AuditFinding,
    now: datetime,
) -> None:
    rest: dict[str, Any] = {"project": project, "report": None, "by": district.users["bureau"]}
    second = services.record_finding(values=values, now=now, **rest)
    older = replace(values, found_on=date(2024, 12, 30))
    third = services.record_finding(values=older, now=now, **rest)
    assert [finding.number, second.number, third.number] == [
        "SJ2025-001",
        "SJ2025-002",
        "SJ2024-001",
    ]


def test_each_bureau_numbers_its_own(
    district: District,
    project: Project,
    values: FindingValues,
    finding: AuditFinding,
    now: datetime,
) -> None:
    far = make_district("boshan-")
    abroad = ProjectFactory(
        programme=ProgrammeFactory(bureau=far.bureau), street=far.street("zhonglou")
    )
    theirs = services.record_finding(
        project=abroad,
        values=replace(values, owner=far.users["zhonglou"]),
        report=None,
        by=far.users["bureau"],
        now=now,
    )
    second = services.record_finding(
        project=project, values=values, report=None, by=district.users["bureau"], now=now
    )
    assert [(row.number, row.bureau) for row in (finding, theirs, second)] == [
        ("SJ2025-001", district.bureau),
        ("SJ2025-001", far.bureau),
        ("SJ2025-002", district.bureau),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"found_on": date(2025, 5, 8), "deadline_on": date(2025, 6, 1)}, ("funding.future", "found_on")),
        ({"deadline_on": date(2025, 3, 31)}, ("funding.finding.deadline", "deadline_on")),
        ({"amount_fen": -1}, ("funding.amount", "amount")),
    ],
)  # fmt: skip
def test_what_is_no_finding_is_refused(
    district: District, project: Project, values: FindingValues, now: datetime,
    change: dict[str, Any], expected: tuple[str, str],
) -> None:  # fmt: skip
    with pytest.raises(Refusal) as caught:
        services.record_finding(
            project=project, values=replace(values, **change), report=None,
            by=district.users["bureau"], now=now,
        )  # fmt: skip
    assert (caught.value.code, caught.value.field) == expected


def test_from_the_answer_to_the_closing_and_back(
    district: District, finding: AuditFinding, clock: Clock
) -> None:
    owner, head, bureau = (district.users[name] for name in ("zhonglou", "reviewer", "bureau"))
    with pytest.raises(StateConflict):
        services.close(finding=finding, text="", by=head, now=clock.at("2025-05-07 11:00"))
    with pytest.raises(Refusal) as caught:
        services.answer(finding=finding, text=" ", file=None, by=owner, now=clock.at("2025-05-08"))
    assert (caught.value.code, caught.value.field) == ("comment.missing", "text")
    services.answer(
        finding=finding, text="已扣减", file=FILE, by=owner, now=clock.at("2025-05-08 09:00")
    )
    services.send_back(finding=finding, text="缺监理签认", by=head, now=clock.at("2025-05-09"))
    assert finding.state == FindingState.OPEN
    services.answer(
        finding=finding, text="已补签认", file=None, by=bureau, now=clock.at("2025-05-12")
    )
    for person in (owner, bureau):  # who owns it, who answered
        with pytest.raises(Forbidden):
            services.close(finding=finding, text="", by=person, now=clock.at("2025-05-13"))
    services.close(finding=finding, text="属实", by=head, now=clock.at("2025-05-13"))
    assert (finding.closed_on, finding.overdue_days(date(2025, 9, 1))) == (date(2025, 5, 13), 13)
    with pytest.raises(Refusal):
        services.reopen(finding=finding, text="", by=head, now=clock.at("2025-06-01"))
    services.reopen(finding=finding, text="又发现一处", by=head, now=clock.at("2025-06-01"))
    assert (finding.state, finding.reopen_count, finding.closed_by, finding.answered_by) == (
        FindingState.OPEN,
        1,
        None,
        None,
    )
    # The clock is the old one.
    assert (finding.found_on, finding.deadline_on) == (date(2025, 4, 1), date(2025, 4, 30))
    assert finding.overdue_days(date(2025, 6, 1)) == 32
    assert list(finding.steps.values_list("act", flat=True)) == [
        "record", "answer", "send_back", "answer", "close", "reopen",
    ]  # fmt: skip
    assert AuditEntry.objects.filter(act__startswith="funding.finding.").count() == 6


def test_handed_over_it_keeps_clock_and_state(
    district: District, finding: AuditFinding, now: datetime
) -> None:
    admin, owner, other = (district.users[name] for name in ("admin", "zhonglou", "bureau"))
    with pytest.raises(Refusal) as refused:
        services.hand_over(finding=finding, owner=owner, text="", by=admin, now=now)
    assert refused.value.code == "funding.finding.same_owner"
    services.hand_over(finding=finding, owner=other, text="退休", by=admin, now=now)
    assert (finding.owner, finding.state, finding.found_on, finding.deadline_on) == (
        other, FindingState.OPEN, date(2025, 4, 1), date(2025, 4, 30),
    )  # fmt: skip
    last = finding.steps.last()
    assert last is not None
    assert (last.act, last.text) == (FindingAct.HAND_OVER, f"{owner}转交{other}：退休")
    for name in (
        "zhonglou",
        "bureau",
        "reviewer",
    ):  # a hand-over of the post, no act of the finding
        acts = policies.open_acts(finding=finding, scope=scope_for(district.users[name]))
        assert FindingAct.HAND_OVER not in acts


def test_who_may(district: District, finding: AuditFinding, now: datetime) -> None:
    def acts(user: str) -> list[str]:
        scope = scope_for(district.users[user])
        return [str(act) for act in policies.open_acts(finding=finding, scope=scope)]

    assert acts("zhonglou") == ["answer"]
    assert acts("bureau") == ["answer"]
    assert acts("banyanglu") == []
    assert acts("reviewer") == []
    services.answer(
        finding=finding, text="已扣减", file=None, by=district.users["zhonglou"], now=now
    )
    assert acts("reviewer") == ["close", "send_back"]
    assert acts("leader") == []


def test_the_list_names_the_overdue(
    district: District,
    project: Project,
    values: FindingValues,
    finding: AuditFinding,
    now: datetime,
) -> None:
    other = ProjectFactory(programme=project.programme, street=district.street("banyanglu"))
    due = replace(values, deadline_on=date(2025, 5, 7), severity=FindingSeverity.MINOR)
    services.record_finding(
        project=other, values=due, report=None, by=district.users["bureau"], now=now
    )

    def table(user: str = "bureau", **asked: str) -> Any:
        form = FindingFilterForm(asked, streets=[("banyanglu", "般阳路街道")])
        return finding_table(
            scope=scope_for(district.users[user]), form=form, sort="-amount", today=date(2025, 5, 7)
        )

    whole = table()
    assert (whole.open_count, whole.overdue_count, whole.open_fen) == (2, 1, 19_200_000)
    assert [line.row.number for line in table(state="overdue").lines] == ["SJ2025-001"]
    assert [line.overdue_days for line in table(severity="major").lines] == [7]
    assert [line.row.number for line in table(street="banyanglu").lines] == ["SJ2025-002"]
    assert [line.row.number for line in table("zhonglou").lines] == ["SJ2025-001"]
    assert table("npc").lines == ()
    assert len(table(origin="nonsense").lines) == 2


# -- pages -------------------------------------------------------------------------------------------
def test_a_finding_on_the_pages(
    client_of: SignIn, project: Project, district: District, clock: Clock
) -> None:
    clock.at("2025-05-07 10:00")
    bureau, clerk, head = (client_of(name) for name in ("bureau", "zhonglou", "reviewer"))
    new = reverse("funding:finding_new", args=[project.code])
    assert clerk.get(new).status_code == 403
    assert bureau.post(new, {}).status_code == 422
    form = {
        "origin": "following", "title": "沟槽回填重复计列", "found_on": "2025-04-01", "severity": "grave",
        "responsible": "某公司", "owner": district.users["zhonglou"].pk, "deadline_on": "2025-04-20",
        "amount": "15.3",
    }  # fmt: skip
    assert bureau.post(new, form).status_code == 302
    made = AuditFinding.objects.get()
    assert made.amount_fen == 15_300_000
    page = reverse("funding:finding", args=[made.pk])
    answer = reverse("funding:finding_act", args=[made.pk, "answer"])
    assert answer in clerk.get(page).content.decode()
    assert "已逾期" in clerk.get(page).content.decode()
    assert client_of("banyanglu").get(page).status_code == 404
    assert head.get(answer).status_code == 403
    assert clerk.post(answer, {"text": ""}).status_code == 422
    scan = SimpleUploadedFile("签证.pdf", PDF, content_type="application/pdf")
    assert clerk.post(answer, {"text": "已扣除", "file": scan}).status_code == 302
    step = FindingStep.objects.get(act=FindingAct.ANSWER)
    evidence = reverse("funding:finding_file", args=[made.pk, step.file_id])
    assert head.get(evidence).content == PDF
    assert client_of("banyanglu").get(evidence).status_code == 404
    close = reverse("funding:finding_act", args=[made.pk, "close"])
    assert clerk.get(close).status_code == 403
    seen = str(services.finding_seen(finding=made))
    assert head.post(close, {"text": "", "seen_version": seen}).status_code == 302
    assert head.get(reverse("funding:finding_act", args=[made.pk, "burn"])).status_code == 404
    stale = head.post(close, {"text": "现场核实", "seen_version": seen})
    assert stale.status_code == 409
    assert f"{district.users['reviewer']}：销号" in stale.content.decode()
    again = head.post(
        close, {"text": "现场核实", "seen_version": stale.context["form"]["seen_version"].value()}
    )
    assert again.status_code == 422
    assert "只有已报整改的问题才能销号" in again.content.decode()
    assert "现场核实" in again.content.decode()
    listed = head.get(reverse("funding:findings")).content.decode()
    assert "沟槽回填重复计列" in listed
    here = head.get(reverse("funding:project_findings", args=[project.code])).content.decode()
    assert "逾期 17 天销号" in here
    book = openpyxl.load_workbook(io.BytesIO(head.get(reverse("funding:findings_export")).content))
    cells = [cell.value for row in book["审计问题"].iter_rows() for cell in row]
    assert "SJ2025-001" in cells
    assert client_of("contractor").get(reverse("funding:findings")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_queries(
    quiet_head: None, client_of: SignIn, district: District, project: Project,
    values: FindingValues, now: datetime, count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for _ in range(count):
        services.record_finding(
            project=project, values=values, report=None, by=district.users["bureau"], now=now
        )
    client = client_of("bureau")
    client.get(reverse("funding:findings"))
    with django_assert_num_queries(LIST):
        client.get(reverse("funding:findings"))


#: Session, scope and head 8, streets 1, findings 1.
LIST = 7


# -- what the database holds -------------------------------------------------------------------------
def test_what_is_closed_is_changed_by_reopening_alone(
    district: District, finding: AuditFinding, now: datetime
) -> None:
    owner, head = district.users["zhonglou"], district.users["reviewer"]
    for sql in (
        "UPDATE funding_auditfinding SET deadline_on = '2026-01-01'",
        "UPDATE funding_auditfinding SET found_on = '2025-01-01'",
        "UPDATE funding_auditfinding SET number = 'x'",
        "DELETE FROM funding_auditfinding",
        "UPDATE funding_findingstep SET text = 'x'",
        "DELETE FROM funding_findingstep",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    services.answer(finding=finding, text="已扣减", file=None, by=owner, now=now)
    services.close(finding=finding, text="", by=head, now=now)
    for sql in (
        "UPDATE funding_auditfinding SET title = 'x'",
        "UPDATE funding_auditfinding SET state = 'open', closed_by_id = NULL, closed_on = NULL",
        (
            "UPDATE funding_auditfinding SET state = 'open', closed_by_id = NULL, closed_on = NULL, "
            "reopen_count = 1, amount_fen = 1"
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    services.reopen(finding=finding, text="又发现一处", by=head, now=now)
    assert finding.reopen_count == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditFinding.objects.filter(pk=finding.pk).update(reopen_count=0)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"amount_fen": -1}, "finding_amount_not_negative"),
        ({"deadline_on": date(2025, 3, 1)}, "finding_deadline_after_finding"),
        ({"state": "closed"}, "finding_closed_on_and_by"),
        ({"state": "closed", "closed_on": date(2025, 5, 1), "closed_by": "zhonglou"}, "finding_closed_by_another_than_owner"),
        (
            {"state": "closed", "closed_on": date(2025, 5, 1), "closed_by": "bureau", "answered_by": "bureau"},
            "finding_closed_by_another_than_answered",
        ),
        ({"number": "SJ2025-001"}, "finding_number_once_per_bureau|bureau_id, .*number"),
    ],
)  # fmt: skip
def test_constraints(
    district: District, project: Project, finding: AuditFinding, now: datetime,
    change: dict[str, Any], name: str,
) -> None:  # fmt: skip
    people = {key: value for key, value in change.items() if key.endswith("_by")}
    change |= {key: district.users[value] for key, value in people.items()}
    fields: dict[str, Any] = {
        "bureau": district.bureau, "number": "SJ2025-900", "project": project, "origin": "other", "title": "x",
        "found_on": date(2025, 4, 1), "severity": "minor", "responsible": "x",
        "owner": district.users["zhonglou"], "deadline_on": date(2025, 4, 30),
        "recorded_by": district.users["bureau"], "recorded_at": now,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        AuditFinding.objects.create(**(fields | change))


BUREAU = "审计问题的区局须是其项目的区局"


def test_a_finding_is_of_the_bureau_of_its_project(
    district: District, project: Project, finding: AuditFinding, now: datetime
) -> None:
    far = make_district("boshan-")
    fields: dict[str, Any] = {
        "number": "SJ2025-900", "project": project, "origin": "other", "title": "x",
        "found_on": date(2025, 4, 1), "severity": "minor", "responsible": "x",
        "owner": district.users["zhonglou"], "deadline_on": date(2025, 4, 30),
        "recorded_by": district.users["bureau"], "recorded_at": now,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=BUREAU), transaction.atomic():
        AuditFinding.objects.create(bureau=far.bureau, **fields)
    with pytest.raises(IntegrityError, match=BUREAU), transaction.atomic():
        AuditFinding.objects.filter(pk=finding.pk).update(bureau=far.bureau)
    assert AuditFinding.objects.create(bureau=district.bureau, **fields).bureau == district.bureau


def test_no_project_takes_its_findings_to_another_bureau(
    district: District, finding: AuditFinding, values: FindingValues, now: datetime
) -> None:
    far = make_district("boshan-")
    abroad = ProgrammeFactory(bureau=far.bureau)
    entering = ProjectFactory(programme=finding.project.programme, approved_on=None)
    services.record_finding(
        project=entering, values=values, report=None, by=district.users["bureau"], now=now
    )
    with pytest.raises(IntegrityError, match=BUREAU), transaction.atomic():
        Project.objects.filter(pk=entering.pk).update(programme=abroad)
    with pytest.raises(IntegrityError, match=BUREAU), transaction.atomic():
        Programme.objects.filter(pk=finding.project.programme_id).update(bureau=far.bureau)
    next_year = ProgrammeFactory(bureau=district.bureau, year=2026)
    assert Project.objects.filter(pk=entering.pk).update(programme=next_year) == 1
