"""催报 of a week, and the contact of a street."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.accounts.scope import bureau_in
from renovation.core.cards import Card
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.core.wording import join
from renovation.face.pictures import card_answer
from renovation.face.refusals import refuse
from renovation.face.values import Way
from renovation.face.wording import moment
from supervision.weekly import policies
from supervision.weekly.models import ReportingContact
from supervision.weekly.register import Line
from supervision.weekly.weeks import Phase

from . import services
from .cards import line_card
from .forms import ContactForm, ReminderForm
from .owing import contacts_of, copy_text, line_of, wanted
from .rounds import digest_text, people_of, rates_of
from .told import told_of, told_text

BOTH = ["GET", "HEAD", "POST"]


def _week(text: str) -> Week:
    try:
        return Week.from_key(text)
    except ValueError:
        raise Http404("no such week") from None


@require_http_methods(BOTH)
@scoped(Permission.RETURN_SEND_BACK)
def reminders(request: SignedIn, week_start: str) -> HttpResponse:
    """Who owes the return of a week, whom to call, the text for the group; a POST writes to them."""
    policies.check_remind(scope=request.scope)
    week, now, bureau = _week(week_start), timezone.now(), bureau_in(request.scope)
    if bureau is None:
        raise Http404("no bureau")
    line = line_of(bureau=bureau, streets=request.scope.organisation_ids, week=week, now=now)
    owing = wanted(line) if line is not None else []
    streets = [entry.street for entry in owing]
    form = ReminderForm(request.POST if request.method == "POST" else None, streets=streets)
    if line is not None and form.is_valid():
        chosen = [street for street in streets if street.code in form.cleaned_data["streets"]]
        try:
            done = services.remind(
                bureau=bureau,
                week=week,
                streets=chosen,
                again=form.cleaned_data["again"],
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _done(done, now))
            return redirect("weekly:reminders", week_start=week.key)
    contacts = contacts_of(streets)
    people = people_of(streets=streets, now=now)
    sent = told_of(scope=request.scope, week=week)
    page = {
        "week": week,
        "line": line,
        "owing": [
            (
                entry,
                contacts.get(entry.street.pk),
                people[entry.street.pk],
                next((row for row in sent if row.street == entry.street), None),
            )
            for entry in owing
        ],
        "form": form,
        "chosen": form["streets"].value() or [],
        "can_tell": any(people.values()),
        "asks_again": "again" in form.errors,
        "copied": _words(line, bureau, now),
        "card": _card(line, bureau, now),
        "picture_href": reverse("weekly:reminders_picture", args=[week.key]),
        "sent": sent,
        "standing": _standing(line),
        "crumbs": [
            Way("周报", reverse("weekly:returns")),
            Way(f"第{week.number}周"),
            Way("催报"),
        ],
    }
    return render(request, "weekly/reminders.html", page, status=422 if form.errors else 200)


def _done(done: services.Reminded, now: datetime) -> str:
    count = len(done.reminders)
    if done.leaves_at > now:
        words = f"催报 {count} 人，{moment(done.leaves_at)} 上班时发出。那以前报送的不再发。"
    else:
        words = f"已催报 {count} 人。"
    if done.told:
        words += f"今天已经催过、没有再发：{told_text(done.told)}。"
    if done.unreachable:
        names = join(street.short_name for street in done.unreachable)
        words += f"{names}没有在岗的人，请打电话。"
    return words


def _words(line: Line | None, bureau: Organisation, now: datetime) -> str:
    """What is pasted into the group: who still owes, or how the week ended."""
    if line is None or line.phase is Phase.BEFORE or not line.expected:
        return ""
    if wanted(line):
        return copy_text(line, now)
    rates = rates_of(bureau=bureau, week=line.week, now=now)
    return digest_text(line=line, rates=rates, now=now)


def _card(line: Line | None, bureau: Organisation, now: datetime) -> Card | None:
    """The same as a picture; the rates once nothing can come any more."""
    if line is None or line.phase is Phase.BEFORE or not line.expected:
        return None
    rates = () if wanted(line) else rates_of(bureau=bureau, week=line.week, now=now)
    return line_card(line, rates=rates, issuer=bureau.name, now=now)


@require_http_methods(["GET", "HEAD"])
@scoped(Permission.RETURN_SEND_BACK)
def picture(request: SignedIn, week_start: str) -> HttpResponse:
    """How the returns of a week stand, as a picture for the group."""
    policies.check_remind(scope=request.scope)
    week, now, bureau = _week(week_start), timezone.now(), bureau_in(request.scope)
    if bureau is None:
        raise Http404("no bureau")
    line = line_of(bureau=bureau, streets=request.scope.organisation_ids, week=week, now=now)
    card = _card(line, bureau, now)
    if card is None:
        raise Http404("nothing to show")
    return card_answer(card)


def _standing(line: Line | None) -> str:
    """Why nobody is to be reminded, where nobody is."""
    if line is None:
        return "这一周不要求报送。"
    if line.phase is Phase.BEFORE:
        return "这一周还没有开始。"
    if line.missing:
        return f"这一周已经关闭，{join(e.street.short_name for e in line.missing)}记为未报，不能再报送。"
    return "应报的街道都已报送。"


@require_http_methods(BOTH)
@scoped(Permission.RETURN_FILL, Permission.RETURN_REVIEW, Permission.RETURN_SEND_BACK)
def contact(request: SignedIn, street: str) -> HttpResponse:
    """Whom to call about a street's returns."""
    found = get_object_or_404(
        Organisation.objects.visible_to(request.scope), kind=OrganisationKind.STREET, code=street
    )
    policies.check_contact(scope=request.scope, street=found)
    kept = ReportingContact.objects.visible_to(request.scope).filter(street=found).first()
    initial: dict[str, Any] = {"person": kept.person, "phone": kept.phone} if kept else {}
    form = ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        services.keep_contact(
            street=found, by=request.user, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, "已保存报送联系人。")
        return redirect("weekly:returns")
    page = {
        "street": found,
        "kept": kept,
        "form": form,
        "crumbs": [Way("周报", reverse("weekly:returns")), Way("报送联系人")],
    }
    return render(request, "weekly/contact.html", page, status=422 if form.errors else 200)
