"""A finding that was closed before the portal knew its project comes in with the day of its closing."""

from django.db import migrations, models

from renovation.core.triggers import room_to_remake


class Migration(migrations.Migration):
    dependencies = [("funding", "0003_sources")]

    operations = [
        room_to_remake("funding_auditfinding"),
        migrations.AddField(
            model_name="auditfinding",
            name="settled_on",
            field=models.DateField(blank=True, null=True, verbose_name="期初销号日期"),
        ),
        migrations.AddConstraint(
            model_name="auditfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_on", None),
                    ("settled_on__gte", models.F("found_on")),
                    _connector="OR",
                ),
                name="finding_settled_after_finding",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_on", None),
                    ("state", "answered"),
                    models.Q(("closed_on", models.F("settled_on")), ("state", "closed")),
                    _connector="OR",
                ),
                name="finding_settled_is_closed_on_its_day",
            ),
        ),
        room_to_remake("funding_auditfinding"),
    ]
