"""The answer to a cell that was typed."""

from __future__ import annotations

import json

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_clock
from renovation.core.errors import Forbidden, Refusal
from renovation.core.holding import holding
from supervision.weekly.comparison import load_context
from supervision.weekly.views.places import place_of

from . import services
from .cells import read_rows


@require_POST
@scoped(Permission.RETURN_FILL)
def cells(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """Keep cells of the grid, as JSON both ways (``cells.read_rows``); the page shows the sentences of the answer.

    409 with the sentence where the return takes nothing in, and where another person than the one who opened the page
    has signed in since (``form.other_person``); 403 for who does not fill in for the street.
    """
    organisation, week = place_of(request, week_start, street)
    now = timezone.now()
    try:
        try:
            body = json.loads(request.body)
        except ValueError:
            body = None
        rows = read_rows(body)
        version = body.get("version")
        if body.get("person") != request.user.pk:
            raise Refusal(
                "form.other_person",
                "现在登录的是另一个人，没有保存。请用原来的账号登录，填的内容还在。",
            )
        with (
            holding()
        ):  # settings, lineage and calendar are asked for by the rules and by the week's lock
            saved = services.save_cells(
                context=load_context(street=organisation, week=week, moment=now, only=rows.keys()),
                rows=rows,
                version=version if isinstance(version, int) else 0,
                scope=request.scope,
                by=request.user,
                now=now,
            )
    except Forbidden:
        raise
    except Refusal as refusal:
        return JsonResponse({"refused": refusal.message}, status=409)
    return JsonResponse(
        {
            "saved": f"{local_clock(now):%H:%M}",
            "rows": {
                project_id: {
                    "sentences": row.form.sentences,
                    "faulty": sorted(row.form.errors),
                    "written": row.form.stamp if row.form.differs else "",
                    "clashes": {
                        clash.field: {"now": clash.now, "at": f"{local_clock(clash.at):%H:%M}"}
                        for clash in row.clashes
                    },
                }
                for project_id, row in saved.items()
            },
        }
    )
