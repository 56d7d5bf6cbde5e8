"""The pages of changes: drafted with the plan, decided by another, and a form that was opened on an older plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import GateKind
from projects.ledger.models import Project, ProjectChange
from renovation.core.periods import Month
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProjectChangeFactory

from .test_changes import APPROVE, CODE, decide, draft, plan, planned
from .test_gates import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    return planned(district)


def typed(**changed: Any) -> dict[str, Any]:
    return {
        "seen_version": "1",
        "kind": "time",
        "title": "工期顺延",
        "rationale": "管线迁改",
        "planned_start_on": "2025-03-01",
        "planned_completion_on": "2025-11-20",
        "planned_investment_fen": "300",
        "area_sqm": "10000",
        "target-2025-03": "20",
        "target-2025-09": "90",
    } | changed


def as_user(district: District, name: str) -> Client:
    client = Client()
    client.force_login(district.users[name])
    return client


def test_a_change_goes_its_way_on_its_pages(district: District, project: Project) -> None:
    bureau, reviewer = as_user(district, "bureau"), as_user(district, "reviewer")
    new, listing = (reverse(f"ledger:{name}", args=[CODE]) for name in ("change_new", "changes"))
    assert "还没有变更" in bureau.get(listing).content.decode()
    page = bureau.get(new).content.decode()
    assert 'name="planned_completion_on" value="2025-10-31"' in page
    answer = bureau.post(new, typed(planned_completion_on="2025-10-31"))
    assert answer.status_code == 422
    assert "没有改动：请改计划里的数" in answer.content.decode()
    answer = bureau.post(new, typed(act="months"))
    assert answer.status_code == 200
    assert 'name="target-2025-10"' in answer.content.decode()
    file = SimpleUploadedFile("变更申请.pdf", PDF)
    answer = bureau.post(new, typed(evidence=file))
    assert answer.status_code == 302
    change = ProjectChange.objects.get()
    assert change.file is not None
    address = answer["Location"]
    page = bureau.get(address).content.decode()
    assert "完工晚 20 天" in page
    assert "登记变更的人不能自己批准" in page or "由区局审核岗批准。" in page
    assert bureau.get(new)["Location"] == reverse("ledger:baselines", args=[CODE])
    assert "由变更“" in reviewer.get(reverse("ledger:baselines", args=[CODE])).content.decode()
    assert as_user(district, "contractor").get(address).status_code == 404
    paper = reverse("ledger:file", args=[change.file_id])
    assert bureau.get(paper).status_code == 200
    assert as_user(district, "npc").get(paper).status_code == 404
    act = reverse("ledger:change_decide", args=[CODE, change.pk, "approve"])
    assert bureau.post(act, {"approved_on": "2025-05-07"}).status_code == 403
    refuse = reverse("ledger:change_decide", args=[CODE, change.pk, "refuse"])
    answer = reviewer.post(refuse, {})
    assert answer.status_code == 422
    assert "不批准时请写明意见。" in answer.content.decode()
    answer = reviewer.post(act, {"approved_on": "2025-05-08"})
    assert answer.status_code == 422
    assert "批准日期不能晚于今天。" in answer.content.decode()
    assert reviewer.post(act, {"approved_on": "2025-05-07"}).status_code == 302
    page = bureau.get(listing).content.decode()
    assert "已批准 <b>1 项</b>计划变更，合计完工<b>晚 20 天</b>，投资<b>不变</b>。" in page
    assert bureau.get(paper).content == PDF
    assert as_user(district, "npc").get(paper).status_code == 200
    assert as_user(district, "banyanglu").get(address).status_code == 404


def test_a_decision_on_what_is_decided_already_says_so(
    district: District, project: Project, clock: Clock
) -> None:
    """Two reviewers opened the page; the second one's form offers no act any more."""
    bureau, reviewer = as_user(district, "bureau"), as_user(district, "reviewer")
    bureau.post(reverse("ledger:change_new", args=[CODE]), typed())
    change = ProjectChange.objects.get()
    act = reverse("ledger:change_decide", args=[CODE, change.pk, "approve"])
    decision = {"approved_on": "2025-05-07", "document_number": "淄建发〔2025〕31号"}
    assert reviewer.post(act, decision).status_code == 302
    answer = reviewer.post(act, decision)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("data-error-summary") == 1
    summary = page.split("data-error-summary", 1)[1].split("</div>", 1)[0]
    assert "没有办成" in summary
    assert "已批准" in summary
    assert 'id="decide"' not in page
    page = reviewer.get(reverse("ledger:change", args=[CODE, change.pk])).content.decode()
    assert "data-error-summary" not in page


