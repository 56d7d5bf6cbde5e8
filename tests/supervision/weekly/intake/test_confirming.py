"""From the file that comes in to the rows of the return: once, whole, and by the person who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from renovation.core.errors import Refusal, Severity, StateConflict
from renovation.intake import handing, services
from renovation.intake.models import Upload, UploadState
from renovation.intake.pipelines import pipeline_of
from renovation.intake.results import Watch
from renovation.intake.verdicts import verdicts_of
from renovation.records.models import AuditEntry, StoredFile
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReport, WeeklyReturn
from tests.factories.weekly import make_return
from tests.workbooks.scene import NOW, PROJECTS, ROWS, WEEK, Scene, put, shift

LATER = shift(NOW, minutes=5)


def acts(**filters: Any) -> list[str]:
    return list(AuditEntry.objects.filter(**filters).order_by("pk").values_list("act", flat=True))


# -- the round trip ----------------------------------------------------------------------------------
def test_the_template_filled_in_becomes_the_return(scene: Scene) -> None:
    upload = scene.upload(scene.filled())
    outcome = services.commit(upload=upload, by=scene.clerk, now=LATER)
    assert (outcome.taken, outcome.held, outcome.text) == (7, 0, "写入 7 行")
    stored = scene.stored()
    assert list(stored) == list(ROWS)
    for code, (_, _, _, percent, investment, work) in zip(ROWS, PROJECTS, strict=True):
        if percent is None:
            continue
        assert stored[code]["progress"] == Decimal(str(percent))
        assert stored[code]["investment"] == round(investment * 100) * 10_000
        assert stored[code]["work_done"] == work
        assert stored[code]["workers"] == 12
    assert stored["ZC2025-11"]["start"].isoformat() == "2025-09-16"
    assert stored["ZC2025-12"] == {
        "progress": Decimal("0.0"), "investment": 0, "work_done": "", "explanation": "",
        "start": None, "workers": None, "unchanged": True,
    }  # fmt: skip
    report = WeeklyReport.objects.get(
        project__code="ZC2025-06", weekly_return__week_start=WEEK.start
    )
    assert (report.upload, report.source_row, report.updated_by) == (upload, 5, scene.clerk)
    upload.refresh_from_db()
    assert (upload.state, upload.committed_by, upload.committed_at) == (
        UploadState.COMMITTED, scene.clerk, LATER,
    )  # fmt: skip
    assert acts(object_type="intake.upload") == ["upload.receive", "upload.read", "upload.commit"]


def test_the_reading_says_where_it_found_what(scene: Scene) -> None:
    upload = scene.upload(scene.filled())
    assert (upload.sheet, upload.header_row, upload.expected_count) == ("周报", 4, 7)
    assert (upload.state, upload.work_state, upload.attempts) == (UploadState.PREVIEW, "done", 1)
    assert upload.columns["progress_percent"] == 9


# -- nothing twice -----------------------------------------------------------------------------------
def test_the_same_bytes_again_change_nothing(scene: Scene) -> None:
    content = scene.filled()
    first = scene.upload(content)
    entries, files = AuditEntry.objects.count(), StoredFile.objects.count()
    again = scene.receive(content, name="另一个名字.xlsx", now=LATER)
    assert again.pk == first.pk
    assert services.read(upload_id=again.pk, now=LATER) is False
    services.commit(upload=first, by=scene.clerk, now=LATER)
    entries_after = AuditEntry.objects.count()
    third = scene.receive(content, now=LATER)
    assert (third.pk, third.state) == (first.pk, UploadState.COMMITTED)
    assert services.commit(upload=third, by=scene.clerk, now=LATER).taken == 7
    assert AuditEntry.objects.count() == entries_after
    assert (Upload.objects.count(), StoredFile.objects.count()) == (1, files)
    assert entries_after > entries


def test_a_refused_file_sent_again_is_refused_again_once(scene: Scene) -> None:
    first = scene.upload(b"%PDF-1.7")
    again = scene.receive(b"%PDF-1.7", now=LATER)
    assert (again.pk, again.state, Upload.objects.count()) == (first.pk, UploadState.REFUSED, 1)


def test_a_new_file_takes_the_place_of_the_one_nobody_confirmed(scene: Scene) -> None:
    old = scene.upload(scene.filled(put(I6="=G6+3")))
    new = scene.upload(scene.filled(), now=LATER)
    old.refresh_from_db()
    assert (old.state, new.state) == (UploadState.SUPERSEDED, UploadState.PREVIEW)
    with pytest.raises(StateConflict) as conflict:
        services.commit(upload=old, by=scene.clerk, now=LATER)
    assert conflict.value.message == "文件已被新文件代替，不能确认。"
    assert scene.stored() == {}


def test_a_file_that_is_no_use_displaces_nothing(scene: Scene) -> None:
    """The one that waits goes on waiting, through any number of bad files, and can be confirmed."""
    good = scene.upload(scene.filled())
    for content in (b"%PDF-1.7", scene.filled(lambda book: book["周报"].delete_rows(4))):
        bad = scene.upload(content, now=LATER)
        good.refresh_from_db()
        assert (good.state, bad.state) == (UploadState.PREVIEW, UploadState.REFUSED)
    assert services.commit(upload=good, by=scene.clerk, now=LATER).taken == 7
    assert len(scene.stored()) == 7


def test_while_a_new_file_is_read_the_older_one_can_be_confirmed(scene: Scene) -> None:
    """The new one is then compared with what was written."""
    old = scene.upload(scene.filled())
    new = scene.receive(scene.filled(put(I6=45.5)), now=LATER)
    services.commit(upload=old, by=scene.clerk, now=LATER)
    services.read(upload_id=new.pk, now=LATER)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state) == (UploadState.COMMITTED, UploadState.PREVIEW)


def test_the_file_that_waits_sent_again_is_that_file(scene: Scene) -> None:
    content = scene.filled()
    good = scene.upload(content)
    scene.upload(b"%PDF-1.7", now=LATER)
    assert scene.receive(content, now=LATER).pk == good.pk
    assert Upload.objects.count() == 2


def test_a_refused_file_read_again_displaces_the_older_one_once_it_is_read(scene: Scene) -> None:
    good = scene.upload(scene.filled())
    refused = scene.upload(scene.filled(lambda book: book["周报"].delete_rows(4)), now=LATER)
    services.read_again(upload=refused, by=scene.clerk, now=LATER)
    good.refresh_from_db()
    assert good.state == UploadState.PREVIEW
    services.read(upload_id=refused.pk, now=LATER)
    good.refresh_from_db()
    refused.refresh_from_db()
    assert (good.state, refused.state) == (UploadState.PREVIEW, UploadState.REFUSED)


def test_what_was_read_too_late_does_not_come_back(scene: Scene) -> None:
    """A worker that finishes after a newer file came in writes nothing over it."""
    old = scene.receive(scene.filled(put(I6="=G6+3")))
    assert Upload.objects.claim(old.pk, now=NOW)
    Upload.objects.move(old.pk, old="received", new="reading")
    new = scene.upload(scene.filled(), now=LATER)
    services._read(Upload.objects.get(pk=old.pk), LATER, Watch(LATER))
    old.refresh_from_db()
    assert (old.state, old.rows, old.work_state) == (UploadState.SUPERSEDED, [], "done")
    assert new.state == UploadState.PREVIEW


def test_another_street_and_week_stand_beside_it(scene: Scene) -> None:
    mine = scene.upload(scene.filled())
    other = scene.district.street("banyanglu")
    from supervision.weekly.intake import WEEKLY
    from tests.workbooks.cases import other_street

    theirs = services.receive(
        pipeline=WEEKLY.code, organisation=other, period_key=WEEK.key, file=other_street(scene),
        name="般阳路.xlsx", by=scene.district.users["banyanglu"], now=LATER,
    )  # fmt: skip
    mine.refresh_from_db()
    assert (mine.state, theirs.state) == (UploadState.PREVIEW, UploadState.RECEIVED)


def test_a_second_file_changes_only_what_differs(scene: Scene) -> None:
    services.commit(upload=scene.upload(scene.filled()), by=scene.clerk, now=NOW)
    before = {
        r.project.code: r.updated_at
        for r in WeeklyReport.objects.filter(weekly_return__week_start=WEEK.start).select_related(
            "project"
        )
    }
    second = scene.upload(scene.filled(put(I5=73.0)), now=LATER)
    services.commit(upload=second, by=scene.clerk, now=LATER)
    after = {
        r.project.code: r.updated_at
        for r in WeeklyReport.objects.filter(weekly_return__week_start=WEEK.start).select_related(
            "project"
        )
    }
    assert {code for code in after if after[code] != before[code]} == {"ZC2025-06"}


# -- in and out --------------------------------------------------------------------------------------
def test_faulty_rows_stay_out_and_the_rest_is_written(scene: Scene) -> None:
    upload = scene.upload(
        scene.filled(put(I6="=G6+3", J9="98.5O", P10="2025年9月31日", I7=61, S7="两班同时施工"))
    )
    outcome = services.commit(upload=upload, by=scene.clerk, now=LATER)
    assert outcome.text == "写入 4 行，暂留 3 行"
    assert set(scene.stored()) == {"ZC2025-06", "ZC2025-08", "ZC2025-09", "ZC2025-12"}
    assert scene.stored()["ZC2025-08"]["explanation"] == "两班同时施工"
    assert WeeklyReturn.objects.get(week_start=WEEK.start).state == ReturnState.DRAFT
    assert services.held_rows(
        pipeline="weekly", organisation=scene.street, period_key=WEEK.key
    ) == dict.fromkeys(["ZC2025-07", "ZC2025-10", "ZC2025-11"], LATER)


def test_a_row_can_be_held_back_by_hand(scene: Scene) -> None:
    upload = scene.upload(scene.filled())
    services.answer(
        upload=upload,
        held=["ZC2025-06"],
        decided=["ZC2025-06", "ZC2025-07"],
        by=scene.clerk,
        now=NOW,
    )
    assert services.outcome_of(upload=upload).text == "写入 6 行，暂留 1 行"
    services.commit(upload=upload, by=scene.clerk, now=LATER)
    assert "ZC2025-06" not in scene.stored()
    assert len(scene.stored()) == 6


def test_a_reason_is_asked_for_and_kept(scene: Scene) -> None:
    upload = scene.upload(scene.filled(put(I8=33)))
    with pytest.raises(Refusal) as refusal:
        services.commit(upload=upload, by=scene.clerk, now=LATER)
    assert (refusal.value.code, refusal.value.found) == ("upload.reason_missing", "ZC2025-09")
    assert (scene.stored(), Upload.objects.get().state) == ({}, UploadState.PREVIEW)
    services.answer(
        upload=upload, reasons=[("ZC2025-09", "W201", " 上周多报了一栋 ")], by=scene.clerk, now=NOW
    )
    services.commit(upload=upload, by=scene.clerk, now=LATER)
    assert scene.stored()["ZC2025-09"]["explanation"] == "上周多报了一栋"
    assert scene.stored()["ZC2025-09"]["progress"] == Decimal("33.0")
    assert "upload.answer" in acts(object_type="intake.upload")


def test_two_reasons_of_a_row_are_joined(scene: Scene) -> None:
    upload = scene.upload(scene.filled(put(I8=33, J8=120)))
    services.answer(
        upload=upload,
        reasons=[("ZC2025-09", "W201", "上周多报"), ("ZC2025-09", "W202", "核减签证")],
        by=scene.clerk,
        now=NOW,
    )
    services.commit(upload=upload, by=scene.clerk, now=LATER)
    assert scene.stored()["ZC2025-09"]["explanation"] == "上周多报；核减签证"


def test_nothing_is_written_where_all_rows_are_faulty(scene: Scene) -> None:
    cells = {f"I{row}": 101 for row in ROWS.values()}
    upload = scene.upload(scene.filled(put(**cells)))
    with pytest.raises(Refusal) as refusal:
        services.commit(upload=upload, by=scene.clerk, now=LATER)
    assert (refusal.value.code, refusal.value.message) == (
        "upload.nothing",
        "没有行要写入：7 行有错。改正后重新上传。",
    )
    assert not WeeklyReturn.objects.filter(week_start=WEEK.start).exists()


def test_nothing_is_written_where_all_rows_are_held(scene: Scene) -> None:
    upload = scene.upload(scene.filled())
    codes = [verdict.key for verdict in verdicts_of(upload, pipeline_of("weekly"))]
    services.answer(upload=upload, held=codes, decided=codes, by=scene.clerk, now=NOW)
    with pytest.raises(Refusal) as refusal:
        services.commit(upload=upload, by=scene.clerk, now=LATER)
    assert refusal.value.message == "没有行要写入：7 行选了暂留。要写入的改为接收。"
    assert scene.stored() == {}


def test_what_the_wing_refuses_leaves_nothing_behind(scene: Scene) -> None:
    """The street's reviewer may not write rows: neither the return nor the upload changes."""
    upload = scene.upload(scene.filled())
    with pytest.raises(Refusal):
        services.commit(upload=upload, by=scene.district.users["songlinglu-head"], now=LATER)
    upload.refresh_from_db()
    assert (upload.state, upload.committed_by) == (UploadState.PREVIEW, None)
    assert scene.stored() == {}
    assert "upload.commit" not in acts(object_type="intake.upload")


