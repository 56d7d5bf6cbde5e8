"""A day without its evidence is said to count for nothing, and a refused gate says by which day it was judged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from projects.ledger.enums import GateKind
from projects.ledger.models import Gate, Project
from projects.ledger.passing import why_not_counted
from tests.factories.ledger import GateFactory, StoredFileFactory

from .conftest import CODE
from .test_gates import PDF

pytestmark = pytest.mark.django_db
SENTENCE = "“开工”填了日期，但没有依据文件，暂不计入开工率。"


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (GateKind.STARTED, {}, SENTENCE),
        (GateKind.COMPLETED, {}, "“完工”填了日期，但没有依据文件，暂不计入完工率。"),
        (GateKind.ACCEPTED, {}, "“竣工验收”填了日期，但没有依据文件，暂不计入竣工验收率。"),
        (GateKind.STARTED, {"actual_on": None}, ""),
        (GateKind.STARTED, {"is_opening": True}, ""),
        (GateKind.PERMITTED, {}, ""),
    ],
)
def test_what_is_said_of_a_day_without_evidence(
    project: Project, kind: GateKind, fields: dict[str, object], said: str
) -> None:
    assert why_not_counted(GateFactory(project=project, kind=kind, evidence=None, **fields)) == said


def test_the_pages_of_a_gate_say_that_it_does_not_count(
    project: Project, signed: Callable[[str], Client]
) -> None:
    client = signed("bureau")
    listing = reverse("ledger:gates", args=[CODE])
    one = reverse("ledger:gate", args=[CODE, "started"])
    edit = reverse("ledger:gate_edit", args=[CODE, "started"])
    assert SENTENCE not in client.get(listing).content.decode()
    answer = client.post(edit, {"actual_on": "2025-03-03", "seen_version": "0"}, follow=True)
    assert answer.redirect_chain == [(listing, 302)]
    # Once for the one who saved it, once for whoever opens the page.
    assert answer.content.decode().count(SENTENCE) == 2
    assert client.get(listing).content.decode().count(SENTENCE) == 1
    assert SENTENCE in client.get(one).content.decode()
    street = signed("zhonglou").get(listing).content.decode()
    assert SENTENCE in street
    assert edit not in street
    gate = Gate.objects.get(kind=GateKind.STARTED)
    gate.evidence = StoredFileFactory()
    gate.save()
    assert SENTENCE not in client.get(listing).content.decode()
    assert SENTENCE not in client.get(one).content.decode()


def test_a_refused_gate_names_the_day_it_was_judged_by(
    project: Project, signed: Callable[[str], Client]
) -> None:
    """Not today's: what holds today may not have held on the day that is typed."""
    GateFactory(project=project, kind=GateKind.TENDERED, actual_on=date(2025, 4, 9))
    answer = signed("bureau").post(
        reverse("ledger:gate_edit", args=[CODE, "started"]),
        {
            "actual_on": "2025-03-03",
            "seen_version": "0",
            "evidence": SimpleUploadedFile("开工令.pdf", PDF),
        },
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "按 2025年3月3日 的情况核查，这些事项不符合" in page
    assert "日期早于前面的关口“招投标”（2025年4月9日）。" in page
