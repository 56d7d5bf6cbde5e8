"""What is written between two looks at a page, each as it is written every day, on a district laid by ``district``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count

from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingEvent, FundingPlan
from projects.ledger.models import Project
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.jobs.models import Heartbeat
from supervision.weekly.models import WeeklyReport, WeeklyReturn

from .district import Large

Write = Callable[[], object]


def writes(large: Large, *, now: datetime) -> dict[str, Write]:
    """By word: a clerk's cell of the running week, a payment that waits for approval, the words of a project, and what
    no page of projects is made of. None of them on the project that is measured."""
    project = Project.objects.filter(programme=large.programme).order_by("code")[0]
    draft = WeeklyReturn.objects.create(
        street=project.street, week_start=Week.of(local_day(now)).start, opened_at=now
    )
    row = WeeklyReport.objects.create(
        weekly_return=draft,
        project=project,
        progress_percent="0.0",
        completed_investment_fen=0,
        updated_at=now,
    )
    source = FundingPlan.objects.filter(project=project)[0].source
    numbers = count(1)

    def report() -> object:
        rows = WeeklyReport.objects.filter(pk=row.pk)
        return rows.update(progress_percent=f"{next(numbers) % 1000 / 10:.1f}")

    def payment() -> object:
        return FundingEvent.objects.create(
            project=project,
            source=source,
            stage=Stage.PAID,
            amount_fen=next(numbers),
            occurred_on=local_day(now),
            effective_on=local_day(now),
            state=EventState.PENDING,
            recorded_by=large.clerk,
            recorded_at=now,
        )

    def words() -> object:
        rows = Project.objects.filter(pk=project.pk)
        return rows.update(feature=f"第 {next(numbers)} 版")

    def beat() -> object:
        return Heartbeat.objects.update_or_create(name="tick", defaults={"at": now})

    return {"周报": report, "支付": payment, "项目": words, "别的": beat}
