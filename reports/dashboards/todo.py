"""待办: what waits for somebody, from what exists. The badge in the head, 今天要办 and the page count the same list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from projects.consent.waiting import waiting_for as consent_waiting
from projects.funding.enums import EventState
from projects.funding.models import FundingEvent
from projects.funding.waiting import findings_waiting, forecasts_waiting, own_findings
from projects.ledger.change_words import effects_of
from projects.ledger.enums import BaselineState, ChangeState, ExceptionState
from projects.ledger.facts import LateStart
from projects.ledger.models import (
    Baseline,
    GateException,
    GatePromise,
    Project,
    ProjectChange,
)
from projects.residents.waiting import notices_lack, notices_wait
from projects.residents.waiting import waiting_for as residents_waiting
from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation
from renovation.accounts.scope import NOBODY, Scope, bureau_in
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.core.wording import join, short_date
from renovation.face.values import Todo
from renovation.face.wording import moment
from reports.delivery.troubles import (
    failed_files,
    failed_jobs,
    overdue_papers,
    troubled_mails,
)
from reports.papers.enums import PaperAct, PaperKind, PaperState
from reports.papers.models import Document
from reports.papers.policies import available_acts
from supervision.inquiries.waiting import waiting_for as inquiries_waiting
from supervision.weekly.enums import ReturnState
from supervision.weekly.register import Entry, register_between
from supervision.weekly.weeks import Phase

from .late import late_in

P = Permission
#: Acts on papers that wait for a person, with the word of the act; drafting is nobody's duty.
_PAPER_ACTS: dict[PaperAct, tuple[str, str]] = {
    PaperAct.SIGN: ("签发", "审阅签发"),
    PaperAct.NUMBER: ("编号印发", "编号印发"),
    PaperAct.APPROVE: ("审核", "审阅审核"),
    PaperAct.CHECK: ("核稿", "核稿"),
    PaperAct.ISSUE: ("印发", "查看印发"),
}
#: A dispatch sheet that is older is history: nobody is asked to issue it any more.
_SHEET_WEEKS = 2


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing to do: the thing, the reason, the act and its address. ``weight`` orders (small first);
    ``is_alarm`` marks what is overdue or went wrong."""

    title: str
    reason: str
    act: str
    href: str
    weight: int
    light: str = ""
    is_alarm: bool = False

    @property
    def shown(self) -> Todo:
        """As the component takes it."""
        return Todo(self.title, self.reason, self.act, self.href, self.light)


