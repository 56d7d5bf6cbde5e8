"""A second, plain implementation of the key figures, written from MEASURES.md alone.

It shares nothing with the portal: days are walked one by one, money is moved piece by piece, rounding is done
on strings. It is slow and simple on purpose.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

DAY = timedelta(days=1)


def scheduled(start: date, end: date, targets: dict[date, Decimal], day: date) -> Fraction:
    """Walk from the planned start to the day, adding each day's share of the stretch that it lies in."""
    knots = {start: Fraction(0), end: Fraction(100)}
    for month_end, percent in targets.items():
        if start < month_end < end:
            knots[month_end] = Fraction(percent)
    if day < start:
        return Fraction(0)
    level, today = Fraction(0), start
    while today < day and today < end:
        left = max(knot for knot in knots if knot <= today)
        right = min(knot for knot in knots if knot > today)
        level += (knots[right] - knots[left]) / (right - left).days
        today += DAY
    return level


def shown(value: Fraction) -> Decimal:
    """One decimal, halves away from zero."""
    with localcontext() as context:
        context.prec = 60
        number = Decimal(value.numerator) / Decimal(value.denominator)
        return number.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) + 0


def month_ends_between(start: date, day: date) -> int:
    """Count the last days of months among all days from the planned start to the day."""
    count, today = 0, start
    while today <= day:
        if (today + DAY).month != today.month:
            count += 1
        today += DAY
    return count


def light(
    *,
    completed: bool,
    started: bool,
    plan_start: date | None,
    reported: bool,
    physical: Fraction,
    planned: Fraction,
    day: date,
    red: Decimal,
    yellow: Decimal,
    months: int,
) -> str:
    """The table of MEASURES.md, row by row."""
    if completed:
        return "green"
    if plan_start is None:
        return "grey"
    if day < plan_start and not reported:
        return "grey"
    behind = -shown(physical - planned)
    overdue = 0 if started else month_ends_between(plan_start, day)
    if behind > red or overdue >= months:
        return "red"
    if behind >= yellow or overdue in range(1, months):
        return "yellow"
    return "green"


def idle(receipts: list[tuple[date, int]], released: int) -> dict[date, int]:
    """Pay out coin by coin, the oldest coin first; what is left by day of receipt."""
    purse = [day for day, amount in sorted(receipts, key=lambda row: row[0]) for _ in range(amount)]
    left: dict[date, int] = {}
    for day in purse[released:]:
        left[day] = left.get(day, 0) + 1
    return left


def stands_submitted(acts: list[tuple[datetime, str]], moment: datetime) -> bool:
    """Play the acts up to a moment on a plain state."""
    state = "draft"
    for at, act in sorted(acts):
        if at <= moment:
            state = "sent_back" if act == "send_back" else "submitted"
    return state == "submitted"
