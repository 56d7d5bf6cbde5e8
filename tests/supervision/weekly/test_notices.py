"""What the sign-in page says about the weeks that take returns."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from renovation.records.models import Holiday
from supervision.weekly.notices import notices
from tests.supervision.weekly.office import Office, moment


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2025-05-07 10:00", ["第19周周报 5月9日（周五）17:00 截止"]),
        ("2025-05-12 10:00", ["第19周周报已于 5月9日 17:00 截止", "第20周周报不报"]),
        ("2025-05-14 10:00", ["第19周周报已于 5月9日 17:00 截止", "第20周周报不报"]),
        ("2025-05-18 23:59", ["第19周周报已于 5月9日 17:00 截止", "第20周周报不报"]),
        # It is over: “本周” would be said of another week. The one before it closes at noon.
        (
            "2025-05-19 00:00",
            ["第19周周报已于 5月9日 17:00 截止", "第21周周报 5月23日（周五）17:00 截止"],
        ),
        ("2025-05-19 12:01", ["第21周周报 5月23日（周五）17:00 截止"]),
        ("2025-05-21 10:00", ["第21周周报 5月23日（周五）17:00 截止"]),
    ],
)
def test_a_week_without_a_working_day_is_told_while_it_runs(
    office: Office, now: str, said: list[str]
) -> None:
    for step in range(7):
        Holiday.objects.update_or_create(
            day=date(2025, 5, 12) + timedelta(days=step),
            defaults={"name": "假", "is_workday": False, "is_provisional": False},
        )
    assert [each.title for each in notices(moment(now))] == said
