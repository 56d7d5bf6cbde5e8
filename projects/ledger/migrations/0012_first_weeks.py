"""Entered projects are told from when they report, so that a programme's day moves nobody's first week."""

from typing import Any

from django.db import migrations


def _settle(apps: Any, schema_editor: Any) -> None:
    """The first reporting day of each entered project, as it was read until now."""
    projects = apps.get_model("ledger", "Project").objects
    for project in projects.exclude(approved_on=None).select_related("programme"):
        begins = project.reporting_from or project.programme.approved_on
        first = max(project.approved_on, begins)
        if project.reporting_from != first:
            projects.filter(pk=project.pk).update(reporting_from=first)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_enrolment")]

    operations = [migrations.RunPython(_settle, migrations.RunPython.noop)]
