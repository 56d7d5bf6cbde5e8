"""Giving up what one typed in a row, so that the row is again as the return holds it (用周报里的)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.errors import Refusal, StateConflict
from renovation.core.wording import chinese_moment
from supervision.weekly.burden.working import note_work
from supervision.weekly.comparison import WeekContext
from supervision.weekly.enums import ReturnState
from supervision.weekly.forms import FILLED, as_typed, differences
from supervision.weekly.models import FormDraft, WeeklyReport
from supervision.weekly.services import latest_version

from .services import check_filling, queue_windows, stored_rows

#: The button, as the sentences name it.
ACT = "用周报里的"


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The row on the page of who gives it up: the edition of the written row that the page told of, the edition of the
    draft when the page was made ("" where there was none), and the cells as they stand there now."""

    written: str
    kept: str
    texts: Mapping[str, str]


def read_drop(sent: Mapping[str, str]) -> tuple[int, LookedAt]:
    """The project (id) whose button was pressed, ``drop=12 2025-05-08T07:00:00+00:00``, and its row as it was sent.

    Refuses (``form.unreadable``) anything else: the page itself never sends it.
    """
    number, _, written = sent.get("drop", "").partition(" ")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Refusal("form.unreadable", "没有看懂是哪个项目，请刷新页面后再点。")
    prefix = f"p{int(number)}-"
    texts = {column.field: sent.get(f"{prefix}{column.field}", "") for column in FILLED}
    return int(number), LookedAt(written, sent.get(f"{prefix}kept", ""), texts)


@transaction.atomic
def drop_draft(
    *,
    context: WeekContext,
    project_id: int,
    looked_at: LookedAt,
    scope: Scope,
    by: User,
    now: datetime,
) -> WeeklyReport:
    """Delete a person's own draft of one row; returns the row as the return holds it. Nothing where there is no draft
    (any more). ``context`` holds the project, ``scope`` is the person's; drafts of others stay as they are.

    Refuses as saving does: who does not fill in for the street (Forbidden), a return that is not open to be filled in
    (StateConflict), a closed week (``week.…``), a project that does not report here (``report.not_reporting``); a row
    that the return does not hold (``draft.not_written``); a row that was written since the page told of it (StateConflict
    ``report.overtaken``), and a draft that holds more than the page shows, typed in another window or handed over
    (StateConflict ``draft.overtaken``): both name what stands there.
    """
    street, week = context.street, context.terms.week
    queue_windows(by)
    latest = latest_version(street=street, week=week)
    version = latest.version if latest is not None else 1
    check_filling(context=context, latest=latest, version=version, scope=scope, now=now)
    project = next((row for row in context.projects.values() if row.project_id == project_id), None)
    if project is None:
        raise Refusal("report.not_reporting", "这个项目本周不由本街道报送，请刷新页面。")
    report = stored_rows(latest, [project_id]).get(project_id)
    if report is None:
        raise Refusal("draft.not_written", f"周报里还没有写入{project.name}，草稿留着。")
    stored = as_typed(report)
    if report.edition != looked_at.written:
        other = differences(looked_at.texts, stored)
        raise StateConflict(
            f"{project.name}刚被{report.updated_by or '系统'}改过（{chinese_moment(report.updated_at)}），现在周报里的"
            f"{f'与您填的不同：{other}' if other else '与您填的相同'}。核对后再点一次“{ACT}”。",
            state=ReturnState.DRAFT if latest is None else latest.state,
            code="report.overtaken",
        )
    own = FormDraft.objects.of(street_id=street.pk, week_start=week.start, version=version)
    mine = own.filter(person=by, project=project_id).select_for_update(of=("self",))
    draft = mine.first()
    if draft is None:
        return report
    if draft.edition != looked_at.kept and (
        more := differences(looked_at.texts, stored | draft.cells)
    ):
        raise StateConflict(
            f"{project.name}的草稿又填过（{chinese_moment(draft.saved_at)}），草稿里与本页不同：{more}。"
            f"核对后再点一次“{ACT}”，草稿就不留了。",
            state=ReturnState.DRAFT if latest is None else latest.state,
            code="draft.overtaken",
        )
    draft.delete()
    note_work(street_id=street.pk, week_start=week.start, version=version, now=now)
    return report
