"""The menu begins with DOMAIN.md §2.3."""

from django.db import migrations

from projects.works.seeds import plant


def forward(apps, schema_editor):
    plant(apps, schema_editor.connection.alias)


class Migration(migrations.Migration):
    replaces = [("works", "0002_triggers_and_menu")]

    dependencies = [("works", "0002_guards")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
