"""A household list that went out at ten, and colleagues who write ten minutes later."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import openpyxl
from django.test import Client
from django.urls import reverse

from projects.consent.enums import Care
from projects.consent.models import Household
from projects.consent.services import archive
from renovation.core.errors import Fault, Severity
from renovation.intake import services as intake
from renovation.intake.models import Upload
from tests.conftest import Clock

from .scene import CANARY_NAME, CANARY_PHONE, Scene, make_scene

NEW_NAME, NEW_PHONE, TYPED_PHONE = "司马金丝雀", "13955556666", "13977778888"


@dataclass
class World:
    """A list that went out at ten, and a colleague of the street who writes ten minutes later."""

    scene: Scene
    clock: Clock
    book: Any = None

    def goes_out(self, *, by: str = "zhonglou", is_open: bool = False) -> None:
        self.clock.at("2025-05-07 10:00")
        client = Client()
        client.force_login(self.scene.user(by))
        if is_open:
            address = reverse("consent:export_open", args=[self.scene.estate.pk])
            answer = client.post(address, {"reason": "核对名册"})
        else:
            answer = client.get(reverse("consent:export", args=[self.scene.estate.pk]))
        self.book = openpyxl.load_workbook(io.BytesIO(answer.content))

    @property
    def later(self) -> datetime:
        return self.clock.at("2025-05-07 10:10")

    def write(self, row: int, head: str, value: Any) -> None:
        """Into the n-th row of the list, from 1."""
        sheet = self.book.worksheets[0]
        (place,) = [c for line in sheet.iter_rows() for c in line if c.value == head]
        sheet.cell(place.row + row, place.column).value = value

    def corrected(self, place: int = 0, **known: Any) -> None:
        archive.change_household(
            household=self.scene.households[place],
            by=self.scene.user("zhonglou-head"),
            now=self.later,
            **known,
        )

    def sent(self) -> Upload:
        content = io.BytesIO()
        self.book.save(content)
        upload = intake.receive(
            pipeline="households",
            organisation=self.scene.project.street,
            period_key=str(self.scene.estate.pk),
            file=content.getvalue(),
            name="名册.xlsx",
            by=self.scene.user("zhonglou"),
            now=self.later,
        )
        intake.read(upload_id=upload.pk, now=self.later)
        upload.refresh_from_db()
        return upload

    def explained(self, upload: Upload, row: int = 1, text: str = "今天打电话核实过") -> None:
        client = Client()
        client.force_login(self.scene.user("zhonglou"))
        address = reverse("intake:confirm", args=[upload.pk])
        number = 3 + row
        said = {f"decision-{number}": "take", f"reason-{number}": text}
        assert client.post(address, {"act": "save", **said}).status_code == 302
        upload.refresh_from_db()

    def committed(self, upload: Upload) -> str:
        by = self.scene.user("zhonglou")
        return intake.commit(upload=upload, by=by, now=self.later).text

    @property
    def who(self) -> str:
        return f"（这一行最后由{self.scene.user('zhonglou-head')}于2025年5月7日 10:10修改）"


def make_world(clock: Clock) -> World:
    """The street's own masked list is out; its first household is one that is called on."""
    made = World(make_scene(), clock)
    Household.objects.filter(pk=made.scene.first.pk).update(care=Care.ELDERLY)
    made.goes_out()
    return made


def found(upload: Upload, *codes: str) -> list[Fault]:
    upload.refresh_from_db()
    faults = [Fault.from_json(fault) for fault in upload.faults]
    return [f for f in faults if (f.code in codes if codes else f.severity is Severity.ERROR)]


def stands(place: int = 0) -> tuple[str, str, str]:
    row = Household.objects.order_by("pk")[place]
    return row.open_name(), row.open_phone(), row.care


def shows_nobody(upload: Upload) -> bool:
    said = repr(upload.faults) + repr(upload.rows) + repr(upload.answers)
    secrets = (CANARY_NAME, CANARY_PHONE, NEW_NAME, NEW_PHONE, TYPED_PHONE, "残疾")
    return not any(each in said for each in secrets)
