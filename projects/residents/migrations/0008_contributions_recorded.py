"""Who wrote a contribution last recorded it, and it waits for a second person: until then nobody had confirmed any.

Kept apart from the change of columns around it: PostgreSQL alters no table with rows that wait for a check.
"""

from django.db import migrations
from django.utils import timezone


def fill(apps, schema_editor):
    contributions = apps.get_model("residents", "Contribution")
    history = apps.get_model("residents", "HistoricalContribution")
    users = apps.get_model("accounts", "User")
    for row in contributions.objects.select_related("project"):
        past = history.objects.filter(id=row.pk).order_by("-history_date", "-history_id")
        last, signed = past.first(), past.exclude(history_user=None).first()
        if signed is not None:
            row.recorded_by_id = signed.history_user_id
        else:
            # Written by no one that is known: somebody of its street stands for it, else the first account.
            own = users.objects.filter(memberships__organisation=row.project.street_id)
            row.recorded_by = own.order_by("pk").first() or users.objects.order_by("pk").first()
        row.recorded_at = last.history_date if last else timezone.now()
        row.save(update_fields=["recorded_by", "recorded_at"])
    for past in history.objects.filter(recorded_at=None):
        past.recorded_by_id, past.recorded_at = past.history_user_id, past.history_date
        past.save(update_fields=["recorded_by", "recorded_at"])


class Migration(migrations.Migration):
    dependencies = [("residents", "0007_contributions_confirmed")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
