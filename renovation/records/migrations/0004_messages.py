"""The outbox of mails becomes the one log of messages of all channels.

The two migrations that pointed to the old name come first: a model is renamed once everything that speaks of it
by its old name is there.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_erased_files"),
        ("delivery", "0001_initial"),
        ("weekly", "0005_reminders"),
    ]

    operations = [
        migrations.RenameModel(old_name="OutboxMail", new_name="Message"),
    ]
