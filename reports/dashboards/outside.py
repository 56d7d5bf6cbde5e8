"""Projects of a programme that no figure counts: cancelled ones, and those that nobody has approved into it yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef

from projects.ledger.enums import ChangeKind, ChangeState
from projects.ledger.models import Project, ProjectChange
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.scope import Scope
from renovation.core.wording import chinese_date

from .choice import Choice
from .forms import ProjectFilterForm
from .listing import found

_ROWS_A_PAGE = 50
CANCELLED, PROPOSED = "cancelled", "proposed"


@dataclass(frozen=True, kw_only=True)
class OutsideRow:
    """A project that is not counted: the word for why, and what is to be said of it."""

    code: str
    name: str
    street: str
    kind: str
    word: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Outside:
    """A page of them. ``stands_alone`` where they were asked for by state, and not found beside others by a word."""

    state: str
    page: Page[OutsideRow]
    #: How many will be cancelled on a coming day: 1 个自11月30日起取消, "" where none is.
    coming: str = ""
    stands_alone: bool


def outside_of(
    *, choice: Choice, scope: Scope, form: ProjectFilterForm, number: str
) -> Outside | None:
    """The cancelled or proposed projects that were asked for; those that are proposed and hold the word beside a
    list that was searched; None where nothing is asked for or found so. One query, for the cancelled ones two, none where nothing is asked.

    Who is shown only what is approved sees no proposal (``visible_to``).
    """
    state, text = form.chosen("state"), form.chosen("q")
    if not state and not text:
        return None
    rows = found(scope, text) if text else Project.objects.visible_to(scope)
    rows = rows.filter(programme=choice.programme)
    if street := form.chosen("street"):
        rows = rows.filter(street__code=street)
    if kind := form.chosen("type"):
        rows = rows.filter(renovation_type=kind)
    if form.chosen("model"):
        rows = rows.filter(is_model=True)
    chosen = _cancelled(rows, choice) if state == CANCELLED else _proposed(rows)
    chosen = chosen.select_related("street").order_by("street__order", "code")
    page = Paginator([_row(row, state) for row in chosen], _ROWS_A_PAGE).get_page(
        number if state else 1
    )
    if not state and not page.paginator.count:
        return None
    return Outside(
        state=state or PROPOSED,
        page=page,
        coming=_coming(rows, choice) if state == CANCELLED else "",
        stands_alone=bool(state),
    )


def _cancelled(rows: ProjectQuerySet, choice: Choice) -> ProjectQuerySet:
    return rows.filter(approved_on__isnull=False, cancelled_on__lte=choice.as_of)


def _coming(rows: ProjectQuerySet, choice: Choice) -> str:
    """The projects that are cancelled from a later day on: they count until then and stand in the list."""
    days = Counter(
        rows.filter(approved_on__isnull=False, cancelled_on__gt=choice.as_of)
        .order_by("cancelled_on")
        .values_list("cancelled_on", flat=True)
    )
    return "，".join(f"{count} 个自{chinese_date(day)}起取消" for day, count in days.items() if day)


def _proposed(rows: ProjectQuerySet) -> ProjectQuerySet:
    waits = ProjectChange.objects.filter(
        project=OuterRef("pk"), kind=ChangeKind.ENTER, state=ChangeState.DRAFT
    )
    return rows.filter(approved_on=None).annotate(waits=Exists(waits))


def _row(row: Project, state: str) -> OutsideRow:
    if state == CANCELLED and row.cancelled_on is not None:
        word = "已取消"
        note = f"自{chinese_date(row.cancelled_on)}起，{row.cancellation_reason}"
    elif row.waits:  # type: ignore[attr-defined]
        word, note = "待批准列入", "区局审核岗批准后计入"
    else:
        word, note = "未列入", "还没有提出，或没有批准"
    return OutsideRow(
        code=row.code,
        name=row.name,
        street=row.street.short_name,
        kind=row.get_renovation_type_display(),
        word=word,
        note=note,
    )
