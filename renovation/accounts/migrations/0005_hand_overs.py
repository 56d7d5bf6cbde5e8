"""交接: what passed from whom to whom. What was handed over is never rewritten."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from renovation.core.triggers import refuse


def _person(word: str) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        verbose_name=word,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_stand_ins"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("counts", models.JSONField(verbose_name="移交件数")),
                ("left", models.JSONField(default=dict, verbose_name="未移交件数")),
                ("rows", models.JSONField(verbose_name="事项")),
                ("passed_count", models.PositiveIntegerField(verbose_name="移交合计")),
                ("handed_at", models.DateTimeField(verbose_name="交接时间")),
                ("predecessor", _person("移交人")),
                ("successor", _person("接收人")),
                ("handed_by", _person("办理人")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_overs",
                        to="accounts.organisation",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "交接",
                "verbose_name_plural": "交接",
                "ordering": ["-handed_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("successor", models.F("predecessor")), _negated=True),
                        name="hand_over_to_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="hand_over_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("passed_count__gte", 1)),
                        name="hand_over_passes_something",
                    ),
                ],
            },
        ),
        refuse("hand_over_update", "accounts_handover", "UPDATE", "交接登记以后不能修改。"),
        refuse("hand_over_delete", "accounts_handover", "DELETE", "交接登记不能删除。"),
    ]