def address(name: str, *args: object, otherwise: str = "dashboards:todo") -> str:
    """The address of a page, of the page ``otherwise`` where it does not stand."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return reverse(otherwise)


def todo_items(*, scope: Scope, now: datetime) -> list[Item]:
    """Everything that waits for the posts of a scope now, the heaviest first. A constant number of queries."""
    found = [*_few_items(scope, now), *map(_of_late, late_in(scope, local_day(now)))]
    return sorted(found, key=lambda item: item.weight)


def _few_items(scope: Scope, now: datetime) -> list[Item]:
    """All but what waits once for every project."""
    if scope.is_anonymous or scope.bureau_id is None:
        return []
    return [
        *_papers(scope, now),
        *_returns(scope, now),
        *_approvals(scope),
        *_own_findings(scope, now),
        *(Item(**asdict(each)) for each in consent_waiting(scope=scope)),
        *_gating(scope, now),
        *_sites(scope, now),
        *(Item(**asdict(each)) for each in inquiries_waiting(scope=scope, now=now)),
        *_mails(scope, now),
    ]


def count_of(request: HttpRequest) -> int:
    """The number beside 待办, as ``settings.FACE_TODO_COUNT`` names it; what waits for hundreds of projects is
    counted and not worded."""
    held: list[Item] | None = getattr(request, "_todo_items", None)
    if held is not None:
        return len(held)
    scope, now = getattr(request, "scope", NOBODY), timezone.now()
    return len(_few_items(scope, now)) + len(late_in(scope, local_day(now)))


def items_of(request: HttpRequest, *, now: datetime) -> list[Item]:
    """The items of a request, asked for once however often they are shown on its page."""
    held: list[Item] | None = getattr(request, "_todo_items", None)
    if held is None:
        held = todo_items(scope=getattr(request, "scope", NOBODY), now=now)
        request._todo_items = held  # type: ignore[attr-defined]
    return held


# -- papers ------------------------------------------------------------------------------------------
def _papers(scope: Scope, now: datetime) -> Iterator[Item]:
    """Papers whose next act is this person's, and the bulletin that should have left by now."""
    acting = {P.PAPER_SIGN, P.PAPER_NUMBER, P.PAPER_APPROVE, P.PAPER_CHECK, P.SHEET_ISSUE}
    if not acting & scope.permissions:
        return
    oldest = Week.of(local_day(now)).shift(-_SHEET_WEEKS).key
    rows = Document.objects.visible_to(scope).exclude(
        state__in=[PaperState.ISSUED, PaperState.WITHDRAWN]
    )
    for document in rows.filter(bureau=scope.bureau_id).order_by("period_key", "pk"):
        is_sheet = document.kind == PaperKind.DISPATCH_SHEET
        if is_sheet and (document.period_key < oldest or document.subject_id != document.bureau_id):
            continue
        open_acts = available_acts(document, scope)
        act = next((each for each in _PAPER_ACTS if each in open_acts), None)
        if act is None:
            continue
        verb, button = _PAPER_ACTS[act]
        yield Item(
            title=f"{verb}{document.title}",
            reason=f"{document.get_kind_display()}，{document.get_state_display()}，"
            f"{moment(document.compiled_at)} 编制",
            act=button,
            href=address("papers:document", document.pk),
            weight=30 if is_sheet else 10,
        )
    if not {P.PAPER_SIGN, P.PAPER_APPROVE, P.PAPER_NUMBER} & scope.permissions:
        return
    for trouble in overdue_papers(bureau=_bureau(scope), now=now):
        is_sheet = trouble.paper_kind == PaperKind.DISPATCH_SHEET
        page = address("papers:sheets" if is_sheet else "papers:bulletins")
        yield Item(
            title=trouble.title,
            reason=trouble.reason,
            act="查看调度表" if is_sheet else "查看通报",
            href=address("papers:document", trouble.document.pk) if trouble.document else page,
            weight=6 if is_sheet else 5,
            is_alarm=True,
        )


def _bureau(scope: Scope) -> Organisation:
    bureau = bureau_in(scope)
    if bureau is None:
        raise LookupError("the scope belongs to no bureau")
    return bureau


# -- returns -----------------------------------------------------------------------------------------
def _returns(scope: Scope, now: datetime) -> Iterator[Item]:
    """What is to be filled in, reviewed or approved, and who did not return."""
    working = {P.RETURN_FILL, P.RETURN_REVIEW, P.RETURN_APPROVE}
    watching = scope.bureau_id in scope.organisation_ids and bool(
        {P.RETURN_SEND_BACK, P.PAPER_SIGN, P.SHEET_ISSUE} & scope.permissions
    )
    if not working & scope.permissions and not watching:
        return
    this_week = Week.of(local_day(now))
    register = register_between(
        bureau=_bureau(scope),
        streets=scope.organisation_ids,
        first=this_week.shift(-3),
        last=this_week,
        now=now,
        tells_nil=False,
    )
    closed = next((line for line in register.lines if line.phase is Phase.CLOSED), None)
    for line in register.lines:
        for entry in line.expected:
            yield from _of_entry(entry, line.moments.due_at, scope)
    if watching and closed is not None:
        for entry in closed.missing:
            yield Item(
                title=f"{entry.street.short_name}第{entry.week.number}周周报未报",
                reason=f"{moment(entry.closes_at)} 已截止；{entry.project_count} 个项目的进度按更早一周计",
                act="查看报送",
                href=_return_address(entry),
                weight=20,
                is_alarm=True,
            )


