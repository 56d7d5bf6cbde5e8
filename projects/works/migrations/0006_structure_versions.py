"""A form of what is known of an illegal structure says which version its reader saw."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("works", "0005_structures_say_since_when"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalillegalstructure",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AddField(
            model_name="illegalstructure",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="版本"),
        ),
    ]
