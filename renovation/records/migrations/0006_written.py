"""The table in which PostgreSQL notes who wrote what; its triggers are made behind every ``migrate``."""

from typing import Any

from django.db import migrations

from renovation.core.written import drop_log, make_log


def forward(_apps: Any, editor: Any) -> None:
    make_log(editor.connection)


def backward(_apps: Any, editor: Any) -> None:
    drop_log(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("records", "0005_messages_say_when_they_were_written")]

    operations = [migrations.RunPython(forward, backward)]
