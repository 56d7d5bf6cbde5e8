"""Every column that names a person passes to a successor, or says why it does not, or is an act that stays theirs."""

import re

from django.apps import apps
from django.db import models

from renovation.accounts.models import User
from renovation.console.handing_over.matters import declared

#: Who did something, or for whom it was done: an act is never rewritten.
_ACT = re.compile(r"(^|_)(by|for)$")


def _columns() -> set[str]:
    """``weekly.FollowUp.owner``, of every model but the histories."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if not any(field.name == "history_user" for field in model._meta.get_fields())
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and field.related_model is User
    }


def _is_act(column: str) -> bool:
    return _ACT.search(column.rpartition(".")[2]) is not None or column.endswith(".stands_for")


def test_no_column_that_names_a_person_is_forgotten() -> None:
    matters, kept = declared()
    told = {each.column for each in (*matters, *kept)}
    columns = _columns()
    assert {
        "weekly.FollowUp.owner",
        "funding.AuditFinding.owner",
        "records.AuditEntry.actor",
    } <= columns
    assert {column for column in columns if not _is_act(column)} - told == set()
    assert told - columns == set()


def test_nothing_is_declared_twice_and_every_reason_is_given() -> None:
    matters, kept = declared()
    columns = [each.column for each in (*matters, *kept)]
    assert len(columns) == len(set(columns))
    assert all(each.reason for each in kept)


def test_what_passes_is_found_by_the_column_that_is_declared(db: None) -> None:
    for matter in declared()[0]:
        rows = matter.open_rows([])
        assert f"{rows.model._meta.label}.{matter.person}" == matter.column
        assert list(rows.filter(**{matter.person: 0})) == []
