"""The result of a file that took a while reaches who uploaded it: once, and nothing of its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from renovation.intake import results, services
from renovation.intake.models import Upload
from renovation.records import sending
from renovation.records.models import Message, MessageChoice
from tests.workbooks.scene import NOW, Scene, shift

LATER = shift(NOW, minutes=5)


@pytest.fixture(autouse=True)
def _address(scene: Scene) -> None:
    scene.clerk.email = "clerk@example.cn"
    scene.clerk.save()


def read_late(scene: Scene, content: bytes, **more: Any) -> Upload:
    upload = scene.receive(content, **more)
    services.read(upload_id=upload.pk, now=LATER)
    upload.refresh_from_db()
    return upload


def mails() -> list[Message]:
    return list(Message.objects.filter(channel="mail").order_by("pk"))


def test_who_waited_is_told_by_desk_and_mail(scene: Scene) -> None:
    upload = read_late(scene, scene.filled())
    assert Message.objects.filter(channel="desk", person=scene.clerk).count() == 1
    (mail,) = mails()
    assert (mail.recipient, mail.link) == ("clerk@example.cn", f"/uploads/{upload.pk}/")
    assert mail.subject.endswith("：上传的文件待确认")
    assert f"“{upload.file.name}”已读完，没有发现差错，还没有写入。" in mail.text
    assert "核对后确认写入。" in mail.text
    assert sending.send_due(now=LATER + timedelta(minutes=1)) == 2


def test_who_wrote_the_file_need_not_read_that_it_waits(scene: Scene) -> None:
    upload = read_late(scene, scene.filled())
    assert sending.send_due(now=LATER + timedelta(minutes=1)) == 2
    assert Message.objects.open().filter(person=scene.clerk).count() == 1
    services.commit(upload=upload, by=scene.clerk, now=LATER + timedelta(minutes=2))
    assert not Message.objects.open().exists()
    row = Message.objects.get(channel="desk", person=scene.clerk)
    assert row.settlement == "文件已确认写入。"


def test_a_file_that_was_read_at_once_is_no_mail(scene: Scene) -> None:
    upload = scene.receive(scene.filled())
    services.read(upload_id=upload.pk, now=upload.not_before)
    assert not Message.objects.exists()


def test_a_file_that_is_of_no_use_is_told_without_its_words(scene: Scene) -> None:
    read_late(scene, b"not a workbook at all", name="周报.xlsx")
    (mail,) = mails()
    assert mail.subject.endswith("：上传的文件读不了")
    assert "没有从这份文件读到内容，没有写入任何数据。" in mail.text
    assert "not a workbook" not in mail.text


def test_a_reading_that_broke_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_file: object) -> bytes:
        raise OSError("disk")

    monkeypatch.setattr(services, "read_file", broken)
    read_late(scene, scene.filled())
    (mail,) = mails()
    assert mail.subject.endswith("：上传的文件没有读完")
    assert "读取时出了意外，文件已保存，没有写入任何数据。" in mail.text


def test_an_upload_is_told_once(scene: Scene) -> None:
    upload = read_late(scene, scene.filled())
    again = services.read_again(upload=upload, by=scene.clerk, now=LATER)
    services.read(upload_id=again.pk, now=LATER + timedelta(minutes=5))
    assert len(mails()) == 1


def test_who_has_confirmed_is_not_told_any_more(scene: Scene) -> None:
    upload = read_late(scene, scene.filled())
    services.commit(upload=upload, by=scene.clerk, now=LATER)
    assert sending.send_due(now=LATER + timedelta(minutes=1)) == 0
    assert set(Message.objects.values_list("state", "error")) == {
        ("dropped", "已经确认写入，没有再告诉。")
    }


def test_a_person_may_do_without_the_mail(scene: Scene) -> None:
    MessageChoice.objects.create(person=scene.clerk, results_by_mail=False, updated_at=NOW)
    read_late(scene, scene.filled())
    assert list(Message.objects.values_list("channel", flat=True)) == ["desk"]


def test_of_a_private_workbook_not_even_the_name_is_told(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = scene.receive(scene.filled(), name="张三家.xlsx")
    known = results.pipeline_of
    monkeypatch.setattr(results, "pipeline_of", lambda code: replace(known(code), is_private=True))
    services.read(upload_id=upload.pk, now=LATER)
    (mail,) = mails()
    assert "文件已读完，没有发现差错，还没有写入。" in mail.text
    assert "张三" not in mail.subject + mail.text


def test_the_sweep_tells_of_a_file_it_gave_up(scene: Scene) -> None:
    upload = scene.receive(scene.filled())
    Upload.objects.filter(pk=upload.pk).update(
        state="reading", work_state="running", attempts=3, claimed_at=NOW
    )
    assert services.sweep(now=NOW + timedelta(hours=1)).failed == 1
    (mail,) = mails()
    assert "读取中断了三次，文件已保存，没有写入任何数据。" in mail.text
