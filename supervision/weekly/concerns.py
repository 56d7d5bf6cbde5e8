"""Pages of the wing that show one thing (records.concerns)."""

from __future__ import annotations

from datetime import date

from renovation.records.concerns import Concern, Values


def _versions(values: Values) -> Values:
    """All versions of a street's return of a week."""
    return {
        "street__code": values["street"],
        "week_start": date.fromisoformat(values["week_start"]),
    }


CONCERNS = [
    Concern(
        route="weekly:street_week", noun="这份周报", model="weekly.WeeklyReturn", rows=_versions
    ),
    Concern(route="weekly:follow_up", noun="这件核实事项", model="weekly.FollowUp"),
    Concern(route="weekly:rule_waiver", noun="这项豁免", model="weekly.RuleWaiver"),
]
