"""The browser form of a return."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal
from renovation.face.wording import moment
from supervision.weekly import policies
from supervision.weekly.burden.working import note_opening
from supervision.weekly.comparison import load_context
from supervision.weekly.drafting import services
from supervision.weekly.drafting.cells import keep_key
from supervision.weekly.drafting.dropping import drop_draft, read_drop
from supervision.weekly.forms import ReturnForm
from supervision.weekly.models import FormDraft, WeeklyReturn
from supervision.weekly.standing import met_due
from supervision.weekly.weeks import Phase, WeekMoments, bureau_of, closing_moment, moments_of

from .places import closed_words, crumbs_of, place_of, versions_of

#: After these the page shows what was overtaken, and the same may be pressed again.
SHOWN_NEXT = frozenset({"report.overtaken", "draft.overtaken"})


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(Permission.RETURN_FILL)
def form(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """The browser form. What can be stored is stored; what cannot stays as it was typed, with its fault. With ``drop``
    one row is shown as the return holds it and nothing is written; what the other rows hold comes back as it was sent.
    """
    organisation, week = place_of(request, week_start, street)
    now = timezone.now()
    latest = versions_of(request, organisation, week).first()
    moments = moments_of(bureau=bureau_of(organisation), week=week, now=now)
    closes_at = closing_moment(street=organisation, moments=moments)
    if request.method != "POST":  # what was typed is answered on the page itself
        if latest is not None:
            policies.check_fillable(weekly_return=latest, scope=request.scope)
        if closed := closed_words(latest, moments, closes_at, now):
            raise Refusal("week.closed", closed)
    version = latest.version if latest is not None else 1
    if request.method == "GET":
        note_opening(street=organisation, week=week, version=version, now=now)
    context = load_context(street=organisation, week=week, moment=now)
    posts = request.method == "POST"
    sent = {name: str(text) for name, text in request.POST.items()} if posts else None
    saved, refused, may_write_again = "", "", False
    drops = sent is not None and "drop" in sent
    if sent is not None and drops:
        try:
            project_id, looked_at = read_drop(sent)
            report = drop_draft(
                context=context,
                project_id=project_id,
                looked_at=looked_at,
                scope=request.scope,
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refused, may_write_again = refusal.message, refusal.code in SHOWN_NEXT
        else:
            sent |= services.typed_of(FormDraft(project_id=project_id, base=report.edition), report)
            saved = f"{report.project.name}已改用周报里的，您的草稿不留了。"
    reports = services.stored_rows(latest)
    drafts = services.drafts_of(street=organisation, week=week, version=version)
    own = drafts.get(request.user.pk, {})
    writes = posts and not drops
    is_last_word = writes and request.POST.get("then") == "submit"
    filled = ReturnForm(
        sent,
        week=context,
        reports=reports,
        drafts=services.shown_rows(reports=reports, drafts=own),
        is_last_word=is_last_word,
    )
    for each in filled.forms:
        each.said = services.told(form=each, drafts=drafts, by=request.user)
        draft = own.get(each.project.project_id)
        each.kept = draft.edition if draft is not None else ""
    drafted = set(own)
    if writes:
        filled.full_clean()
        try:
            changed = services.write_form(
                street=organisation, week=week, forms=filled.forms, by=request.user, now=now
            )
        except Refusal as refusal:
            refused = refusal.message
            may_write_again = refusal.code in SHOWN_NEXT
        else:
            saved = _saved(len(changed), filled.unkept)
            drafted = {
                each.project.project_id
                for each in filled.forms
                if each.values is None and not each.is_blank
            }
        if not filled.faults and not refused:
            messages.success(request, saved)
            target = "weekly:street_week" if is_last_word else "weekly:form"
            return redirect(target, week_start=week.key, street=organisation.code)
    page = {
        "street": organisation,
        "week": week,
        "place": {"week_start": week.key, "street": organisation.code},
        "filled": filled,
        "last_weeks": context.last_weeks,
        "drafted": drafted,
        "keep_key": keep_key(
            person_id=request.user.pk, street=organisation, week=week, version=version
        ),
        "version": version,
        "posted": writes,
        "drops": drops,
        "saved": saved,
        "saved_kind": "caution" if writes and filled.unkept else "done",
        "refused": refused,
        "may_write_again": may_write_again,
        "moments": moments,
        "due_words": _due_words(latest, moments, closes_at, now),
        "latest": latest,
        "crumbs": crumbs_of(organisation, week, "填报"),
    }
    is_faulty = writes and bool(filled.faults)  # what is opened is only looked at
    status = 409 if refused else 422 if is_faulty else 200
    return render(request, "weekly/form.html", page, status=status)


def _due_words(
    latest: WeeklyReturn | None, moments: WeekMoments, closes_at: datetime | None, now: datetime
) -> str:
    """When the return is due, and once that is past, when the week closes."""
    due = moment(moments.due_at)
    if closes_at is None or moments.phase(now, closes_at=closes_at) is Phase.OPEN:
        return f"{due} 截止"
    if latest is not None and latest.version > 1:
        return f"{due} 截止，更正稿不受关闭时间限制"
    first = latest if latest is not None and met_due(first=latest, moments=moments) else None
    late = "已按时报过，改好再报不算迟报" if first is not None else "现在报送按迟报计"
    return f"{due} 已截止，{moment(closes_at)} 关闭；{late}"


def _saved(count: int, unkept: list[str]) -> str:
    """What became of the rows, in words."""
    done = f"已写入 {count} 个项目的改动。" if count else "没有改动。"
    if not unkept:
        return done
    return f"{done}{'、'.join(unkept)}有填错的地方，没有写入，填的内容都留在下面。"
