"""A round points to the plan document (一区一案) that it asks about; once it is opened, that stays as well."""

import django.db.models.deletion
from django.db import migrations, models

from renovation.core.triggers import refuse, room_to_remake

ROUND = "征询开始后内容不能修改或删除，请另开一轮。"


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0002_guards"),
        ("ledger", "0004_totals_of_estates_and_buildings"),
    ]

    operations = [
        room_to_remake("consent_round"),
        migrations.AddField(
            "round",
            "scheme",
            models.ForeignKey(
                "ledger.projectdocument",
                django.db.models.deletion.PROTECT,
                null=True,
                blank=True,
                related_name="+",
                verbose_name="一区一案方案",
            ),
        ),
        refuse(
            "consent_round_scheme",
            "consent_round",
            "UPDATE",
            ROUND,
            when="OLD.state <> 'draft' AND NEW.scheme_id IS DISTINCT FROM OLD.scheme_id",
        ),
        room_to_remake("consent_round"),
    ]
