"""The sources of money begin with DOMAIN.md §2.5."""

from django.db import migrations

from projects.funding.seeds import plant


def forward(apps, _schema_editor):
    plant(apps)


class Migration(migrations.Migration):
    replaces = [("funding", "0005_sources")]

    dependencies = [("funding", "0002_guards")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
