"""The columns of a draft: ten at most, none that the portal knows already (CAPABILITIES.md A9, HOUSE.md §4.13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from projects.ledger.known import KnownColumn, Level, known_by_code, look_up, plain_name
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.core.wording import join
from renovation.records.services import audit

from .enums import MOST_COLUMNS, ColumnKind
from .models import AskedColumn, FilledColumn, Inquiry
from .services import lock_draft, touch

#: How many options a choice has: a list in a workbook holds 255 characters.
MOST_OPTIONS = 12
LONGEST_LIST = 255


class KnownAlready(Refusal):
    """The portal knows the column: ``column`` is what it would fill in instead."""

    def __init__(self, column: KnownColumn, name: str) -> None:
        said = "" if plain_name(name) == plain_name(column.label) else f"就是“{column.label}”，"
        super().__init__(
            "inquiry.known",
            f"“{name}”{said}平台已有，在{column.where}，不再向街道要；可以由平台填好带出。",
            field="label",
        )
        self.column = column


class NearKnown(Refusal):
    """The name is close to what the portal knows: somebody has to say that it is something else."""

    def __init__(self, columns: tuple[KnownColumn, ...], name: str) -> None:
        words = join(f"“{column.title}”（在{column.where}）" for column in columns)
        super().__init__(
            "inquiry.near",
            f"“{name}”是不是{words}？是的由平台填好；不是的，勾选下面“不是同一个数”再加。",
            field="label",
        )
        self.columns = columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnValues:
    """A column as typed. ``is_other`` says that it is not what the portal knows under a similar name."""

    label: str
    kind: ColumnKind
    unit: str = ""
    places: int = 0
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    earliest: date | None = None
    latest: date | None = None
    options: tuple[str, ...] = ()
    longest: int = 200
    is_required: bool = True
    hint: str = ""
    is_other: bool = False


@transaction.atomic
def add_column(*, inquiry: Inquiry, values: ColumnValues, by: User, now: datetime) -> AskedColumn:
    """Add a column to a draft.

    Refuses the eleventh (``inquiry.too_many_columns``), a label that stands already (``inquiry.doubled``), what
    the portal knows (``inquiry.known``, a ``KnownAlready``), what is close to it without ``is_other``
    (``inquiry.near``, a ``NearKnown``), and limits that make no sense.
    """
    locked = lock_draft(inquiry=inquiry)
    taken = set(locked.columns.values_list("place", flat=True))
    free = [place for place in range(1, MOST_COLUMNS + 1) if place not in taken]
    if not free:
        raise Refusal(
            "inquiry.too_many_columns", f"最多 {MOST_COLUMNS} 列，先删去一列再加。", field="label"
        )
    column = AskedColumn(inquiry=locked, place=max(taken, default=0) + 1)
    if column.place > MOST_COLUMNS:
        column.place = free[0]
    _put(column, values, _checked(locked, values, None))
    column.save()
    _tell(locked, f"加列“{column.title}”", [None, column.title], by, now)
    inquiry.refresh_from_db()
    return column


@transaction.atomic
def change_column(
    *, inquiry: Inquiry, place: int, values: ColumnValues, by: User, now: datetime
) -> AskedColumn:
    """Change a column of a draft; refusals as ``add_column``."""
    locked = lock_draft(inquiry=inquiry)
    column = _column(locked, place)
    before = column.title
    _put(column, values, _checked(locked, values, column))
    column.save()
    _tell(locked, f"改列“{column.title}”", [before, column.title], by, now)
    inquiry.refresh_from_db()
    return column


@transaction.atomic
def remove_column(*, inquiry: Inquiry, place: int, by: User, now: datetime) -> None:
    """Take a column out of a draft."""
    locked = lock_draft(inquiry=inquiry)
    column = _column(locked, place)
    column.delete()
    _tell(locked, f"删列“{column.title}”", [column.title, None], by, now)
    inquiry.refresh_from_db()


@transaction.atomic
def fill_column(*, inquiry: Inquiry, code: str, by: User, now: datetime) -> FilledColumn:
    """Have the portal fill in a column. One that stands already stays as it is; refuses what is not known at
    this level (``inquiry.not_known``) and the eleventh."""
    locked = lock_draft(inquiry=inquiry)
    known = known_by_code(code)
    if known is None or known.level != Level(locked.subject):
        raise Refusal("inquiry.not_known", "平台没有这一列。")
    rows = {row.code: row for row in locked.filled_columns.all()}
    if code in rows:
        return rows[code]
    taken = {row.place for row in rows.values()}
    free = [place for place in range(1, MOST_COLUMNS + 1) if place not in taken]
    if not free:
        raise Refusal(
            "inquiry.too_many_columns", f"由平台填好的列最多 {MOST_COLUMNS} 列，先去掉一列再加。"
        )
    made = FilledColumn.objects.create(inquiry=locked, code=code, place=free[0])
    _tell(locked, f"带出平台已有的“{known.title}”", [None, known.title], by, now)
    inquiry.refresh_from_db()
    return made


@transaction.atomic
def unfill_column(*, inquiry: Inquiry, code: str, by: User, now: datetime) -> None:
    """Leave a column out that the portal would have filled in."""
    locked = lock_draft(inquiry=inquiry)
    count, _ = locked.filled_columns.filter(code=code).delete()
    if count:
        known = known_by_code(code)
        name = known.title if known else code
        _tell(locked, f"不带出“{name}”", [name, None], by, now)
    inquiry.refresh_from_db()


def _column(inquiry: Inquiry, place: int) -> AskedColumn:
    column: AskedColumn | None = inquiry.columns.filter(place=place).first()
    if column is None:
        raise Refusal("inquiry.no_such_column", "这一列已经不在了。")
    return column


def _checked(inquiry: Inquiry, values: ColumnValues, column: AskedColumn | None) -> str:
    """Refuse what may not be asked; the code of what is near and was said to be another thing."""
    name = plain_name(values.label)
    if not name:
        raise Refusal("inquiry.label", "列名未填。", field="label")
    others = inquiry.columns.exclude(pk=column.pk if column and column.pk else 0)
    if any(plain_name(each) == name for each in others.values_list("label", flat=True)):
        raise Refusal("inquiry.doubled", f"已有“{values.label}”这一列。", field="label")
    found = look_up(name=values.label, level=Level(inquiry.subject))
    if found.same is not None:
        raise KnownAlready(found.same, values.label)
    if found.near and not values.is_other:
        raise NearKnown(found.near, values.label)
    _check_limits(values)
    return found.near[0].code if found.near else ""


def _check_limits(values: ColumnValues) -> None:
    if (
        values.minimum is not None
        and values.maximum is not None
        and values.minimum > values.maximum
    ):
        raise Refusal("inquiry.bounds", "不大于的数不能小于不小于的数。", field="maximum")
    if values.earliest and values.latest and values.earliest > values.latest:
        raise Refusal("inquiry.bounds", "不晚于的日期不能早于不早于的日期。", field="latest")
    if values.kind is not ColumnKind.CHOICE:
        return
    if len(set(values.options)) < 2:
        raise Refusal("inquiry.options", "选项至少两个，一行一个，不重复。", field="options")
    too_long = len(",".join(values.options)) > LONGEST_LIST
    if len(values.options) > MOST_OPTIONS or too_long:
        raise Refusal(
            "inquiry.options",
            f"选项最多 {MOST_OPTIONS} 个，合起来不超过 {LONGEST_LIST} 个字。",
            field="options",
        )
    if any("," in word or '"' in word for word in values.options):
        raise Refusal("inquiry.options", "选项里不能有英文逗号和引号。", field="options")


def _put(column: AskedColumn, values: ColumnValues, near_code: str) -> None:
    """Write what the kind has a use for."""
    kind = values.kind
    is_day = kind is ColumnKind.DATE
    column.label, column.kind = values.label.strip(), kind
    column.unit = values.unit.strip() if kind in {ColumnKind.INTEGER, ColumnKind.DECIMAL} else ""
    column.places = values.places if kind is ColumnKind.DECIMAL else 0
    column.minimum = values.minimum if kind.is_summed else None
    column.maximum = values.maximum if kind.is_summed else None
    column.earliest = values.earliest if is_day else None
    column.latest = values.latest if is_day else None
    column.options = list(dict.fromkeys(values.options)) if kind is ColumnKind.CHOICE else []
    column.longest = values.longest
    column.is_required = values.is_required
    column.hint = values.hint.strip()
    column.near_code = near_code


def _tell(inquiry: Inquiry, words: str, change: list[str | None], by: User, now: datetime) -> None:
    touch(inquiry=inquiry)
    audit(
        act="inquiry.column",
        sentence=f"临时收数 {inquiry.number}“{inquiry.title}”{words}",
        by=by,
        now=now,
        target=inquiry,
        organisation=inquiry.bureau,
        changes={"columns": change},
    )
