"""Rules over plain values: the order of the works, clashes of the utilities, deadlines, names of buildings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest

from projects.ledger.enums import RestCause, WorkKind
from projects.ledger.models import RestWindow
from projects.works.clashes import Clash, Opening, after_months, clashes
from projects.works.deadlines import Due, Limits, next_due
from projects.works.enums import Layer, StructureState, UtilityState
from projects.works.facts import ItemFacts
from projects.works.ground import Ground, building_keys
from projects.works.rests import kinds_of, resting
from projects.works.sequence import Structure, order_warnings

PROJECT = Mock(pk=1)


def item(name: str, layer: Layer = Layer.OTHER, **more: Any) -> ItemFacts:
    given: dict[str, Any] = {
        "project": PROJECT,
        "pk": 1,
        "code": name,
        "name": name,
        "unit": "米",
        "class_code": "basic",
        "layer": layer,
        "outcome": None,
        "estate_id": None,
        "estate_name": "",
        "planned": Decimal(100),
        "pending": None,
        "delivered": Decimal(0),
        "planned_from": None,
        "planned_to": None,
        "finished_on": None,
        "on": date(2025, 5, 7),
    }
    return ItemFacts(**(given | more))


def opening(pk: int, start: date, end: date, **more: Any) -> Opening:
    given: dict[str, Any] = {
        "name": f"甲{pk}",
        "ground": Ground(1, None, "主路"),
        "state": UtilityState.PLANNED,
        "opens_surface": True,
        "is_agreed": False,
    }
    return Opening(pk=pk, start=start, end=end, **(given | more))


def found(*openings: Opening, items: list[ItemFacts] | None = None) -> list[tuple[str, str]]:
    return [
        (clash.rule, clash.sentence) for clash in clashes(openings, items or [], repeat_months=12)
    ]


# -- 先地下后地上, 先拆违后治理, 先基本后提升 ---------------------------------------------------------
def test_surface_before_the_pipes() -> None:
    pipe = item("供水管网", Layer.UNDERGROUND, planned_to=date(2025, 6, 10))
    road = item("小区道路", Layer.SURFACE, planned_from=date(2025, 6, 1))
    said = order_warnings([pipe, road])
    assert [(each.rule, each.has_happened, each.day) for each in said] == [
        ("underground", False, date(2025, 6, 1))
    ]
    assert said[0].sentence == (
        "小区道路计划 2025年6月1日 开始，早于地下的供水管网计划完成（2025年6月10日）。"
    )
    done = item("小区道路", Layer.SURFACE, delivered=Decimal(20))
    assert order_warnings([pipe, done])[0].sentence == (
        "小区道路已完成 20 米，地下的供水管网还没有完成（完成 0／计划 100 米）。"
    )
    finished = item("供水管网", Layer.UNDERGROUND, finished_on=date(2025, 4, 1))
    assert order_warnings([finished, done]) == []


@pytest.mark.parametrize(
    ("begun", "sentences"),
    [
        (date(2025, 4, 10), []),
        (
            date(2025, 4, 9),
            ["小区道路 2025年4月9日 已有完成，地下的供水管网 2025年4月10日 才完成。"],
        ),
    ],
)
def test_an_order_is_judged_by_the_days_after_the_pipes_are_in(
    begun: date, sentences: list[str]
) -> None:
    pipe = item("供水管网", Layer.UNDERGROUND, finished_on=date(2025, 4, 10))
    road = item("小区道路", Layer.SURFACE, delivered=Decimal(20), begun_on=begun)
    said = order_warnings([pipe, road])
    assert [each.sentence for each in said] == sentences
    assert [(each.has_happened, each.day) for each in said] == [(True, begun)] * len(sentences)


def test_pipes_of_another_estate_do_not_matter() -> None:
    pipe = item("供水管网", Layer.UNDERGROUND, estate_id=1)
    road = item("小区道路", Layer.SURFACE, delivered=Decimal(20), estate_id=2)
    assert order_warnings([pipe, road]) == []
    everywhere = item("小区道路", Layer.SURFACE, delivered=Decimal(20))
    assert len(order_warnings([pipe, everywhere])) == 1


def test_facades_before_structures_are_gone() -> None:
    standing = [Structure(Ground(1, 5), "3 号楼", "3 号楼屋面")]
    begun = item("外墙维修", Layer.ENVELOPE, planned_from=date(2025, 5, 7))
    assert [each.sentence for each in order_warnings([begun], standing)] == [
        "外墙维修计划 2025年5月7日 已开始，还有 1 处违建没有拆除（3 号楼屋面）。"
    ]
    later = item("外墙维修", Layer.ENVELOPE, planned_from=date(2025, 5, 8))
    assert order_warnings([later], standing) == []
    anyhow = {"delivered": Decimal(10), "delivered_days": (("", date(2025, 4, 2)),)}
    done = item("外墙维修", Layer.ENVELOPE, **anyhow, estate_id=6)
    assert order_warnings([done], standing) == []
    anywhere = item("外墙维修", Layer.ENVELOPE, **anyhow)
    assert [each.has_happened for each in order_warnings([anywhere], standing)] == [True]
    days = (("1", date(2025, 4, 2)), ("2", date(2025, 4, 3)))
    elsewhere = item("外墙维修", Layer.ENVELOPE, delivered=Decimal(10), delivered_days=days)
    assert order_warnings([elsewhere], standing) == []


@pytest.mark.parametrize(
    ("delivered_days", "sentences"),
    [
        ((("3", date(2025, 4, 19)),), []),
        ((("1", date(2025, 4, 1)), ("3", date(2025, 4, 20))), []),
        (
            (("1", date(2025, 4, 1)), ("3", date(2025, 4, 18))),
            [
                "外墙维修 2025年4月18日 已有完成，有 1 处违建后来才拆除（3 号楼屋面 2025年4月19日）。"
            ],
        ),
        (
            (("3", date(2025, 4, 25)), ("", date(2025, 4, 18))),
            [
                "外墙维修 2025年4月18日 已有完成，有 1 处违建后来才拆除（3 号楼屋面 2025年4月19日）。"
            ],
        ),
    ],
)
def test_structures_are_judged_by_the_days_also_when_they_are_gone(
    delivered_days: tuple[tuple[str, date], ...], sentences: list[str]
) -> None:
    gone = [
        Structure(Ground(1, 5), "3 号楼", "3 号楼屋面", removed_on=date(2025, 4, 19)),
        Structure(Ground(1, 6), "4 号楼", "4 号楼屋面", removed_on=date(2025, 5, 1)),
    ]
    facade = item(
        "外墙维修",
        Layer.ENVELOPE,
        delivered=Decimal(10),
        estate_id=5,
        delivered_days=delivered_days,
    )
    said = order_warnings([facade], gone)
    assert [each.sentence for each in said] == sentences
    assert [(each.rule, each.has_happened) for each in said] == [("structures", True)] * len(
        sentences
    )


APRIL = ("外墙维修 2025年4月18日 已有完成，有 1 处违建后来才发现（3 号楼屋面 2025年5月6日），"
         "建成日期没有登记，不知道那时在不在。")  # fmt: skip
LEFT = "外墙维修已完成 10 米，还有 1 处违建没有拆除（3 号楼屋面）。"


@pytest.mark.parametrize(
    ("delivered", "stood_from", "is_dated", "said"),
    [
        # Found on 6 May, and nobody knows since when: not a reproach for what was delivered before.
        ([date(2025, 4, 18)], date(2025, 5, 6), False, [(APRIL, False, False)]),
        ([date(2025, 4, 18), date(2025, 5, 6)], date(2025, 5, 6), False, [(LEFT, True, True)]),
        # Built on a day that is known: what was delivered before is in order, what came after is not.
        ([date(2025, 4, 18)], date(2025, 4, 19), True, []),
        ([date(2025, 4, 18), date(2025, 4, 21)], date(2025, 4, 19), True, [(LEFT, True, True)]),
        # Older than the renovation.
        ([date(2025, 4, 18)], date.min, True, [(LEFT, True, True)]),
    ],
)
def test_only_a_structure_that_stood_when_the_facade_was_delivered_is_reproached(
    delivered: list[date], stood_from: date, is_dated: bool, said: list[tuple[str, bool, bool]]
) -> None:
    standing = Structure(
        Ground(1, 5), "3 号楼", "3 号楼屋面", stood_from=stood_from, is_dated=is_dated
    )
    days = tuple(("3", day) for day in delivered)
    facade = item("外墙维修", Layer.ENVELOPE, delivered=Decimal(10), delivered_days=days)
    found = order_warnings([facade], [standing])
    assert [(each.sentence, each.has_happened, each.is_known) for each in found] == said


def test_one_that_was_built_and_taken_down_between_two_deliveries_is_in_order() -> None:
    gone = Structure(
        Ground(1, 5), "3 号楼", "3 号楼屋面", date(2025, 4, 19), stood_from=date(2025, 4, 2)
    )
    days = (("3", date(2025, 4, 1)), ("3", date(2025, 4, 19)))
    facade = item("外墙维修", Layer.ENVELOPE, delivered=Decimal(10), delivered_days=days)
    assert order_warnings([facade], [gone]) == []


def test_upgrades_before_what_is_basic() -> None:
    canteen = item("助餐设施", class_code="upgrade", delivered=Decimal(1))
    assert [each.sentence for each in order_warnings([canteen, item("消防设施")])] == [
        "提升类的助餐设施已完成，基础类还有 1 项没有完成（消防设施）。"
    ]
    assert order_warnings([canteen, item("消防设施", finished_on=date(2025, 4, 1))]) == []
    early = item("助餐设施", class_code="upgrade", delivered=Decimal(1), begun_on=date(2025, 4, 1))
    late = [item(f"基础{n}", finished_on=date(2025, 4, n)) for n in (1, 2, 3, 4, 5)]
    assert [each.sentence for each in order_warnings([early, *late, item("消防设施")])] == [
        "提升类的助餐设施已完成，基础类还有 1 项没有完成（消防设施）。",
        (
            "提升类的助餐设施 2025年4月1日 已完成，基础类有 4 项后来才完成（基础2 2025年4月2日、"
            "基础3 2025年4月3日、基础4 2025年4月4日等）。"
        ),
    ]


# -- clashes -----------------------------------------------------------------------------------------
def test_the_same_ground_opened_twice_within_the_months() -> None:
    first = opening(1, date(2025, 3, 1), date(2025, 3, 20))
    again = opening(2, date(2026, 3, 19), date(2026, 3, 30))
    assert found(first, again) == [
        (
            "repeat",
            "主路：甲1 2025年3月20日 完成后，甲2 2026年3月19日 又要开挖，不满 12 个月，应合并施工。",
        )
    ]
    assert found(first, opening(2, date(2026, 3, 20), date(2026, 3, 30))) == []


@pytest.mark.parametrize(
    "other",
    [
        {"ground": Ground(1, None, "支路")},
        {"ground": Ground(2, None, "主路")},
        {"opens_surface": False},
        {"state": UtilityState.WITHDRAWN},
    ],
)
def test_what_is_elsewhere_or_opens_nothing_does_not_clash(other: dict[str, Any]) -> None:
    first = opening(1, date(2025, 3, 1), date(2025, 3, 20))
    assert found(first, opening(2, date(2025, 4, 1), date(2025, 4, 9), **other)) == []


def test_opened_at_once_until_both_are_agreed() -> None:
    days = (date(2025, 3, 1), date(2025, 3, 20)), (date(2025, 3, 20), date(2025, 4, 1))
    first, second = (opening(n, *span, is_agreed=n == 1) for n, span in enumerate(days, start=1))
    assert [rule for rule, _ in found(first, second)] == ["together"]
    agreed = [opening(n, *span, is_agreed=True) for n, span in enumerate(days, start=1)]
    assert found(*agreed) == []


def test_what_is_over_on_both_sides_is_history() -> None:
    over = {"state": UtilityState.DONE}
    first = opening(1, date(2025, 3, 1), date(2025, 3, 20), **over)
    assert found(first, opening(2, date(2025, 4, 1), date(2025, 4, 9), **over)) == []


def test_opened_after_or_while_the_surface_is_laid() -> None:
    late = opening(1, date(2025, 6, 1), date(2025, 6, 9))
    laid = item("小区道路", Layer.SURFACE, finished_on=date(2025, 5, 1))
    assert found(late, items=[laid]) == [
        ("after_surface", "小区道路 2025年5月1日 已完成，甲1 2025年6月1日 还要开挖。")
    ]
    green = item("绿化", Layer.SURFACE, finished_on=date(2025, 5, 9))
    assert [sentence for _, sentence in found(late, items=[laid, green])] == [
        "小区道路 2025年5月1日、绿化 2025年5月9日 已完成，甲1 2025年6月1日 还要开挖。"
    ]
    planned = item(
        "绿化", Layer.SURFACE, planned_from=date(2025, 4, 1), planned_to=date(2025, 5, 31)
    )
    assert [rule for rule, _ in found(late, items=[planned])] == ["after_surface"]
    during = opening(1, date(2025, 5, 20), date(2025, 6, 9))
    assert found(during, items=[planned]) == [
        (
            "while_surface",
            "绿化计划 2025年4月1日 至 2025年5月31日，甲1 2025年5月20日 至 2025年6月9日 开挖同一地段。",
        )
    ]
    before = opening(1, date(2025, 3, 1), date(2025, 3, 31))
    assert found(before, items=[planned]) == []


def test_clashes_come_by_day() -> None:
    rows = clashes(
        [
            opening(1, date(2025, 3, 1), date(2025, 3, 20)),
            opening(2, date(2025, 9, 1), date(2025, 9, 9)),
            opening(3, date(2025, 5, 1), date(2025, 5, 9)),
        ],
        [],
        repeat_months=12,
    )
    assert [(clash.day, clash.openings) for clash in rows] == [
        (date(2025, 5, 1), (1, 3)),
        (date(2025, 9, 1), (1, 2)),
        (date(2025, 9, 1), (3, 2)),
    ]
    assert isinstance(rows[0], Clash)
    assert rows[0].rule_word == "重复开挖"


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 12, 15), 12, date(2026, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_later(day: date, months: int, then: date) -> None:
    assert after_months(day, months) == then


# -- deadlines and names -----------------------------------------------------------------------------
LIMITS = Limits(notify=7, remove=15, answer=10, restore=5)
DAY = date(2025, 4, 1)


@pytest.mark.parametrize(
    ("state", "more", "due"),
    [
        (StructureState.FOUND, {}, Due("告知", date(2025, 4, 8))),
        (StructureState.NOTIFIED, {}, Due("拆除", date(2025, 4, 16))),
        (StructureState.NOTIFIED, {"due_on": date(2025, 4, 5)}, Due("拆除", date(2025, 4, 5))),
        (StructureState.OBJECTED, {}, Due("答复异议", date(2025, 4, 11))),
        (StructureState.REMOVED, {"needs_waterproofing": True}, Due("恢复防水", date(2025, 4, 6))),
        (StructureState.REMOVED, {}, None),
        (StructureState.RESTORED, {"needs_waterproofing": True}, None),
    ],
)
def test_what_is_due_next(state: StructureState, more: dict[str, Any], due: Due | None) -> None:
    assert next_due(state=state, since=DAY, limits=LIMITS, **more) == due


def test_overdue_from_the_day_after() -> None:
    due = Due("告知", DAY)
    assert [due.overdue_days(day) for day in (DAY, date(2025, 4, 2))] == [0, 1]


def test_a_building_by_any_name() -> None:
    assert building_keys("1 号楼、2号楼，甲栋") == {"1", "2", "甲"}
    assert building_keys("") == frozenset()


# -- windows in which work rests ---------------------------------------------------------------------
HEAT = RestWindow(
    cause=RestCause.HEAT,
    work_kind=WorkKind.WALL,
    from_on=date(2025, 7, 1),
    to_on=date(2025, 8, 31),
    reason="高温时段停止外墙作业",
)


def test_a_facade_planned_for_the_heat_says_how_many_days() -> None:
    kinds = kinds_of(code="facade", layer=Layer.ENVELOPE)
    said = resting(
        name="外墙维修", kinds=kinds, start=date(2025, 6, 1), end=date(2025, 7, 3), windows=[HEAT]
    )
    assert [(each.rule_word, each.sentence, each.day) for each in said] == [
        (
            "停工期",
            (
                "外墙维修计划 2025年6月1日 至 2025年7月3日，其中 3 天在高温停工期"
                "（2025年7月1日 至 2025年8月31日，外墙）：高温时段停止外墙作业。"
            ),
            date(2025, 7, 1),
        )
    ]


@pytest.mark.parametrize(
    ("code", "layer", "start", "end"),
    [
        ("roads", Layer.SURFACE, date(2025, 7, 1), date(2025, 7, 3)),
        ("fire", Layer.OTHER, date(2025, 7, 1), date(2025, 7, 3)),
        ("facade", Layer.ENVELOPE, date(2025, 6, 1), date(2025, 6, 30)),
        ("facade", Layer.ENVELOPE, None, date(2025, 7, 30)),
    ],
)
def test_other_work_and_other_days_do_not_meet_it(
    code: str, layer: Layer, start: date | None, end: date
) -> None:
    kinds = kinds_of(code=code, layer=layer)
    assert resting(name="", kinds=kinds, start=start, end=end, windows=[HEAT]) == []


def test_what_kind_of_work_an_item_is() -> None:
    assert kinds_of(code="heat-pipes", layer=Layer.UNDERGROUND) == {
        WorkKind.ALL, WorkKind.HEATING, WorkKind.UNDERGROUND,
    }  # fmt: skip
    assert kinds_of(code="own-1", layer=Layer.SURFACE) == {WorkKind.ALL, WorkKind.ROAD}
    assert kinds_of(code="lifts", layer=Layer.OTHER) == frozenset()