def _of_entry(entry: Entry, due: datetime | None, scope: Scope) -> Iterator[Item]:
    latest, week = entry.latest, f"第{entry.week.number}周"
    street = entry.street.short_name
    if latest is not None and latest.state == ReturnState.SENT_BACK and scope.can(P.RETURN_FILL):
        yield Item(
            title=f"{week}周报被退回，请改正",
            reason=f"退回意见：{latest.comment}"
            if latest.comment
            else "请按退回意见改正后重新报送",
            act="改正周报",
            href=_return_address(entry),
            weight=8,
            is_alarm=True,
        )
    elif entry.is_open and (latest is None or latest.state == ReturnState.DRAFT):
        if scope.can(P.RETURN_FILL):
            late = entry.phase is Phase.LATE
            yield Item(
                title=f"填报{week}周报",
                reason=f"{moment(entry.closes_at)} 关闭，现在报送按迟报计"
                if late
                else f"{moment(due)} 截止，{entry.project_count} 个在报项目",
                act="填报",
                href=_return_address(entry),
                weight=9 if late else 15,
                is_alarm=late,
            )
    elif latest is not None and latest.state == ReturnState.SUBMITTED:
        if scope.can(P.RETURN_REVIEW) and latest.submitted_by_id != scope.user_id:
            yield Item(
                title=f"审核{street}{week}周报",
                reason=f"{moment(latest.submitted_at)} 报送，{entry.project_count} 个项目",
                act="审核",
                href=_return_address(entry),
                weight=12,
            )
    elif latest is not None and latest.state == ReturnState.REVIEWED:
        people = {latest.submitted_by_id, latest.reviewed_by_id}
        if scope.can(P.RETURN_APPROVE) and scope.user_id not in people:
            yield Item(
                title=f"核定{street}{week}周报",
                reason=f"街道 {moment(latest.reviewed_at)} 审核，{entry.project_count} 个项目",
                act="核定",
                href=_return_address(entry),
                weight=12,
            )


def _return_address(entry: Entry) -> str:
    return reverse("weekly:street_week", args=[entry.week.key, entry.street.code])


# -- ledger and money --------------------------------------------------------------------------------
def _approvals(scope: Scope) -> Iterator[Item]:
    """Entries of the ledger and of money that wait for a second person."""
    if scope.can(P.FUNDING_APPROVE):
        rows = (
            FundingEvent.objects.visible_to(scope)
            .filter(state=EventState.PENDING)
            .exclude(recorded_by=scope.user_id)
        )
        by_project = list(
            rows.values("project__code", "project__name")
            .annotate(count=Count("pk"))
            .order_by("project__code")
        )
        if by_project:
            count = sum(row["count"] for row in by_project)
            names = [str(row["project__name"]) for row in by_project]
            yield Item(
                title=f"核定资金 {count} 笔",
                reason=_few(names) + "；核定前不计入到位和支付",
                act="核定资金",
                href=address("funding:pending", otherwise="dashboards:projects"),
                weight=25,
            )
        yield from _money_to_decide(scope)
    if scope.can(P.LEDGER_APPROVE):
        drafts = list(
            Baseline.objects.filter(
                state=BaselineState.DRAFT, project__in=Project.objects.visible_to(scope)
            )
            .exclude(drafted_by=scope.user_id)
            .filter(change=None)
            .select_related("project")
            .order_by("project__code")
        )
        for draft in drafts:
            yield Item(
                title=f"批准{draft.project}第 {draft.version} 版计划",
                reason=f"调整原因：{draft.reason}" if draft.reason else "新拟定的计划",
                act="查看计划",
                href=reverse("dashboards:project", args=[draft.project.code]),
                weight=26,
            )


