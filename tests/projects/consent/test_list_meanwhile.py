"""A household list that went out, while a colleague corrects a household on its page: nothing is written over unseen,
and nothing that is said of it shows what anybody is called."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from django.db import connection

from projects.consent.enums import Care
from projects.consent.models import Household
from projects.consent.services import archive
from renovation.core.errors import Refusal, Severity, StateConflict
from renovation.intake.manifest import SHEET_NAME
from renovation.intake.models import UploadState
from renovation.records.keys import keyring
from tests.conftest import Clock
from tests.races import Colleague

from .list_world import (
    NEW_NAME,
    NEW_PHONE,
    TYPED_PHONE,
    World,
    found,
    make_world,
    shows_nobody,
    stands,
)
from .scene import CANARY_NAME, CANARY_PHONE, make_scene

pytestmark = pytest.mark.django_db
LOCK = ('FROM "ledger_estate"', "FOR UPDATE")


@pytest.fixture
def world(clock: Clock) -> World:
    return make_world(clock)


@pytest.mark.parametrize("is_open", [False, True])
def test_what_a_colleague_corrected_stays_where_the_list_left_it_alone(
    world: World, *, is_open: bool
) -> None:
    """The name has another mask by now, the mark of who is called on is not masked at all."""
    world.goes_out(is_open=is_open)
    world.write(1, "联系电话", TYPED_PHONE)
    world.corrected(name=NEW_NAME, care=Care.DISABLED)
    upload = world.sent()
    assert found(upload) == []
    told = found(upload, "J036", "J182")
    assert [(each.code, each.message, each.found, each.expected) for each in told] == [
        (
            "J036",
            f"{label}在下载以后改过{world.who}；表里没有改这一格，照现在的不动",
            "（个人信息，不显示）",
            "现在的",
        )
        for label in ("户主姓名", "上门关注")
    ]
    assert shows_nobody(upload)
    assert world.committed(upload) == "写入 1 行，其余 7 行没有变化"
    assert stands() == (NEW_NAME, TYPED_PHONE, "disabled")


def test_who_would_write_over_a_colleague_is_asked_and_decides(world: World) -> None:
    world.write(1, "联系电话", TYPED_PHONE)
    world.corrected(phone=NEW_PHONE)
    upload = world.sent()
    (asked,) = found(upload, "J036", "J182")
    assert (asked.code, asked.severity) == ("J182", Severity.REASON)
    assert (asked.message, asked.found, asked.expected) == (
        f"联系电话在下载以后改过{world.who}，写入会把它盖掉。要写入的说明原因，不写入的选“暂留”",
        "（个人信息，不显示）",
        "现在的，或说明原因",
    )
    assert shows_nobody(upload)
    with pytest.raises(Refusal) as refused:
        world.committed(upload)
    assert refused.value.code == "upload.reason_missing"
    assert stands()[1] == NEW_PHONE
    world.explained(upload)
    world.committed(upload)
    assert stands()[1] == TYPED_PHONE


def test_who_says_the_same_as_the_colleague_is_told_nothing(world: World) -> None:
    world.write(1, "联系电话", NEW_PHONE)
    world.corrected(phone=NEW_PHONE)
    upload = world.sent()
    assert found(upload, "J036", "J182") == []
    assert world.committed(upload) == "没有行写入，8 行没有变化"


def test_rows_that_are_numbered_and_sorted_anew_are_compared_as_well(world: World) -> None:
    sheet = world.book.worksheets[0]
    first, second = ([cell.value for cell in sheet[row]] for row in (4, 5))
    for row, values in ((4, [1, *second[1:]]), (5, [2, *first[1:]])):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column).value = value
    world.corrected(phone=NEW_PHONE)
    (told,) = found(world.sent(), "J036", "J182")
    assert (told.code, told.cell, told.column) == ("J036", "F5", "联系电话")


def test_a_household_that_was_taken_off_the_list_is_not_added_again_unseen(world: World) -> None:
    world.goes_out(is_open=True)
    archive.remove_household(
        household=world.scene.households[0],
        reason="误录",
        by=world.scene.user("zhonglou-head"),
        now=world.later,
    )
    upload = world.sent()
    (asked,) = found(upload, "J182")
    assert asked.message == (
        "这一行在下载以后已从名册删除，写入会重新添上。要添的说明原因，不添的选“暂留”"
    )
    with pytest.raises(Refusal) as refused:
        world.committed(upload)
    assert (refused.value.code, refused.value.found, refused.value.message) == (
        "upload.reason_missing",
        "第 1 号",
        "1 行还没有填情况说明：第 1 号。填写说明，或把它们改为暂留。",
    )
    assert Household.objects.count() == 7


def test_what_was_masked_of_a_household_that_is_gone_cannot_be_given_back(world: World) -> None:
    archive.remove_household(
        household=world.scene.households[0],
        reason="误录",
        by=world.scene.user("zhonglou-head"),
        now=world.later,
    )
    upload = world.sent()
    assert [(each.code, each.cell, each.message, each.expected) for each in found(upload)] == [
        ("J153", cell, f"{label}：名册里没有这一户，隐去的内容无从还原", "填完整的，或暂留")
        for cell, label in (("E4", "户主姓名"), ("F4", "联系电话"))
    ]
    assert world.committed(upload) == "没有行写入，暂留 1 行，7 行没有变化"
    world.write(1, "户主姓名", CANARY_NAME)
    world.write(1, "联系电话", CANARY_PHONE)
    upload = world.sent()
    assert (found(upload), [each.code for each in found(upload, "J182")]) == ([], ["J182"])
    world.explained(upload)
    world.committed(upload)
    assert Household.objects.count() == 8


def test_another_name_with_the_same_mask_is_told_as_well(world: World) -> None:
    """What the mask stands for by now is filled in; that the name is another is said all the same."""
    world.corrected(1, name="李别人")
    world.write(2, "联系电话", TYPED_PHONE)
    upload = world.sent()
    (told,) = found(upload, "J036", "J182")
    assert (told.code, told.cell, told.message) == (
        "J036",
        "E5",
        f"户主姓名在下载以后改过{world.who}；表里没有改这一格，照现在的不动",
    )
    world.committed(upload)
    assert stands(1)[:2] == ("李别人", TYPED_PHONE)


def test_between_preview_and_confirmation_nothing_is_written_over_either(world: World) -> None:
    world.write(1, "联系电话", TYPED_PHONE)
    world.write(2, "联系电话", "0533-6661234")
    upload = world.sent()
    world.corrected(0, phone=NEW_PHONE)
    world.corrected(1, name=NEW_NAME)
    with pytest.raises(StateConflict) as stale:
        world.committed(upload)
    assert stale.value.code == "upload.stale"
    told = found(upload, "J036", "J182")
    assert [(each.code, each.row, each.message.partition("改过")[0]) for each in told] == [
        ("J182", 4, "联系电话在核对以后"),
        ("J036", 5, "户主姓名在核对以后"),
    ]
    assert shows_nobody(upload)
    world.explained(upload)
    world.committed(upload)
    assert (stands(0)[1], stands(1)[:2]) == (TYPED_PHONE, (NEW_NAME, "05336661234"))


def test_who_corrects_in_the_same_workbook_what_it_wrote_is_taken_at_their_word(
    world: World,
) -> None:
    world.write(1, "联系电话", NEW_PHONE)
    world.committed(world.sent())
    world.write(1, "联系电话", TYPED_PHONE)
    upload = world.sent()
    assert found(upload, "J036", "J182") == []
    world.committed(upload)
    assert stands()[1] == TYPED_PHONE
    world.corrected(phone=NEW_PHONE)
    world.write(2, "联系电话", "0533-6661234")
    upload = world.sent()
    (told,) = found(upload, "J036", "J182")
    assert (told.code, told.message) == (
        "J036",
        f"联系电话在上次写入以后改过{world.who}；表里没有改这一格，照现在的不动",
    )
    world.committed(upload)
    assert stands()[1] == NEW_PHONE


def test_a_list_without_the_column_says_nothing_of_it(world: World) -> None:
    """The bureau's has no 上门关注: that says neither that nobody is called on nor that it was left alone."""
    world.goes_out(by="bureau")
    world.corrected(care=Care.DISABLED)
    upload = world.sent()
    assert found(upload, "J036", "J182") == []
    world.committed(upload)
    assert stands()[2] == "disabled"


