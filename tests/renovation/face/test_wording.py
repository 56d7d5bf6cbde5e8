"""Numbers and dates in the words of the face."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from renovation.core.wording import PLATFORM
from renovation.face import wording
from tests.architecture.tree import ROOT


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("2.0"), "+2.0"),
        (Decimal("-1.4"), "\u22121.4"),
        ("-1.4", "\u22121.4"),
        ("\u22121.4", "\u22121.4"),
        (Decimal("0.0"), "0.0"),
        ("1,234.50", "+1,234.50"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_a_change_carries_its_sign(value: object, shown: str) -> None:
    assert wording.signed(value) == shown


def test_a_change_is_rounded_half_up_and_loses_the_sign_of_nothing() -> None:
    assert wording.signed(Decimal("0.05"), 1) == "+0.1"
    assert wording.signed(Decimal("-0.04"), 1) == "0.0"


def test_a_number_has_the_true_minus_and_none_is_a_dash() -> None:
    assert wording.minus("-7.0") == "\u22127.0"
    assert wording.minus("2025-09") == "2025-09"
    assert wording.dash(None) == "—"
    assert wording.dash("") == "—"
    assert wording.dash(0) == "0"
    assert wording.dash("-3") == "\u22123"


def test_thousands_are_separated() -> None:
    assert wording.thousands(2404) == "2,404"
    assert wording.thousands(Decimal("-3302.46")) == "\u22123,302.46"
    assert wording.thousands(None) == "—"


def test_days_and_moments_are_local() -> None:
    late = datetime(2025, 9, 14, 16, 30, tzinfo=UTC)
    assert wording.day(date(2025, 9, 14)) == "9月14日"
    assert wording.day(late) == "9月15日"
    assert wording.full_day(late) == "2025年9月15日"
    assert wording.moment(late) == "9月15日 00:30"
    with wording.read_on(date(2026, 1, 2)):
        assert wording.day(date(2025, 9, 14)) == "2025年9月14日"
        assert wording.day(date(2026, 9, 14)) == "9月14日"
        assert wording.moment(datetime(2025, 12, 31, 15, 59, tzinfo=UTC)) == "2025年12月31日 23:59"
        assert wording.moment(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)) == "1月1日 00:00"
    assert wording.day(date(2025, 9, 14)) == "9月14日"
    assert [wording.day(None), wording.full_day(None), wording.moment(None)] == ["—", "—", "—"]


def test_is_zero() -> None:
    assert [wording.is_zero(v) for v in ("0.0", "\u22120.0", Decimal(0), "0.1", "持平")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_a_moment_of_another_year_than_the_readers_has_its_year() -> None:
    then = datetime(2025, 12, 26, 2, 5, tzinfo=UTC)
    assert wording.moment(then) == "12月26日 10:05"
    assert wording.moment(then, datetime(2025, 1, 3, tzinfo=UTC)) == "12月26日 10:05"
    # the evening of 31 December in Greenwich is New Year's Day here
    new_year = datetime(2025, 12, 31, 20, tzinfo=UTC)
    assert wording.moment(then, new_year) == "2025年12月26日 10:05"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("到2026年3月15日止", ["2026年3月15日"]),
        ("11月30日 12:00 关闭", ["11月30日 12:00"]),
        ("淄建发〔2026〕3号", ["〔2026〕3号"]),
        ("到位 501.00 万元，186 户 1.72 万㎡", ["501.00 万元", "1.72 万㎡"]),
        ("办公电话 0533-0000 0001", ["0533-0000 0001"]),
        ("第3周 <b>", []),
    ],
)
def test_days_amounts_and_numbers_stay_in_one_line(text: str, whole: list[str]) -> None:
    shown = wording.unbroken(text)
    assert re.findall(r'<span class="num">(.*?)</span>', shown) == whole
    assert "<b>" not in shown
    assert wording.unbroken(shown) == shown


def test_the_portal_has_no_third_name() -> None:
    """As a thing it is the platform, over its pages stands what the bureau does with it; nowhere another name."""
    told = re.compile(r"老旧小区改造(?:监督|调度|管理|信息)(?:平台|系统|门户)?")
    found = {
        name
        for path in _files()
        for name in told.findall(path.read_text(encoding="utf-8", errors="ignore"))
    }
    assert found == {PLATFORM, "老旧小区改造监督"}


def _files() -> list[Path]:
    """What readers and users see: code, templates, documents."""
    folders = (
        "renovation",
        "projects",
        "complaints",
        "supervision",
        "reports",
        "templates",
        "static/img",
        "docs",
    )
    found = [
        path for each in folders for path in sorted((ROOT / each).rglob("*")) if path.is_file()
    ]
    kinds = {".py", ".html", ".txt", ".md", ".svg"}
    tops = [ROOT / name for name in ("README.md", "LICENSE", "pyproject.toml")]
    return [*(path for path in found if path.suffix in kinds), *tops]
