"""Pages of the leading group: the roster of a day, its workbook, its posts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import downloads, policies
from projects.ledger.books.attached import Shown, attached, way_in
from projects.ledger.models import LeadingPost
from projects.ledger.pages import BOTH, RowPage, day_asked, edit_row, remove_row_page
from projects.ledger.tabs import section_tabs
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day

from .forms import PostForm
from .roster import roster, roster_workbook

#: The list that comes back in with the roster's workbook.
BOOKS = ("leading",)


def _bureau(request: SignedIn) -> Organisation:
    rows = Organisation.objects.visible_to(request.scope)
    found: Organisation = get_object_or_404(rows, pk=request.scope.bureau_id)
    return found


@require_GET
@scoped(Permission.LEDGER_READ, Permission.FIGURES_READ)
def leading(request: SignedIn) -> HttpResponse:
    """领导小组 as of a day (``?on=``)."""
    today = local_day(timezone.now())
    on, notice = day_asked(request.GET.get("on", ""), today)
    every = LeadingPost.objects.visible_to(request.scope)
    posts = list(every.valid_on(on).with_projects(request.scope))
    context = {
        "groups": roster(posts),
        "on": on,
        "notice": notice,
        "any_rows": bool(posts) or every.exists(),
        "can_write": policies.can_write(scope=request.scope),
        "import_href": way_in(scope=request.scope, slugs=BOOKS),
        "tabs": section_tabs(scope=request.scope, chosen="ledger:leading"),
        "section": "项目",
    }
    return render(request, "ledger/leading.html", context)


@require_GET
@scoped(Permission.LEDGER_READ, Permission.FIGURES_READ)
def leading_export(request: SignedIn) -> HttpResponse:
    """The roster of a day as a workbook."""
    now = timezone.now()
    on, _ = day_asked(request.GET.get("on", ""), local_day(now))
    posts = LeadingPost.objects.visible_to(request.scope).valid_on(on)
    bureaus = Organisation.objects.visible_to(request.scope)
    bureau = bureaus.filter(pk=request.scope.bureau_id).first() or posts.first()
    if isinstance(bureau, LeadingPost):  # a street's staff see the roster, not the bureau's row
        bureau = bureau.bureau
    if bureau is None:
        bureau = Organisation(short_name="本区")
    shown = list(posts.with_projects(request.scope))
    more = attached(
        scope=request.scope,
        slugs=BOOKS,
        shown=Shown(codes=(), only={BOOKS[0]: {post.pk for post in shown}}),
        now=now,
    )
    content = roster_workbook(bureau=bureau, posts=shown, more=more, on=on, now=now)
    return downloads.workbook(content=content, name=f"领导小组责任分工（{on.isoformat()}）.xlsx")


def _page(request: SignedIn, title: str, remove: str = "") -> RowPage:
    bureau = _bureau(request)
    return RowPage(
        organisation=bureau,
        of=bureau.short_name,
        back=reverse("ledger:leading"),
        context={
            "crumbs": [
                ("项目", reverse("dashboards:projects")),
                ("领导小组", reverse("ledger:leading")),
                (title, ""),
            ],
            "section": "项目",
        },
        sub=bureau.short_name,
        remove=remove,
        intro="只写岗位，不写个人姓名。分工调整的，给原来的填上“止”，再新增一条，以前的分工随时能查。",
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def post(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """A new post, or one that is changed."""
    now = timezone.now()
    rows = LeadingPost.objects.visible_to(request.scope)
    row = LeadingPost() if pk is None else get_object_or_404(rows, pk=pk)
    title = "新增岗位" if pk is None else "修改岗位"
    remove = reverse("ledger:leading_post_remove", args=[pk]) if pk else ""
    return edit_row(
        request,
        page=_page(request, title, remove),
        row=row,
        make_form=lambda data, _files: PostForm(
            data, instance=row, scope=request.scope, today=local_day(now)
        ),
        now=now,
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def post_remove(request: SignedIn, pk: int) -> HttpResponse:
    """Remove a post that was entered by mistake."""
    row = get_object_or_404(LeadingPost.objects.visible_to(request.scope), pk=pk)
    return remove_row_page(request, page=_page(request, "删除"), row=row, now=timezone.now())
