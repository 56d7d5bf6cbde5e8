"""Photographs: kept as they came, developed by a worker, recognised when they come again (HOUSE.md §4.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from projects.ledger.enums import PhotoStage
from projects.ledger.models import Estate, Photo, Project
from renovation.accounts.models import User
from renovation.core import images
from renovation.core.errors import Refusal
from renovation.core.files import NewFile
from renovation.records.models import StoredFile, WorkState
from renovation.records.services import audit, keep_file, read_file, store_file

from .nudges import nudge, nudge_after_commit

log = structlog.get_logger(__name__)

#: A worker that is silent for longer than this was killed.
LEASE = timedelta(minutes=5)
#: A row that waits for longer than this has lost its nudge.
PATIENCE = timedelta(seconds=45)
MOST_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Added:
    """What became of some photographs: the rows made, and sentences about those that were there before."""

    photos: list[Photo] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@transaction.atomic
def add_photos(
    *,
    project: Project,
    estate: Estate | None,
    stage: PhotoStage,
    spot: str,
    note: str,
    files: Sequence[NewFile],
    by: User,
    now: datetime,
) -> Added:
    """Keep photographs, encrypted, and have them developed. One that the project has already (the same bytes)
    is not kept again, which is said; one that another project of the street has is kept, and that is said."""
    Project.objects.select_for_update().get(pk=project.pk)
    added = Added()
    for file in files:
        digest = hashlib.sha256(file.content).hexdigest()
        twin = _twin(digest, project)
        if twin is not None and twin.project_id == project.pk:
            added.said.append(f"“{file.name}”已经有了：{twin}，没有再存。")
            continue
        if twin is not None:
            added.said.append(
                f"“{file.name}”在{twin.project.name}里也有一张完全相同的（{twin}），请核对。"
            )
        original = keep_file(
            file=file, organisation=project.street, by=by, now=now, is_private=True
        )
        photo = Photo.objects.create(
            project=project,
            estate=estate,
            stage=stage,
            spot=spot,
            note=note,
            original=original,
            added_by=by,
            added_at=now,
            not_before=now,
        )
        added.photos.append(photo)
        nudge_after_commit(photo.pk)
        audit(
            act="photo.add",
            sentence=f"上传{project}的照片：{photo}（{file.name}）",
            by=by,
            now=now,
            target=photo,
            organisation=project.street,
            changes={"sha256": [None, digest]},
        )
    return added


def _twin(digest: str, project: Project) -> Photo | None:
    """A photograph with the same bytes in the project, else in another of its street."""
    rows = (
        Photo.objects.shown()
        .filter(original__sha256=digest, project__street_id=project.street_id)
        .select_related("project")
        .order_by("pk")
    )
    found = list(rows)
    own = [row for row in found if row.project_id == project.pk]
    return next(iter([*own, *found]), None)


def develop_photo(*, photo_id: int, now: datetime) -> bool:
    """Develop one row; False where another worker has it. What cannot be opened is kept on the row in words,
    a fault is tried again."""
    if not Photo.objects.claim(photo_id, now=now):
        return False
    photo = Photo.objects.select_related("original", "project__street", "project__programme").get(
        pk=photo_id
    )
    try:
        developed = images.develop(read_file(file=photo.original))
    except Refusal as refusal:
        Photo.objects.fail(photo.pk, error=refusal.message, now=now)
        return True
    except Exception as fault:
        log.exception("photo_failed", photo_id=photo.pk, attempts=photo.attempts)
        Photo.objects.falter(
            photo.pk,
            attempts=photo.attempts,
            most_attempts=MOST_ATTEMPTS,
            error=f"处理时系统出错（{type(fault).__name__}），详见日志。",
            now=now,
        )
        return True
    with transaction.atomic():
        stem = photo.original.name.rsplit(".", 1)[0][:150]
        Photo.objects.filter(pk=photo.pk, work_state=WorkState.RUNNING).update(
            picture=_copy(photo, developed.picture, f"{stem}.jpg", now),
            thumbnail=_copy(photo, developed.thumbnail, f"{stem}（小图）.jpg", now),
            width=developed.width,
            height=developed.height,
            taken_at=developed.taken_at,
            latitude=developed.latitude,
            longitude=developed.longitude,
            look=developed.look,
            alike_id=_alike(photo, developed.look),
        )
        Photo.objects.finish(photo.pk, now=now)
    return True


def _copy(photo: Photo, content: bytes, name: str, now: datetime) -> StoredFile:
    return store_file(
        content=content,
        name=name,
        content_type=images.COPY_TYPE,
        by=None,
        now=now,
        organisation=photo.project.street,
    )


def _alike(photo: Photo, look: str) -> int | None:
    """The earliest photograph of the district that looks nearly the same; None where none does."""
    rows = (
        Photo.objects.shown()
        .filter(project__programme__bureau_id=photo.project.programme.bureau_id, pk__lt=photo.pk)
        .exclude(look="")
        .order_by("pk")
        .values_list("pk", "look")
    )
    near = [
        (images.difference(look, other), pk)
        for pk, other in rows
        if images.difference(look, other) <= images.ALIKE_BITS
    ]
    return min(near)[1] if near else None


def try_again(*, photo: Photo, now: datetime) -> None:
    """Queue a photograph that failed; one that is under way is left alone."""
    again = Photo.objects.filter(pk=photo.pk, work_state=WorkState.FAILED).update(
        work_state=WorkState.QUEUED, not_before=now, attempts=0, error=""
    )
    if again:
        nudge_after_commit(photo.pk)


def sweep(*, now: datetime) -> int:
    """Queue abandoned rows again and nudge those whose nudge was lost; returns how many were moved."""
    return Photo.objects.heal(
        now=now,
        lease=LEASE,
        patience=PATIENCE,
        most_attempts=MOST_ATTEMPTS,
        given_up="多次处理都中断了，请重试。",
        nudge=nudge,
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """The first photograph before and the last after the works, of one spot."""

    estate_name: str
    spot: str
    before: Photo
    after: Photo


def pairs(photos: Iterable[Photo]) -> list[Pair]:
    """Spots that were photographed before and after, in order of estate and spot."""
    spots: dict[tuple[str, str], dict[str, list[Photo]]] = {}
    for photo in photos:
        name = photo.estate.name if photo.estate else ""
        stages = spots.setdefault((name, photo.spot), {})
        stages.setdefault(photo.stage, []).append(photo)
    return [
        Pair(name, spot, stages[PhotoStage.BEFORE][0], stages[PhotoStage.AFTER][-1])
        for (name, spot), stages in sorted(spots.items())
        if PhotoStage.BEFORE in stages and PhotoStage.AFTER in stages
    ]
