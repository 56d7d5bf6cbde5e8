"""An upload names the workbook that it came in with, so that a second use of the same one is known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_plain_json"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="workbook",
            field=models.CharField(blank=True, max_length=64, verbose_name="模板校验值"),
        ),
    ]
