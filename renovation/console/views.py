"""Pages of the administrator."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renovation.accounts.enums import OrganisationKind, Permission, Role
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Membership, Organisation, User
from renovation.core.calendar import local_day
from renovation.core.downloads import workbook
from renovation.core.errors import Refusal
from renovation.core.schedules import Rule
from renovation.core.wording import chinese_date
from renovation.face.refusals import refuse
from renovation.jobs.models import Schedule
from renovation.jobs.services import kinds, set_schedule
from renovation.records.models import Setting
from renovation.records.services import parameters, set_value, values_in_force

from . import calendar, listing, services
from .auditing.services import note_export
from .forms import (
    HolidayForm,
    MembershipForm,
    NewUserForm,
    OrganisationFilterForm,
    OrganisationForm,
    ScheduleForm,
    SettingForm,
    UserFilterForm,
    UserForm,
)
from .handing_over.matters import open_counts


def _status(request: SignedIn) -> int:
    """A form that comes back is 422, one that is opened 200."""
    return 422 if request.method == "POST" else 200


def _sections(chosen: str) -> list[tuple[str, str, bool]]:
    return [
        (label, reverse(f"console:{name}"), name == chosen)
        for label, name in (
            ("用户", "users"),
            ("单位", "organisations"),
            ("参数", "settings"),
            ("日历", "holidays"),
            ("定时任务", "schedules"),
        )
    ]


def _export_href(request: SignedIn, name: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return f"{reverse(name)}?{query.urlencode()}"


def _users(request: SignedIn) -> tuple[UserFilterForm, list[User]]:
    scope = request.scope
    form = UserFilterForm(request.GET, place=listing.places_of(scope=scope))
    return form, listing.users_of(scope=scope, form=form, sort=request.GET.get("sort", ""))


@require_GET
@scoped(Permission.USERS_MANAGE)
def users(request: SignedIn) -> HttpResponse:
    """Everybody of the scope, with posts and roles; accounts without a role among them."""
    form, rows = _users(request)
    context = {
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "form": form,
        "parts": _sections("users"),
        "export_href": _export_href(request, "console:users_export"),
    }
    return render(request, "console/users.html", context)


@require_GET
@scoped(Permission.USERS_MANAGE)
def users_export(request: SignedIn) -> HttpResponse:
    """The accounts as a workbook, a row a role; an entry of the audit log says who took it away."""
    now = timezone.now()
    form, rows = _users(request)
    content = listing.users_workbook(users=rows, now=now)
    note_export(
        act="user.export",
        name="用户",
        words=form.words,
        count=len(rows),
        scope=request.scope,
        by=request.user,
        now=now,
    )
    return workbook(content=content, name=f"用户（{chinese_date(local_day(now))}）.xlsx")


@never_cache
@require_http_methods(["GET", "POST"])
@scoped(Permission.USERS_MANAGE)
def new_user(request: SignedIn) -> HttpResponse:
    """Create a user; the first password is shown once."""
    form = NewUserForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        try:
            user, password = services.create_user(by=request.user, now=timezone.now(), **values)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return render(request, "console/password.html", {"person": user, "password": password})
    return render(request, "console/new_user.html", {"form": form}, status=_status(request))


@require_http_methods(["GET", "POST"])
@scoped(Permission.USERS_MANAGE)
def user(request: SignedIn, pk: int) -> HttpResponse:
    """One user: post, roles, tokens, on or off."""
    person = get_object_or_404(User.objects.visible_to(request.scope), pk=pk)
    form = UserForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_user(
                user=User.objects.visible_to(request.scope).get(pk=pk),
                by=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已保存。")
            if not form.cleaned_data["is_active"]:
                _tell_what_is_open(request, person)
            return redirect("console:user", pk=pk)
    return render(
        request,
        "console/user.html",
        {
            "person": person,
            "form": form,
            "memberships": person.memberships.select_related("organisation"),
            "tokens": person.api_tokens.all(),
            "crumbs": [("用户", reverse("console:users")), (person.username, "")],
        },
        status=_status(request),
    )


def _tell_what_is_open(request: SignedIn, person: User) -> None:
    """Who leaves a post and has something open is told to whoever manages it."""
    if count := open_counts(scope=request.scope)[person.pk]:
        messages.warning(request, f"名下还有 {count} 件没有办结。请点“办理交接”移交给接手的人。")


@never_cache
@require_POST
@scoped(Permission.USERS_MANAGE)
def reset_password(request: SignedIn, pk: int) -> HttpResponse:
    """A new first password, shown once."""
    person = get_object_or_404(User.objects.visible_to(request.scope), pk=pk)
    password = services.reset_password(user=person, by=request.user, now=timezone.now())
    return render(request, "console/password.html", {"person": person, "password": password})


@require_http_methods(["GET", "POST"])
@scoped(Permission.USERS_MANAGE)
def new_membership(request: SignedIn, pk: int) -> HttpResponse:
    """Give a user another role."""
    person = get_object_or_404(User.objects.visible_to(request.scope), pk=pk)
    form = MembershipForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        try:
            services.add_membership(user=person, by=request.user, now=timezone.now(), **values)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已加上这个角色。")
            return redirect("console:user", pk=pk)
    return render(
        request,
        "console/membership.html",
        {"form": form, "person": person},
        status=_status(request),
    )


@require_POST
@scoped(Permission.USERS_MANAGE)
def end_membership(request: SignedIn, pk: int) -> HttpResponse:
    """Take a role away."""
    found = Membership.objects.visible_to(request.scope).select_related("user", "organisation")
    row = get_object_or_404(found, pk=pk)
    services.end_membership(membership=row, by=request.user, now=timezone.now())
    messages.success(request, "已取消这个角色。")
    _tell_what_is_open(request, row.user)
    if not User.objects.visible_to(request.scope).filter(pk=row.user_id).exists():
        return redirect("console:users")  # the other roles are another district's
    return redirect("console:user", pk=row.user_id)


def _organisations(
    request: SignedIn,
) -> tuple[OrganisationFilterForm, list[listing.OrganisationLine]]:
    form = OrganisationFilterForm(request.GET)
    lines = listing.organisations_of(
        scope=request.scope,
        form=form,
        sort=request.GET.get("sort", ""),
        today=timezone.localdate(),
    )
    return form, lines


@require_GET
@scoped(Permission.USERS_MANAGE)
def organisations(request: SignedIn) -> HttpResponse:
    """The organisations in the order of their tree, each with what it hangs below."""
    form, lines = _organisations(request)
    context = {
        "page": Paginator(lines, 100).get_page(request.GET.get("page")),
        "form": form,
        "parts": _sections("organisations"),
        "export_href": _export_href(request, "console:organisations_export"),
    }
    return render(request, "console/organisations.html", context)


@require_GET
@scoped(Permission.USERS_MANAGE)
def organisations_export(request: SignedIn) -> HttpResponse:
    """The organisations as a workbook."""
    now = timezone.now()
    _, lines = _organisations(request)
    content = listing.organisations_workbook(lines=lines, now=now)
    return workbook(content=content, name=f"单位（{chinese_date(local_day(now))}）.xlsx")


@require_http_methods(["GET", "POST"])
@scoped(Permission.USERS_MANAGE)
def organisation(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """Add or change an organisation."""
    row = (
        get_object_or_404(Organisation.objects.visible_to(request.scope), pk=pk)
        if pk is not None
        else None
    )
    form = OrganisationForm(request.POST or None, instance=row, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_organisation(
                organisation=form.save(commit=False), by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("console:organisations")
    return render(
        request, "console/organisation.html", {"form": form, "row": row}, status=_status(request)
    )


@require_GET
@scoped(Permission.SETTINGS_MANAGE)
def settings(request: SignedIn) -> HttpResponse:
    """Every parameter with the value in force, grouped, for one bureau."""
    bureaus = Organisation.objects.visible_to(request.scope).filter(kind=OrganisationKind.BUREAU)
    chosen = bureaus.filter(code=request.GET.get("bureau", "")).first() or bureaus.first()
    values = values_in_force(organisation=chosen, on=timezone.localdate()) if chosen else {}
    groups: dict[str, list[tuple[Any, str, bool]]] = {}
    for key, parameter in parameters().items():
        if key in values:
            shown = parameter.show(values[key])
            groups.setdefault(parameter.group or "其他", []).append(
                (parameter, shown, values[key] != parameter.default)
            )
    return render(
        request,
        "console/settings.html",
        {
            "groups": groups.items(),
            "bureau": chosen,
            "ways": [(each.short_name, f"?bureau={each.code}", each == chosen) for each in bureaus],
            "parts": _sections("settings"),
        },
    )


@require_http_methods(["GET", "POST"])
@scoped(Permission.SETTINGS_MANAGE)
def setting(request: SignedIn, key: str) -> HttpResponse:
    """One parameter: what it is, its history, a new value."""
    parameter = parameters().get(key)
    if parameter is None:
        raise Http404
    history = (
        Setting.objects.visible_to(request.scope)
        .filter(key=key)
        .select_related("organisation", "created_by")
    )
    form = SettingForm(
        request.POST or None,
        scope=request.scope,
        parameter=parameter,
        initial={"effective_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        set_value(key=key, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, "已登记新值。以前的判定和文件仍按当时的值。")
        return redirect("console:setting", key=key)
    return render(
        request,
        "console/setting.html",
        {
            "parameter": parameter,
            "default": parameter.show(parameter.default),
            "form": form,
            "history": [(row, parameter.show(parameter.read(row.value))) for row in history],
            "crumbs": [("参数", reverse("console:settings")), (parameter.label, "")],
        },
        status=_status(request),
    )


@require_GET
@scoped(Permission.SETTINGS_MANAGE)
def holidays(request: SignedIn) -> HttpResponse:
    """The calendar of a year, with a warning where its arrangement is not published yet."""
    this_year = timezone.localdate().year
    year = calendar.year_from(request.GET.get("year", "")) or this_year
    return render(
        request,
        "console/holidays.html",
        {
            "year": year,
            "rows": calendar.days_of(year),
            "is_published": calendar.is_published(year),
            "years": [
                (str(y), f"?year={y}", y == year) for y in range(this_year - 1, this_year + 2)
            ],
            "parts": _sections("holidays"),
        },
    )


@require_http_methods(["GET", "POST"])
@scoped(Permission.SETTINGS_MANAGE)
def holiday(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """Add or change a day."""
    row = calendar.day_or_404(pk) if pk is not None else None
    form = HolidayForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = services.save_holiday(
            holiday=form.save(commit=False), by=request.user, now=timezone.now()
        )
        messages.success(request, "已保存。还没有截止的周按新日历计算。")
        return redirect(f"{reverse('console:holidays')}?year={saved.day.year}")
    return render(
        request, "console/holiday.html", {"form": form, "row": row}, status=_status(request)
    )


@require_POST
@scoped(Permission.SETTINGS_MANAGE)
def remove_holiday(request: SignedIn, pk: int) -> HttpResponse:
    """Remove a day from the calendar."""
    row = calendar.day_or_404(pk)
    year = row.day.year
    services.remove_holiday(holiday=row, by=request.user, now=timezone.now())
    messages.success(request, "已删除，这一天按星期几算。")
    return redirect(f"{reverse('console:holidays')}?year={year}")


@require_GET
@scoped(Permission.SETTINGS_MANAGE)
def schedules(request: SignedIn) -> HttpResponse:
    """Every kind of job and when it runs for each bureau of the scope."""
    bureaus = list(
        Organisation.objects.visible_to(request.scope).filter(kind=OrganisationKind.BUREAU)
    )
    present = {
        (row.kind, row.organisation_id): row for row in Schedule.objects.visible_to(request.scope)
    }
    rows = []
    for kind in kinds().values():
        for bureau in bureaus:
            row = present.get((kind.code, bureau.pk))
            rule = Rule.from_json(row.rule) if row and row.rule else kind.default_rule
            rows.append({"kind": kind, "bureau": bureau, "row": row, "text": kind.text_of(rule)})
    return render(
        request, "console/schedules.html", {"rows": rows, "parts": _sections("schedules")}
    )


@require_http_methods(["GET", "POST"])
@scoped(Permission.SETTINGS_MANAGE)
def schedule(request: SignedIn, code: str, bureau: str) -> HttpResponse:
    """When one kind of job runs for a bureau."""
    kind = kinds().get(code)
    if kind is None:
        raise Http404
    owner = get_object_or_404(
        Organisation.objects.visible_to(request.scope), code=bureau, kind=OrganisationKind.BUREAU
    )
    row = Schedule.objects.visible_to(request.scope).filter(kind=code, organisation=owner).first()
    rule = Rule.from_json(row.rule) if row and row.rule else kind.default_rule
    form = ScheduleForm(
        request.POST or None,
        kind=kind,
        initial=ScheduleForm.initial_of(rule, is_enabled=row.is_enabled if row else False),
    )
    if request.method == "POST" and form.is_valid():
        set_schedule(
            kind=code,
            organisation=owner,
            rule=form.cleaned_data["rule"],
            is_enabled=form.cleaned_data["is_enabled"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, "已保存定时任务。")
        return redirect("console:schedules")
    return render(
        request,
        "console/schedule.html",
        {"form": form, "kind": kind, "owner": owner},
        status=_status(request),
    )
