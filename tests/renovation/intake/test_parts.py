"""The small steps of the intake: headers, numbers, manifest, answers, the registry of pipelines."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from renovation.core import documents, reading
from renovation.core.documents.reading import (
    MergedRange,
    ReadCell,
    ReadSheet,
    ReadWorkbook,
    Visibility,
    read_workbook,
)
from renovation.core.documents.xlsx import Book, Sheet, SheetCell, Style, write_workbook
from renovation.core.errors import Refusal, Severity
from renovation.intake import cells, digest, manifest, nudges, schedules, sheets, tasks
from renovation.intake.answers import Answers
from renovation.intake.cells import odd_character, read_cell
from renovation.intake.headers import label_of, normalise
from renovation.intake.manifest import Manifest, read_manifest, sheet_of, signed
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Column,
    Kind,
    Pipeline,
    RuleScope,
    pipeline_of,
    pipelines,
)
from renovation.intake.preview_rows import PreviewRow
from renovation.intake.standard import standard_rules
from renovation.intake.verdicts import Standing
from tests.factories.accounts import StreetFactory, UserFactory
from tests.factories.ledger import StoredFileFactory


@pytest.mark.parametrize(
    "written",
    [
        "累计完成投资(万元)",
        "累计完成投资（万元）",
        " 累计完成 投资（万元）：",
        "累计完成投资\n（万元）*",
        "累计完成投资【万元】",
    ],
)
def test_headers_are_the_same_however_they_are_set(written: str) -> None:
    assert normalise(written) == "累计完成投资(万元)"


def test_pages_write_headers_with_full_width_brackets() -> None:
    assert label_of("本周累计形象进度(%)") == "本周累计形象进度（%）"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("98.5O", "末位是字母 O"),
        ("O8", "首位是字母 O"),
        ("9 8", "第 2 位是空格"),
        ("9a8b", "含有“ab”"),
        ("一百", "应只有数字"),
        ("12人", "带了单位“人”，只填数"),
        ("1..2", "小数点多于一个"),
        ("1,2", "千分位逗号的位置不对"),
        ("1-2", ""),
    ],
)
def test_the_odd_character_is_named(text: str, words: str) -> None:
    assert odd_character(text) == words


# -- the manifest ------------------------------------------------------------------------------------
MANIFEST = Manifest(
    pipeline="weekly",
    street="songlinglu",
    street_name="松龄路街道",
    week_start="2025-09-15",
    generated_at="2025-09-15T08:00:00+08:00",
    values={"ZC2025-06": {"name": "=柳泉小区", "last_progress": "69.0"}},
)


def book_of(sheet: Sheet) -> ReadWorkbook:
    front = Sheet("周报", ((SheetCell("项目编号", Style()),),))
    return read_workbook(write_workbook(Book(sheets=(front, sheet))), "周报.xlsx")


@pytest.mark.parametrize(
    ("value", "is_percent", "read"),
    [
        (0, False, 0),
        (9, False, 9),
        ("９", False, 9),
        (10, False, "number.too_large"),
        (-1, False, "number.too_small"),
        (5, True, "number.unreadable"),
        (True, False, "number.unreadable"),
        (1.5, False, "number.too_many_decimals"),
    ],
)
def test_a_whole_number_is_read_within_its_bounds(
    value: Any, is_percent: bool, read: int | str
) -> None:
    column = Column(
        field="n", header="数", kind=Kind.INTEGER, minimum=Decimal(0), maximum=Decimal(9)
    )
    cell = ReadCell(1, 1, value, is_percent)
    if isinstance(read, int):
        assert read_cell(cell, column) == read
        return
    with pytest.raises(Refusal) as refused:
        read_cell(cell, column)
    assert refused.value.code == read


def test_a_whole_number_without_bounds_is_not_endless() -> None:
    column = Column(field="n", header="数", kind=Kind.INTEGER)
    assert read_cell(ReadCell(1, 1, 10**15), column) == 10**15
    with pytest.raises(Refusal) as refused:
        read_cell(ReadCell(1, 1, 10**24), column)
    assert refused.value.code == "number.too_large"


def test_cells_that_say_the_same_are_read_once_and_no_others() -> None:
    """1, TRUE and 1.0 are equal to a dictionary, and 45 is not 45 %."""
    text = cells.Readings(Column(field="t", header="字"))
    said = [ReadCell(row, 2, value) for row, value in enumerate(("1", 1, True, 1, "1", True), 1)]
    read = [text[type(cell.value), cell[2:]] for cell in said]
    assert (read, len(text)) == (["1", "1", "TRUE", "1", "1", "TRUE"], 3)
    percent = cells.Readings(
        Column(field="p", header="数", kind=Kind.DECIMAL, places=1, percent=True)
    )
    shares = [ReadCell(1, 1, 0.5), ReadCell(2, 1, 0.5, is_percent=True), ReadCell(3, 1, 0.5)]
    assert [percent[type(cell.value), cell[2:]] for cell in shares] == [
        Decimal("0.5"),
        Decimal("50.0"),
        Decimal("0.5"),
    ]


def test_what_is_refused_is_refused_at_every_cell() -> None:
    column = cells.Readings(Column(field="n", header="数", kind=Kind.INTEGER))
    for cell in (ReadCell(1, 1, "无"), ReadCell(2, 1, "无"), ReadCell(3, 1, 3, is_formula=True)):
        with pytest.raises(Refusal) as refused:
            column[type(cell.value), cell[2:]]
        assert refused.value.code == ("cell.formula" if cell.is_formula else "number.unreadable")
    assert len(column) == 0


@pytest.mark.django_db
def test_chinese_is_stored_as_it_is_and_escapes_are_read_beside() -> None:
    """What is in the column, not what Python makes of it; rows of before stand there in escapes."""
    from tests.workbooks.scene import NOW

    said = [{"name": "文昌园小区", "explanation": "“引号”和\\反斜线"}]
    plain, escaped = (
        Upload.objects.create(
            pipeline="weekly", organisation=StreetFactory(), file=StoredFileFactory(),
            received_by=UserFactory(), received_at=NOW, not_before=NOW, rows=said, faults=said,
        )
        for _ in range(2)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE intake_upload SET rows = %s WHERE id = %s", [json.dumps(said), escaped.pk]
        )
    stored = Upload.objects.annotate(
        rows_text=Cast("rows", TextField()), faults_text=Cast("faults", TextField())
    )
    row = stored.get(pk=plain.pk)
    assert ("文昌园小区" in row.rows_text, "\\u" in row.rows_text) == (True, False)
    assert ("文昌园小区" in row.faults_text, "\\u" in row.faults_text) == (True, False)
    if connection.vendor == "sqlite":  # PostgreSQL takes escapes apart by itself
        assert "\\u6587\\u660c" in stored.get(pk=escaped.pk).rows_text
    assert [each.rows for each in Upload.objects.order_by("pk")] == [said, said]
    assert list(Upload.objects.filter(rows__0__name="文昌园小区").order_by("pk")) == [
        plain,
        escaped,
    ]


def test_a_manifest_comes_back_as_it_went() -> None:
    assert read_manifest(book_of(sheet_of(MANIFEST))) == MANIFEST
    assert read_manifest(book_of(Sheet("另一张", ()))) is None


def test_what_the_portal_signed_is_its_own_word_until_anything_of_it_is_another() -> None:
    mine = signed(MANIFEST)
    assert read_manifest(book_of(sheet_of(mine))) == mine
    assert (mine.checksum, mine.is_signed, MANIFEST.is_signed) == (MANIFEST.checksum, True, False)
    for changed in (
        replace(mine, street="banyanglu"),
        replace(mine, week_start="2025-09-22"),
        replace(mine, pipeline="roster"),
        replace(mine, generated_at="2025-09-16T08:00:00+08:00"),
        replace(mine, values={}),
        replace(mine, signature=mine.checksum),
    ):
        read = read_manifest(book_of(sheet_of(changed)))
        assert read is not None
        assert not read.is_signed


def test_a_manifest_counts_the_rows_of_each_list() -> None:
    of_two = replace(MANIFEST, pipeline="roster list_gates", counts={"roster": 9, "list_gates": 0})
    assert read_manifest(book_of(sheet_of(of_two))) == of_two
    sheet = sheet_of(of_two)
    told = [[cell.value if cell else None for cell in row] for row in sheet.rows]
    counts = next(place for place, row in enumerate(told) if row[0] == "counts")
    rows = [list(row) for row in sheet.rows]
    rows[counts][1] = SheetCell('{"roster":30}', Style())
    with pytest.raises(Refusal) as refusal:
        read_manifest(book_of(Sheet(sheet.name, tuple(map(tuple, rows)))))
    assert refusal.value.code == "portal.damaged"


@pytest.mark.parametrize(
    "counts",
    [
        *("null", "-5", "1e3", "true", '"30"', "20001", "Infinity"),
        pytest.param("[" * 29_000, id="nested"),
    ],
)
def test_a_count_that_is_none_damages_the_manifest(counts: str) -> None:
    """Whatever the checksum says: it is made from what stands there."""
    sheet = sheet_of(replace(MANIFEST, counts={"roster": 1}))
    rows = [
        (row[0], SheetCell(f'{{"roster":{counts}}}', Style()))
        if row[0] and row[0].value == "counts"
        else row
        for row in sheet.rows
    ]
    with pytest.raises(Refusal) as refusal:
        read_manifest(book_of(Sheet(sheet.name, tuple(rows))))
    assert refusal.value.code == "portal.damaged"


@pytest.mark.parametrize("count", [-5, 20_001])
def test_a_count_with_a_sound_checksum_is_within_what_a_sheet_holds(count: int) -> None:
    crafted = replace(MANIFEST, counts={"roster": count})
    with pytest.raises(Refusal) as refusal:
        read_manifest(book_of(sheet_of(crafted)))
    assert refusal.value.code == "portal.damaged"


@pytest.mark.parametrize("made", ["", "昨天", "2025-09-15T08:00:00", "2025-09-15"])
def test_a_manifest_that_does_not_say_when_it_was_made_is_damaged(made: str) -> None:
    """Whatever its checksum says: no moment, or one of no time zone."""
    crafted = replace(MANIFEST, generated_at=made)
    with pytest.raises(Refusal) as refusal:
        read_manifest(book_of(sheet_of(crafted)))
    assert refusal.value.code == "portal.damaged"


@pytest.mark.parametrize(("row", "column"), [(1, 1), (3, 1), (7, 2), (7, 1), (6, 0)])
def test_a_changed_manifest_is_told(row: int, column: int) -> None:
    sheet = sheet_of(MANIFEST)
    rows = [list(each) for each in sheet.rows]
    rows[row][column] = SheetCell("改过", Style())
    with pytest.raises(Refusal) as refusal:
        read_manifest(book_of(Sheet(sheet.name, tuple(map(tuple, rows)))))
    assert refusal.value.code == "portal.damaged"


# -- merged areas --------------------------------------------------------------------------------------
def test_an_area_merged_down_to_the_last_row_covers_the_rows_that_are_there() -> None:
    rows = tuple((ReadCell(number, 1, text),) for number, text in enumerate("编甲乙丙", start=1))
    down = MergedRange(3, 1, 1_048_576, 1)
    layout = sheets.Layout(ReadSheet("周报", Visibility.VISIBLE, rows, (down,)), 1, {"code": 1}, ())
    weekly = pipeline_of("weekly")
    assert sheets.merged_rows(layout, weekly) == {3: down.address, 4: down.address}
    assert sheets.covered_fields(layout, weekly) == {4: {"code"}}
    filling = replace(weekly, fills_merged=frozenset({"code"}))
    assert sheets.filled_cells(layout, filling) == {4: {1: ReadCell(4, 1, "乙")}}


# -- answers -----------------------------------------------------------------------------------------
def test_answers_come_back_as_they_went() -> None:
    answers = (
        Answers()
        .with_reasons([("A", "W201", " 多报 "), ("B", "W211", "")])
        .with_held(["C"], among=["C", "D"])
    )
    stored = answers.as_json()
    assert stored == {"reasons": {"A": {"W201": "多报"}}, "held": ["C"]}
    assert Answers.from_json(stored).as_json() == stored
    assert Answers.from_json({}).as_json() == {"reasons": {}, "held": []}


def test_a_reason_is_taken_back_and_a_row_let_in_again() -> None:
    answers = Answers({"A": {"W201": "多报"}}, frozenset({"A", "B"}))
    later = answers.with_reasons([("A", "W201", "")]).with_held([], among=["A"])
    assert later.as_json() == {"reasons": {}, "held": ["B"]}
    assert answers.reason("A", "W201") == "多报"


# -- pipelines ---------------------------------------------------------------------------------------
def test_pipelines_are_found_by_name() -> None:
    assert "weekly" in pipelines()
    assert all(isinstance(pipeline, Pipeline) for pipeline in pipelines().values())
    with pytest.raises(Refusal):
        pipeline_of("none")


def test_every_pipeline_is_whole() -> None:
    """Every refusal of reading has its rule, no two rules catch the same, every field is a column once."""
    for pipeline in pipelines().values():
        _is_whole(pipeline)


def _is_whole(pipeline: Pipeline) -> None:
    caught = [word for rule in pipeline.rules for word in rule.catches]
    assert len(caught) == len(set(caught))
    assert {word for rule in standard_rules("X") for word in rule.catches} <= set(caught)
    fields = [column.field for column in pipeline.columns]
    assert len(fields) == len(set(fields))
    names = [name for column in pipeline.columns for name in column.names]
    assert len(names) == len(set(names))
    assert pipeline.column(pipeline.key).required
    assert all(column.expected for column in pipeline.columns if not column.locked)


def test_a_rule_catches_whatever_reading_refuses() -> None:
    """Else the file would fail without a word about its cell."""
    places = (cells, digest, manifest, sheets, reading, documents.reading)
    raised = {
        code
        for place in places
        for code in re.findall(r'Refusal\(\s*"([a-z]+\.[a-z_]+)"', inspect.getsource(place))
    }
    # A blank cell is none; an amount of 元 is made into 分 by the wing.
    raised -= {"number.missing", "date.missing", "amount.below_fen"}
    caught = {word for rule in standard_rules("X") for word in rule.catches}
    assert {"text.unprintable", "cell.formula", "file.bomb"} <= raised <= caught


def test_what_refuses_the_whole_file_is_an_error() -> None:
    for rule in standard_rules("X"):
        assert rule.severity in {Severity.ERROR, Severity.NOTICE}
        assert rule.code[0] == "X"
        if rule.severity is Severity.ERROR and rule.scope in {RuleScope.FILE, RuleScope.SHEET}:
            assert int(rule.code[1:]) < 100


# -- rows and jobs -----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_target_has_one_upload_to_read_and_one_to_confirm_at_most() -> None:
    street, by = StreetFactory(), UserFactory()
    from tests.workbooks.scene import NOW

    def make(state: str) -> Upload:
        return Upload.objects.create(
            pipeline="weekly", organisation=street, period_key="2025-09-15", file=StoredFileFactory(),
            state=state, received_by=by, received_at=NOW, not_before=NOW,
        )  # fmt: skip

    make("refused"), make("superseded"), make("preview"), make("received")
    with pytest.raises(IntegrityError), transaction.atomic():
        make("reading")
    with pytest.raises(IntegrityError), transaction.atomic():
        make("preview")
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.filter(state="preview").update(committed_at=NOW)


def test_the_nudge_names_the_task() -> None:
    assert tasks.read_upload.name == nudges.READ_UPLOAD
    assert tasks.read_upload.acks_late


def test_the_sweep_is_found_by_the_tick() -> None:
    assert [sweep.code for sweep in schedules.SWEEPS] == ["intake.uploads"]


def test_a_queue_that_cannot_be_reached_loses_only_the_nudge(settings: object) -> None:
    from renovation.celery import app

    before = app.conf.broker_url
    app.conf.broker_url = app.conf.broker_write_url = "redis://127.0.0.1:1/0"
    if app._pool is not None:
        app._pool.force_close_all()
        app._pool = None
    app.amqp._producer_pool = None
    try:
        nudges.nudge(1)
    finally:
        app.conf.broker_url = app.conf.broker_write_url = before
        if app._pool is not None:
            app._pool.force_close_all()
            app._pool = None
        app.amqp._producer_pool = None


def test_a_rule_code_means_one_thing_over_all_pipelines() -> None:
    """A fault is quoted by its code alone, in a call or a mail (D7)."""
    meanings: dict[str, set[str]] = {}
    for pipeline in pipelines().values():
        for rule in pipeline.rules:
            meanings.setdefault(rule.code, set()).add(rule.title)
            assert rule.code.startswith(pipeline.words.letter)
    assert {code: titles for code, titles in meanings.items() if len(titles) > 1} == {}


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("#12", "台账号 12"),
        ("ZC2025-01\u3000#12", "ZC2025-01\u3000台账号 12"),
        ("ZC2025-01\u3000南院", "ZC2025-01\u3000南院"),
        ("3#楼", "3#楼"),
    ],
)
def test_a_number_of_the_ledger_is_said_in_words(key: str, shown: str) -> None:
    row = PreviewRow(
        number=4, anchor="r4", key=key, name="文昌园", compared=(), said=(), unchanged="", tag="",
        strips=(), questions=(), standing=Standing.SOUND, mark="", can_take=True, is_taken=True,
        decision="",
    )  # fmt: skip
    assert row.shown_key == shown
