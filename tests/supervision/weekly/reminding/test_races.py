"""The minute finds a week closed while the bureau grants more time: whoever comes first, the street is reminded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from renovation.records import sending, settling
from renovation.records.models import Message
from supervision.weekly.enums import Telling
from supervision.weekly.extending import grant_exception
from supervision.weekly.reminding.rounds import remind_round
from tests.races import behind
from tests.supervision.weekly.office import WEEK, make_office, moment

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("sweep_first", [True, False])
def test_a_week_granted_while_the_minute_finds_it_closed_stays_reminded_of(
    sweep_first: bool,  # noqa: FBT001
) -> None:
    office = make_office()
    now = moment("2025-05-12 08:30")
    remind_round(kind=Telling.LATE, bureau=office.district.bureau, week=WEEK, now=now)
    sending.send_due(now=now)

    def sweep() -> int:
        return settling.settle_overtaken(now=moment("2025-05-12 12:01"))

    def grant() -> Any:
        return grant_exception(
            street=office.other,
            week=WEEK,
            closes_at=moment("2025-05-12 17:00"),
            reason="抢险",
            by=office.reviewer,
            now=moment("2025-05-12 12:01"),
        )

    calls: list[Callable[[], Any]] = [sweep, grant] if sweep_first else [grant, sweep]
    behind(*calls)
    sweep()
    rows = Message.objects.filter(channel="desk").order_by("pk")
    assert set(rows.values_list("organisation", "settlement")) == {
        (office.street.pk, "这一周已关闭。"),
        (office.other.pk, ""),
    }
