"""The tables of the wing."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("jobs", "0001_initial"),
    ]

    dependencies = [
        ("accounts", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Heartbeat",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=40, unique=True)),
                        ("at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="HistoricalSchedule",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=60, verbose_name="任务")),
                        ("rule", models.JSONField(default=dict, verbose_name="时间规则")),
                        ("is_enabled", models.BooleanField(default=True, verbose_name="启用")),
                        ("starts_at", models.DateTimeField(verbose_name="从何时起")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.TextField(null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 定时任务",
                        "verbose_name_plural": "historical 定时任务",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Run",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "work_state",
                            models.CharField(
                                choices=[
                                    ("queued", "排队中"),
                                    ("running", "进行中"),
                                    ("done", "已完成"),
                                    ("failed", "失败"),
                                    ("missed", "已错过"),
                                ],
                                db_index=True,
                                default="queued",
                                max_length=8,
                                verbose_name="进度",
                            ),
                        ),
                        (
                            "attempts",
                            models.PositiveSmallIntegerField(default=0, verbose_name="次数"),
                        ),
                        (
                            "error",
                            models.CharField(blank=True, max_length=500, verbose_name="失败原因"),
                        ),
                        ("not_before", models.DateTimeField(verbose_name="最早开始")),
                        (
                            "claimed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="开始时间"),
                        ),
                        (
                            "finished_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="完成时间"),
                        ),
                        ("kind", models.CharField(max_length=60, verbose_name="任务")),
                        ("period_key", models.CharField(max_length=40, verbose_name="期")),
                        ("due_at", models.DateTimeField(db_index=True, verbose_name="应运行时间")),
                        ("result", models.JSONField(default=dict, verbose_name="结果")),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "运行记录",
                        "verbose_name_plural": "运行记录",
                        "ordering": ["-due_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "period_key", "organisation"),
                                name="run_once_per_period",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Schedule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("kind", models.CharField(max_length=60, verbose_name="任务")),
                        ("rule", models.JSONField(default=dict, verbose_name="时间规则")),
                        ("is_enabled", models.BooleanField(default=True, verbose_name="启用")),
                        ("starts_at", models.DateTimeField(verbose_name="从何时起")),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="schedules",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "定时任务",
                        "verbose_name_plural": "定时任务",
                        "ordering": ["kind", "organisation"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "organisation"), name="schedule_once_per_kind"
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
