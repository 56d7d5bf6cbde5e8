"""The day by which all have started becomes the first of the programme's deadlines."""

from django.db import migrations
from django.utils import timezone


def forward(apps, _editor):
    programme = apps.get_model("ledger", "Programme")
    deadline = apps.get_model("ledger", "GateDeadline")
    history = apps.get_model("ledger", "HistoricalGateDeadline")
    now = timezone.now()
    for row in programme.objects.exclude(start_deadline_on=None):
        values = {
            "gate": "started",
            "due_on": row.start_deadline_on,
            "document_number": row.document_number,
        }
        made = deadline.objects.create(programme=row, **values)
        history.objects.create(
            id=made.pk,
            programme=row,
            history_date=now,
            history_type="+",
            history_change_reason="由年度计划的全部开工期限转来",
            **values,
        )


def backward(apps, _editor):
    deadline = apps.get_model("ledger", "GateDeadline")
    for row in deadline.objects.filter(gate="started").select_related("programme"):
        row.programme.start_deadline_on = row.due_on
        row.programme.save(update_fields=["start_deadline_on"])


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_formalities")]

    operations = [migrations.RunPython(forward, backward)]
