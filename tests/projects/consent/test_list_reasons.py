"""What is written beside a household list as a reason: it may say whom it is about, so it is kept sealed, told nobody who
reads the audit, and forgotten with the list."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from projects.consent.intake import HOUSEHOLDS
from projects.consent.services import archive
from projects.ledger.enums import GateKind
from renovation.core.errors import StateConflict
from renovation.intake.answers import Answers
from renovation.intake.models import Upload
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.ledger import GateFactory

from .list_world import NEW_PHONE, TYPED_PHONE, World, make_world, stands
from .scene import CANARY_NAME

pytestmark = pytest.mark.django_db
REASON = f"户主{CANARY_NAME}本人来电，改用{TYPED_PHONE}"
ROW = "1｜1／1／101"


@pytest.fixture
def world(clock: Clock) -> World:
    return make_world(clock)


@pytest.fixture
def asked(world: World) -> Upload:
    """A list that would write over what a colleague corrected."""
    world.write(1, "联系电话", TYPED_PHONE)
    world.corrected(phone=NEW_PHONE)
    return world.sent()


def audited() -> str:
    return "\n".join(
        f"{entry.sentence} {entry.reason} {entry.changes!r}" for entry in AuditEntry.objects.all()
    )


def kept(upload: Upload) -> str:
    """What stands in the database, as it stands there."""
    (row,) = Upload.objects.filter(pk=upload.pk).values("answers", "rows", "faults")
    return repr(row)


def test_the_audit_says_that_a_reason_was_given_and_never_which(
    world: World, asked: Upload
) -> None:
    world.explained(asked, text=REASON)
    for secret in (CANARY_NAME, TYPED_PHONE):
        assert secret not in audited()
        assert secret not in kept(asked)
    entry = AuditEntry.objects.get(act="upload.answer")
    assert entry.changes == {"reasons": [0, 1], "held": [[], []]}
    assert Answers.of(asked.answers, HOUSEHOLDS).reasons == {ROW: {"J182": REASON}}
    world.committed(asked)
    assert stands()[1] == TYPED_PHONE
    assert CANARY_NAME not in audited()


def test_the_page_keeps_what_was_typed_and_says_what_does_not_belong_there(
    world: World, asked: Upload
) -> None:
    world.explained(asked, text="今天打电话核实过")
    client = Client()
    client.force_login(world.scene.user("zhonglou"))
    answer = client.get(reverse("intake:upload", args=[asked.pk]))
    (row,) = [each for each in answer.context["page"].rows if each.questions]
    assert [(each.value, each.hint) for each in row.questions] == [
        ("今天打电话核实过", "不写姓名、电话")
    ]
    page = answer.content.decode()
    assert '情况说明</label><p class="hint" id="reason-4-hint">不写姓名、电话</p>' in page
    assert 'aria-describedby="reason-4-hint"' in page


def test_a_reason_that_counts_no_more_is_taken_out_of_what_is_sealed(
    world: World, asked: Upload
) -> None:
    """A colleague corrects once more between the reason and the confirmation."""
    world.explained(asked, text=REASON)
    world.corrected(phone="13911112222")
    with pytest.raises(StateConflict):
        world.committed(asked)
    asked.refresh_from_db()
    assert Answers.of(asked.answers, HOUSEHOLDS).reason(ROW, "J182") == ""
    assert CANARY_NAME not in kept(asked)


def test_a_reason_is_forgotten_with_the_list(world: World, asked: Upload) -> None:
    world.explained(asked, text=REASON)
    world.committed(asked)
    gate = {"kind": GateKind.HANDED_OVER, "actual_on": date(2015, 1, 1)}
    GateFactory(project=world.scene.project, **gate)
    archive.purge(now=world.clock.at("2026-05-07 10:10"))
    asked.refresh_from_db()
    assert (asked.rows, asked.faults, asked.answers) == ([], [], {})
