"""Server time and queries of the pages that everybody opens, in a district of 5,000 projects, each beside the
same rows read by bare queries.

The time of our own processor is printed too: it hardly depends on what else the machine is doing, as the time
that passes does, and what is left of that is the database's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle
from typing import Any

import time_machine
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.funding.models import FundingEvent
from projects.ledger.models import Baseline, Estate, Gate, MonthlyTarget, Project
from renovation.accounts.enums import TokenScope
from renovation.accounts.services import issue_token
from renovation.core.calendar import local_day
from renovation.core.measures import Approval
from renovation.core.unchanged import SHELVES
from reports.dashboards.warming import warm_up
from reports.figures.services import load
from supervision.weekly.models import WeeklyReport

from .__main__ import Line, best
from .district import PROJECTS, Large, lay
from .writes import Write, writes

ROUNDS = 7


def lines() -> Iterator[Line]:
    """Figures, then pages, with the number of queries."""
    now = timezone.now()
    large = lay(now=now)
    yield Line(
        "区的规模", 0, note=f"{PROJECTS} 个项目，{large.report_count} 行周报（每周每项目一行）"
    )
    yield _figures(large)
    client = Client()
    client.force_login(large.leader)
    bare = bare_queries(large)
    street = f"?street={large.street.code}"
    written = writes(large, now=now)
    lists = (
        ("项目列表，第一页", "/projects/", "page"),
        ("项目列表，一个街道", f"/projects/{street}", "street"),
        ("项目列表，按偏差排序", "/projects/?sort=deviation", "all"),
        ("项目列表，严重滞后", "/projects/?light=red", "all"),
        ("项目页", f"/projects/{large.project.code}/", "project"),
    )
    clerk, keeper = Client(), Client()
    clerk.force_login(large.clerk)
    keeper.force_login(large.keeper)
    yield Line("进程启动，先做好各页", best(start, 2))
    for word, address, key in lists:
        yield _page(
            keeper, f"{word}，头一回", address, bare[key], bar="200 ms", write=start, rounds=2
        )
        yield _page(keeper, f"{word}，全部重读", address, None, write=forget, rounds=2)
    with later() as a_minute_passes:
        between = {**written, "下一分钟": a_minute_passes}
        for what, write in between.items():
            said = what if write is a_minute_passes else f"刚写过{what}"
            for word, address, _ in lists:
                yield _page(keeper, f"{word}，{said}", address, None, bar="200 ms", write=write)
            yield _page(keeper, f"待办的数，{said}", "/todo/number/", None, write=write)
            clerk.force_login(large.clerk)  # half an hour may have passed
            yield _page(
                clerk, f"项目列表，街道填报，{said}", "/projects/", None, bar="200 ms", write=write
            )
    others = Project.objects.filter(programme=large.programme).values_list("code", flat=True)
    leaves = [f"/projects/{code}/" for code in others.order_by("code")[: ROUNDS + 1]]
    yield _page(keeper, "项目页，逐个翻看", leaves, None, bar="200 ms", write=written["周报"])
    yield _page(client, "总览，全部重读", "/", bare["all"], write=forget, rounds=2)
    for what in ("周报", "别的"):
        yield _page(
            client, f"总览，刚写过{what}", "/", None, bar="1000 ms", write=written[what], rounds=3
        )
    yield _page(client, "待办，分管领导", "/todo/", None)
    yield _page(client, "项目列表，导出", "/projects/export/", bare["all"])
    yield _page(keeper, "待办，区局经办", "/todo/", None)
    yield _page(clerk, "攻坚图，一个街道", "/wall-chart/", bare["street"])
    yield _page(clerk, "总览，一个街道", "/", bare["street"])
    _, token = issue_token(user=large.leader, scope=TokenScope.READ, days=30, now=now)
    api = Client(headers={"authorization": f"Bearer {token}"})
    level = "/api/v1/figures?level=project"
    yield _page(api, "接口，100 个项目的全部指标", f"{level}&limit=100", bare["page"])
    yield _page(api, "接口，全部项目的全部指标", level, bare["all"], rounds=0)


def _figures(large: Large) -> Line:
    now = timezone.now()

    def figures() -> None:
        facts = load(
            programme=large.programme, as_of=local_day(now), approval=Approval.APPROVED, now=now
        )
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

    note = f"{len(statements)} 次查询"
    return Line("全部指标，三级", best(figures, 2), best(bare, 2), "同样的查询", note)


def bare_queries(large: Large) -> dict[str, Callable[[], None]]:
    """What somebody would write who wanted nothing but the stored rows: of a page of projects, of one street,
    of one project, of all."""

    def read(ids: list[int]) -> None:
        list(Project.objects.filter(pk__in=ids).select_related("street").values())
        list(Estate.objects.filter(project__in=ids).values())
        baselines = list(Baseline.objects.filter(project__in=ids).values())
        list(MonthlyTarget.objects.filter(baseline__in=[b["id"] for b in baselines]).values())
        list(Gate.objects.filter(project__in=ids).values())
        list(
            FundingEvent.objects.filter(project__in=ids)
            .values("project", "stage")
            .annotate(total=Sum("amount_fen"))
        )
        list(
            WeeklyReport.objects.filter(project__in=ids)
            .order_by("project", "-weekly_return__week_start")
            .distinct("project")
            .values("project", "progress_percent", "completed_investment_fen")
        )

    every = Project.objects.filter(programme=large.programme)
    everything = list(every.values_list("pk", flat=True))
    page = everything[:50]
    here = list(every.filter(street=large.street).values_list("pk", flat=True))
    return {
        "page": lambda: read(page),
        "street": lambda: read(here),
        "project": lambda: read([large.project.pk]),
        "all": lambda: read(everything),
    }


def forget() -> None:
    """As behind a write of everything at once."""
    for shelf in SHELVES:
        shelf.clear()


@contextmanager
def later() -> Iterator[Write]:
    """Lets a minute pass whenever it is called: what depends on the moment is made anew."""
    passed: list[time_machine.travel] = []

    def a_minute_passes() -> None:
        passed.append(time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True))
        passed[-1].start()

    try:
        yield a_minute_passes
    finally:
        for each in reversed(passed):
            each.stop()


def start() -> None:
    """As a process does that starts (``renovation.wsgi``)."""
    forget()
    warm_up()


def _page(
    client: Client,
    word: str,
    address: str | Sequence[str],
    bare: Callable[[], None] | None,
    *,
    rounds: int = ROUNDS,
    bar: str = "",
    write: Write = forget,
) -> Line:
    """The shortest of some requests behind a first one, whose queries are counted; of that one where ``rounds``
    is 0, for an answer that takes half a minute. Where there are several addresses, each request asks the next.
    ``write`` is done before each: what was kept and made of what it writes is made anew (``core.unchanged``)."""
    spent: list[float] = []
    took: list[float] = []
    addresses = cycle([address] if isinstance(address, str) else address)

    def get() -> Any:
        where = next(addresses)
        own, passed = time.process_time(), time.perf_counter()
        answer = client.get(where)
        took.append(time.perf_counter() - passed)
        spent.append(time.process_time() - own)
        return answer

    if write is not forget:
        client.get(next(addresses))
    write()
    with CaptureQueriesContext(connection) as captured:
        answer = get()
    queries = len(captured)  # the next request empties the log
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    content = b"".join(answer) if answer.streaming else answer.content
    for _ in range(rounds):
        write()
        get()
    return Line(
        word,
        min(took),
        best(bare, rounds or 1) if bare is not None else None,
        "同样的行",
        f"本进程 {min(spent) * 1000:.0f} ms，{queries} 次查询，{len(content) // 1024} KB",
        bar=bar,
    )
