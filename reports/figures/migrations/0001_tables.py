"""The tables of the wing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("figures", "0001_divergence_alarms"),
    ]

    dependencies = [
        ("ledger", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="DivergenceAlarm",
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
                            "direction",
                            models.CharField(
                                choices=[("ahead", "付款快于进度"), ("behind", "付款慢于进度")],
                                max_length=8,
                                verbose_name="方向",
                            ),
                        ),
                        ("opened_on", models.DateField(verbose_name="报警日期")),
                        (
                            "value_points",
                            models.DecimalField(
                                decimal_places=1, max_digits=6, verbose_name="背离（百分点）"
                            ),
                        ),
                        (
                            "threshold_points",
                            models.DecimalField(
                                decimal_places=1, max_digits=5, verbose_name="界限（百分点）"
                            ),
                        ),
                        ("rule", models.JSONField(default=dict, verbose_name="所用规则")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "报警"),
                                    ("explained", "已说明"),
                                    ("closed", "已解除"),
                                ],
                                db_index=True,
                                default="open",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "explanation",
                            models.CharField(blank=True, max_length=300, verbose_name="说明"),
                        ),
                        (
                            "explained_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="说明时间"),
                        ),
                        (
                            "closed_on",
                            models.DateField(blank=True, null=True, verbose_name="解除日期"),
                        ),
                        (
                            "closing",
                            models.CharField(blank=True, max_length=100, verbose_name="解除原因"),
                        ),
                        (
                            "explained_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="说明人",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="divergence_alarms",
                                to="ledger.project",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "付款背离报警",
                        "verbose_name_plural": "付款背离报警",
                        "ordering": ["-opened_on", "project__code"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "closed"), _negated=True),
                                fields=("project",),
                                name="divergence_alarm_one_stands",
                            ),
                            models.UniqueConstraint(
                                fields=("project", "opened_on"), name="divergence_alarm_once_a_week"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_on__isnull", False), ("state", "closed")),
                                    models.Q(
                                        models.Q(("state", "closed"), _negated=True),
                                        ("closed_on", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="divergence_alarm_closed_has_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "explained"), _negated=True),
                                    models.Q(
                                        ("explained_at__isnull", False),
                                        ("explained_by__isnull", False),
                                        models.Q(("explanation", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="divergence_alarm_explained_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AlarmReading",
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
                        ("week_start", models.DateField(verbose_name="周一")),
                        (
                            "value_points",
                            models.DecimalField(
                                decimal_places=1, max_digits=6, verbose_name="背离（百分点）"
                            ),
                        ),
                        (
                            "paid_percent",
                            models.DecimalField(
                                decimal_places=1, max_digits=6, verbose_name="支付占计划投资（%）"
                            ),
                        ),
                        (
                            "physical_percent",
                            models.DecimalField(
                                decimal_places=1, max_digits=5, verbose_name="形象进度（%）"
                            ),
                        ),
                        ("read_at", models.DateTimeField(verbose_name="计算时间")),
                        (
                            "alarm",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="readings",
                                to="figures.divergencealarm",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["alarm", "week_start"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("alarm", "week_start"), name="alarm_reading_once_a_week"
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
