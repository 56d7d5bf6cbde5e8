"""Keeping what is typed, telling what others did meanwhile, and writing it into the return."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import Scope
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.core.wording import chinese_moment
from renovation.records.services import audit
from supervision.weekly import policies
from supervision.weekly.burden.working import note_opening, note_work
from supervision.weekly.comparison import WeekContext
from supervision.weekly.enums import APPROVED_STATES
from supervision.weekly.forms import ReportForm, as_typed, differences
from supervision.weekly.models import (
    FormDraft,
    WeeklyReport,
    WeeklyReturn,
)
from supervision.weekly.services import fill_return, latest_version, stood_reported
from supervision.weekly.values import ReportValues
from supervision.weekly.weeks import closing_moment, moments_of

from .cells import Clash, RowTyped, merge


@dataclass(frozen=True)
class RowSaved:
    """What became of the cells of one project: its form as it stands now, judged, and the cells that were not taken."""

    form: ReportForm
    clashes: tuple[Clash, ...]


def take_up(*, street: Organisation, week: Week, scope: Scope, now: datetime) -> None:
    """``note_opening`` for who fills in for the street and takes its workbook; nothing for anybody else."""
    if street.pk not in scope.home_ids or not scope.can(Permission.RETURN_FILL):
        return
    latest = latest_version(street=street, week=week)
    version = latest.version if latest is not None else 1
    note_opening(street=street, week=week, version=version, now=now)


def drafts_of(
    *, street: Organisation, week: Week, version: int, of: Collection[int] | None = None
) -> dict[int, dict[int, FormDraft]]:
    """Person → project → draft of a version; ``of`` narrows to some projects (ids). One query."""
    found: dict[int, dict[int, FormDraft]] = {}
    rows = FormDraft.objects.of(street_id=street.pk, week_start=week.start, version=version)
    if of is not None:
        rows = rows.filter(project__in=list(of))
    for draft in rows.select_related("person"):
        found.setdefault(draft.person_id, {})[draft.project_id] = draft
    return found


@transaction.atomic
def save_cells(
    *,
    context: WeekContext,
    rows: Mapping[int, RowTyped],
    version: int,
    scope: Scope,
    by: User,
    now: datetime,
) -> dict[int, RowSaved]:
    """Keep what a person typed in some rows; by project, how each stands. ``context`` holds those projects at least,
    ``scope`` is the person's.

    Every cell is kept as typed, whatever the rules say of it. A cell that the same person filled in otherwise in
    another window is not taken (``clashes``); what others wrote or are typing is told and touched by nobody.
    Refuses as the form does: who does not fill in for the street (Forbidden), a return that is not open to be
    filled in or of which there is a newer version (StateConflict, ``form.other_version``), a closed week
    (``week.…``), a project that does not report here (``report.not_reporting``).
    """
    street, week = context.street, context.terms.week
    queue_windows(by)
    latest = latest_version(street=street, week=week)
    check_filling(context=context, latest=latest, version=version, scope=scope, now=now)
    projects = {project.project_id: project for project in context.projects.values()}
    if not rows.keys() <= projects.keys():
        raise Refusal("report.not_reporting", "有的项目本周不由本街道报送，请刷新后重填。")
    stored = stored_rows(latest, rows)
    kept = _locked(street=street, week=week, version=version, rows=rows, by=by, now=now)
    clashes: dict[int, tuple[Clash, ...]] = {}
    for project_id, draft in kept.items():
        typed = rows[project_id]
        merged = merge(kept=draft.cells, saved_at=draft.saved_at, typed=typed.cells)
        draft.cells, draft.base, draft.saved_at = merged.cells, typed.seen, now
        clashes[project_id] = merged.clashes
    FormDraft.objects.bulk_update(kept.values(), ["cells", "base", "saved_at"])
    others = drafts_of(street=street, week=week, version=version, of=rows)
    saved = {}
    for project_id, draft in kept.items():
        report = stored.get(project_id)
        form = ReportForm(
            typed_of(draft, report),
            week=context,
            project=projects[project_id],
            report=report,
        )
        form.said = told(form=form, drafts=others, by=by)
        form.full_clean()
        saved[project_id] = RowSaved(form, clashes[project_id])
    note_work(street_id=street.pk, week_start=week.start, version=version, now=now)
    return saved


def queue_windows(person: User) -> None:
    """One person's windows write one after the other: each locks several drafts, and two that met half-way would
    wait for each other for ever. Whoever else fills in waits for nobody here; a hand-over takes the same lock."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _locked(
    *,
    street: Organisation,
    week: Week,
    version: int,
    rows: Mapping[int, RowTyped],
    by: User,
    now: datetime,
) -> dict[int, FormDraft]:
    """A person's drafts of some projects, locked until the transaction ends; those that there are not yet are begun.
    One query where there are all, three else."""
    own = FormDraft.objects.of(street_id=street.pk, week_start=week.start, version=version)
    mine = own.filter(person=by, project__in=list(rows)).order_by("pk").select_for_update()
    found = {draft.project_id: draft for draft in mine}
    if missing := [project_id for project_id in rows if project_id not in found]:
        FormDraft.objects.bulk_create(
            [
                FormDraft(
                    street=street,
                    week_start=week.start,
                    version=version,
                    project_id=project_id,
                    person=by,
                    base=rows[project_id].seen,
                    saved_at=now,
                )
                for project_id in missing
            ],
            ignore_conflicts=True,
        )
        found = {draft.project_id: draft for draft in mine.all()}
    return {project_id: found[project_id] for project_id in rows}


