"""Each transactional test begins with what migrations plant, whatever test emptied the database before it."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from projects.works.models import MenuItem
from tests.tables import PLANTED
from tests.unguarded import unguarded


def _counts() -> dict[str, int]:
    counts = {}
    with connection.cursor() as cursor:
        for table in PLANTED:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_is_planted_is_there_in_each_turn(turn: str) -> None:
    assert _counts() == PLANTED
    assert MenuItem.history.count() >= PLANTED["works_menuitem"]
    model = ContentType.objects.get_by_natural_key("works", "menuitem")
    assert ContentType.objects.get(pk=model.pk).model_class() is MenuItem
    with unguarded():
        MenuItem.objects.all().delete()
    assert _counts()["works_menuitem"] == 0
