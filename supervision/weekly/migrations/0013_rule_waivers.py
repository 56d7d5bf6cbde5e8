"""Waivers of rules, and what the rules asked about submitted rows: what was asked for stays as it was."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from renovation.core.triggers import refuse

ASKED = (
    "id", "street_id", "project_id", "rule", "starts_on", "ends_on", "reason", "asked_by_id", "asked_at",
)  # fmt: skip
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in ASKED)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("ledger", "0013_enrolment_guard"),
        ("weekly", "0012_review_waivers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleWaiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(db_index=True, max_length=8, verbose_name="规则")),
                ("starts_on", models.DateField(verbose_name="从哪天起")),
                ("ends_on", models.DateField(verbose_name="到哪天止")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待批准"),
                            ("approved", "已批准"),
                            ("declined", "未批准"),
                            ("withdrawn", "已撤回"),
                            ("revoked", "已终止"),
                        ],
                        db_index=True,
                        default="asked",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="批准时间"),
                ),
                ("comment", models.CharField(blank=True, max_length=200, verbose_name="意见")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="终止时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="批准人",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="终止人",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rule_waivers",
                        to="ledger.project",
                        verbose_name="项目",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rule_waivers",
                        to="accounts.organisation",
                        verbose_name="街道",
                    ),
                ),
            ],
            options={
                "verbose_name": "规则豁免",
                "verbose_name_plural": "规则豁免",
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ReportQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=8, verbose_name="规则")),
                ("message", models.CharField(max_length=300, verbose_name="校验结果")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_questions",
                        to="ledger.project",
                        verbose_name="项目",
                    ),
                ),
                (
                    "weekly_return",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="weekly.weeklyreturn",
                        verbose_name="周报",
                    ),
                ),
                (
                    "waiver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="weekly.rulewaiver",
                        verbose_name="豁免",
                    ),
                ),
            ],
            options={
                "verbose_name": "校验提问",
                "verbose_name_plural": "校验提问",
                "ordering": ["weekly_return", "project", "rule"],
            },
        ),
        migrations.AddConstraint(
            model_name="rulewaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="rule_waiver_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="rulewaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="rule_waiver_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulewaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="rule_waiver_approver_did_not_ask",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulewaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None),
                        ("decided_by", None),
                        ("state__in", ["asked", "withdrawn"]),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("state__in", ["approved", "declined", "revoked"]),
                    ),
                    _connector="OR",
                ),
                name="rule_waiver_decided_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulewaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        ("state", "revoked"),
                    ),
                    models.Q(
                        models.Q(("state", "revoked"), _negated=True),
                        ("ended_at", None),
                        ("ended_by", None),
                    ),
                    _connector="OR",
                ),
                name="rule_waiver_ended_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportquestion",
            constraint=models.UniqueConstraint(
                fields=("weekly_return", "project", "rule"), name="report_question_once"
            ),
        ),
        refuse(
            "rule_waiver_asked",
            "weekly_rulewaiver",
            "UPDATE",
            "豁免申请以后不能修改。",
            when=CHANGED,
        ),
        refuse(
            "rule_waiver_over",
            "weekly_rulewaiver",
            "UPDATE",
            "已结束的豁免不能修改。",
            when="OLD.state IN ('declined', 'withdrawn', 'revoked')",
        ),
        refuse("rule_waiver_delete", "weekly_rulewaiver", "DELETE", "豁免不能删除。"),
        refuse("report_question_update", "weekly_reportquestion", "UPDATE", "校验提问不能修改。"),
    ]
