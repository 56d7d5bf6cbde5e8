"""A list that went out, was changed on a page by a colleague, and comes back in: nothing is written over unseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from projects.funding.models import ProjectAccount
from projects.ledger.books.registry import books
from projects.ledger.models import Building, Party, Project
from projects.works.models import IllegalStructure
from projects.works.services.structures import StructureValues, amend_structure
from renovation.accounts.models import User
from renovation.core.errors import Fault, Refusal, Severity, StateConflict
from renovation.intake import services as intake
from renovation.intake.manifest import SHEET_NAME
from renovation.intake.meanwhile import filled_in
from renovation.intake.models import Upload
from renovation.intake.pipelines import Target, pipeline_of
from renovation.intake.preview import Preview, build
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District

from .scene import book_of, errors, sent, write

pytestmark = pytest.mark.django_db
DAY = date(2025, 2, 3)


@dataclass
class World:
    """A structure of a known day, the workbook that holds it, and a colleague who writes ten minutes later."""

    district: District
    now: datetime
    book: Any
    colleague: User
    clock: Clock

    @property
    def later(self) -> datetime:
        return self.now + timedelta(minutes=10)

    def amended(self, *, by: User | None = None, **changes: Any) -> None:
        """What the colleague, or another person, does on the page of the structure."""
        self.clock.at("2025-05-07 10:10")
        row = IllegalStructure.objects.get()
        names = ("location", "kind", "building", "estate", "area_sqm", "needs_waterproofing",
                 "built_on", "stood_before", "note")  # fmt: skip
        values = StructureValues(**{name: getattr(row, name) for name in names} | changes)
        amend_structure(
            structure=row, values=values, reason="现场核实", by=by or self.colleague, now=self.later
        )

    def sent(self) -> Upload:
        return sent(self.district, "structures", self.book, self.later)

    def page(self, upload: Upload) -> Preview:
        pipeline = pipeline_of(upload.pipeline)
        target = Target(organisation=self.district.bureau, period_key="2025")
        return build(upload, pipeline, pipeline.describe(target, self.later))

    def explained(self, upload: Upload) -> None:
        """The reason that is typed on the page of the upload."""
        (row,) = self.page(upload).rows
        by, now = self.district.users["bureau"], self.later
        intake.answer(upload=upload, reasons=[(row.key, "L182", "今天现场看过")], by=by, now=now)

    def committed(self, upload: Upload) -> str:
        by = self.district.users["bureau"]
        return intake.commit(upload=upload, by=by, now=self.later).text


@pytest.fixture
def world(district: District, project: Project, now: datetime, clock: Clock) -> World:
    IllegalStructure.objects.update(built_on=DAY, note="沿街")
    book = book_of(district, "structures", now)
    return World(district, now, book, district.users["bureau2"], clock)


def stands() -> tuple[date | None, str]:
    return IllegalStructure.objects.values_list("built_on", "note").get()


def said(upload: Upload, code: str) -> list[str]:
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [fault.message for fault in found if fault.code == code]


def test_a_cell_that_was_left_alone_takes_nothing_back(world: World) -> None:
    write(world.book, "structures", 1, area_sqm=Decimal("33.30"))
    world.amended(built_on=date(2024, 12, 1))
    upload = world.sent()
    assert errors(upload) == []
    (told,) = said(upload, "L036")
    assert told == (
        "建成日期在下载以后改过：当时是“2025年2月3日”，现在是“2024年12月1日”"
        f"（这一行最后由{world.colleague}于2025年5月7日 10:10修改）；表里没有改这一格，照现在的不动"
    )
    page = world.page(upload)
    (row,) = page.rows
    assert [each.head for each in row.said] == []
    assert page.changes == 1
    world.committed(upload)
    assert stands() == (date(2024, 12, 1), "沿街")
    assert IllegalStructure.objects.get().area_sqm == Decimal("33.30")


def test_a_row_that_nobody_touched_in_the_workbook_writes_nothing(world: World) -> None:
    world.amended(built_on=None, stood_before=True)
    upload = world.sent()
    assert len(said(upload, "L036")) == 2
    assert world.page(upload).is_all_same
    assert world.committed(upload) == "没有行写入，1 行没有变化"
    assert stands() == (None, "沿街")


def test_what_would_be_written_over_is_asked_and_a_person_decides(world: World) -> None:
    write(world.book, "structures", 1, note="沿街，业主已搬离")
    world.amended(note="沿街，有出租户")
    upload = world.sent()
    (asked,) = [Fault.from_json(fault) for fault in upload.faults if fault["code"] == "L182"]
    assert asked.severity is Severity.REASON
    assert asked.cell == "I4"
    assert (asked.found, asked.expected) == (
        "沿街，业主已搬离",
        "沿街，有出租户（现在的），或说明原因",
    )
    assert asked.message == (
        "说明在下载以后改过：当时是“沿街”，现在是“沿街，有出租户”"
        f"（这一行最后由{world.colleague}于2025年5月7日 10:10修改），写入会把它盖掉。要写入的说明原因，不写入的选“暂留”"
    )
    with pytest.raises(Refusal) as refused:
        world.committed(upload)
    assert refused.value.code == "upload.reason_missing"
    world.explained(upload)
    world.committed(upload)
    assert stands() == (DAY, "沿街，业主已搬离")


def test_who_holds_the_row_leaves_what_the_colleague_wrote(world: World) -> None:
    write(world.book, "structures", 1, note="沿街，业主已搬离")
    world.amended(note="沿街，有出租户")
    upload = world.sent()
    (row,) = world.page(upload).rows
    by, now = world.district.users["bureau"], world.later
    intake.answer(upload=upload, held=[row.key], decided=[row.key], by=by, now=now)
    with pytest.raises(Refusal) as refused:
        world.committed(upload)
    assert refused.value.code == "upload.nothing"
    assert stands() == (DAY, "沿街，有出租户")


def test_who_says_the_same_as_the_colleague_is_asked_nothing(world: World) -> None:
    write(world.book, "structures", 1, note="沿街，有出租户")
    world.amended(note="沿街，有出租户")
    upload = world.sent()
    assert (said(upload, "L036"), said(upload, "L182")) == ([], [])
    assert world.page(upload).is_all_same


def test_who_wrote_the_row_last_is_said_of_the_row_and_not_of_the_cell(world: World) -> None:
    """The colleague changed the note; somebody else moved the structure afterwards."""
    world.amended(note="沿街，有出租户")
    other = world.district.users["zhonglou"]
    world.amended(location="南院 3 号楼西侧", by=other)
    (note, place) = sorted(said(world.sent(), "L036"), reverse=True)
    last = f"（这一行最后由{other}于2025年5月7日 10:10修改）；表里没有改这一格，照现在的不动"
    assert note == f"说明在下载以后改过：当时是“沿街”，现在是“沿街，有出租户”{last}"
    assert place.endswith(last)


# -- the same workbook a second time -----------------------------------------------------------------
@pytest.mark.parametrize("second", ["沿街", "沿街，业主已搬离"])
def test_who_corrects_in_the_same_workbook_what_it_wrote_is_taken_at_their_word(
    world: World, second: str
) -> None:
    """Back to what the workbook went out with, or to a third word."""
    write(world.book, "structures", 1, note="写错了")
    world.committed(world.sent())
    assert stands() == (DAY, "写错了")
    write(world.book, "structures", 1, note=second)
    upload = world.sent()
    assert (said(upload, "L036"), said(upload, "L182")) == ([], [])
    (row,) = world.page(upload).rows
    assert [each.text for each in row.said] == [f"原“写错了”，改为“{second}”"]
    assert world.committed(upload) == "写入 1 行"
    assert stands() == (DAY, second)


def test_what_a_colleague_changed_after_the_first_use_is_still_asked(world: World) -> None:
    write(world.book, "structures", 1, note="写错了")
    world.committed(world.sent())
    world.amended(note="沿街，有出租户")
    write(world.book, "structures", 1, note="沿街")
    upload = world.sent()
    assert said(upload, "L036") == []
    (asked,) = said(upload, "L182")
    assert asked.startswith("说明在上次写入以后改过：当时是“写错了”，现在是“沿街，有出租户”")


def test_what_a_colleague_put_back_is_not_written_again_by_the_same_workbook(world: World) -> None:
    write(world.book, "structures", 1, note="写错了")
    world.committed(world.sent())
    world.amended(note="沿街")
    write(world.book, "structures", 1, area_sqm=Decimal("33.30"))
    upload = world.sent()
    (told,) = said(upload, "L036")
    assert told.startswith("说明在上次写入以后改过：当时是“写错了”，现在是“沿街”（")
    assert told.endswith("；表里没有改这一格，照现在的不动")
    world.committed(upload)
    assert stands() == (DAY, "沿街")


def test_a_cell_that_the_workbook_never_changed_keeps_the_colleagues_word_at_its_second_use(
    world: World,
) -> None:
    write(world.book, "structures", 1, note="写错了")
    world.amended(built_on=date(2024, 12, 1))
    world.committed(world.sent())
    write(world.book, "structures", 1, note="沿街")
    upload = world.sent()
    assert len(said(upload, "L036")) == 1
    world.committed(upload)
    assert stands() == (date(2024, 12, 1), "沿街")


def test_an_answer_that_emptied_another_one_is_taken_back_in_the_same_workbook(
    world: World,
) -> None:
    """改造前已有 emptied the day; now the day is known after all."""
    write(world.book, "structures", 1, built_on=None, stood_before="是")
    world.committed(world.sent())
    assert stands() == (None, "沿街")
    write(world.book, "structures", 1, built_on=DAY, stood_before=None)
    upload = world.sent()
    assert errors(upload) == []
    assert (said(upload, "L036"), said(upload, "L182")) == ([], [])
    world.committed(upload)
    assert IllegalStructure.objects.values_list("built_on", "stood_before").get() == (DAY, False)


def test_a_list_whose_rows_are_kept_sealed_is_corrected_in_the_same_workbook_too(
    district: District, project: Project, now: datetime
) -> None:
    before = ProjectAccount.objects.get().purpose
    book = book_of(district, "accounts", now)
    for words in ("填错了的用途", before):
        write(book, "accounts", 1, purpose=words)
        upload = sent(district, "accounts", book, now)
        assert (errors(upload), said(upload, "L036"), said(upload, "L182")) == ([], [], [])
        assert "用途" not in str(upload.rows)
        intake.commit(upload=upload, by=district.users["bureau"], now=now)
        assert ProjectAccount.objects.get().purpose == words


def test_a_first_use_that_nobody_confirmed_wrote_nothing(world: World) -> None:
    write(world.book, "structures", 1, note="写错了")
    world.sent()
    world.amended(note="沿街，有出租户")
    write(world.book, "structures", 1, note="沿街")
    upload = world.sent()
    assert len(said(upload, "L036")) == 1
    assert world.page(upload).is_all_same


def test_a_copy_of_the_workbook_that_a_colleague_used_takes_nothing_back(world: World) -> None:
    """Both hold the workbook as it went out; the colleague has written with it."""
    copy = book_of(world.district, "structures", world.now)
    write(copy, "structures", 1, note="沿街，有出租户")
    first = sent(world.district, "structures", copy, world.later, by="bureau2")
    intake.commit(upload=first, by=world.colleague, now=world.later)
    upload = world.sent()
    (told,) = said(upload, "L036")
    assert "当时是“沿街”，现在是“沿街，有出租户”" in told
    assert world.page(upload).is_all_same


def test_a_cell_that_was_emptied_says_that_empty_cells_change_nothing(world: World) -> None:
    write(world.book, "structures", 1, note=None)
    world.amended(note="沿街，有出租户")
    upload = world.sent()
    (told,) = [Fault.from_json(fault) for fault in upload.faults if fault["code"] == "L036"]
    assert told.message.endswith("；表里是空的，空着的格不改，照现在的不动")
    assert (told.found, told.expected) == ("空", "沿街，有出租户")
    assert world.page(upload).is_all_same


def test_who_empties_what_the_colleague_emptied_is_told_nothing(world: World) -> None:
    write(world.book, "structures", 1, note=None)
    world.amended(note="")
    upload = world.sent()
    assert (said(upload, "L036"), said(upload, "L182")) == ([], [])


def test_an_answer_that_would_empty_the_colleagues_is_asked(world: World) -> None:
    """改造前已有 empties the day, which the colleague has corrected meanwhile."""
    write(world.book, "structures", 1, built_on=None, stood_before="是")
    world.amended(built_on=date(2024, 12, 1))
    upload = world.sent()
    assert errors(upload) == []
    assert said(upload, "L036") == []
    (asked,) = said(upload, "L182")
    assert asked.startswith("建成日期在下载以后改过")


def test_between_preview_and_confirmation_nothing_is_written_over_either(world: World) -> None:
    write(world.book, "structures", 1, note="沿街，业主已搬离")
    upload = world.sent()
    world.amended(note="沿街，有出租户")
    with pytest.raises(StateConflict) as stale:
        world.committed(upload)
    assert stale.value.code == "upload.stale"
    assert str(stale.value).endswith(
        "被别人改过，已列出现在写着的内容，请看过后再确认：要写入的说明原因，不想改动的选“暂留”。"
    )
    assert stands() == (DAY, "沿街，有出租户")
    (row,) = world.page(upload).rows
    assert [each.text for each in row.said] == ["原“沿街，有出租户”，改为“沿街，业主已搬离”"]
    (asked,) = said(upload, "L182")
    assert asked.startswith("说明在核对以后改过：当时是“沿街”，现在是“沿街，有出租户”")
    with pytest.raises(Refusal) as refused:
        world.committed(upload)
    assert refused.value.code == "upload.reason_missing"
    assert stands() == (DAY, "沿街，有出租户")
    world.explained(upload)
    world.committed(upload)
    assert stands() == (DAY, "沿街，业主已搬离")


def test_a_reason_counts_for_what_was_shown_and_not_for_what_is_changed_afterwards(
    world: World,
) -> None:
    """The colleague writes a second time, after the first was explained, and touches another cell."""
    write(world.book, "structures", 1, note="沿街，业主已搬离")
    world.amended(note="沿街，有出租户", built_on=date(2024, 12, 1))
    upload = world.sent()
    world.explained(upload)
    world.amended(note="已协商", built_on=date(2024, 11, 1))
    with pytest.raises(StateConflict):
        world.committed(upload)
    (asked,), (told,) = said(upload, "L182"), said(upload, "L036")
    assert asked.startswith("说明在核对以后改过：当时是“沿街，有出租户”，现在是“已协商”")
    assert told.startswith("建成日期在核对以后改过：当时是“2024年12月1日”，现在是“2024年11月1日”")
    with pytest.raises(Refusal) as refused:
        world.committed(upload)
    assert refused.value.code == "upload.reason_missing"
    assert stands() == (date(2024, 11, 1), "已协商")
    world.explained(upload)
    world.committed(upload)
    assert stands() == (date(2024, 11, 1), "沿街，业主已搬离")


def test_what_was_said_of_a_cell_that_nobody_touched_since_stays_with_its_reason(
    world: World,
) -> None:
    write(world.book, "structures", 1, note="沿街，业主已搬离")
    world.amended(note="沿街，有出租户")
    upload = world.sent()
    world.explained(upload)
    world.amended(built_on=date(2024, 12, 1))
    world.committed(upload)
    assert stands() == (date(2024, 12, 1), "沿街，业主已搬离")


def test_between_preview_and_confirmation_a_cell_left_alone_takes_nothing_back(
    world: World,
) -> None:
    write(world.book, "structures", 1, note="沿街，业主已搬离")
    upload = world.sent()
    world.amended(built_on=date(2024, 12, 1))
    world.committed(upload)
    assert stands() == (date(2024, 12, 1), "沿街，业主已搬离")


def test_a_list_whose_rows_are_named_by_words_does_it_too(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, "buildings", now)
    write(book, "buildings", 1, unit_count=4)
    Building.objects.update(floor_count=7)  # nobody signed it
    upload = sent(district, "buildings", book, now)
    (told,) = said(upload, "L036")
    assert told.startswith("层数（层）在下载以后改过：当时是")
    assert "这一行最后" not in told
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    assert Building.objects.values_list("unit_count", "floor_count").get() == (4, 7)
    assert AuditEntry.objects.filter(act="upload.commit").count() == 1


def test_a_row_that_was_taken_out_meanwhile_is_not_entered_again_unseen(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, "buildings", now)
    write(book, "buildings", 1, unit_count=4)
    Building.objects.all().delete()
    upload = sent(district, "buildings", book, now)
    assert errors(upload) == []
    assert said(upload, "L182") == [
        "这一行在下载以后已不在台账的这张表里（删去、作废或改了名），写入会重新添上。要添的说明原因，不添的选“暂留”"
    ]
    with pytest.raises(Refusal) as refused:
        intake.commit(upload=upload, by=district.users["bureau"], now=now)
    assert refused.value.code == "upload.reason_missing"
    assert not Building.objects.exists()


def test_a_row_that_is_taken_out_after_the_preview_is_not_entered_again_unseen(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, "buildings", now)
    write(book, "buildings", 1, unit_count=4)
    upload = sent(district, "buildings", book, now)
    Building.objects.all().delete()
    with pytest.raises(StateConflict) as stale:
        intake.commit(upload=upload, by=district.users["bureau"], now=now)
    assert stale.value.code == "upload.stale"
    assert said(upload, "L182") == [
        "这一行在核对以后已不在台账的这张表里（删去、作废或改了名），写入会重新添上。要添的说明原因，不添的选“暂留”"
    ]
    with pytest.raises(Refusal) as refused:
        intake.commit(upload=upload, by=district.users["bureau"], now=now)
    assert refused.value.code == "upload.reason_missing"
    assert not Building.objects.exists()


def test_a_number_that_is_gone_says_that_it_was_taken_out(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, "parties", now)
    Party.objects.all().delete()
    upload = sent(district, "parties", book, now)
    assert [fault.code for fault in errors(upload)] == ["L161"]
    assert said(upload, "L036") == ["这一行在下载以后已不在台账的这张表里（删去、作废或改了名）"]
    assert said(upload, "L182") == []


def test_a_workbook_without_what_went_out_is_compared_with_what_stands(world: World) -> None:
    """One that went out before this was kept, or a table of one's own."""
    del world.book[SHEET_NAME]
    write(world.book, "structures", 1, note="沿街，业主已搬离")
    world.amended(built_on=date(2024, 12, 1))
    upload = world.sent()
    assert said(upload, "L182") == []
    (row,) = world.page(upload).rows
    assert [each.text for each in row.said] == [
        "原“沿街”，改为“沿街，业主已搬离”",
        "原“2024年12月1日”，改为“2025年2月3日”",
    ]


def test_residents_data_is_not_kept_in_the_hidden_sheet(
    district: District, project: Project, now: datetime
) -> None:
    hidden = book_of(district, "accounts", now)[SHEET_NAME]
    rows = [row for row in hidden.iter_rows(values_only=True) if row[0] == "row"]
    assert [row[1].split()[0] for row in rows] == ["list_accounts"]
    columns = books()["accounts"].writes
    (private,) = [column for column in columns if column.is_private]
    (bank,) = [column for column in columns if column.field == "bank"]
    values = {private.field: "6222020200112233445", bank.field: "齐商银行"}
    assert filled_in("list_accounts", columns, [("#1", values)]) == {
        "list_accounts #1": {bank.field: "齐商银行"}
    }
