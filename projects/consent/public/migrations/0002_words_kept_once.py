"""What was taken in is kept with the answer, where it is forgotten in time; here it is emptied."""

from django.db import migrations


def empty(apps, schema_editor):
    submissions = apps.get_model("consent_public", "Submission").objects
    submissions.filter(taken_at__isnull=False).update(opinion_sealed=b"")


class Migration(migrations.Migration):
    dependencies = [("consent_public", "0001_initial")]

    operations = [migrations.RunPython(empty, migrations.RunPython.noop)]
