"""A row that is asked two things: a text that was given for both answers only what still stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from projects.funding.models import FundingPlan
from projects.funding.planned import set_plan
from projects.ledger.models import Project
from renovation.intake.models import Upload, UploadState
from tests.factories.accounts import District

from .scene import book_of, errors, sent, write

pytestmark = pytest.mark.django_db
MUCH = 9_999_999
GIVEN = "按区财政局文件"


@dataclass
class Preview:
    """The page of an upload whose only row is asked why it plans so much, and why it writes over a colleague's."""

    upload: Upload
    client: Client
    district: District
    now: datetime

    def colleague_plans(self, wanyuan: int) -> None:
        plan = FundingPlan.objects.get()
        set_plan(
            project=plan.project,
            source=plan.source,
            planned_fen=wanyuan * 1_0000_00,
            by=self.district.users["bureau2"],
            now=self.now,
        )

    def fields(self) -> dict[str, tuple[str, str]]:
        """The fields for reasons: name → (what it is about, what stands in it)."""
        page = self.client.get(reverse("intake:upload", args=[self.upload.pk])).context["page"]
        (row,) = page.rows
        return {each.name: (each.about, each.value) for each in row.questions}

    def typed(self) -> dict[str, str]:
        """What a browser sends of the page as it stands."""
        seen = self.client.get(reverse("intake:upload", args=[self.upload.pk])).context["seen"]
        return {"seen": seen, **{name: text for name, (_, text) in self.fields().items()}}

    def post(self, act: str, typed: dict[str, str]) -> Any:
        sent = {"act": act, "decision-4": "take", **typed}
        answer = self.client.post(reverse("intake:confirm", args=[self.upload.pk]), sent)
        self.upload.refresh_from_db()
        return answer

    @property
    def reasons(self) -> dict[str, str]:
        (found,) = self.upload.answers["reasons"].values()
        return dict(found)


@pytest.fixture
def preview(district: District, project: Project, now: datetime) -> Preview:
    book = book_of(district, "plans", now)
    write(book, "plans", 1, planned=MUCH)
    client = Client()
    client.force_login(district.users["bureau"])
    made = Preview(Upload(), client, district, now)
    made.colleague_plans(250)
    made.upload = sent(district, "plans", book, now)
    assert errors(made.upload) == []
    assert {fault["code"] for fault in made.upload.faults} == {"L181", "L182"}
    return made


def planned() -> int:
    return FundingPlan.objects.values_list("planned_fen", flat=True).get() // 1_0000_00


def test_one_text_answers_both_while_both_stand(preview: Preview) -> None:
    assert preview.fields() == {"reason-4": ("", "")}
    assert preview.post("write", {**preview.typed(), "reason-4": GIVEN}).status_code == 302
    assert preview.reasons == {"L181": GIVEN, "L182": GIVEN}
    assert (preview.upload.state, planned()) == (UploadState.COMMITTED, MUCH)


def test_a_text_that_stays_for_one_question_does_not_answer_the_other_anew(
    preview: Preview,
) -> None:
    preview.post("save", {**preview.typed(), "reason-4": GIVEN})
    assert preview.fields() == {"reason-4": ("", GIVEN)}
    preview.colleague_plans(260)
    assert preview.post("write", preview.typed()).status_code == 302
    assert preview.reasons == {"L181": GIVEN}
    assert preview.fields() == {
        "reason-4-L182": ("别人改过", ""),
        "reason-4-L181": ("数字离谱", GIVEN),
    }
    refused = preview.post("write", preview.typed())
    assert refused.status_code == 422
    text = refused.content.decode()
    assert text.count("请填写说明，或改为暂留") == 1
    assert '<label for="reason-4-L182">情况说明：别人改过</label>' in text
    assert (preview.reasons, planned()) == ({"L181": GIVEN}, 260)
    anew = {**preview.typed(), "reason-4-L182": "今天与区财政局核过"}
    assert preview.post("write", anew).status_code == 302
    assert preview.reasons == {"L181": GIVEN, "L182": "今天与区财政局核过"}
    assert (preview.upload.state, planned()) == (UploadState.COMMITTED, MUCH)


def test_a_page_that_was_overtaken_gives_no_reason_for_what_it_does_not_show(
    preview: Preview,
) -> None:
    """The button pressed twice, or a second window: the colleague's newest word was on neither."""
    typed = {**preview.typed(), "reason-4": GIVEN}
    preview.post("save", typed)
    preview.colleague_plans(260)
    for _ in range(2):
        preview.post("write", typed)
        assert preview.reasons == {"L181": GIVEN}
    assert (preview.upload.state, planned()) == (UploadState.PREVIEW, 260)
