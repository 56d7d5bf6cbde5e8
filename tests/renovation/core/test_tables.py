"""Tables made together: made, in one state, and taken away."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from renovation.core.tables import CreateTogether

pytestmark = pytest.mark.django_db(transaction=True)


def _model(name: str, *fields: tuple[str, models.Field]) -> CreateModel:
    return CreateModel(name, [("id", models.BigAutoField(primary_key=True)), *fields])


def _tables() -> set[str]:
    return {each for each in connection.introspection.table_names() if each.startswith("made_")}


def test_tables_that_refer_to_each_other_are_made_and_taken_away() -> None:
    before, after = ProjectState(), ProjectState()
    _model("Old").state_forwards("made", after)
    assert [model._meta.label for model in after.apps.get_models()] == [
        "made.Old"
    ]  # built, and kept
    operation = CreateTogether(
        [
            _model("Street"),
            _model("Estate", ("street", models.ForeignKey("made.Street", models.PROTECT))),
        ]
    )
    operation.state_forwards("made", after)
    labels = {model._meta.label for model in after.apps.get_models()}
    assert labels == {"made.Old", "made.Street", "made.Estate"}
    with connection.schema_editor() as editor:
        operation.database_forwards("made", editor, before, after)
    assert _tables() == {"made_street", "made_estate"}
    with connection.schema_editor() as editor:
        operation.database_backwards("made", editor, after, before)
    assert _tables() == set()