def value_of(page: str, name: str) -> str:
    """What stands in a field of a page."""
    box = page.split(f'name="{name}"')[1].split(">")[0]
    return box.split('value="')[1].split('"')[0] if 'value="' in box else ""


def test_a_form_that_was_opened_on_an_older_plan_comes_back_whole(
    district: District, project: Project, clock: Clock
) -> None:
    """409: what was approved meanwhile, what was typed, and the newer plan where nothing was typed."""
    later = plan(
        planned_completion_on=date(2025, 11, 20),
        targets={Month(2025, 3): Decimal(15), Month(2025, 9): Decimal(90), Month(2025, 10): 95},
        tasks={Month(2025, 10): "竣工清理"},
        nodes={GateKind.ACCEPTED: date(2025, 12, 5)},
    )
    decide(district, draft(district, project, clock, plan=later), clock, "reviewer", **APPROVE)
    client, new = as_user(district, "bureau2"), reverse("ledger:change_new", args=[CODE])
    mine = typed(
        kind="money",
        title="增加二次供水",
        planned_completion_on="2025-10-31",
        planned_investment_fen="312",
        evidence=SimpleUploadedFile("变更申请.pdf", PDF),
    )
    answer = client.post(new, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "第 2 版把“计划完工”由“2025年10月31日”改为“2025年11月20日”。" in page
    assert "文件没有保存" in page
    assert {
        name: value_of(page, name)
        for name in (
            "seen_version", "title", "planned_investment_fen", "planned_completion_on", "target-2025-03",
            "target-2025-10", "task-2025-10", "node-accepted",
        )
    } == {
        "seen_version": "2",
        "title": "增加二次供水",
        "planned_investment_fen": "312",
        "planned_completion_on": "2025-11-20",
        "target-2025-03": "15.0",
        "target-2025-10": "95.0",
        "task-2025-10": "竣工清理",
        "node-accepted": "2025-12-05",
    }  # fmt: skip
    assert ProjectChange.objects.count() == 1
    assert client.post(new, mine | {"act": "months"}).status_code == 409
    again = {name: value_of(page, name) for name in mine if name not in {"kind", "evidence"}}
    for name in ("target-2025-10", "task-2025-10", "node-accepted"):
        again[name] = value_of(page, name)
    again |= {"kind": "money", "rationale": "管线迁改"}
    assert client.post(new, again).status_code == 302
    made = ProjectChange.objects.get(kind="money")
    assert (made.new_investment_fen, made.new_completion_on) == (312_0000_00, None)


def test_a_form_that_meets_an_open_draft_keeps_what_was_typed(
    district: District, project: Project, clock: Clock
) -> None:
    draft(district, project, clock)
    answer = as_user(district, "bureau2").post(
        reverse("ledger:change_new", args=[CODE]), typed(title="增加二次供水")
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "已有一版待批准的计划" in page
    assert value_of(page, "title") == "增加二次供水"


def test_one_and_three_changes_cost_the_same(
    district: District,
    project: Project,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client, address = as_user(district, "bureau"), reverse("ledger:changes", args=[CODE])
    ProjectChangeFactory(project=project)
    client.get(address)
    with django_assert_num_queries(8):
        client.get(address)
    ProjectChangeFactory.create_batch(2, project=project)
    with django_assert_num_queries(8):
        client.get(address)
