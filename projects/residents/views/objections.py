"""Pages of objections: recorded, answered, and who it was against a reason."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from projects.residents import policies
from projects.residents.forms.fields import ReasonForm
from projects.residents.forms.notices import AnswerForm, ObjectionForm
from projects.residents.models import Objection
from projects.residents.pages import BOTH, answer, frame
from projects.residents.sealing import unseal
from projects.residents.services import objections as services
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped

from .notices import notice_of


def objection_of(request: SignedIn, pk: int) -> Objection:
    """The objection within the scope; 404 for anything else."""
    rows = Objection.objects.visible_to(request.scope).select_related(
        "notice__project__street", "notice__project__programme", "answered_by", "recorded_by"
    )
    return get_object_or_404(rows, pk=pk)


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def objection_new(request: SignedIn, pk: int) -> HttpResponse:
    """Record an objection to a notice that hangs."""
    found = notice_of(request, pk)
    form = ObjectionForm(
        request.POST if request.method == "POST" else None, use_required_attribute=False
    )
    here = reverse("residents:notice", args=[pk])

    def run() -> str:
        row = services.raise_objection(
            notice=found,
            values=form.values,
            person=form.person,
            by=request.user,
            now=timezone.now(),
        )
        return f"已登记{row}。答复以前公示不能结束。"

    context = frame(
        request,
        found.project,
        "project",
        (found.title, here),
        ("登记异议", ""),
        heading=f"登记异议：{found.title}",
        button="登记",
    )
    context["back"] = here
    return answer(request, form, act=run, to=lambda: here, context=context)


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def objection_answer(request: SignedIn, pk: int) -> HttpResponse:
    """Answer an objection, once."""
    found = objection_of(request, pk)
    form = AnswerForm(
        request.POST if request.method == "POST" else None, use_required_attribute=False
    )
    here = reverse("residents:notice", args=[found.notice_id])

    def run() -> str:
        services.answer_objection(
            objection=found, values=form.values, by=request.user, now=timezone.now()
        )
        return f"{found}已答复。"

    context = frame(
        request,
        found.notice.project,
        "project",
        (found.notice.title, here),
        ("答复", ""),
        heading=f"答复{found}",
        button="登记答复",
        quoted=f"异议内容：{found.content}",
    )
    context["back"] = here
    return answer(request, form, act=run, to=lambda: here, context=context)


@require_http_methods(BOTH)
@scoped(Permission.RESIDENT_REVEAL)
def objection_person(request: SignedIn, pk: int) -> HttpResponse:
    """Who raised an objection: masked, in full against a reason (POST)."""
    found = objection_of(request, pk)
    if not policies.can_reveal(scope=request.scope):
        raise Http404("nothing to ask for")
    posted = request.method == "POST"
    form = ReasonForm(
        request.POST if posted else None, label="查看用途", hint="写明为什么要看，会记入审计日志。"
    )
    person = None
    if posted and form.is_valid():
        person = services.reveal(
            objection=found,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
    here = reverse("residents:notice", args=[found.notice_id])
    context = frame(
        request,
        found.notice.project,
        "project",
        (found.notice.title, here),
        ("提出人", ""),
        objection=found,
        form=form,
        person=person,
        rows=[
            (word, value)
            for word, value in (
                ("姓名", person.name),
                ("电话", person.phone),
                ("住址", person.place),
            )
            if value
        ]
        if person
        else [],
        masked=unseal(found.who_sealed).masked,
        has_person=bool(found.who_sealed),
    )
    context["back"] = here
    status = 422 if posted and person is None else 200
    answered = render(request, "residents/person.html", context, status=status)
    answered["Cache-Control"] = "private, no-store"
    return answered
