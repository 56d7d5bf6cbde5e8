"""With the upgrade the number of a contact who is the 项目经理 is that of the 项目经理."""

from __future__ import annotations

import pytest

from projects.ledger.enums import PartyRole
from projects.ledger.models import Party
from tests.factories.ledger import PartyFactory, ProjectFactory
from tests.tables import go_to, newest

BEFORE = ("ledger", "0007_reasons_in_new_rests")


@pytest.mark.django_db(transaction=True)
def test_the_number_of_a_contact_who_is_the_manager_is_taken_over() -> None:
    """Of contractors alone; in the history too, so that the next edit shows no change that nobody made."""
    project = ProjectFactory()
    for role, contact, phone in (
        (PartyRole.CONTRACTOR, "项目经理岗", "0533-1"),
        (PartyRole.CONTRACTOR, "项目负责人", "0533-2"),
        (PartyRole.CONTRACTOR, "资料员岗", "0533-3"),
        (PartyRole.CONTRACTOR, "项目经理部资料员", "0533-4"),
        (PartyRole.CONTRACTOR, "项目经理", ""),
        (PartyRole.SUPERVISOR, "项目经理对接", "0533-5"),
    ):
        PartyFactory(project=project, role=role, contact=contact, phone=phone)
    try:
        go_to(BEFORE)
    finally:
        go_to(*newest())
    told = ["0533-1", "0533-2", "", "", "", ""]
    assert list(Party.objects.order_by("pk").values_list("manager_phone", flat=True)) == told
    kept = Party.history.order_by("id").values_list("manager_phone", flat=True)
    assert list(kept) == told
