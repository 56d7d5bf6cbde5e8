"""What a reminder's own row said goes to its message: whom it told, of which week, who sent it."""

from django.db import migrations


def into_the_log(apps, _schema_editor):
    for row in apps.get_model("weekly", "Reminder").objects.select_related("mail"):
        mail = row.mail
        mail.period_key = row.week_start.isoformat()
        mail.person_id, mail.told_by_id = row.recipient_id, row.sent_by_id
        mail.save(update_fields=["period_key", "person", "told_by"])


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_kinds_of_mails"),
        ("weekly", "0007_pledges"),
    ]

    operations = [migrations.RunPython(into_the_log, migrations.RunPython.noop)]
