"""A form of the menu says which version its reader saw."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("works", "0003_menu"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalmenuitem",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AddField(
            model_name="menuitem",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="版本"),
        ),
    ]
