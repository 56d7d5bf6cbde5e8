"""An illegal structure may say since when it stands; of those entered before nobody has said it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("works", "0004_menu_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalillegalstructure",
            name="built_on",
            field=models.DateField(blank=True, null=True, verbose_name="建成日期"),
        ),
        migrations.AddField(
            model_name="historicalillegalstructure",
            name="stood_before",
            field=models.BooleanField(default=False, verbose_name="改造前已有"),
        ),
        migrations.AddField(
            model_name="illegalstructure",
            name="built_on",
            field=models.DateField(blank=True, null=True, verbose_name="建成日期"),
        ),
        migrations.AddField(
            model_name="illegalstructure",
            name="stood_before",
            field=models.BooleanField(default=False, verbose_name="改造前已有"),
        ),
        migrations.AddConstraint(
            model_name="illegalstructure",
            constraint=models.CheckConstraint(
                condition=models.Q(("built_on", None), ("stood_before", False), _connector="OR"),
                name="structure_dated_once",
            ),
        ),
    ]
