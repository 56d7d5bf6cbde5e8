"""Past papers went through their hands; judgements stand; nothing of the past is mailed again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from renovation.accounts.models import Organisation
from renovation.core.periods import Week
from renovation.jobs.models import Schedule
from renovation.jobs.services import kinds
from renovation.records.models import AuditEntry, Message
from reports.delivery.models import Subscription
from reports.delivery.services import deliver_due
from reports.papers.bulletins import Bulletin
from reports.papers.enums import PaperAct, PaperKind, PaperState
from reports.papers.models import Document
from reports.papers.sheets import DispatchSheet
from reports.papers.snapshots import bulletin_of, sheet_of
from supervision.weekly.enums import Light, ReturnState
from supervision.weekly.models import StatusJudgement, WeeklyReturn

from .conftest import Demo, load_on, undone

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def papers(django_db_setup: None, django_db_blocker: Any) -> Iterator[Demo]:
    """The demo of Tuesday 24 November 2026, 10:00, with its papers."""
    with undone(django_db_blocker):
        yield load_on("2026-11-24", with_papers=True)


def test_bulletins_of_every_past_quarter_are_out(papers: Demo) -> None:
    rows = Document.objects.filter(kind=PaperKind.BULLETIN).order_by("period_key")
    assert [(row.period_key, row.state, row.number) for row in rows] == [
        ("2025-Q1", PaperState.ISSUED, "淄建发〔2025〕9号"),
        ("2025-Q2", PaperState.ISSUED, "淄建发〔2025〕17号"),
        ("2025-Q3", PaperState.ISSUED, "淄建发〔2025〕26号"),
        ("2025-Q4", PaperState.ISSUED, "淄建发〔2026〕2号"),
        ("2026-Q1", PaperState.ISSUED, "淄建发〔2026〕9号"),
        ("2026-Q2", PaperState.ISSUED, "淄建发〔2026〕17号"),
        ("2026-Q3", PaperState.ISSUED, "淄建发〔2026〕26号"),
    ]
    for row in rows:
        steps = list(row.steps.all())
        assert [step.act for step in steps] == [
            PaperAct.DRAFT,
            PaperAct.CHECK,
            PaperAct.APPROVE,
            PaperAct.SIGN,
            PaperAct.NUMBER,
        ]
        assert len({step.by_id for step in steps}) == 5
        assert all(first.at < second.at for first, second in pairwise(steps))
        assert steps[-1].at <= papers.now


def test_the_last_sheet_is_a_draft_and_those_before_are_issued(papers: Demo) -> None:
    bureau = Organisation.objects.get(code="zichuan-bureau")
    rows = Document.objects.filter(kind=PaperKind.DISPATCH_SHEET, subject=bureau)
    assert {(row.period_key, row.state) for row in rows} == {
        ("2026-11-16", PaperState.DRAFT),
        ("2026-11-09", PaperState.ISSUED),
        ("2026-11-02", PaperState.ISSUED),
    }
    streets = Document.objects.filter(kind=PaperKind.DISPATCH_SHEET).exclude(subject=bureau)
    assert streets.count() == 9


def test_papers_name_the_projects_that_were_adjusted(papers: Demo) -> None:
    def told(content: Bulletin | DispatchSheet) -> list[tuple[str, str, bool]]:
        return [(each.act, each.code, each.counts) for each in content.adjusted]

    bulletins = {
        row.period_key: told(bulletin_of(row))
        for row in Document.objects.filter(kind=PaperKind.BULLETIN)
    }
    assert bulletins.pop("2026-Q3") == [
        ("列入", "ZC2026-14", True),
        ("移交", "ZC2026-08", True),
    ]
    assert not any(bulletins.values())
    sheets = {
        (row.period_key, row.subject.code): told(sheet_of(row))
        for row in Document.objects.filter(kind=PaperKind.DISPATCH_SHEET)
    }
    going = [("取消", "ZC2026-11", False)]
    assert sheets.pop(("2026-11-16", "zichuan-bureau")) == going
    assert sheets.pop(("2026-11-16", "songlinglu")) == going
    assert len(sheets) == 10
    assert not any(sheets.values())


def test_returns_are_published_up_to_the_last_issued_sheet(papers: Demo) -> None:
    rows = WeeklyReturn.objects.filter(is_opening=False, week_start__lte=papers.closed.start)
    states = {(row.week_start == papers.closed.start, row.state) for row in rows}
    assert states == {(True, ReturnState.APPROVED), (False, ReturnState.PUBLISHED)}


def test_lights_of_every_closed_week_are_stored(papers: Demo) -> None:
    weeks = set(StatusJudgement.objects.values_list("week_start", flat=True))
    assert len(weeks) == 95
    last = StatusJudgement.objects.filter(
        week_start=papers.closed.start, project__programme__year=2026
    )
    found = sorted(row.light for row in last)
    assert found.count(Light.RED) == 1
    assert found.count(Light.YELLOW) == 3
    before = StatusJudgement.objects.filter(week_start=papers.before.start)
    turned = before.get(project__in=last.filter(light=Light.RED).values("project"))
    assert turned.light == Light.YELLOW
    first = StatusJudgement.objects.filter(week_start=Week.of(papers.now.date()).start)
    assert not first.exists()


def test_the_audit_log_is_in_the_order_of_time(papers: Demo) -> None:
    times = list(AuditEntry.objects.order_by("pk").values_list("at", flat=True))
    assert len(times) > 4000
    assert times == sorted(times)
    assert times[-1] <= papers.now


def test_everything_that_wings_declare_is_scheduled_from_now_on(papers: Demo) -> None:
    rows = Schedule.objects.all()
    assert {row.kind for row in rows} == set(kinds())
    assert {row.starts_at for row in rows} == {papers.now}


def test_past_papers_are_not_mailed_again(papers: Demo) -> None:
    assert deliver_due(now=papers.now) == 0
    assert not Message.objects.filter(kind="paper.delivery").exists()


def test_subscribed_addresses_reach_nobody(papers: Demo) -> None:
    rows = Subscription.objects.all()
    assert rows.filter(kind=PaperKind.BULLETIN).count() == 7
    assert rows.filter(kind=PaperKind.DISPATCH_SHEET).count() == 7
    assert {row.email.rsplit(".", 1)[1] for row in rows} == {"example"}
