"""Follow-ups (核实事项) and their steps: what was asked stays, what is settled is not changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from renovation.core.triggers import refuse

ASKED = ("id", "weekly_return_id", "project_id", "question", "row", "asked_by_id", "asked_at")
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in ASKED)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0013_enrolment_guard"),
        ("weekly", "0005_reminders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=200, verbose_name="要核实的问题")),
                ("asking", models.CharField(max_length=400, verbose_name="现在要答的问题")),
                ("row", models.JSONField(verbose_name="提出时的填报内容")),
                ("due_on", models.DateField(verbose_name="答复期限")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待答复"), ("answered", "已答复"), ("closed", "已了结")],
                        db_index=True,
                        default="open",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("rounds", models.PositiveSmallIntegerField(default=1, verbose_name="第几次问")),
                ("asked_at", models.DateTimeField(verbose_name="提出时间")),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="答复日期")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="了结日期")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="了结人",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="ledger.project",
                        verbose_name="项目",
                    ),
                ),
                (
                    "weekly_return",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="weekly.weeklyreturn",
                        verbose_name="周报",
                    ),
                ),
            ],
            options={
                "verbose_name": "核实事项",
                "verbose_name_plural": "核实事项",
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="FollowUpStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("ask", "提请核实"),
                            ("answer", "答复"),
                            ("close", "了结"),
                            ("ask_again", "再问"),
                            ("withdraw", "撤回"),
                            ("hand_over", "转交"),
                        ],
                        max_length=10,
                        verbose_name="操作",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="内容")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="weekly.followup",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("question", ""), _negated=True),
                    models.Q(("asking", ""), _negated=True),
                ),
                name="follow_up_asks_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(("rounds__gte", 1)), name="follow_up_counted_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_by__isnull", False),
                        ("closed_on__isnull", False),
                        ("state", "closed"),
                    ),
                    models.Q(
                        models.Q(("state", "closed"), _negated=True),
                        ("closed_by", None),
                        ("closed_on", None),
                    ),
                    _connector="OR",
                ),
                name="follow_up_closed_on_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_by", None), ("answered_on", None)),
                    models.Q(("answered_by__isnull", False), ("answered_on__isnull", False)),
                    _connector="OR",
                ),
                name="follow_up_answered_on_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), ("answered_by", None)),
                    models.Q(("state", "answered"), ("answered_by__isnull", False)),
                    ("state", "closed"),
                    _connector="OR",
                ),
                name="follow_up_state_and_answer_agree",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_by", None),
                    ("answered_by", None),
                    models.Q(("closed_by", models.F("answered_by")), _negated=True),
                    _connector="OR",
                ),
                name="follow_up_closed_by_another_than_answered",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=("weekly_return", "project"),
                name="follow_up_one_unsettled_per_row",
            ),
        ),
        refuse(
            "follow_up_asked",
            "weekly_followup",
            "UPDATE",
            "核实事项提出以后不能修改。",
            when=CHANGED,
        ),
        refuse(
            "follow_up_closed",
            "weekly_followup",
            "UPDATE",
            "已了结的核实事项不能修改。",
            when="OLD.state = 'closed'",
        ),
        refuse("follow_up_delete", "weekly_followup", "DELETE", "核实事项不能删除。"),
        refuse(
            "follow_up_step_update", "weekly_followupstep", "UPDATE", "核实事项的办理记录只能追加。"
        ),
        refuse(
            "follow_up_step_delete", "weekly_followupstep", "DELETE", "核实事项的办理记录只能追加。"
        ),
    ]