def test_a_ledger_that_changed_since_is_looked_at_anew(scene: Scene) -> None:
    upload = scene.upload(scene.filled())
    rows = {
        report.project: (report.progress_percent or 0, report.completed_investment_fen or 0)
        for report in scene.last_return.reports.select_related("project")
    }
    rows[scene.projects["ZC2025-06"]] = (75, 308_2000_00)
    make_return(
        scene.street, rows, week_start=WEEK.previous().start, version=2,
        supersedes=scene.last_return, correction_reason="重新丈量",
    )  # fmt: skip
    with pytest.raises(StateConflict) as conflict:
        services.commit(upload=upload, by=scene.clerk, now=LATER)
    assert conflict.value.code == "upload.stale"
    upload.refresh_from_db()
    assert upload.state == UploadState.PREVIEW
    told = [fault for fault in services.issues(upload=upload) if fault.severity is Severity.REASON]
    assert [(fault.code, fault.cell) for fault in told] == [("W201", "I5")]
    assert scene.stored() == {}


# -- when and what -----------------------------------------------------------------------------------
def test_a_return_that_was_sent_takes_nothing_in(scene: Scene) -> None:
    make_return(
        scene.street,
        {scene.projects["ZC2025-06"]: (70, 310_0000_00)},
        week_start=WEEK.start,
        state=ReturnState.SUBMITTED,
    )
    with pytest.raises(StateConflict) as conflict:
        scene.receive(scene.filled())
    assert conflict.value.state == ReturnState.SUBMITTED
    assert (Upload.objects.count(), StoredFile.objects.filter(name__contains="松龄路").count()) == (
        0,
        0,
    )


