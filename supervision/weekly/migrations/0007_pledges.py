"""The acceptance of 真实性承诺 that a return was sent under."""

import django.db.models.deletion
from django.db import migrations, models

from renovation.core.triggers import refuse


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_pledges"),
        ("weekly", "0006_follow_ups"),
    ]

    operations = [
        migrations.AddField(
            model_name="weeklyreturn",
            name="pledge",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.pledge",
                verbose_name="真实性承诺",
            ),
        ),
        refuse(
            "weekly_return_pledge",
            "weekly_weeklyreturn",
            "UPDATE",
            "已核定的周报不能修改或删除，请用更正。",
            when=(
                "OLD.state IN ('approved', 'published')"
                " AND OLD.pledge_id IS DISTINCT FROM NEW.pledge_id"
            ),
        ),
    ]
