"""What the wing asks of gates: no 开工 before residents were told the scheme, who builds and what is built first, no
竣工验收 before its own notice was concluded ([黄石答复] 五节点公示), no 移交管养 before somebody looks after every estate ([淄川2025] 长效
机制). A bureau may switch both off (``GATES``, ``AFTERCARE_GATE``); an exception may stand for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from projects.ledger.enums import GateKind
from projects.ledger.gatekeeping import GateCheck, is_passing, once, values_of
from projects.ledger.models import Estate, GateException, Project
from projects.ledger.passing import counts, judged_day
from renovation.core.wording import chinese_date

from .aftercare.register import care_of
from .enums import NoticePoint, NoticeState
from .models import Handover, Notice
from .parameters import AFTERCARE_GATE, GATES

SOURCE = "平台默认：五个节点公示"


def _notices(project: Project) -> Sequence[Notice]:
    """The notices of a project that hang or hung to their end."""
    rows = Notice.objects.standing().filter(project=project).defer("body", "told")
    return once(project, "notices", lambda: list(rows))


def _concluded(point: NoticePoint) -> Callable[[Project, date], str | None]:
    def find(project: Project, on: date) -> str | None:
        if not values_of(project, on)[GATES.key]:
            return None
        rows = [row for row in _notices(project) if row.point == point]
        if not rows:
            return f"“{point.label}”没有公示。"
        # Of the works at NODE each has its own notice: they begin with the first that was concluded.
        rows.sort(key=lambda row: (row.concluded_on or date.max, row.closes_on or date.max))
        row = rows[0]
        if row.state == NoticeState.PUBLISHED:
            until = f"到 {chinese_date(row.closes_on)} 期满，" if row.closes_on else ""
            return f"“{point.label}”的公示{until}还没有结束。"
        if row.concluded_on is not None and row.concluded_on > on:
            return f"“{point.label}”的公示到 {chinese_date(row.concluded_on)} 才结束。"
        return None

    return find


def _told_before_works(project: Project, on: date) -> str | None:
    """Of the first works residents are told before they begin. It is asked when 开工 is passed and by its own day:
    a start from before this was asked for is not reproached, only what an exception stands for is told further."""
    day = judged_day(project=project, kind=GateKind.STARTED, on=on)
    sentence = _concluded(NoticePoint.NODE)(project, day)
    if sentence is None or is_passing(project, GateKind.STARTED):
        return sentence
    started = next((row for row in project.gates.all() if row.kind == GateKind.STARTED), None)
    if started is None or not counts(started):
        return sentence
    standing = once(project, "exceptions", dict[str, GateException])
    return sentence if _code(NoticePoint.NODE) in standing else None


def _code(point: NoticePoint) -> str:
    return f"residents.notice.{point.value}"


def _check(
    gate: GateKind, point: NoticePoint, find: Callable[[Project, date], str | None] | None = None
) -> GateCheck:
    # [黄石答复] names five points, not how many works are told at NODE: the first of them is what the start asks for.
    least = "至少一项" if point is NoticePoint.NODE else ""
    return GateCheck(
        code=_code(point),
        gate=gate,
        title=f"“{point.label}”公示{least}已结束",
        find=find or _concluded(point),
        source=SOURCE,
    )


def _aftercare(project: Project, on: date) -> str | None:
    """Every estate has a committee in office, a management in force and a confirmed hand-over."""
    if not values_of(project, on)[AFTERCARE_GATE.key]:
        return None
    rows = care_of(
        estates=Estate.objects.filter(project=project).order_by("pk"),
        on=on,
        handovers=Handover.objects.all(),
    )
    lacking = [f"{care.estate}{'、'.join(care.gaps)}" for care in rows if care.gaps]
    return f"长效管理没有落实：{'；'.join(lacking)}。" if lacking else None


CHECKS: list[GateCheck] = [
    _check(GateKind.STARTED, NoticePoint.SCHEME),
    _check(GateKind.STARTED, NoticePoint.CONTRACTOR),
    _check(GateKind.STARTED, NoticePoint.NODE, _told_before_works),
    _check(GateKind.ACCEPTED, NoticePoint.ACCEPTANCE),
    GateCheck(
        code="residents.aftercare",
        gate=GateKind.HANDED_OVER,
        title="各小区长效管理已落实并移交",
        find=_aftercare,
        source="淄川2025 评议内容：物业管理服务提升、长效机制；平台默认",
    ),
]
