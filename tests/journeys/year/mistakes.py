"""Proof that the comparison can fail: what was typed in, told wrongly in one place, and the figures that it must move."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime

from . import oracle
from .compare import Differences, Said, set_beside
from .papers import compare_sheets
from .record import Record
from .weeks import STREETS

Told = Callable[[Record], None]
#: The evening on which the mistakes are looked for, and a spring one.
WINTER, SPRING = date(2026, 12, 27), date(2026, 3, 29)
PROGRESS = {"形象进度", "序时进度", "偏差", "支付与进度背离"}


def _weight(record: Record) -> None:
    """One project weighs twice what it should."""
    record.projects["ZC2026-06"].plans[-1].area_centi *= 2


def _cancellation(record: Record) -> None:
    """Nobody noted that a project was cancelled."""
    record.projects["ZC2026-04"].cancelled_on = None


def _late_money(record: Record) -> None:
    """A release of March that was entered in July is missed."""
    record.money = [each for each in record.money if (each.stage, each.fen) != ("拨付", 12_340_000)]


def _correction_of_money(record: Record) -> None:
    """A correction counts from its own day instead of that of the receipt."""
    for each in record.money:
        each.corrects = None


def _target(record: Record) -> None:
    """A month's target is a tenth of a percent higher: the month before the end of the year."""
    targets = dict(record.projects["ZC2026-05"].plans[-1].targets)
    targets[date(2026, 12, 31)] += 1
    record.projects["ZC2026-05"].plans[-1].targets = targets


def _first_plan(record: Record) -> None:
    """Before its first plan was approved a project has none."""
    record.projects["ZC2026-07"].plans.clear()


def _move(record: Record) -> None:
    """A project stayed where it was."""
    del record.projects["ZC2026-03"].stays[1]


def _evidence(record: Record) -> None:
    """The proof of a completion never came."""
    day, _ = record.projects["ZC2026-02"].gates["完工"]
    record.projects["ZC2026-02"].gates["完工"] = (day, False)


def _exception(record: Record) -> None:
    """No street was let come later."""
    for told in record.returns.values():
        told.extended_to = None


def _sent_back(record: Record) -> None:
    """Nothing was ever sent back."""
    for told in record.returns.values():
        for version in told.versions:
            version.acts = [each for each in version.acts if each[1] != "send back"]


def _corrections(record: Record) -> None:
    """No return was corrected."""
    for told in record.returns.values():
        del told.versions[1:]


def _plans_of_next_week(record: Record) -> None:
    """Every clerk wrote a plan for the next week."""
    for told in record.returns.values():
        for version in told.versions:
            version.rows = {code: row._replace(plan="有") for code, row in version.rows.items()}


def _waiver(record: Record) -> None:
    """No rule was waived."""
    record.waivers.clear()


def _question(record: Record) -> None:
    """The bureau asked nothing."""
    for told in record.returns.values():
        told.questions.clear()


def _carried(record: Record) -> None:
    """A project of the year before was done before this one began."""
    record.projects["ZC2025-02"].gates["完工"] = (date(2025, 12, 21), True)


def _application(record: Record) -> None:
    """What was granted is unknown."""
    for each in record.applications:
        each.decided_on = date.max


MISTAKES: tuple[tuple[date, Told, set[str]], ...] = (
    (WINTER, _weight, PROGRESS),
    (WINTER, _cancellation, {"项目数", "户数", "建筑面积", "开工率(项目)", "形象进度", "计划", "places"}),
    (SPRING, _late_money, {"拨付", "拨付率", "资金留置天数(加权)"}),
    (SPRING, _correction_of_money, {"到位", "资金到位率", "资金留置天数(加权)"}),
    (WINTER, _target, {"序时进度"}),
    (SPRING, _first_plan, PROGRESS | {"投资完成率"}),
    (WINTER, _move, {"项目数", "户数", "形象进度", "到位"}),
    (WINTER, _evidence, {"完工率(项目)", "完工率(小区)", "完工率(户数)"}),
    (WINTER, _exception, {"已报", "未报", "报送率"}),
    (WINTER, _sent_back, {"已报", "未报", "报送率"}),
    (WINTER, _corrections, {"更正率", "数据更正率"}),
    (WINTER, _plans_of_next_week, {"完整率"}),
    (WINTER, _waiver, {"一致率"}),
    (WINTER, _question, {"一致率"}),
    (WINTER, _carried, {"完整率", "一致率", "数据更正率"}),
    (WINTER, _application, {"批复上级资金", "上级资金获批率"}),
)  # fmt: skip


def assert_each_mistake_is_found(record: Record, said: dict[date, Said], now: datetime) -> None:
    """Each moves at least the figures that it must, and the right record moves none."""
    for day, tell, moved in MISTAKES:
        wrong = deepcopy(record)
        tell(wrong)
        differences = Differences()
        set_beside(differences, wrong, said[day], day, "year", now)
        names = {name for _, name, _, _ in differences.found}
        assert names >= moved, (tell.__doc__, moved - names)


def _last_week(record: Record, monday: date) -> None:
    """What was sent for the week before is unknown."""
    for street in STREETS:
        record.returns.pop((monday - 7 * oracle.DAY, street), None)


def _approval(record: Record, monday: date) -> None:
    """Nobody has approved the week."""
    for street in STREETS:
        for version in record.return_of(monday, street).versions:
            version.acts = [each for each in version.acts if each[1] != "approve"]


#: What a sheet must find, told wrongly.
OF_SHEETS: tuple[tuple[Callable[[Record, date], None], set[str]], ...] = (
    (lambda record, _: _weight(record), {"形象进度", "序时进度", "偏差", "本周"}),
    (lambda record, _: _carried(record), {"rows", "parts", "项目数", "户数", "形象进度", "names"}),
    (_last_week, {"本周"}),
    (_approval, {"待核", "inputs"}),
)


def assert_each_mistake_of_a_sheet_is_found(record: Record, monday: date) -> None:
    """Each moves at least the figures of the stored sheets that it must, right after these were compiled."""
    for tell, moved in OF_SHEETS:
        wrong = deepcopy(record)
        tell(wrong, monday)
        differences = Differences()
        compare_sheets(differences, wrong, monday)
        names = {name for _, name, _, _ in differences.found}
        assert names >= moved, (moved - names, names)