def _money_to_decide(scope: Scope) -> Iterator[Item]:
    """Forecasts and answered findings that another person decides on."""
    if forecasts := forecasts_waiting(scope=scope):
        yield Item(
            title=f"核定用款预测 {len(forecasts)} 份",
            reason=_few(list(dict.fromkeys(row.project.name for row in forecasts)))
            + "；季度开始后冻结",
            act="核定预测",
            href=address("funding:pending"),
            weight=27,
        )
    if findings := findings_waiting(scope=scope):
        yield Item(
            title=f"核实审计问题整改 {len(findings)} 个",
            reason=join(row.title for row in findings[:2]) + ("等" if len(findings) > 2 else ""),
            act="核实销号",
            href=f"{address('funding:findings')}?state=answered",
            weight=27,
        )


def _own_findings(scope: Scope, now: datetime) -> Iterator[Item]:
    """Findings of the audit that this person answers for."""
    if not scope.can(P.FINDING_ANSWER):
        return
    count, overdue = own_findings(scope=scope, today=local_day(now))
    if count:
        yield Item(
            title=f"审计问题待整改 {count} 个",
            reason=f"{overdue} 个已逾期" if overdue else "按整改期限报整改",
            act="报整改",
            href=f"{address('funding:findings')}?state=open",
            weight=15 if overdue else 28,
            is_alarm=overdue > 0,
        )


# -- gates and changes -------------------------------------------------------------------------------
def _gating(scope: Scope, now: datetime) -> Iterator[Item]:
    """Changes and exceptions that another asked for."""
    visible = Project.objects.visible_to(scope)
    if scope.can(P.LEDGER_APPROVE):
        changes = ProjectChange.objects.filter(state=ChangeState.DRAFT, project__in=visible)
        for change in changes.exclude(drafted_by=scope.user_id).select_related("project"):
            yield Item(
                title=f"批准{change.project}的变更：{change.title}",
                reason=f"{change.get_kind_display()}变更，{effects_of(change=change)}",
                act="查看变更",
                href=reverse("ledger:change", args=[change.project.code, change.pk]),
                weight=25,
            )
        asked = GateException.objects.filter(state=ExceptionState.ASKED, project__in=visible)
        for row in asked.exclude(requested_by=scope.user_id).select_related("project"):
            yield Item(
                title=f"批准{row.project}关口“{row.get_gate_display()}”的例外",
                reason=row.finding,
                act="查看例外",
                href=reverse("ledger:exception", args=[row.project.code, row.pk]),
                weight=25,
            )


def _sites(scope: Scope, now: datetime) -> Iterator[Item]:
    """Promised papers past their day, and what waits of notices to residents. One query asks whether anything
    waits at all; the page of somebody for whom nothing does costs no more."""
    if not {P.LEDGER_WRITE, P.RETURN_FILL, P.RETURN_REVIEW} & scope.permissions:
        return
    today = local_day(now)
    late = GatePromise.objects.filter(received_on=None, due_on__lt=today)
    asked = (
        Project.objects.visible_to(scope)
        .filter(cancelled_on=None)
        .annotate(
            promised=Exists(late.filter(project=OuterRef("pk"))),
            told=notices_wait(),
            untold=notices_lack(),
        )
    )
    waits = asked.filter(Q(promised=True) | Q(told=True) | Q(untold=True)).order_by()
    kinds = list(waits.values_list("promised", "told", "untold").distinct())
    if any(promised for promised, _, _ in kinds):
        yield from _promises(scope, today)
    if any(told or untold for _, told, untold in kinds):
        yield from _notices(scope, today)


