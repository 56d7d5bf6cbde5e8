"""The windows of the demo in which works rest, and what who approved a plan said of works inside them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from projects.ledger.enums import RestCause, WorkKind
from projects.ledger.models import Programme, Project, RestWindow
from projects.ledger.rest_reasons import asked_of, keep_reasons
from projects.ledger.rests import outline, resting
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.periods import Month

from .acts import Acts
from .people import District
from .stories import Plan
from .wording import work_for

#: cause, work, first day, last day (month, day; a last day before the first is next year's), what is asked.
_RESTS = (
    (RestCause.EVENT, WorkKind.ALL, (6, 7), (6, 10), "高考期间居民区停止产生噪声的作业"),
    (RestCause.FLOOD, WorkKind.UNDERGROUND, (7, 15), (8, 15), "主汛期不开挖深沟槽，已开挖的当日回填"),
    (RestCause.HEAT, WorkKind.WALL, (7, 1), (8, 31), "日最高气温 37 ℃ 以上停止外墙高处作业，其余错时施工"),
    (RestCause.HEAT, WorkKind.ROOF, (7, 1), (8, 31), "11 时至 16 时停止屋面防水热熔作业"),
    (RestCause.HEATING, WorkKind.HEATING, (11, 15), (3, 15), "采暖期不停运供热管网，换管在采暖期外进行"),
    (RestCause.FROST, WorkKind.WALL, (12, 1), (2, 28), "日平均气温连续 5 日低于 5 ℃，停止外墙湿作业"),
)  # fmt: skip
#: What was asked for when the year's plans were in force long since: days from now, both ends, and the words.
_ADDED = (12, 16, "淄住建发〔{year}〕41号", "全市文明城市测评期间停止室外作业")
_WHY = "室外作业停工，转做楼道、室内管线收尾和资料整理"
_ARRANGED = {
    RestCause.EVENT: "高考期间停止产生噪声的作业，当日转做室内和清理",
    RestCause.FLOOD: "汛期沟槽分段开挖、当日回填，雨前停工，备足抽排设备",
    RestCause.HEAT: "高温时段错时施工，11 时至 16 时停止室外高处和热熔作业",
    RestCause.HEATING: "采暖期不动供热管网，只做收尾和其他管线",
    RestCause.FROST: "低温期间不做外墙湿作业，只做收尾清理",
}


def rest_windows(*, bureau: Organisation, year: int) -> list[RestWindow]:
    """The windows of a year, not stored."""
    return [
        RestWindow(
            bureau=bureau,
            cause=cause,
            work_kind=work,
            from_on=date(year, *first),
            to_on=date(year + (last[0] < first[0]), *last),
            reason=reason,
            document_number=f"淄住建发〔{year}〕6号",
        )
        for cause, work, first, last, reason in _RESTS
    ]


def reason_to_work(*, programme: Programme, plan: Plan) -> str | None:
    """What was said of a plan's works in the windows of its year; None where none of them rest."""
    asked = {
        Month.of(day): percent
        for day, percent in plan.targets.items()
        if plan.start < day < plan.end
    }
    works = {month: work for month, percent in asked.items() if (work := work_for(percent))}
    told = outline(start=plan.start, completion=plan.end, targets=asked, works=works)
    causes = [
        RestCause(window.cause)
        for window in rest_windows(bureau=programme.bureau, year=programme.year)
        if resting(of=told, windows=[window])
    ]
    return "；".join(_ARRANGED[cause] for cause in dict.fromkeys(causes)) or None


def added_window(*, bureau: Organisation, today: date, set_at: datetime) -> RestWindow:
    """A window of the coming weeks that was set after the plans were approved, not stored."""
    first, last, document, reason = _ADDED
    return RestWindow(
        bureau=bureau,
        cause=RestCause.EVENT,
        work_kind=WorkKind.ALL,
        from_on=today + timedelta(days=first),
        to_on=today + timedelta(days=last),
        reason=reason,
        document_number=document.format(year=today.year),
        set_at=set_at,
    )


def answer_added(*, window: RestWindow, district: District, acts: Acts, now: datetime) -> None:
    """The first of the projects whose plans a stored window touches has said why its works go on; the others are
    asked."""
    asked = asked_of(projects=Project.objects.all(), on=local_day(now))
    for project, owed in list(asked.items())[:1]:
        clerk, _ = district.posts(project.street)
        keep_reasons(
            plan=owed.plan,
            windows=owed.windows,
            reason=_WHY,
            is_of_approval=False,
            by=clerk,
            now=now,
        )
        acts.add(
            "baseline.rest_reason",
            f"写明{project}第 {owed.plan.version} 版计划停工期内施工的理由：{window.words}",
            by=clerk,
            at=now,
            target=owed.plan,
            of=project,
            reason=_WHY,
        )