def test_the_hidden_sheet_shows_neither_names_nor_that_two_are_the_same(world: World) -> None:
    for place in (1, 2):
        world.corrected(place, name=CANARY_NAME, phone=CANARY_PHONE, care=Care.DISABLED)
    world.goes_out()
    rows = [row for row in world.book[SHEET_NAME].iter_rows(values_only=True) if row[0] == "row"]
    assert [row[1] for row in rows][:2] == ["households 1／1／101", "households 1／1／102"]
    kept = [mark for row in rows for mark in row[2].split('"') if len(mark) >= 64]
    assert len(kept) == len(set(kept)) == 2 * 8 + 3
    text = repr(rows)
    for secret in (CANARY_NAME, CANARY_PHONE, CANARY_NAME[0], "138****", "disabled", "残疾"):
        assert secret not in text


def test_a_list_that_went_out_before_the_keys_were_changed_tells_nothing_of_it(
    world: World, settings: Any
) -> None:
    """The marks are of the former key; hashes are found under both."""
    config = {"2025": b64encode(b"o" * 32).decode()}
    try:
        settings.FILE_KEYS = config
        keyring.cache_clear()
        for row in world.scene.households:
            row.keep(name="李住户", phone="13800001234")
            row.save()
        world.goes_out()
        settings.FILE_KEYS = {**config, "2026": b64encode(b"n" * 32).decode()}
        keyring.cache_clear()
        world.corrected(1, phone=NEW_PHONE)
        told = found(world.sent(), "J036", "J182")
        assert [(each.code, each.cell) for each in told] == [("J036", "F5")]
    finally:
        keyring.cache_clear()


