"""The list of waivers, how one stands on a day, and who may be spared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from projects.ledger.models import Project
from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.face.ordering import in_order
from supervision.weekly.checks import WAIVABLE

from .enums import RuleWaiverState
from .forms import RuleWaiverFilterForm
from .models import ReportQuestion, RuleWaiver
from .querysets import RuleWaiverQuerySet

STREET, PROJECT = "street", "project"


@dataclass(frozen=True, slots=True)
class RuleWaiverLine:
    """A waiver as it stands at a moment; ``use_count`` rows of returns were spared by it."""

    row: RuleWaiver
    moment: datetime
    use_count: int = 0

    @property
    def title(self) -> str:
        """The rule in words: 投资超计划."""
        rule = WAIVABLE.get(self.row.rule)
        return rule.title if rule else self.row.rule

    @property
    def is_holding(self) -> bool:
        """Whether it spares anybody now."""
        row, day = self.row, local_day(self.moment)
        return row.state == RuleWaiverState.APPROVED and row.starts_on <= day <= row.ends_on

    @property
    def is_over(self) -> bool:
        """Whether its last day is past, or it was ended before."""
        row = self.row
        over = row.ends_on < local_day(self.moment)
        return row.state == RuleWaiverState.REVOKED or (
            row.state == RuleWaiverState.APPROVED and over
        )

    @property
    def left_days(self) -> int:
        """Days that it still holds, today included; 0 where it does not."""
        return (self.row.ends_on - local_day(self.moment)).days + 1 if self.is_holding else 0

    @property
    def word(self) -> str:
        """待批准, 未开始, 生效中, 已到期, 已终止, 未批准 or 已撤回."""
        if self.row.state != RuleWaiverState.APPROVED:
            return str(self.row.get_state_display())
        if self.is_holding:
            return "生效中"
        return "已到期" if self.is_over else "未开始"

    @property
    def kind(self) -> str:
        """How its state is drawn."""
        if self.row.state == RuleWaiverState.ASKED:
            return "waiting"
        return "active" if self.is_holding else "quiet"


@dataclass(frozen=True, slots=True)
class RuleWaiverTable:
    """The lines that fit."""

    lines: tuple[RuleWaiverLine, ...]

    @property
    def holding_count(self) -> int:
        return sum(line.is_holding for line in self.lines)

    @property
    def asked_count(self) -> int:
        return sum(line.row.state == RuleWaiverState.ASKED for line in self.lines)


KEYS: dict[str, Any] = {
    "rule": lambda line: line.row.rule,
    "subject": lambda line: line.row.subject,
    "starts": lambda line: line.row.starts_on,
    "ends": lambda line: line.row.ends_on,
    "uses": lambda line: line.use_count,
}


def rule_waiver_table(
    *, scope: Scope, form: RuleWaiverFilterForm, sort: str, moment: datetime
) -> RuleWaiverTable:
    """The waivers in sight that fit. One query."""
    rows = _fitting(RuleWaiver.objects.visible_to(scope), form.chosen("state"), moment)
    if street := form.chosen("street"):
        rows = rows.filter(street__code=street)
    if rule := form.chosen("rule"):
        rows = rows.filter(rule=rule)
    if words := form.chosen("q").strip():
        rows = rows.filter(
            Q(project__name__icontains=words)
            | Q(project__code__icontains=words)
            | Q(reason__icontains=words)
        )
    found: Any = (
        rows.select_related("street", "project", "asked_by", "decided_by")
        .annotate(use_count=Count("uses"))
        .order_by("ends_on", "pk")
    )
    lines = [RuleWaiverLine(row, moment, row.use_count) for row in found]
    lines.sort(key=lambda line: line.row.state != RuleWaiverState.ASKED)
    return RuleWaiverTable(tuple(in_order(lines, sort, KEYS)))


def _fitting(rows: RuleWaiverQuerySet, state: str, moment: datetime) -> RuleWaiverQuerySet:
    today = local_day(moment)
    over = Q(state=RuleWaiverState.REVOKED) | Q(state=RuleWaiverState.APPROVED, ends_on__lt=today)
    refused = Q(state__in=[RuleWaiverState.DECLINED, RuleWaiverState.WITHDRAWN])
    match state:
        case "asked":
            return rows.asked()
        case "holding":
            return rows.in_force_at(moment)
        case "over":
            return rows.filter(over)
        case "refused":
            return rows.filter(refused)
        case "all":
            return rows
        case _:
            return rows.exclude(over).exclude(refused)


def streets_of(scope: Scope) -> list[tuple[str, str]]:
    """(code, short name) of the streets with a waiver, for the filter. One query."""
    known = RuleWaiver.objects.visible_to(scope).values("street")
    rows = Organisation.objects.filter(pk__in=known).order_by("order", "code")
    return list(rows.values_list("code", "short_name"))


def subjects_of(scope: Scope) -> dict[str, list[tuple[str, str]]]:
    """Whom somebody may ask to spare: street → (value, name) of all its projects together and of each. Two
    queries."""
    streets = Organisation.objects.visible_to(scope).filter(
        kind=OrganisationKind.STREET, pk__among=scope.organisation_ids
    )
    found: dict[int, tuple[str, list[tuple[str, str]]]] = {}
    for street in streets.order_by("order", "code"):
        whole = (f"{STREET}:{street.code}", f"{street.short_name}各项目")
        found[street.pk] = (street.short_name, [whole])
    projects = Project.objects.visible_to(scope).filter(
        street__in=found, approved_on__isnull=False, cancelled_on=None
    )
    for street_id, code, name in projects.order_by("code").values_list("street_id", "code", "name"):
        found[street_id][1].append((f"{PROJECT}:{code}", f"{name}（{code}）"))
    return dict(found.values())


def subject_named(*, scope: Scope, value: str) -> tuple[Organisation, Project | None]:
    """The street and project of a value that ``subjects_of`` offered."""
    kind, _, code = value.partition(":")
    if kind == PROJECT:
        rows = Project.objects.visible_to(scope).select_related("street")
        project: Project = rows.get(code=code, cancelled_on=None)
        return project.street, project
    streets = Organisation.objects.visible_to(scope)
    street: Organisation = streets.get(kind=OrganisationKind.STREET, code=code)
    return street, None


def uses_of(*, waiver: RuleWaiver, scope: Scope) -> list[ReportQuestion]:
    """The rows that a waiver spared, the newest week first; those of returns in sight. One query."""
    rows = ReportQuestion.objects.filter(
        waiver=waiver, weekly_return__street__in=scope.organisation_ids
    )
    return list(
        rows.select_related("weekly_return__street", "project").order_by(
            "-weekly_return__week_start", "project__code", "-weekly_return__version"
        )
    )