def check_filling(
    *,
    context: WeekContext,
    latest: WeeklyReturn | None,
    version: int,
    scope: Scope,
    now: datetime,
) -> None:
    """What is typed into ``version`` of a return is taken now; raises what ``save_cells`` names."""
    street, week = context.street, context.terms.week
    policies.check_fill(scope=scope, street=street)
    if latest is not None:
        policies.check_fillable(weekly_return=latest, scope=scope)
    if version != (latest.version if latest is not None else 1):
        raise Refusal("form.other_version", "这份周报已有新的一版，请刷新页面后再填。")
    if latest is not None and latest.version > 1:
        return
    moments = moments_of(bureau=context.bureau, week=week, now=now)
    closes_at = closing_moment(street=street, moments=moments)
    reported = latest is not None and stood_reported(
        weekly_return=latest, closes_at=closes_at, now=now
    )
    policies.check_window(moments=moments, closes_at=closes_at, now=now, is_reported=reported)


def stored_rows(
    weekly_return: WeeklyReturn | None, of: Collection[int] | None = None
) -> dict[int, WeeklyReport]:
    """The rows of a return by project, with who wrote them; ``of`` narrows to some projects (ids)."""
    if weekly_return is None:
        return {}
    rows = weekly_return.reports.select_related("updated_by")
    if of is not None:
        rows = rows.filter(project__in=list(of))
    return {report.project_id: report for report in rows}


def typed_of(draft: FormDraft, report: WeeklyReport | None) -> dict[str, str]:
    """What the browser would send for the row: the stored values with the draft's cells over them."""
    prefix = f"p{draft.project_id}-"
    texts = as_typed(report) | draft.cells
    sent = {f"{prefix}{field}": text for field, text in texts.items()}
    return sent | {f"{prefix}seen": draft.base}


def shown_rows(
    *, reports: Mapping[int, WeeklyReport], drafts: Mapping[int, FormDraft]
) -> dict[int, dict[str, str]]:
    """What the form shows when it is opened, by project, as ``typed_of`` a person's draft; a row that is written and
    not typed over is there as it stands, so that it is judged like any other."""
    written = {
        pk: typed_of(FormDraft(project_id=pk, base=report.edition), report)
        for pk, report in reports.items()
    }
    return written | {pk: typed_of(draft, reports.get(pk)) for pk, draft in drafts.items()}