def test_what_was_forgotten_after_its_time_does_not_come_back_with_an_old_list(
    world: World,
) -> None:
    """A list that was left lying; its project was handed over long ago."""
    world.goes_out(is_open=True)
    row = Household.objects.get(pk=world.scene.first.pk)
    row.keep(name="", phone="")
    row.care, row.purged_at, row.version = Care.NONE, world.later, 2
    row._history_user = None
    row.save()
    upload = world.sent()
    told = found(upload, "J036", "J182")
    assert [(each.code, each.row, each.column) for each in told] == [
        ("J036", 4, "户主姓名"),
        ("J036", 4, "联系电话"),
        ("J036", 4, "上门关注"),
    ]
    assert "（这一行最后由系统于" in told[0].message
    world.committed(upload)
    assert stands() == ("", "", "")
    assert Household.objects.get(pk=row.pk).purged_at is not None


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [{"phone": NEW_PHONE}, {"name": NEW_NAME}])
def test_what_a_colleague_corrects_in_the_moment_of_the_confirmation_is_not_written_over(
    clock: Clock, known: dict[str, str]
) -> None:
    world = World(make_scene(), clock)
    world.goes_out()
    world.write(1, "联系电话", TYPED_PHONE)
    upload = world.sent()
    with connection.execute_wrapper(Colleague(lambda: world.corrected(**known), before=LOCK)):
        if "name" in known:
            world.committed(upload)
            assert stands()[:2] == (NEW_NAME, TYPED_PHONE)
            return
        with pytest.raises(StateConflict) as stale:
            world.committed(upload)
    assert stale.value.code == "upload.stale"
    upload.refresh_from_db()
    assert upload.state == UploadState.PREVIEW
    assert stands()[1] == NEW_PHONE
    assert len(found(upload, "J182")) == 1
