"""The guard of the histories sees a write that passes them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renovation.accounts.models import User
from renovation.runner.demo import _set_passwords
from tests import history_guard

pytestmark = pytest.mark.django_db


def test_an_allowed_write_goes_through() -> None:
    user = User.objects.create_user("somebody", post_name="区局 经办岗", is_demo=True)
    _set_passwords("Some-Pass-99")
    user.refresh_from_db()
    assert user.check_password("Some-Pass-99")
    assert user.history.count() == 1


def test_a_write_that_is_not_allowed_raises_before_the_database_hears_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    User.objects.create_user("somebody", post_name="区局 经办岗", is_demo=True)
    monkeypatch.setattr(history_guard, "ALLOWED", {})
    with (
        CaptureQueriesContext(connection) as queries,
        pytest.raises(history_guard.PastHistoryError, match="_set_passwords calls update on User"),
    ):
        _set_passwords("Some-Pass-99")
    assert not any(query["sql"].startswith("UPDATE") for query in queries)


def test_tests_and_libraries_may_write_as_they_like() -> None:
    user = User.objects.create_user("somebody", post_name="区局 经办岗")
    User.objects.filter(pk=user.pk).update(post_name="区局 审核岗")
    user.refresh_from_db()
    assert user.post_name == "区局 审核岗"
