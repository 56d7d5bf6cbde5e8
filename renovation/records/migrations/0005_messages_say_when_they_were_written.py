from typing import Any

from django.db import migrations, models
from django.db.models import F


def keep_the_words_of_what_may_have_left(apps: Any, _schema: Any) -> None:
    """What was claimed until now may have left with its words: tried again, it says the same."""
    rows = apps.get_model("records", "Message").objects.filter(claimed_at__isnull=False)
    rows.exclude(state__in=["sent", "dropped"]).update(compiled_at=F("claimed_at"))


class Migration(migrations.Migration):
    dependencies = [("records", "0004_messages_are_settled")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="compiled_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="成文时间"),
        ),
        migrations.RunPython(keep_the_words_of_what_may_have_left, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="message",
            name="settled_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="不用再看时间"),
        ),
        migrations.AlterField(
            model_name="message",
            name="settlement",
            field=models.CharField(blank=True, max_length=200, verbose_name="不用再看原因"),
        ),
    ]
