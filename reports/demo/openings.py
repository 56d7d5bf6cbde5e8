"""When the streets took up their returns: what 填报负担 counts minutes from."""

from __future__ import annotations

from datetime import timedelta

from supervision.weekly.models import ReturnOpening, WeeklyReturn

from .dice import Dice


def add_openings() -> None:
    """An opening for every return that a street began itself, some minutes before its first row was kept."""
    returns = WeeklyReturn.objects.filter(is_opening=False).select_related("street")
    ReturnOpening.objects.bulk_create(
        [
            ReturnOpening(
                street=row.street,
                week_start=row.week_start,
                version=row.version,
                opened_at=row.opened_at
                - timedelta(
                    minutes=Dice(f"{row.street.code} {row.week_start} opening").number(2, 15)
                ),
            )
            for row in returns
        ],
        batch_size=500,
    )
