"""Server time and queries of the pages that leaders open, and the load of figures beside its bare queries."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.ledger.models import Programme
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.measures import Approval
from reports.figures.services import load

from .__main__ import Line, best

PAGES = {"总览": "/", "项目": "/projects/", "攻坚图": "/wall-chart/", "周报": "/weekly/"}


def lines() -> Iterator[Line]:
    """Figures, then pages, with the number of queries."""
    programme = Programme.objects.select_related("bureau").order_by("-year")[0]
    now = timezone.now()

    def figures() -> None:
        facts = load(programme=programme, as_of=local_day(now), approval=Approval.APPROVED, now=now)
        for level in ("district", "street", "project"):
            facts.figures(level)

    with CaptureQueriesContext(connection) as captured:
        figures()
    statements = [
        query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT")
    ]

    def bare() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    yield Line(
        "全部指标，三级", best(figures), best(bare), "同样的查询", f"{len(statements)} 次查询"
    )
    client = Client()
    client.force_login(User.objects.get(username="leader"))
    for word, address in PAGES.items():
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        kilobytes = len(answer.content) // 1024
        yield Line(
            f"页面：{word}",
            best(lambda address=address: client.get(address)),
            note=f"{len(captured)} 次查询，{kilobytes} KB",
        )
