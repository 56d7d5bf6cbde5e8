"""A third kind of paper: signed minutes."""

from django.conf import settings
from django.db import migrations, models

from renovation.core.triggers import room_to_remake


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_stand_ins_acts"),
        ("papers", "0002_guards"),
        ("records", "0003_stand_ins_acts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        room_to_remake("papers_document"),
        migrations.RemoveConstraint(
            model_name="document",
            name="bulletin_signed_at_and_by",
        ),
        migrations.AlterField(
            model_name="document",
            name="kind",
            field=models.CharField(
                choices=[
                    ("dispatch_sheet", "周调度表"),
                    ("bulletin", "季度通报"),
                    ("minutes", "周调度会纪要"),
                ],
                max_length=16,
                verbose_name="种类",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["signed", "issued"]), _negated=True),
                    ("kind__in", ["dispatch_sheet", "minutes"]),
                    models.Q(
                        ("approved_by__isnull", False),
                        ("signed_at__isnull", False),
                        ("signed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="bulletin_signed_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "minutes"), _negated=True),
                    models.Q(
                        ("signed_at__isnull", False),
                        ("signed_by__isnull", False),
                        ("state", "issued"),
                    ),
                    _connector="OR",
                ),
                name="minutes_paper_is_signed",
            ),
        ),
        room_to_remake("papers_document"),
    ]
