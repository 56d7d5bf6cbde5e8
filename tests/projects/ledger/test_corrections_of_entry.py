"""A change that corrects the day of an entry says so by a field: the migration marks those whose title said it."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from projects.ledger.models import ProjectChange
from tests.factories.enrolment import enter
from tests.factories.ledger import ProjectFactory

pytestmark = pytest.mark.django_db
MIGRATION = import_module("projects.ledger.migrations.0003_corrections_of_entry")


def test_older_corrections_are_marked_and_guarded_again() -> None:
    project = ProjectFactory(approved_on=None)
    enter(project, date(2025, 2, 3))
    enter(project, date(2025, 2, 10), date(2025, 3, 3), title="更正列入计划日期")
    MIGRATION.mark(apps, SimpleNamespace(connection=connection))
    entered, corrected = ProjectChange.objects.order_by("pk")
    assert [entered.corrects_entry, corrected.corrects_entry] == [False, True]
    assert [row.history.get().corrects_entry for row in (entered, corrected)] == [False, True]
    with pytest.raises(IntegrityError, match="已批准的变更不能修改或删除"), transaction.atomic():
        ProjectChange.objects.filter(pk=corrected.pk).update(corrects_entry=False)
