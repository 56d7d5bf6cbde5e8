"""A window that is added after plans were approved asks them why their works go on in it; what is said is written once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from renovation.core.triggers import refuse


REASON = "停工期内施工的理由不能修改或删除。"
#: A window that is taken away leaves its words.
_FIXED = ("baseline_id", "window_words", "reason", "is_of_approval", "said_by_id", "said_at")
_CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FIXED)
_MOVED = "(NEW.window_id IS NOT NULL AND NEW.window_id IS DISTINCT FROM OLD.window_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0006_reason_to_work_in_rests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalrestwindow",
            name="set_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="起止确定时间"
            ),
        ),
        migrations.AddField(
            model_name="restwindow",
            name="set_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="起止确定时间"
            ),
        ),
        migrations.CreateModel(
            name="RestReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("window_words", models.CharField(max_length=120, verbose_name="停工期内容")),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
                (
                    "is_of_approval",
                    models.BooleanField(default=False, verbose_name="批准计划时写明"),
                ),
                ("said_at", models.DateTimeField(verbose_name="填写时间")),
                (
                    "baseline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rest_reasons",
                        to="ledger.baseline",
                        verbose_name="计划",
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填写人",
                    ),
                ),
                (
                    "window",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reasons",
                        to="ledger.restwindow",
                        verbose_name="停工期",
                    ),
                ),
            ],
            options={
                "verbose_name": "停工期内施工的理由",
                "verbose_name_plural": "停工期内施工的理由",
                "ordering": ["baseline", "said_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="rest_reason_says_something",
                    )
                ],
            },
        ),
        refuse(
            "ledger_rest_reason_update",
            "ledger_restreason",
            "UPDATE",
            REASON,
            when=f"{_CHANGED} OR {_MOVED}",
        ),
        refuse("ledger_rest_reason_delete", "ledger_restreason", "DELETE", REASON),
    ]
