"""What earlier mails were, by the beginning of their keys."""

from django.db import migrations

KINDS = {
    "document:": "paper.delivery",
    "unsigned:": "paper.unsigned",
    "troubles:": "paper.troubles",
    "return.reminder:": "return.reminder",
}


def name_kinds(apps, _schema_editor):
    messages = apps.get_model("records", "Message").objects
    for prefix, kind in KINDS.items():
        messages.filter(key__startswith=prefix, kind="").update(kind=kind)


class Migration(migrations.Migration):
    dependencies = [("records", "0005_message_channels")]

    operations = [migrations.RunPython(name_kinds, migrations.RunPython.noop)]