def _promises(scope: Scope, today: date) -> Iterator[Item]:
    open_ = GatePromise.objects.filter(
        received_on=None,
        due_on__lt=today,
        project__in=Project.objects.visible_to(scope),
        project__cancelled_on=None,
    )
    for promise in open_.select_related("project"):
        yield Item(
            title=f"{promise.project}容缺的{promise.lacks}没有补齐，已过 {(today - promise.due_on).days} 天",
            reason=f"{promise.promised_by}承诺 {short_date(promise.due_on)} 前补齐",
            act="查看关口",
            href=reverse("ledger:gate", args=[promise.project.code, promise.gate]),
            weight=21,
            is_alarm=True,
        )


def _notices(scope: Scope, today: date) -> Iterator[Item]:
    """Notices to publish or conclude, objections without an answer, points without a notice."""
    for each in residents_waiting(scope=scope, today=today):
        yield Item(
            title=each.title,
            reason=each.reason,
            act=each.act,
            href=each.href,
            weight=18 if each.is_late else 29,
            is_alarm=each.is_late,
        )


def _few(names: list[str]) -> str:
    return join(names[:3]) + (f"等 {len(names)} 个项目" if len(names) > 3 else "")


def _of_late(late: LateStart) -> Item:
    """应开未开: the planned start has passed and no start is proven."""
    ends = late.month_ends
    return Item(
        title=f"{late.name}应开工未开工，已过 {late.days} 天",
        reason=f"计划 {short_date(late.planned_start_on)} 开工，已过 {ends} 个月末",
        act="查看项目",
        href=reverse("dashboards:project", args=[late.code]),
        weight=22,
        light="red" if ends >= 3 else "yellow" if ends else "",
    )


# -- mail --------------------------------------------------------------------------------------------
def _mails(scope: Scope, now: datetime) -> Iterator[Item]:
    """Papers that could not be made, mails that did not leave, or of which nobody knows: for the office,
    the leader and the administrator."""
    if not {P.DELIVERY_MANAGE, P.PAPER_SIGN, P.SETTINGS_MANAGE} & scope.permissions:
        return
    bureau = _bureau(scope)
    runs_jobs = bool({P.DELIVERY_MANAGE, P.SETTINGS_MANAGE} & scope.permissions)
    for trouble in failed_jobs(bureau=bureau, now=now) if runs_jobs else ():
        yield Item(
            title=trouble.title,
            reason=trouble.reason,
            act="查看任务",
            href=address("jobs:runs"),
            weight=6,
            is_alarm=True,
        )
    for trouble in failed_files(bureau=bureau, now=now) if scope.can(P.PAPER_READ_DRAFT) else ():
        yield Item(
            title=trouble.title,
            reason=trouble.reason,
            act="重新生成",
            href=address("papers:document", trouble.document.pk) if trouble.document else "",
            weight=6,
            is_alarm=True,
        )
    rows = list(troubled_mails(bureau=bureau).values_list("state", "delivery__document"))
    for state, word in (("failed", "发送失败"), ("unknown", "结果不明")):
        papers = [paper for mail_state, paper in rows if mail_state == state]
        count = len(papers)
        if count:
            yield Item(
                title=f"邮件{word} {count} 封",
                reason="请核对原因后补发，已发出的不会重发"
                if state == "failed"
                else "不知道是否已经送出，请联系收件人确认后再决定是否补发",
                act="查看任务" if scope.can(P.SETTINGS_MANAGE) else "查看邮件",
                href=_mail_address(scope, papers),
                weight=7,
                is_alarm=True,
            )


def _mail_address(scope: Scope, papers: Sequence[int | None]) -> str:
    """Where this person can see to the mails: all of them, those of the paper, or the jobs."""
    if scope.can(P.DELIVERY_MANAGE):
        return address("delivery:schedules")
    paper = next((pk for pk in papers if pk is not None), None)
    if scope.can(P.PAPER_READ_DRAFT) and paper is not None:
        return address("delivery:document", paper)
    return address("jobs:runs" if scope.can(P.SETTINGS_MANAGE) else "dashboards:todo")
