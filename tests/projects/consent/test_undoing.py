"""Undoing the migration of schemes: rounds stay, and what guards them stands again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection

from projects.consent.models import Round
from renovation.core.triggers import present
from tests.tables import go_to, newest

from .scene import make_scene

BEFORE = ("consent", "0002_guards")


def _columns() -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "consent_round")
    return {column.name for column in found}


@pytest.mark.django_db(transaction=True)
def test_the_scheme_of_rounds_is_undone_and_done_again() -> None:
    """Triggers of the menu look into the rounds: where a table is remade (SQLite) they make room."""
    kept = make_scene().round
    menu = {
        "refuse_consent_menu_insert",
        "refuse_consent_menu_delete",
        "refuse_consent_round_update",
    }
    scheme, guards = {"refuse_consent_round_scheme"}, present(connection)
    assert menu | scheme <= guards
    try:
        go_to(BEFORE)
        assert "scheme_id" not in _columns()
        assert list(Round.objects.values_list("pk", "state")) == [(kept.pk, kept.state)]
        assert present(connection) >= menu
        assert not present(connection) & scheme
    finally:
        go_to(*newest())
    assert "scheme_id" in _columns()
    assert present(connection) == guards
    with pytest.raises(IntegrityError, match="征询开始后内容不能修改"):
        Round.objects.filter(pk=kept.pk).update(question="另一个问题")
