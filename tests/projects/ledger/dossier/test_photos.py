"""Photographs: developed by a worker, recognised again, time and place for who may."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from projects.ledger.dossier import photos
from projects.ledger.enums import PhotoStage
from projects.ledger.models import Estate, Photo, Project
from projects.ledger.tasks import develop_photo
from renovation.records.models import WorkState
from renovation.records.services import read_file
from tests.conftest import Clock
from tests.factories.accounts import District, UserFactory
from tests.factories.ledger import PartyFactory, PhotoFactory, make_project
from tests.projects.ledger.conftest import CODE
from tests.renovation.core.test_images import picture, shot

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]
SECRETS = ("2025年3月18日", "3月18日 9:41", "36.643503")


def upload(
    client: Client, *contents: bytes, stage: str = "before", spot: str = "3号楼北侧", **more: object
) -> list[str]:
    """Post photographs; the messages of the page that follows (or the status, as the only one)."""
    files = [SimpleUploadedFile(f"IMG_{n}.jpg", each) for n, each in enumerate(contents)]
    typed = {"stage": stage, "spot": spot, "photos": files, **more}
    answer = client.post(reverse("ledger:photos_new", args=[CODE]), typed, follow=True)
    if answer.status_code != 200:
        return [str(answer.status_code)]
    return [str(message) for message in answer.context["messages"]]


def developed(**more: object) -> Photo:
    for row in Photo.objects.filter(work_state=WorkState.QUEUED):
        develop_photo(row.pk)
    return Photo.objects.order_by("-pk")[0]


def test_a_photograph_is_kept_whole_and_copied_bare(
    signed: Signed, district: District, project: Project, estate: Estate
) -> None:
    content = shot("HEIF")
    said = upload(signed("zhonglou"), content, estate=str(estate.pk))
    assert said == ["已收下 1 张照片。正在生成小图，稍后可见。"]
    row = Photo.objects.get()
    assert (row.work_state, row.estate, row.added_by) == (
        WorkState.QUEUED,
        estate,
        district.users["zhonglou"],
    )
    stored = (Path(portal.MEDIA_ROOT) / row.original.path).read_bytes()
    assert (row.original.is_private, stored[4:8] == b"ftyp") == (True, False)
    row = developed()
    assert (row.work_state, row.latitude, row.taken_at) == (
        WorkState.DONE,
        Decimal("36.643503"),
        datetime(2025, 3, 18, 1, 41, 7, tzinfo=UTC),
    )
    assert read_file(file=row.original) == content
    for copy in (row.picture, row.thumbnail):
        assert copy is not None
        assert dict(Image.open(io.BytesIO(read_file(file=copy))).getexif()) == {}


def test_time_and_place_are_for_who_works_with_the_streets(
    signed: Signed, district: District, project: Project
) -> None:
    PartyFactory(project=project, organisation=district.contractor)
    upload(signed("bureau"), shot())
    row = developed()
    page = reverse("ledger:photo", args=[CODE, row.pk])
    original = reverse("ledger:photo_original", args=[CODE, row.pk])
    bare = reverse("ledger:photo_picture", args=[CODE, row.pk])
    small = reverse("ledger:photo_thumbnail", args=[CODE, row.pk])
    for user, inside in (("bureau", True), ("zhonglou", True), ("leader", True),
                         ("contractor", False), ("npc", False), ("inspector", False)):  # fmt: skip
        client = signed(user)
        text = client.get(page).content.decode()
        assert any(secret in text for secret in SECRETS) is inside, user
        assert client.get(original).status_code == (200 if inside else 403), user
        for address in (bare, small):
            answer = client.get(address)
            assert answer["Content-Disposition"] == "inline"
            assert answer["Cache-Control"] == "private, no-store"
            assert b"Exif" not in answer.content
    assert "attachment" in signed("npc").get(bare + "?save=1")["Content-Disposition"]
    assert signed("banyanglu").get(small).status_code == 404
    assert signed("banyanglu").get(original).status_code == 404


def test_the_same_photograph_twice_is_said(signed: Signed, project: Project) -> None:
    client = signed("bureau")
    upload(client, shot(seed=1))
    said = upload(client, shot(seed=1), shot(seed=2), stage="after", spot="大门")
    assert said == [
        "已收下 1 张照片。正在生成小图，稍后可见。",
        "“IMG_0.jpg”已经有了：改造前　3号楼北侧，没有再存。",
    ]
    assert Photo.objects.count() == 2


def test_a_photograph_of_the_queue_is_stored_once_however_often_it_is_sent(
    signed: Signed, project: Project
) -> None:
    client = signed("zhonglou")
    address = reverse("ledger:photos_one", args=[CODE])

    def send(content: bytes) -> tuple[int, dict[str, object]]:
        typed = {
            "stage": "before",
            "spot": "3号楼北侧",
            "photos": SimpleUploadedFile("IMG_1.jpg", content),
        }
        answer = client.post(address, typed)
        return answer.status_code, answer.json()

    content = shot()
    assert send(content) == (200, {"stored": 1, "said": []})
    # The answer was lost on the way: the phone sends it again.
    said = "“IMG_1.jpg”已经有了：改造前　3号楼北侧，没有再存。"
    assert send(content) == (200, {"stored": 0, "said": [said]})
    assert Photo.objects.count() == 1
    status, answer = send(b"<html>no photograph</html>")
    assert (status, list(answer)) == (422, ["refused"])
    assert "不是照片。只收 JPG、PNG 和 HEIC" in str(answer["refused"])
    assert Photo.objects.count() == 1


def test_the_same_photograph_in_another_project_of_the_street_is_said(
    signed: Signed, project: Project
) -> None:
    other = make_project(
        programme=project.programme, street=project.street, code="ZC2025-02", name="聚贤里"
    )
    client = signed("bureau")
    upload(client, shot())
    files = [SimpleUploadedFile("a.jpg", shot())]
    answer = client.post(
        reverse("ledger:photos_new", args=[other.code]),
        {"stage": "before", "spot": "门口", "photos": files},
        follow=True,
    )
    said = [str(message) for message in answer.context["messages"]]
    assert said[1] == "“a.jpg”在文昌园里也有一张完全相同的（改造前　3号楼北侧），请核对。"
    assert other.photos.count() == 1


def test_a_photograph_that_looks_like_another_is_said(signed: Signed, project: Project) -> None:
    client = signed("bureau")
    upload(client, shot(seed=1))
    first = developed()
    again = io.BytesIO()
    picture(1).resize((500, 375)).save(again, "JPEG", quality=50)
    upload(client, again.getvalue(), stage="after")
    row = developed()
    assert (row.alike, first.alike) == (first, None)
    page = client.get(reverse("ledger:photo", args=[CODE, row.pk])).content.decode()
    assert "与另一张照片很像。" in page
    upload(client, shot(seed=4), spot="大门")
    assert developed().alike is None


def test_every_fault_of_an_upload_is_said_and_nothing_is_taken(
    signed: Signed, project: Project
) -> None:
    client = signed("bureau")
    files = [
        SimpleUploadedFile("好.jpg", shot()),
        SimpleUploadedFile("合同.jpg", b"%PDF-1.4 " + bytes(64)),
        SimpleUploadedFile("空.jpg", b""),
    ]
    address = reverse("ledger:photos_new", args=[CODE])
    answer = client.post(address, {"stage": "before", "spot": "门口", "photos": files})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“合同.jpg”不是照片。" in page
    assert "“空.jpg”是空的" in page
    assert 'value="门口"' in page
    assert Photo.objects.count() == 0
    many = [SimpleUploadedFile(f"{n}.jpg", shot()) for n in range(21)]
    answer = client.post(address, {"stage": "before", "spot": "门口", "photos": many})
    assert "一次最多 20 张，选了 21 张。" in answer.content.decode()
    assert client.post(address, {"stage": "before", "spot": "门口"}).status_code == 422


def test_what_cannot_be_opened_says_so_and_is_tried_again(signed: Signed, project: Project) -> None:
    client = signed("bureau")
    upload(client, shot()[:900])
    row = developed()
    assert (row.work_state, row.error) == (
        WorkState.FAILED,
        "这张照片打不开，可能没有传完或已损坏，请重新上传。",
    )
    page = client.get(reverse("ledger:photo", args=[CODE, row.pk])).content.decode()
    assert row.error in page
    assert client.post(reverse("ledger:photo_again", args=[CODE, row.pk])).status_code == 302
    row.refresh_from_db()
    assert (row.work_state, row.attempts, row.error) == (WorkState.QUEUED, 0, "")


def test_lost_nudges_and_killed_workers_are_healed(clock: Clock, project: Project) -> None:
    now = clock.at("2025-05-07 10:00")
    killed = PhotoFactory(project=project, work_state=WorkState.RUNNING, attempts=1,
                          claimed_at=now - timedelta(minutes=6))  # fmt: skip
    given_up = PhotoFactory(project=project, work_state=WorkState.RUNNING, attempts=4,
                            claimed_at=now - timedelta(minutes=6))  # fmt: skip
    at_work = PhotoFactory(project=project, work_state=WorkState.RUNNING, attempts=1,
                           claimed_at=now - timedelta(minutes=1))  # fmt: skip
    assert photos.sweep(now=now) == 1
    states = [Photo.objects.get(pk=row.pk).work_state for row in (killed, given_up, at_work)]
    assert states == [WorkState.QUEUED, WorkState.FAILED, WorkState.RUNNING]
    assert photos.sweep(now=now + timedelta(minutes=1)) == 1  # the nudge is sent once more
    assert photos.develop_photo(photo_id=at_work.pk, now=now) is False


def test_pairs_are_spots_before_and_after(signed: Signed, project: Project) -> None:
    early = PhotoFactory(project=project, stage="before", spot="大门")
    PhotoFactory(project=project, stage="before", spot="大门")
    PhotoFactory(project=project, stage="after", spot="大门")
    late = PhotoFactory(project=project, stage="after", spot="大门")
    PhotoFactory(project=project, stage="before", spot="2号楼")
    rows = list(Photo.objects.shown().order_by("pk").select_related("estate"))
    assert [(p.spot, p.before, p.after) for p in photos.pairs(rows)] == [("大门", early, late)]
    address = reverse("ledger:photos", args=[CODE])
    page = signed("npc").get(address).content.decode()
    assert '<ul class="photo-pairs">' in page
    assert "上传照片" not in page
    narrowed = signed("npc").get(address, {"stage": "after"}).content.decode()
    assert "2号楼" not in narrowed
    assert narrowed.count('class="photo"') == 2


def test_a_photograph_taken_off_is_not_shown(signed: Signed, project: Project) -> None:
    upload(signed("bureau"), shot())
    row = developed()
    address = reverse("ledger:photo_take_off", args=[CODE, row.pk])
    assert signed("leader").post(address, {"reason": "有人脸"}).status_code == 403
    assert signed("zhonglou").post(address, {"reason": "有人脸"}).status_code == 302
    page = signed("bureau").get(reverse("ledger:photos", args=[CODE])).content.decode()
    assert "还没有照片" in page
    small = reverse("ledger:photo_thumbnail", args=[CODE, row.pk])
    assert signed("npc").get(small).status_code == 404
    assert signed("bureau").get(small).status_code == 200
    assert upload(signed("bureau"), shot()) == ["已收下 1 张照片。正在生成小图，稍后可见。"]


@pytest.mark.parametrize("fields", [{"removal_reason": "x"}, {"alike": True}])
def test_the_database_refuses_half_a_removal_and_likeness_to_itself(
    project: Project, fields: dict[str, object]
) -> None:
    row = PhotoFactory(project=project)
    change = {"alike_id": row.pk} if "alike" in fields else fields
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=row.pk).update(**change)
    assert UserFactory().pk


@pytest.mark.parametrize("rows", [1, 3])
def test_the_gallery_costs_the_same(
    signed: Signed,
    project: Project,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    PhotoFactory.create_batch(rows, project=project, stage=PhotoStage.DURING)
    client = signed("bureau")
    address = reverse("ledger:photos", args=[CODE])
    client.get(address)
    with django_assert_num_queries(8):
        client.get(address)
