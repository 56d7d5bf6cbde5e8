"""Photographs of the demo: drawn, developed as a worker would, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from projects.ledger.models import Estate, Photo
from renovation.core import images
from renovation.core.calendar import local_day, local_moment
from renovation.records.models import StoredFile, WorkState
from renovation.records.services import store_file

from .acts import Acts
from .people import District
from .sketches import sketch
from .told import Told

#: Places in a programme whose photographs are there.
WITH_PHOTOS = (0, 5)
_SPOTS = ("1号楼南侧", "小区大门")


@dataclass
class PictureWriter:
    """Writes the photographs of a year as they stand at ``now``."""

    district: District
    acts: Acts
    now: datetime

    def _at(self, day: date, hour: int, minute: int) -> datetime:
        return min(local_moment(day, time(hour, minute)), self.now)

    def write(self, told: Sequence[Told]) -> None:
        """Two spots of some projects at every stage that lies behind them."""
        rows: list[Photo] = []
        for one in told:
            if one.place not in WITH_PHOTOS:
                continue
            estate = Estate.objects.filter(project=one.project).order_by("pk")[0]
            for stage, day in self._stages(one):
                if day <= local_day(self.now):
                    rows += [self._photo(one, estate, stage, spot, day) for spot in _SPOTS]
        Photo.objects.bulk_create(rows)
        for row in rows:
            self.acts.add(
                "photo.add",
                f"上传{row.project}的照片：{row}",
                by=row.added_by,
                at=row.added_at,
                target=row,
                of=row.project,
            )

    def _stages(self, one: Told) -> list[tuple[str, date]]:
        begun, done = one.story.started_on, one.story.completed_on
        found = [("before", one.project.entered_on + timedelta(days=3))]
        if begun is not None:
            found.append(("during", begun + timedelta(days=28)))
        if done is not None:
            found.append(("after", done + timedelta(days=4)))
        return found

    def _photo(self, one: Told, estate: Estate, stage: str, spot: str, day: date) -> Photo:
        street = one.street_on(day)
        clerk, _ = self.district.posts(street)
        taken = self._at(day, 9, 40)
        place = (
            (estate.latitude, estate.longitude)
            if estate.latitude is not None and estate.longitude is not None
            else None
        )
        seed = f"{one.project.code} {spot}"
        content = sketch(
            stage=stage, label=f"{estate.name}　{spot}", seed=seed, at=taken, place=place
        )
        developed = images.develop(content)
        stem = f"{estate.name}{spot}"

        def kept(data: bytes, name: str, *, is_private: bool = False) -> StoredFile:
            return store_file(
                content=data,
                name=name,
                content_type=images.COPY_TYPE,
                by=clerk,
                now=self._at(day, 17, 10),
                organisation=street,
                is_private=is_private,
            )

        return Photo(
            project=one.project,
            estate=estate,
            stage=stage,
            spot=spot,
            note="演示图，非实景",
            original=kept(content, f"{stem}.jpg", is_private=True),
            picture=kept(developed.picture, f"{stem}.jpg"),
            thumbnail=kept(developed.thumbnail, f"{stem}（小图）.jpg"),
            width=developed.width,
            height=developed.height,
            taken_at=developed.taken_at,
            latitude=developed.latitude,
            longitude=developed.longitude,
            look=developed.look,
            added_by=clerk,
            added_at=self._at(day, 17, 10),
            work_state=WorkState.DONE,
            not_before=self._at(day, 17, 10),
            finished_at=self._at(day, 17, 11),
        )