def told(
    *, form: ReportForm, drafts: Mapping[int, Mapping[int, FormDraft]], by: User
) -> tuple[str, ...]:
    """Who else is typing in a row, with what. What was written since it was seen the form itself says."""
    stored = as_typed(form.report)
    mine = form.texts if form.is_bound else stored
    said = []
    for person_id, rows in drafts.items():
        theirs = rows.get(form.project.project_id)
        if person_id == by.pk or theirs is None:
            continue
        other = differences(mine, stored | theirs.cells)
        if other:
            said.append(
                f"{theirs.person}也在填这个项目（{chinese_moment(theirs.saved_at)}），"
                f"还没有写入，与您填的不同：{other}。"
            )
    return tuple(said)


@transaction.atomic
def write_form(
    *,
    street: Organisation,
    week: Week,
    forms: Iterable[ReportForm],
    by: User,
    now: datetime,
) -> list[WeeklyReport]:
    """Write what the form holds into the return; returns the rows that changed.

    A row that was written is no draft any more; one that cannot be stored stays one, as it was typed, so that it is
    there when the page is opened again. Refuses as ``fill_return`` does.
    """
    every = list(forms)
    queue_windows(by)
    rows: Sequence[ReportValues] = [
        form.values for form in every if form.values is not None and not form.is_blank
    ]
    seen = {form.project.project_id: form.stamp for form in every}
    weekly_return, changed = fill_return(
        street=street, week=week, rows=rows, seen=seen, by=by, now=now
    )
    own = FormDraft.objects.of(
        street_id=street.pk, week_start=week.start, version=weekly_return.version
    ).filter(person=by)
    written = [form.project.project_id for form in every if form.values is not None]
    blank = [form.project.project_id for form in every if form.is_blank]
    own.filter(project_id__in=[*written, *blank]).delete()
    for form in every:
        if form.values is None and not form.is_blank:
            FormDraft.objects.update_or_create(
                street=street,
                week_start=week.start,
                version=weekly_return.version,
                project_id=form.project.project_id,
                person=by,
                defaults={"cells": form.texts, "base": form.stamp, "saved_at": now},
            )
    _clear_old(street=street, by=by)
    # The page that comes back shows what is stored now; else the next saving met its own writing as another's.
    stored = {report.project_id: report for report in changed}
    for form in every:
        form.report = stored.get(form.project.project_id, form.report)
        form.is_written = form.values is not None
        form.kept = "" if form.is_written else now.isoformat()
    return changed


@transaction.atomic
def pass_draft(*, draft: FormDraft, to: User, said: str, by: User, now: datetime) -> FormDraft:
    """Give what somebody typed to another who fills in for the street.

    Where that person is typing in the same row already, the cells they have stay as they are and only the others are
    taken; of the two editions that were looked at the older one counts, so that what was written since is told.
    """
    locked = FormDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    same = FormDraft.objects.of(
        street_id=locked.street_id, week_start=locked.week_start, version=locked.version
    ).filter(project=locked.project_id, person=to)
    own = same.select_for_update(of=("self",)).first()
    audit(
        act="return.draft.hand_over",
        sentence=f"把{locked.person}填写{locked.street.short_name}{Week(locked.week_start).label}周报"
        f"{locked.project.name}的草稿移交{to}",
        by=by,
        now=now,
        target=own or locked,
        organisation=locked.street,
        reason=said,
    )
    if own is None:
        locked.person = to
        locked.save(update_fields=["person"])
        return locked
    own.cells = locked.cells | own.cells
    own.base, own.saved_at = min(own.base, locked.base), now
    own.save(update_fields=["cells", "base", "saved_at"])
    locked.delete()
    return own


def _clear_old(*, street: Organisation, by: User) -> None:
    """What a person typed and never wrote has no use once that version is approved."""
    done = {
        (week_start, version)
        for week_start, version in WeeklyReturn.objects.filter(
            street=street,
            state__in=APPROVED_STATES,
            week_start__in=FormDraft.objects.filter(street=street, person=by).values("week_start"),
        ).values_list("week_start", "version")
    }
    old = [
        draft.pk
        for draft in FormDraft.objects.filter(street=street, person=by)
        if (draft.week_start, draft.version) in done
    ]
    if old:
        FormDraft.objects.filter(pk__in=old).delete()
