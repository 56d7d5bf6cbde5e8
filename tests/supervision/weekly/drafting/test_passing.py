"""Cells that were typed and not written pass to another clerk of the street (交接); nothing of either is lost."""

from __future__ import annotations

import pytest

from renovation.accounts.enums import Role
from renovation.accounts.models import User
from renovation.records.models import AuditEntry
from supervision.weekly.drafting.services import pass_draft
from supervision.weekly.models import FormDraft
from supervision.weekly.open_matters import MATTERS
from tests.factories.accounts import make_user
from tests.supervision.weekly.office import THURSDAY, WEEK, Office, moment

pytestmark = pytest.mark.django_db
LATER = moment("2025-05-08 16:00")


@pytest.fixture
def second(office: Office) -> User:
    """Another clerk of the street."""
    return make_user(office.street, Role.CLERK, "songlinglu-b")


def typed(office: Office, person: User, base: str = "", **cells: str) -> FormDraft:
    return FormDraft.objects.create(
        street=office.street,
        week_start=WEEK.start,
        version=1,
        project=office.projects[0],
        person=person,
        cells=cells,
        base=base,
        saved_at=THURSDAY,
    )


def passed(office: Office, draft: FormDraft, to: User) -> FormDraft:
    by = office.district.users["admin"]
    return pass_draft(draft=draft, to=to, said="交接，退休", by=by, now=LATER)


def test_where_the_successor_typed_nothing_the_draft_changes_hands(
    office: Office, second: User
) -> None:
    draft = typed(office, office.clerk, "edition", problems="缺水泥")
    assert passed(office, draft, second) == draft
    kept = FormDraft.objects.get()
    assert (kept.person, kept.cells, kept.base) == (second, {"problems": "缺水泥"}, "edition")
    assert kept.saved_at == THURSDAY


def test_what_the_successor_typed_stays(office: Office, second: User) -> None:
    draft = typed(office, office.clerk, "2025-05-08T02:00", problems="缺水泥", work_done="围挡")
    typed(office, second, "2025-05-08T01:00", problems="", progress_percent="46.0")
    passed(office, draft, second)
    kept = FormDraft.objects.get()
    assert kept.cells == {"problems": "", "progress_percent": "46.0", "work_done": "围挡"}
    assert (kept.person, kept.base, kept.saved_at) == (second, "2025-05-08T01:00", LATER)
    entry = AuditEntry.objects.get(act="return.draft.hand_over")
    assert (entry.object_id, entry.reason) == (str(kept.pk), "交接，退休")
    assert "缺水泥" not in entry.sentence


def test_a_draft_of_an_approved_version_is_no_open_matter(office: Office) -> None:
    (matter,) = (each for each in MATTERS if each.code == "return.draft")
    draft = typed(office, office.clerk, problems="缺水泥")
    assert list(matter.open_rows([office.street.pk])) == [draft]
    assert list(matter.open_rows([office.other.pk])) == []
    office.approved()
    assert list(matter.open_rows([office.street.pk])) == []
