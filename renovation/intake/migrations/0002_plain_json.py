"""Rows and faults of an upload are written with Chinese characters as they are."""

import renovation.intake.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_tables"),
    ]

    operations = [
        migrations.AlterField(
            model_name="upload",
            name="faults",
            field=models.JSONField(
                default=list, encoder=renovation.intake.models.PlainEncoder, verbose_name="差错"
            ),
        ),
        migrations.AlterField(
            model_name="upload",
            name="rows",
            field=models.JSONField(
                default=list, encoder=renovation.intake.models.PlainEncoder, verbose_name="读到的行"
            ),
        ),
    ]
