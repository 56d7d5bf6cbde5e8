from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("weekly", "0008_reminders_in_the_log")]

    operations = [migrations.DeleteModel(name="Reminder")]
