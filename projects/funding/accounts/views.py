"""Pages of accounts: a project's, the bureau's list, the account of an entry, statements."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.funding.models import FundingEvent, ProjectAccount, StatementBalance
from projects.funding.pages import (
    BOTH,
    bureau_page,
    export_address,
    import_address,
    project_of,
    project_page,
    sheets_to_change,
    status_of,
    streets_in_sight,
)
from projects.ledger import downloads
from projects.ledger.conflicts import EditConflict, take_over
from projects.ledger.models import Project
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.periods import Month
from renovation.face.refusals import refuse

from . import services
from .exports import accounts_workbook
from .forms import AccountChangeForm, AccountForm, CloseForm, NameForm, ReopenForm, StatementForm
from .listing import AccountFilterForm, list_accounts
from .naming import accounts_of_events
from .register import account_lines, project_lines

P = Permission


def _account(request: SignedIn, pk: int) -> ProjectAccount:
    rows = ProjectAccount.objects.visible_to(request.scope).select_related("project__street")
    found: ProjectAccount = get_object_or_404(rows, pk=pk)
    return found


@require_GET
@scoped(P.RETURN_READ)
def project(request: SignedIn, code: str) -> HttpResponse:
    """The accounts of a project, what went through none, and what breaks the discipline."""
    found = project_of(request, code)
    today = local_day(timezone.now())
    lines = project_lines(
        projects=[found], accounts=ProjectAccount.objects.visible_to(request.scope), today=today
    )
    context = project_page(
        request,
        found,
        "funding:project_accounts",
        ("专户", ""),
        line=lines[0] if lines else None,
        unnamed=services.unnamed_events(project=found),
        can_write=request.scope.can(P.FUNDING_WRITE),
    )
    return render(request, "funding/accounts/project.html", context)


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def new(request: SignedIn, code: str) -> HttpResponse:
    """Enter an account of a project."""
    found = project_of(request, code)
    form = AccountForm(
        request.POST if request.method == "POST" else None, use_required_attribute=False
    )
    if request.method == "POST" and form.is_valid():
        try:
            account = services.open_account(
                project=found, values=form.values, by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已登记专户{account}。以后的到位和支付须写明账户。")
            return redirect("funding:project_accounts", code=code)
    return _form_page(request, found, form, "登记专户", "登记")


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def change(request: SignedIn, pk: int) -> HttpResponse:
    """Change an account."""
    account = _account(request, pk)
    data = request.POST.copy() if request.method == "POST" else None
    form = AccountChangeForm(data, account=account)
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        try:
            services.change_account(
                account=account,
                values=form.values,
                seen_version=form.cleaned_data["seen_version"] or 0,
                by=request.user,
                now=timezone.now(),
            )
        except EditConflict as found:
            conflict = found
            take_over(form, found)
            data["seen_version"] = str(found.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("funding:account", pk=pk)
    return _form_page(
        request, account.project, form, "修改专户", "保存", account=account, conflict=conflict
    )


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def close(request: SignedIn, pk: int) -> HttpResponse:
    """Close an account."""
    account = _account(request, pk)
    data = request.POST if request.method == "POST" else None
    form = CloseForm(data, use_required_attribute=False)
    if data is not None and form.is_valid():
        try:
            services.close_account(
                account=account,
                closed_on=form.cleaned_data["closed_on"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{account}已销户，以后不能再收付。")
            return redirect("funding:account", pk=pk)
    return _form_page(
        request,
        account.project,
        form,
        "销户",
        "销户",
        account=account,
        consequence="销户以后，这个账户不能再登记到位和支付；漏记、记错的，撤销销户后再改。",
        look="danger",
    )


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def reopen(request: SignedIn, pk: int) -> HttpResponse:
    """Take a closing back, with a reason."""
    account = _account(request, pk)
    if request.method == "GET" and account.closed_on is None:
        messages.info(request, "账户没有销户。")
        return redirect("funding:account", pk=pk)
    data = request.POST if request.method == "POST" else None
    form = ReopenForm(data, use_required_attribute=False)
    if data is not None and form.is_valid():
        try:
            services.reopen_account(
                account=account,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已撤销{account}的销户。补记、更正后请再登记销户。")
            return redirect("funding:account", pk=pk)
    return _form_page(
        request,
        account.project,
        form,
        "撤销销户",
        "撤销销户",
        account=account,
        consequence="销户登记早了、漏记或记错了收付的，在这里撤销，改好后重新登记销户。撤销和原因都记入审计日志。",
    )


def _form_page(
    request: SignedIn, project: Project, form: Any, title: str, act: str, **more: Any
) -> HttpResponse:
    context = project_page(
        request,
        project,
        "funding:project_accounts",
        ("专户", reverse("funding:project_accounts", args=[project.code])),
        (title, ""),
        form=form,
        title=title,
        act=act,
        look=more.pop("look", "main"),
        **more,
    )
    status = 409 if more.get("conflict") else status_of(request)
    return render(request, "funding/accounts/form.html", context, status=status)


@require_GET
@scoped(P.RETURN_READ)
def account(request: SignedIn, pk: int) -> HttpResponse:
    """An account with its statements beside the ledger, and its changes."""
    return _account_page(request, _account(request, pk))


def _account_page(request: SignedIn, found: ProjectAccount, number: str = "") -> HttpResponse:
    today = local_day(timezone.now())
    rows = ProjectAccount.objects.visible_to(request.scope).filter(pk=found.pk)
    context = project_page(
        request,
        found.project,
        "funding:project_accounts",
        ("专户", reverse("funding:project_accounts", args=[found.project.code])),
        (str(found), ""),
        account=found,
        line=account_lines(accounts=rows, today=today)[0],
        number=number,
        can_write=request.scope.can(P.FUNDING_WRITE),
        can_reveal=request.scope.can(P.FUNDING_WRITE) or request.scope.can(P.FUNDING_APPROVE),
    )
    return render(request, "funding/accounts/account.html", context)


@require_POST
@scoped(P.FUNDING_WRITE, P.FUNDING_APPROVE)
def reveal(request: SignedIn, pk: int) -> HttpResponse:
    """Show the full number once; the look is in the audit log."""
    found = _account(request, pk)
    number = services.reveal_number(account=found, by=request.user, now=timezone.now())
    answer = _account_page(request, found, number)
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def statement(request: SignedIn, pk: int) -> HttpResponse:
    """Enter a month's balance by the bank."""
    found = _account(request, pk)
    today = local_day(timezone.now())
    posted = request.method == "POST"
    form = StatementForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        months=services.months_of(account=found, today=today),
    )
    if posted and form.is_valid():
        try:
            entered = services.enter_statement(
                account=found,
                month=form.chosen,
                balance_fen=form.cleaned_data["balance"],
                scan=form.cleaned_data["scan"],
                explanation=form.cleaned_data["explanation"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(
                request,
                f"已登记{Month.of(entered.month_end_on).label}末余额 {services.yuan(entered.balance_fen)}。",
            )
            return redirect("funding:account", pk=pk)
    return _form_page(
        request,
        found.project,
        form,
        "登记对账单",
        "登记",
        account=found,
        multipart=True,
        file_lost=bool(request.FILES) and bool(form.errors),
    )


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def name(request: SignedIn, pk: int) -> HttpResponse:
    """Say through which account an entry went."""
    rows = FundingEvent.objects.visible_to(request.scope).select_related(
        "project__street", "source"
    )
    event: FundingEvent = get_object_or_404(rows, pk=pk)
    accounts = list(ProjectAccount.objects.visible_to(request.scope).filter(project=event.project))
    data = request.POST if request.method == "POST" else None
    form = NameForm(data, accounts=accounts)
    if data is not None and form.is_valid():
        try:
            services.name_account(
                event=event,
                account=form.cleaned_data["account"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "账户已记。")
            return redirect("funding:event", pk=pk)
    present = accounts_of_events(project_ids=[event.project_id]).get(event.pk)
    return _form_page(request, event.project, form, "记账户", "记入", event=event, present=present)


@require_GET
@scoped(P.RETURN_READ)
def accounts(request: SignedIn) -> HttpResponse:
    """The accounts of all projects in sight with what is to be put right."""
    form = AccountFilterForm(request.GET, streets=streets_in_sight(request.scope))
    lines = list_accounts(
        scope=request.scope,
        form=form,
        sort=request.GET.get("sort", ""),
        today=local_day(timezone.now()),
    )
    context = bureau_page(
        request,
        "funding:accounts",
        ("专户", ""),
        form=form,
        lines=lines,
        balance_fen=sum(line.balance_fen for line in lines),
        fault_count=sum(bool(line.faults) for line in lines),
        export_href=export_address(request, "funding:accounts_export"),
        import_href=import_address(request, "funding:accounts"),
    )
    return render(request, "funding/accounts/list.html", context)


@require_GET
@scoped(P.RETURN_READ)
def export(request: SignedIn) -> HttpResponse:
    """The list as a workbook, filtered and sorted as the page."""
    now = timezone.now()
    form = AccountFilterForm(request.GET, streets=streets_in_sight(request.scope))
    lines = list_accounts(
        scope=request.scope, form=form, sort=request.GET.get("sort", ""), today=local_day(now)
    )
    more = sheets_to_change(
        request, "funding:accounts", codes={line.project.code for line in lines}, now=now
    )
    content = accounts_workbook(lines=lines, more=more, now=now)
    return downloads.workbook(content=content, name="资金专户.xlsx")


@require_GET
@scoped(P.RETURN_READ)
def scan(request: SignedIn, pk: int) -> HttpResponse:
    """The scan of a statement in sight."""
    rows = StatementBalance.objects.visible_to(request.scope).select_related("scan")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("no such statement")
    return downloads.for_reader(file=found.scan, scope=request.scope)
