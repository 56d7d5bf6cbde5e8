"""An act that waits for its turn keeps when it was asked for; of those before, ``at`` is all that is known."""

from django.db import migrations, models
from django.db.models import F, Q

from renovation.core.triggers import room_to_remake


class Migration(migrations.Migration):
    dependencies = [("weekly", "0004_worked_time")]

    operations = [
        room_to_remake("weekly_returnevent"),
        migrations.AddField(
            model_name="returnevent",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="提出时间"),
        ),
        migrations.AddConstraint(
            model_name="returnevent",
            constraint=models.CheckConstraint(
                condition=Q(asked_at=None) | Q(asked_at__lt=F("at")),
                name="return_event_asked_before_its_turn",
            ),
        ),
        room_to_remake("weekly_returnevent"),
    ]
