"""Pages of items: the list with its workbook, a project's, one item with its chain, its acts, its files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import downloads
from projects.ledger.conflicts import EditConflict
from projects.ledger.pages import project_of
from projects.ledger.tabs import tabs_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.face.refusals import refuse, say
from supervision.dispatch import policies
from supervision.dispatch.enums import ItemAct
from supervision.dispatch.flow import ITEM
from supervision.dispatch.items import forms, services
from supervision.dispatch.items.chain import Chain, chains_of
from supervision.dispatch.items.exports import items_workbook
from supervision.dispatch.items.listing import ItemTable, item_table, line_of, lines_of, weeks_of
from supervision.dispatch.items.moving import item_seen
from supervision.dispatch.models import DispatchItem, ItemExtension
from supervision.dispatch.pages import (
    BOTH,
    followers_of,
    item_of,
    mark_of,
    page,
    status_of,
    streets_in_sight,
    streets_of,
)
from supervision.dispatch.section import section_tabs

P = Permission
A = ItemAct
PAGE = 50
_FORMS: dict[ItemAct, type[django_forms.Form]] = {
    A.ACCEPT: forms.AcceptForm,
    A.NOTE: forms.NoteForm,
    A.REPORT: forms.ReportForm,
    A.ASK_EXTENSION: forms.AskExtensionForm,
    A.GRANT_EXTENSION: forms.GrantForm,
    A.REFUSE_EXTENSION: forms.RefuseForm,
    A.CLOSE: forms.CloseForm,
    A.SEND_BACK: forms.SendBackForm,
    A.TRANSFER: forms.TransferForm,
    A.CANCEL: forms.CancelForm,
    A.HAND_OVER: forms.HandOverForm,
}
_CALLS: dict[ItemAct, Any] = {
    A.ACCEPT: services.accept,
    A.NOTE: services.note,
    A.REPORT: services.report,
    A.ASK_EXTENSION: services.ask_extension,
    A.GRANT_EXTENSION: services.grant_extension,
    A.REFUSE_EXTENSION: services.refuse_extension,
    A.CLOSE: services.close,
    A.SEND_BACK: services.send_back,
    A.TRANSFER: services.transfer,
    A.CANCEL: services.cancel,
    A.HAND_OVER: services.hand_over,
}
_CONSEQUENCES = {
    A.ACCEPT: "签收以后由您单位办理，在期限前报办结；办不完的可以申请延期。",
    A.NOTE: "区局跟办人看得到，下一次会议的议题上也会写明最近进展。",
    A.REPORT: "报出以后等区局核实办结；没有办到的会退回重办，期限不变。",
    A.ASK_EXTENSION: "申请由区局另一人决定，批准以前期限不变。",
    A.GRANT_EXTENSION: "办结期限改到这一天，记一次延期；最初期限留存。期限过后才准许的，交办按期办结率仍按原期限计。",
    A.REFUSE_EXTENSION: "期限不变，原因告诉责任单位。",
    A.CLOSE: "办结以后留存备查，不能再改。",
    A.SEND_BACK: "退回以后重新办理，期限不变，记一次退回重办。",
    A.TRANSFER: "转交以后由新的责任单位签收办理，编号和期限不变，这以前逾期的仍算原责任单位的。新的责任单位看不到这以前的办理经过和附件（项目所在街道、配合街道除外），要它知道的写在原因里。",
    A.CANCEL: "撤销以后不用再办，不计入交办事项的件数，事项和原因留存备查。",
    A.HAND_OVER: "以后由新的跟办人跟到办结，责任单位和期限不变。",
}
#: What was done, where “已” before the act's label is no Chinese.
_DONE = {ItemAct.REFUSE_EXTENSION: "不准延期，期限不变"}
_LOOKS = {
    A.ACCEPT: "main",
    A.REPORT: "main",
    A.CLOSE: "main",
    A.GRANT_EXTENSION: "main",
    A.CANCEL: "danger",
}
#: With a dash in the address.
_ACTS = {act.value.replace("_", "-"): act for act in _FORMS}


def _table(request: SignedIn, form: forms.ItemFilterForm, now: datetime) -> ItemTable:
    return item_table(
        scope=request.scope,
        form=form,
        sort=request.GET.get("sort", ""),
        today=local_day(now),
        mark=mark_of(request, now),
    )


def _filter(request: SignedIn) -> forms.ItemFilterForm:
    return forms.ItemFilterForm(
        request.GET,
        streets=streets_in_sight(request.scope),
        week=weeks_of(request.scope),
    )


@require_GET
@scoped(P.RETURN_READ, P.DISPATCH_ANSWER)
def items(request: SignedIn) -> HttpResponse:
    """The items in sight, those not settled unless the address asks for others."""
    now = timezone.now()
    form = _filter(request)
    table = _table(request, form, now)
    query = request.GET.copy()
    query.pop("page", None)
    context = page(
        request,
        ("交办事项", ""),
        tabs=section_tabs(scope=request.scope, chosen="dispatch:items"),
        form=form,
        table=table,
        page=Paginator(table.lines, PAGE).get_page(request.GET.get("page")),
        export_href=f"{reverse('dispatch:items_export')}?{query.urlencode()}",
        can_write=policies.can_write(scope=request.scope),
        answers=request.scope.can(P.DISPATCH_ANSWER),
    )
    return render(request, "dispatch/items/list.html", context)


@require_GET
@scoped(P.RETURN_READ, P.DISPATCH_ANSWER)
def export(request: SignedIn) -> HttpResponse:
    """The list as a workbook."""
    now = timezone.now()
    table = _table(request, _filter(request), now)
    content = items_workbook(table=table, scope=request.scope, now=now)
    return downloads.workbook(content=content, name="交办事项.xlsx")


@require_GET
@scoped(P.RETURN_READ)
def project(request: SignedIn, code: str) -> HttpResponse:
    """The items about a project, those not settled first."""
    found, now = project_of(request, code), timezone.now()
    rows = DispatchItem.objects.visible_to(request.scope).filter(project=found)
    context = {
        "project": found,
        "tabs": tabs_of(project=found, chosen="dispatch:project", scope=request.scope),
        "crumbs": [
            ("项目", reverse("dashboards:projects")),
            (found.name, reverse("dashboards:project", args=[code])),
            ("交办事项", ""),
        ],
        "section": "项目",
        "lines": lines_of(rows=rows, today=local_day(now), mark=mark_of(request, now)),
        "may_assign": policies.can_write(scope=request.scope),
    }
    return render(request, "dispatch/items/project.html", context)


@require_GET
@scoped(P.RETURN_READ, P.DISPATCH_ANSWER)
def item(request: SignedIn, pk: int) -> HttpResponse:
    """One item: what was assigned, its chain, the acts that are open."""
    found, now = item_of(request, pk), timezone.now()
    extension = _waiting(found)
    line = line_of(found, today=local_day(now), mark=mark_of(request, now))
    acts = policies.item_acts(item=found, scope=request.scope, extension=extension)
    context = page(
        request,
        ("交办事项", reverse("dispatch:items")),
        (found.code, ""),
        item=found,
        line=line,
        carried_words=f"已上会 {line.carried} 次。",
        may_read_meeting=request.scope.can(P.RETURN_READ),
        chain=_chain(request, found),
        extension=extension,
        helpers=list(found.co_organisations.order_by("order", "code")),
        acts=[
            (
                ITEM.act_label(found.state, act),
                _address(found, act),
                _LOOKS.get(act, "plain"),
            )
            for act in acts
        ],
        why_not=policies.why_not_close(item=found, scope=request.scope),
        is_bureau=found.bureau_id in request.scope.organisation_ids,
    )
    return render(request, "dispatch/items/item.html", context)


def _address(found: DispatchItem, act: ItemAct) -> str:
    if act is A.REVISE:
        return reverse("dispatch:item_edit", args=[found.pk])
    return reverse("dispatch:item_act", args=[found.pk, act.value.replace("_", "-")])


def _chain(request: SignedIn, found: DispatchItem) -> Chain:
    return chains_of(items=[found], scope=request.scope)[found.pk]


def _waiting(found: DispatchItem) -> ItemExtension | None:
    return found.extensions.waiting().select_related("asked_by").first()


@require_GET
@scoped(P.RETURN_READ, P.DISPATCH_ANSWER)
def file(request: SignedIn, pk: int, file_pk: int) -> HttpResponse:
    """A file that was handed in with a step which the reader is shown."""
    found = item_of(request, pk)
    chain = _chain(request, found)
    for step in chain.steps:
        if step.file is not None and step.file.pk == file_pk and step.pk in chain.files:
            return downloads.for_reader(file=step.file, scope=request.scope)
    raise Http404("no such file")


# -- acts --------------------------------------------------------------------------------------------
@require_http_methods(BOTH)
@scoped(P.DISPATCH_ANSWER, P.DISPATCH_WRITE)
def act(request: SignedIn, pk: int, slug: str) -> HttpResponse:
    """The page that says what an act will do and asks for words, and the act itself."""
    found, now = item_of(request, pk), timezone.now()
    if slug not in _ACTS:
        raise Http404("no such act")
    chosen, posted = _ACTS[slug], request.method == "POST"
    extension = _waiting(found)
    try:
        policies.check_item_act(item=found, act=chosen, scope=request.scope, extension=extension)
    except Refusal as refusal:
        # Words that were typed while somebody else moved it on are answered below, with what was done.
        if not posted or not isinstance(refusal, StateConflict):
            say(request, refusal)
            return redirect("dispatch:item", pk=pk)
    data = request.POST.copy() if posted else None
    form = _form(request, found, chosen, data, extension, now)
    label = ITEM.acts[chosen].label
    conflict: EditConflict | None = None
    status = status_of(request)
    if data is not None and form.is_valid():
        try:
            _do(request, found, chosen, form, now)
        except EditConflict as moved:
            conflict, status = moved, 409
            data["seen_version"] = str(moved.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
            status = 409 if isinstance(refusal, StateConflict) else 422
        else:
            messages.success(request, f"{found.code} {_DONE.get(chosen, f'已{label}')}。")
            return redirect("dispatch:item", pk=pk)
    context = page(
        request,
        ("交办事项", reverse("dispatch:items")),
        (found.code, reverse("dispatch:item", args=[pk])),
        (label, ""),
        item=found,
        form=form,
        title=label,
        label=label,
        look=_LOOKS.get(chosen, "main"),
        conflict=conflict,
        consequence=_CONSEQUENCES[chosen],
        extension=extension if chosen in policies.DECIDING else None,
        chain=_chain(request, found),
        file_lost=bool(request.FILES) and bool(form.errors or conflict),
    )
    return render(request, "dispatch/items/act.html", context, status=status)


def _form(
    request: SignedIn,
    found: DispatchItem,
    chosen: ItemAct,
    data: Any,
    extension: ItemExtension | None,
    now: datetime,
) -> Any:
    initial: dict[str, Any] = {"seen_version": item_seen(item=found)}
    more: dict[str, Any] = {}
    if chosen is A.GRANT_EXTENSION and extension is not None:
        initial["granted_on"] = extension.wanted_on
    elif chosen is A.HAND_OVER:
        people = followers_of(bureau=found.bureau, today=local_day(now))
        more["people"] = [person for person in people if person.pk != found.owner_id]
    elif chosen is A.TRANSFER:
        more = {
            "item": found,
            "bureau": found.bureau,
            "streets": streets_of(bureau=found.bureau),
            "parties": list(found.project.parties.valid_on(local_day(now)).order_by("role", "pk"))
            if found.project
            else [],
        }
        return forms.TransferForm(data, initial=initial, **more)
    if data is not None:
        more["files"] = request.FILES
    return _FORMS[chosen](data, initial=initial, use_required_attribute=False, **more)


def _do(request: SignedIn, found: DispatchItem, chosen: ItemAct, form: Any, now: datetime) -> None:
    cleaned = dict(form.cleaned_data)
    cleaned["seen"] = cleaned.pop("seen_version") or 0
    if chosen is A.TRANSFER:
        cleaned = {
            "answerer": form.chosen_answerer,
            "text": cleaned["text"],
            "seen": cleaned["seen"],
        }
    _CALLS[chosen](item=found, by=request.user, now=now, **cleaned)
