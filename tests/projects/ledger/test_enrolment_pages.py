"""The pages on which a project is entered, moved and cancelled: who sees them, what they ask, what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger.enums import ChangeKind, ChangeState
from projects.ledger.models import Project, ProjectChange
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.enrolment import decide, enrol, propose
from tests.factories.ledger import ProjectFactory

from .conftest import CODE

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]


def address(kind: str, code: str = CODE) -> str:
    return reverse("ledger:enrol", args=[code, kind])


@pytest.mark.parametrize(
    ("user", "status"),
    [("bureau", 200), ("reviewer", 403), ("leader", 403), ("npc", 403), ("zhonglou", 403)],
)
def test_who_drafts(signed: Signed, project: Project, user: str, status: int) -> None:
    assert signed(user).get(address("cancel")).status_code == status


def test_a_cancellation_from_the_form_to_the_approval(
    signed: Signed, district: District, project: Project, clock: Clock
) -> None:
    clerk, reviewer = signed("bureau"), signed("reviewer")
    page = clerk.post(
        address("cancel"), {"effective_on": "", "rationale": "", "document_number": "x"}
    )
    assert page.status_code == 422
    assert "变更须写明理由。" in page.content.decode()
    assert 'value="x"' in page.content.decode()
    early = project.entered_on.replace(year=2024).isoformat()
    body = {"effective_on": early, "rationale": "整体征收", "document_number": ""}
    refused = clerk.post(address("cancel"), body)
    assert refused.status_code == 422
    assert "取消日期不能早于列入计划日期。" in refused.content.decode()
    answer = clerk.post(address("cancel"), body | {"effective_on": "2025-05-09"})
    change = ProjectChange.objects.get()
    assert answer.headers["Location"] == reverse("ledger:change", args=[CODE, change.pk])
    project.refresh_from_db()
    assert project.cancelled_on is None
    waiting = clerk.get(address("move"))
    assert waiting.headers["Location"] == reverse("ledger:change", args=[CODE, change.pk])
    page = reviewer.get(reverse("ledger:change", args=[CODE, change.pk])).content.decode()
    assert "自2025年5月9日起取消，不再计入" in page
    assert "整体征收" in page
    decided = reviewer.post(
        reverse("ledger:change_decide", args=[CODE, change.pk, "approve"]),
        {"approved_on": "2025-05-07", "document_number": "淄建发〔2025〕31号"},
    )
    assert decided.status_code == 302
    project.refresh_from_db()
    assert (project.cancelled_on, project.cancellation_reason) == (date(2025, 5, 9), "整体征收")


def test_the_form_of_a_move_offers_the_other_streets(
    signed: Signed, district: District, project: Project
) -> None:
    page = signed("bureau").get(address("move")).content.decode()
    assert "<h1>移交街道</h1>" in page
    offered = page.split('name="to_street"')[1].split("</select>")[0]
    others = [district.street(code) for code in ("banyanglu", "songlinglu")]
    assert all(street.short_name in offered for street in others if street != project.street)
    assert project.street.short_name not in offered
    assert 'name="effective_on"' not in page


def test_what_cannot_be_drafted_leads_back(
    signed: Signed, district: District, project: Project
) -> None:
    client = signed("bureau")
    assert client.get(address("restore")).headers["Location"] == reverse(
        "ledger:changes", args=[CODE]
    )
    assert client.get(address("design")).status_code == 404


def test_a_new_project_says_that_it_waits(
    signed: Signed, district: District, project: Project
) -> None:
    client = signed("bureau")
    answer = client.post(
        reverse("ledger:new"),
        {
            "code": "ZC2025-88",
            "name": "般阳里",
            "programme": project.programme_id,
            "street": project.street_id,
            "renovation_type": "basic",
            "approved_on": "2025-04-01",
        },
        follow=True,
    )
    assert "已新建般阳里，由另一人批准列入后计入。" in answer.content.decode()
    made = Project.objects.get(code="ZC2025-88")
    assert made.approved_on is None
    page = client.get(reverse("dashboards:project", args=["ZC2025-88"])).content.decode()
    assert "还没有批准列入计划，不计入各项指标。" in page
    assert "般阳里" not in client.get(reverse("dashboards:projects")).content.decode()
    todo = signed("reviewer").get(reverse("dashboards:todo")).content.decode()
    assert f"列入{project.programme.year}年度计划的项目 1 个还不能批准" in todo
    drafts = reverse("ledger:drafts", args=[project.programme.year])
    assert drafts in todo
    assert "般阳里" in signed("reviewer").get(drafts).content.decode()
    assert signed("npc").get(reverse("dashboards:project", args=["ZC2025-88"])).status_code == 404


def test_projects_that_nobody_proposes_are_not_forgotten(
    signed: Signed, district: District, project: Project
) -> None:
    ProjectFactory(
        programme=project.programme,
        street=project.street,
        code="ZC2025-99",
        name="退回的项目",
        approved_on=None,
    )
    drafts = reverse("ledger:drafts", args=[project.programme.year])
    page = signed("bureau").get(drafts).content.decode()
    assert "未列入的项目" in page
    assert reverse("ledger:changes", args=["ZC2025-99"]) in page


def test_the_form_of_an_entered_project_leaves_its_enrolment_to_changes(
    signed: Signed, district: District, project: Project
) -> None:
    page = signed("bureau").get(reverse("ledger:edit", args=[CODE])).content.decode()
    for name in ("street", "programme", "approved_on", "reporting_from", "cancelled_on"):
        assert f'name="{name}"' not in page
    for kind in ("move", "cancel", "enter"):
        assert address(kind) in page


def test_changes_of_enrolment_are_no_changes_of_the_plan(
    signed: Signed, district: District, project: Project, clock: Clock
) -> None:
    enrol(
        district,
        project,
        ChangeKind.CANCEL,
        now=clock.at("2025-05-07 10:00"),
        effective_on=date(2025, 5, 9),
    )
    page = signed("bureau").get(reverse("ledger:changes", args=[CODE])).content.decode()
    assert "取消项目" in page
    assert "项</b>计划变更" not in page
    assert ProjectChange.objects.get().state == ChangeState.APPROVED


def test_what_waits_or_was_refused_is_no_history_for_who_sees_the_approved(
    signed: Signed, district: District, project: Project, clock: Clock
) -> None:
    now = clock.at("2025-05-07 10:00")
    propose(
        district,
        project,
        ChangeKind.CANCEL,
        now=now,
        effective_on=date(2025, 5, 9),
        rationale="准备整体征收",
    )
    history = reverse("dashboards:history", args=[CODE])
    page = reverse("dashboards:project", args=[CODE])
    assert "准备整体征收" in signed("bureau").get(history).content.decode()
    for address_ in (history, page):
        shown = signed("npc").get(address_)
        assert shown.status_code == 200
        assert "准备整体征收" not in shown.content.decode()
        assert "取消项目" not in shown.content.decode()
    decide(district, ProjectChange.objects.get(), now=now)
    assert "准备整体征收" in signed("npc").get(history).content.decode()


def test_a_change_that_waits_stands_on_the_page_of_what_waits(
    signed: Signed, district: District, project: Project, clock: Clock
) -> None:
    change = propose(
        district,
        project,
        ChangeKind.CANCEL,
        now=clock.at("2025-05-07 10:00"),
        effective_on=date(2025, 5, 9),
    )
    drafts = reverse("ledger:drafts", args=[project.programme.year])
    page = signed("bureau").get(drafts).content.decode()
    assert "逐项批准的变更" in page
    assert reverse("ledger:change", args=[CODE, change.pk]) in page