@pytest.mark.parametrize(
    ("now", "code"),
    [(shift(NOW, days=-7), "week.not_open"), (shift(NOW, days=7), "week.closed")],
)
def test_a_week_takes_files_in_while_it_is_open(scene: Scene, now: Any, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        scene.receive(scene.filled(), now=now)
    assert refusal.value.code == code
    assert Upload.objects.count() == 0


def test_a_file_above_the_limit_is_not_kept(scene: Scene) -> None:
    files = StoredFile.objects.count()
    with pytest.raises(Refusal) as refusal:
        scene.receive(b"PK\x03\x04" + bytes(20 * 1024 * 1024))
    assert refusal.value.code == "file.too_large"
    assert refusal.value.message == "文件有 20.0 MB，不超过 20 MB 才能上传。"
    assert (Upload.objects.count(), StoredFile.objects.count()) == (0, files)


# -- jobs --------------------------------------------------------------------------------------------
def test_a_file_is_read_by_one_worker(scene: Scene) -> None:
    upload = scene.receive(scene.filled())
    assert services.read(upload_id=upload.pk, now=NOW)
    assert not services.read(upload_id=upload.pk, now=NOW)


def test_a_lost_nudge_and_a_dead_worker_are_healed(scene: Scene) -> None:
    upload = scene.receive(scene.filled())
    assert services.sweep(now=NOW) == services.Sweep(0, 0, 0)
    assert services.sweep(now=shift(NOW, minutes=2)) == services.Sweep(0, 0, 1)
    for attempt in range(1, services.MOST_ATTEMPTS + 1):
        now = shift(NOW, hours=attempt)
        assert Upload.objects.claim(upload.pk, now=now)
        assert Upload.objects.move(upload.pk, old="received", new="reading")
        swept = services.sweep(now=now + services.LEASE + timedelta(minutes=1))
        last = attempt == services.MOST_ATTEMPTS
        assert (swept.requeued, swept.failed) == ((0, 1) if last else (1, 0))
    upload.refresh_from_db()
    assert (upload.state, upload.work_state) == (UploadState.RECEIVED, "failed")
    assert upload.error == "读取中断了三次，文件已保存，没有写入任何数据。"
    again = services.read_again(upload=upload, by=scene.clerk, now=shift(NOW, hours=5))
    assert services.read(upload_id=again.pk, now=shift(NOW, hours=5))
    again.refresh_from_db()
    assert (again.state, len(again.rows)) == (UploadState.PREVIEW, 7)


def test_a_kept_file_is_read_again_under_the_rules_of_today(scene: Scene) -> None:
    from renovation.records.services import set_value

    upload = scene.upload(scene.filled(put(I7=61)))
    assert "W211" in {fault["code"] for fault in upload.faults}
    set_value(
        key="weekly.check.jump_points", organisation=scene.district.bureau, value="15",
        effective_on=WEEK.start, reason="集中施工期", by=scene.district.users["admin"], now=NOW,
    )  # fmt: skip
    services.read_again(upload=upload, by=scene.clerk, now=LATER)
    services.read(upload_id=upload.pk, now=LATER)
    upload.refresh_from_db()
    assert sorted(fault["code"] for fault in upload.faults) == ["W302", "W304"]


def test_a_superseded_file_is_not_read_again(scene: Scene) -> None:
    old = scene.upload(scene.filled(put(I6=101)))
    scene.upload(scene.filled(), now=LATER)
    old.refresh_from_db()
    with pytest.raises(StateConflict):
        services.read_again(upload=old, by=scene.clerk, now=LATER)


def test_a_refused_file_is_not_opened_beside_a_newer_one(scene: Scene) -> None:
    old = scene.upload(b"%PDF-1.7")
    scene.upload(scene.filled(), now=LATER)
    with pytest.raises(StateConflict) as conflict:
        services.read_again(upload=old, by=scene.clerk, now=LATER)
    assert conflict.value.message == "已有更新的文件，请在新文件上核对。"


def test_reading_takes_a_constant_number_of_queries(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    one = scene.receive(scene.filled(lambda book: book["周报"].delete_rows(6, 6)))
    with django_assert_num_queries(28):
        services.read(upload_id=one.pk, now=NOW)
    three = scene.receive(scene.filled(lambda book: book["周报"].delete_rows(8, 4)))
    with django_assert_num_queries(28):
        services.read(upload_id=three.pk, now=NOW)
    three.refresh_from_db()
    assert len(three.rows) == 3


def test_the_annotated_copy_marks_every_fault(scene: Scene) -> None:
    import io

    import openpyxl

    upload = scene.upload(scene.filled(put(I6="=G6+3", J9="98.5O")))
    name, content = handing.annotated(upload=upload)
    assert name == "松龄路第38周（标注）.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert "不是数：98.5O" in book["周报"]["J9"].comment.text
    assert [row[2].value for row in book["核对结果"].iter_rows(min_row=2)] == [
        None,
        "I6",
        "J9",
        "P10",
    ]
    marked = scene.upload(content, name=name, now=LATER)
    assert {fault["code"] for fault in marked.faults} == {"W103", "W102", "W302", "W304"}


def test_a_return_with_held_rows_stays_a_draft(scene: Scene) -> None:
    """Also where an older row of the project stands in the draft; a later change lets it go."""
    from supervision.weekly import services as weekly
    from supervision.weekly.values import ReportValues

    services.commit(upload=scene.upload(scene.filled()), by=scene.clerk, now=NOW)
    spoiled = scene.upload(scene.filled(put(I5=73.0, I6="=G6+3")), now=LATER)
    done = services.commit(upload=spoiled, by=scene.clerk, now=LATER)
    assert done.text == "写入 1 行，暂留 1 行，其余 5 行没有变化"
    draft = WeeklyReturn.objects.get(week_start=WEEK.start)
    with pytest.raises(Refusal) as refusal:
        weekly.submit(weekly_return=draft, by=scene.clerk, now=shift(LATER, minutes=1))
    assert refusal.value.code == "return.held_rows"
    assert refusal.value.message == (
        "上传的文件里还有 1 个项目暂留：建材一宿舍。改好后重新上传，或在网页上改好这几行，再报送。"
    )
    report = draft.reports.get(project__code="ZC2025-07")
    weekly.write_reports(
        weekly_return=draft,
        rows=[replace(ReportValues.of(report), progress_percent=Decimal("45.5"))],
        by=scene.clerk,
        now=shift(LATER, minutes=2),
    )
    sent = weekly.submit(weekly_return=draft, by=scene.clerk, now=shift(LATER, minutes=3))
    assert sent.state == ReturnState.SUBMITTED
