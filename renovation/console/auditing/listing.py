"""Which entries of the audit log are shown, in which order, and the same as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.apps import apps
from django.db.models import Q

from renovation.accounts.scope import Scope
from renovation.core.documents.blocks import Column, Kind, Row, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.wording import chinese_moment, join
from renovation.face.ordering import ordered
from renovation.records.models import AuditEntry
from renovation.records.querysets import AuditEntryQuerySet

from .changed import Changed, changes_of
from .forms import SEEN, AuditFilterForm

#: Acts that show what is confidential, or take a list or a file away.
_SEEN = Q(act__endswith=".reveal") | Q(act__endswith=".export") | Q(act="upload.open")
#: Columns of the page and what they are sorted by; entries are appended, so their number is their order in time.
COLUMNS_SORTED = {"at": "pk", "who": "actor_label"}
NEWEST = "-at"


def entries_of(*, scope: Scope, form: AuditFilterForm, sort: str) -> AuditEntryQuerySet:
    """The entries in sight that fit, newest first unless the address says otherwise."""
    rows = form.within(AuditEntry.objects.visible_to(scope), "at")
    if words := form.chosen("q").strip():
        rows = rows.filter(Q(sentence__icontains=words) | Q(reason__icontains=words))
    if who := form.chosen("who").strip():
        rows = rows.filter(Q(actor_label__icontains=who) | Q(actor__username__iexact=who))
    if place := form.chosen("place"):
        rows = rows.filter(organisation__code=place)
    match form.chosen("kind"):
        case "":
            pass
        case kind if kind == SEEN:
            rows = rows.filter(_SEEN)
        case wing:
            rows = rows.filter(object_type__startswith=f"{wing}.")
    return ordered(rows, sort, COLUMNS_SORTED, NEWEST)


def object_word(entry: AuditEntry) -> str:
    """What an entry is about, as its model calls itself; "" where it is about nothing or the model is gone."""
    try:
        return str(apps.get_model(entry.object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return ""


COLUMNS: Described = (
    (Column("编号", Kind.COUNT, 6), "按写入的先后编"),
    (Column("时间", Kind.MOMENT, 9), ""),
    (Column("岗位", Kind.TEXT, 11), "当时的岗位；代班的写明代谁"),
    (Column("用户名", Kind.TEXT, 8), "空：系统按时办的"),
    (Column("单位", Kind.TEXT, 8), "办的事属于哪个单位"),
    (Column("对象", Kind.TEXT, 8), "改动或查看的是什么"),
    (Column("操作", Kind.TEXT, 12), "程序里的代码，不随说法改变"),
    (Column("内容", Kind.TEXT, 30), ""),
    (Column("原因", Kind.TEXT, 16), ""),
    (Column("变化", Kind.TEXT, 24), "改动的各项，改前 → 改后"),
    (Column("请求编号", Kind.TEXT, 10), "同一次点击写下的各条相同，与服务器日志对照"),
    (Column("封存摘要", Kind.TEXT, 14), "审计链到这一条为止的摘要；空：还没有封存"),
)


def audit_workbook(*, rows: Iterable[AuditEntry], now: datetime) -> bytes:
    """A row an entry, as the page shows and filters them."""
    return list_workbook(
        title="审计日志",
        name="审计日志",
        columns=COLUMNS,
        rows=(_row(entry) for entry in rows),
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )


def _row(entry: AuditEntry) -> Row:
    sealed = getattr(entry, "sealed", None)
    return row(
        entry.pk,
        entry.at,
        entry.actor_label,
        entry.actor.username if entry.actor else None,
        entry.organisation.short_name if entry.organisation else None,
        object_word(entry),
        entry.act,
        entry.sentence,
        entry.reason,
        join(_told(each) for each in changes_of(entry)),
        entry.request_id,
        sealed.digest if sealed else None,
    )


def _told(changed: Changed) -> str:
    return f"{changed.name}：{changed.before or '—'} → {changed.after or '—'}"
