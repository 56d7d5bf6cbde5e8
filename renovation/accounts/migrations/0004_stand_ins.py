"""AB岗: who stands in for whom. An appointment is never rewritten, only ended."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from renovation.core.triggers import refuse

FIXED = (
    "id",
    "principal_id",
    "deputy_id",
    "organisation_id",
    "role",
    "valid_from",
    "valid_to",
    "reason",
    "appointed_by_id",
    "appointed_at",
)
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in FIXED)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_first_pledge_texts"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("admin", "系统管理员"),
                            ("bureau", "区局经办"),
                            ("reviewer", "区局审核"),
                            ("leader", "局领导"),
                            ("office", "办公室"),
                            ("clerk", "街道填报"),
                            ("street_head", "街道审核"),
                            ("contractor", "施工单位"),
                            ("supervisor", "监理单位"),
                            ("inspector", "行风监督员"),
                            ("npc", "人大督导组"),
                            ("auditor", "安全审计"),
                            ("hotline", "热线平台"),
                        ],
                        max_length=16,
                        verbose_name="代哪个角色",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(verbose_name="止")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("appointed_at", models.DateTimeField(verbose_name="指定时间")),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="提前结束时间"),
                ),
                (
                    "appointed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="指定人",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stand_ins",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="B岗（代班）",
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
                        verbose_name="提前结束人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stand_ins",
                        to="accounts.organisation",
                        verbose_name="单位",
                    ),
                ),
                (
                    "principal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stood_in_for",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="A岗（被代）",
                    ),
                ),
            ],
            options={
                "verbose_name": "代岗",
                "verbose_name_plural": "代岗",
                "ordering": ["-valid_from", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("deputy", models.F("principal")), _negated=True),
                        name="stand_in_is_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                        name="stand_in_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="stand_in_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="stand_in_ended_at_and_by",
                    ),
                ],
            },
        ),
        refuse(
            "stand_in_update",
            "accounts_standin",
            "UPDATE",
            "代岗登记以后不能修改，只能提前结束。",
            when=f"OLD.ended_at IS NOT NULL OR {CHANGED}",
        ),
        refuse("stand_in_delete", "accounts_standin", "DELETE", "代岗登记不能删除。"),
    ]
