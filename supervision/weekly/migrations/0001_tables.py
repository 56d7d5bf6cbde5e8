"""The tables of the wing."""

import datetime as dt
import django.core.validators
import django.db.models.deletion
import simple_history.models
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("weekly", "0001_initial"),
        ("weekly", "0004_weeks_of_known_years"),
        ("weekly", "0005_reminders"),
        ("weekly", "0006_follow_ups"),
        ("weekly", "0007_pledges"),
        ("weekly", "0008_reminders_in_the_log"),
        ("weekly", "0009_one_log"),
        ("weekly", "0010_stand_ins"),
        ("weekly", "0011_drafts_and_statements"),
        ("weekly", "0012_review_waivers"),
        ("weekly", "0013_rule_waivers"),
        ("weekly", "0014_late_reasons"),
    ]

    dependencies = [
        ("accounts", "0001_tables"),
        ("intake", "0001_tables"),
        ("ledger", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="FollowUp",
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
                        ("question", models.CharField(max_length=200, verbose_name="要核实的问题")),
                        ("asking", models.CharField(max_length=400, verbose_name="现在要答的问题")),
                        ("row", models.JSONField(verbose_name="提出时的填报内容")),
                        ("due_on", models.DateField(verbose_name="答复期限")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "待答复"),
                                    ("answered", "已答复"),
                                    ("closed", "已了结"),
                                ],
                                db_index=True,
                                default="open",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "rounds",
                            models.PositiveSmallIntegerField(default=1, verbose_name="第几次问"),
                        ),
                        ("asked_at", models.DateTimeField(verbose_name="提出时间")),
                        (
                            "answered_on",
                            models.DateField(blank=True, null=True, verbose_name="答复日期"),
                        ),
                        (
                            "closed_on",
                            models.DateField(blank=True, null=True, verbose_name="了结日期"),
                        ),
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
                    ],
                    options={
                        "verbose_name": "核实事项",
                        "verbose_name_plural": "核实事项",
                        "ordering": ["due_on", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("question", ""), _negated=True),
                                    models.Q(("asking", ""), _negated=True),
                                ),
                                name="follow_up_asks_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rounds__gte", 1)),
                                name="follow_up_counted_from_one",
                            ),
                            models.CheckConstraint(
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
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_by", None), ("answered_on", None)),
                                    models.Q(
                                        ("answered_by__isnull", False),
                                        ("answered_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="follow_up_answered_on_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "open"), ("answered_by", None)),
                                    models.Q(("state", "answered"), ("answered_by__isnull", False)),
                                    ("state", "closed"),
                                    _connector="OR",
                                ),
                                name="follow_up_state_and_answer_agree",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("closed_by", None),
                                    ("answered_by", None),
                                    models.Q(("closed_by", models.F("answered_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="follow_up_closed_by_another_than_answered",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FollowUpStep",
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
                        (
                            "stands_for",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalReportingContact",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("person", models.CharField(max_length=40, verbose_name="联系人")),
                        ("phone", models.CharField(max_length=30, verbose_name="电话")),
                        ("updated_at", models.DateTimeField(verbose_name="更新时间")),
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
                            "street",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="街道",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="更新人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 报送联系人",
                        "verbose_name_plural": "historical 报送联系人",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="ReturnException",
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
                        ("closes_at", models.DateTimeField(verbose_name="延至")),
                        ("reason", models.CharField(max_length=200, verbose_name="原因")),
                        ("granted_at", models.DateTimeField(verbose_name="批准时间")),
                        (
                            "granted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="批准人",
                            ),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="return_exceptions",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "延后截止",
                        "verbose_name_plural": "延后截止",
                        "ordering": ["-granted_at"],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewWaiver",
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
                        ("valid_from", models.DateField(verbose_name="起")),
                        ("valid_to", models.DateField(verbose_name="止")),
                        ("reason", models.CharField(max_length=200, verbose_name="原因")),
                        ("approved_at", models.DateTimeField(verbose_name="批准时间")),
                        (
                            "ended_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="提前结束时间"
                            ),
                        ),
                        (
                            "approved_by",
                            models.ForeignKey(
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
                                verbose_name="提前结束人",
                            ),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="review_waivers",
                                to="accounts.organisation",
                                verbose_name="街道",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "街道审核停用",
                        "verbose_name_plural": "街道审核停用",
                        "ordering": ["-valid_from", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                                name="review_waiver_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="review_waiver_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("ended_by", None)),
                                    models.Q(
                                        ("ended_at__isnull", False), ("ended_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="review_waiver_ended_at_and_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RuleWaiver",
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
                            "rule",
                            models.CharField(db_index=True, max_length=8, verbose_name="规则"),
                        ),
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
                        (
                            "comment",
                            models.CharField(blank=True, max_length=200, verbose_name="意见"),
                        ),
                        (
                            "ended_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="终止时间"),
                        ),
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
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="rule_waiver_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="rule_waiver_days_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", None),
                                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="rule_waiver_approver_did_not_ask",
                            ),
                            models.CheckConstraint(
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
                            models.CheckConstraint(
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatusJudgement",
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
                            "light",
                            models.CharField(
                                choices=[
                                    ("green", "绿"),
                                    ("yellow", "黄"),
                                    ("red", "红"),
                                    ("grey", "灰"),
                                ],
                                max_length=8,
                                verbose_name="亮灯",
                            ),
                        ),
                        (
                            "physical_percent",
                            models.DecimalField(
                                decimal_places=1, max_digits=4, null=True, verbose_name="形象进度"
                            ),
                        ),
                        (
                            "scheduled_percent",
                            models.DecimalField(
                                decimal_places=1, max_digits=4, null=True, verbose_name="序时进度"
                            ),
                        ),
                        (
                            "deviation_points",
                            models.DecimalField(
                                decimal_places=1, max_digits=5, null=True, verbose_name="偏差"
                            ),
                        ),
                        ("reasons", models.JSONField(verbose_name="依据")),
                        ("rules", models.JSONField(verbose_name="所用规则")),
                        ("judged_at", models.DateTimeField(verbose_name="判定时间")),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="judgements",
                                to="ledger.project",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "亮灯判定",
                        "verbose_name_plural": "亮灯判定",
                        "ordering": ["project", "week_start", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["week_start", "project"],
                                name="weekly_stat_week_st_9cc114_idx",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WeeklyReturn",
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
                        ("week_start", models.DateField(db_index=True, verbose_name="周一")),
                        (
                            "version",
                            models.PositiveSmallIntegerField(default=1, verbose_name="版次"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "草稿"),
                                    ("submitted", "已报送"),
                                    ("reviewed", "街道已审"),
                                    ("approved", "区局已核定"),
                                    ("published", "已发布"),
                                    ("sent_back", "已退回"),
                                ],
                                db_index=True,
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "correction_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="更正原因"),
                        ),
                        (
                            "late_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="迟报原因"),
                        ),
                        (
                            "late_code",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("data", "资料晚报"),
                                    ("check", "数据核对"),
                                    ("people", "人员变动"),
                                    ("system", "系统、网络或停电"),
                                    ("work", "会议、检查等工作"),
                                    ("other", "其他"),
                                ],
                                max_length=8,
                                verbose_name="迟报类别",
                            ),
                        ),
                        ("is_opening", models.BooleanField(default=False, verbose_name="期初导入")),
                        ("opened_at", models.DateTimeField(verbose_name="建立时间")),
                        (
                            "first_submitted_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="首次报送时间"
                            ),
                        ),
                        (
                            "due_at_met",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="当时的截止时间"
                            ),
                        ),
                        (
                            "submitted_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="报送时间"),
                        ),
                        (
                            "reviewed_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="街道审核时间"
                            ),
                        ),
                        (
                            "approved_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="核定时间"),
                        ),
                        (
                            "sent_back_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="退回时间"),
                        ),
                        (
                            "comment",
                            models.CharField(blank=True, max_length=500, verbose_name="退回意见"),
                        ),
                        (
                            "published_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="发布时间"),
                        ),
                        (
                            "approved_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "approved_for",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "opened_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pledge",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.pledge",
                                verbose_name="真实性承诺",
                            ),
                        ),
                        (
                            "review_waiver",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="weekly.reviewwaiver",
                            ),
                        ),
                        (
                            "reviewed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "reviewed_for",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "sent_back_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "sent_back_for",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="weekly_returns",
                                to="accounts.organisation",
                                verbose_name="街道",
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "submitted_for",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "supersedes",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="superseded_by",
                                to="weekly.weeklyreturn",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "周报",
                        "verbose_name_plural": "周报",
                        "ordering": ["-week_start", "street__order", "-version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("street", "week_start", "version"),
                                name="return_version_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("late_code", ""),
                                    models.Q(("late_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="return_late_code_has_words",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("version", 1),
                                    models.Q(
                                        models.Q(("correction_reason", ""), _negated=True),
                                        ("supersedes__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="return_correction_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("submitted_by", None),
                                    ("reviewed_by", None),
                                    models.Q(
                                        ("submitted_by", models.F("reviewed_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="return_reviewer_did_not_submit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("submitted_by", None),
                                    ("approved_by", None),
                                    models.Q(
                                        ("submitted_by", models.F("approved_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="return_approver_did_not_submit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reviewed_by", None),
                                    ("approved_by", None),
                                    models.Q(
                                        ("reviewed_by", models.F("approved_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="return_approver_did_not_review",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("submitted_by", None),
                                        ("reviewed_for", None),
                                        models.Q(
                                            ("submitted_by", models.F("reviewed_for")),
                                            _negated=True,
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("submitted_for", None),
                                        ("reviewed_by", None),
                                        models.Q(
                                            ("submitted_for", models.F("reviewed_by")),
                                            _negated=True,
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("submitted_for", None),
                                        ("reviewed_for", None),
                                        models.Q(
                                            ("submitted_for", models.F("reviewed_for")),
                                            _negated=True,
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                name="return_reviewed_stands_for_nobody_submitted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("submitted_by", None),
                                        ("approved_for", None),
                                        models.Q(
                                            ("submitted_by", models.F("approved_for")),
                                            _negated=True,
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("submitted_for", None),
                                        ("approved_by", None),
                                        models.Q(
                                            ("submitted_for", models.F("approved_by")),
                                            _negated=True,
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("submitted_for", None),
                                        ("approved_for", None),
                                        models.Q(
                                            ("submitted_for", models.F("approved_for")),
                                            _negated=True,
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                name="return_approved_stands_for_nobody_submitted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("reviewed_by", None),
                                        ("approved_for", None),
                                        models.Q(
                                            ("reviewed_by", models.F("approved_for")), _negated=True
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("reviewed_for", None),
                                        ("approved_by", None),
                                        models.Q(
                                            ("reviewed_for", models.F("approved_by")), _negated=True
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("reviewed_for", None),
                                        ("approved_for", None),
                                        models.Q(
                                            ("reviewed_for", models.F("approved_for")),
                                            _negated=True,
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                name="return_approved_stands_for_nobody_reviewed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "state__in",
                                            ["submitted", "reviewed", "approved", "published"],
                                        ),
                                        _negated=True,
                                    ),
                                    ("is_opening", True),
                                    models.Q(
                                        ("submitted_at__isnull", False),
                                        ("submitted_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="return_submitted_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["approved", "published"]), _negated=True
                                    ),
                                    models.Q(
                                        ("approved_at__isnull", False),
                                        ("approved_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="return_approved_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["reviewed", "approved", "published"]),
                                        _negated=True,
                                    ),
                                    ("is_opening", True),
                                    models.Q(
                                        ("reviewed_at__isnull", False),
                                        ("reviewed_by__isnull", False),
                                    ),
                                    ("review_waiver__isnull", False),
                                    _connector="OR",
                                ),
                                name="return_was_reviewed_or_waived",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WeeklyReport",
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
                            "progress_percent",
                            models.DecimalField(
                                blank=True,
                                decimal_places=1,
                                max_digits=4,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(Decimal("0")),
                                    django.core.validators.MaxValueValidator(Decimal("100")),
                                ],
                                verbose_name="本周累计形象进度（%）",
                            ),
                        ),
                        (
                            "completed_investment_fen",
                            models.BigIntegerField(
                                blank=True, null=True, verbose_name="累计完成投资（分）"
                            ),
                        ),
                        (
                            "work_done",
                            models.CharField(
                                blank=True, max_length=500, verbose_name="本周完成情况"
                            ),
                        ),
                        (
                            "problems",
                            models.CharField(blank=True, max_length=500, verbose_name="存在问题"),
                        ),
                        (
                            "coordination",
                            models.CharField(blank=True, max_length=500, verbose_name="需协调事项"),
                        ),
                        (
                            "next_plan",
                            models.CharField(blank=True, max_length=500, verbose_name="下周计划"),
                        ),
                        (
                            "workers_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="在场人数"
                            ),
                        ),
                        (
                            "claimed_start_on",
                            models.DateField(blank=True, null=True, verbose_name="实际开工日期"),
                        ),
                        (
                            "claimed_completion_on",
                            models.DateField(blank=True, null=True, verbose_name="实际完工日期"),
                        ),
                        ("is_unchanged", models.BooleanField(default=False, verbose_name="无变化")),
                        (
                            "unchanged_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="声明无变化时间"
                            ),
                        ),
                        (
                            "explanation",
                            models.CharField(blank=True, max_length=500, verbose_name="情况说明"),
                        ),
                        (
                            "source_row",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="来自行"
                            ),
                        ),
                        ("updated_at", models.DateTimeField(verbose_name="更新时间")),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="weekly_reports",
                                to="ledger.project",
                            ),
                        ),
                        (
                            "unchanged_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="声明人",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "upload",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="intake.upload",
                                verbose_name="来自文件",
                            ),
                        ),
                        (
                            "weekly_return",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reports",
                                to="weekly.weeklyreturn",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "项目周报",
                        "verbose_name_plural": "项目周报",
                        "ordering": ["weekly_return", "project__code"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("weekly_return", "project"), name="report_once_per_project"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("progress_percent", None),
                                    models.Q(
                                        ("progress_percent__gte", 0), ("progress_percent__lte", 100)
                                    ),
                                    _connector="OR",
                                ),
                                name="report_progress_in_range",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("completed_investment_fen", None),
                                    ("completed_investment_fen__gte", 0),
                                    _connector="OR",
                                ),
                                name="report_investment_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("unchanged_at", None), ("unchanged_by", None)),
                                    models.Q(
                                        ("is_unchanged", True),
                                        ("unchanged_at__isnull", False),
                                        ("unchanged_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="report_unchanged_at_and_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnEvent",
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
                            "act",
                            models.CharField(
                                choices=[
                                    ("open", "建立"),
                                    ("submit", "报送"),
                                    ("review", "街道审核"),
                                    ("approve", "区局核定"),
                                    ("send_back", "退回"),
                                    ("publish", "发布"),
                                    ("correct", "更正"),
                                ],
                                max_length=10,
                                verbose_name="操作",
                            ),
                        ),
                        (
                            "from_state",
                            models.CharField(blank=True, max_length=10, verbose_name="原状态"),
                        ),
                        ("to_state", models.CharField(max_length=10, verbose_name="新状态")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        (
                            "comment",
                            models.CharField(blank=True, max_length=500, verbose_name="意见"),
                        ),
                        ("rows", models.JSONField(default=list, verbose_name="当时内容")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "stands_for",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "weekly_return",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="weekly.weeklyreturn",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="ReportQuestion",
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
                        (
                            "weekly_return",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="questions",
                                to="weekly.weeklyreturn",
                                verbose_name="周报",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "校验提问",
                        "verbose_name_plural": "校验提问",
                        "ordering": ["weekly_return", "project", "rule"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("weekly_return", "project", "rule"),
                                name="report_question_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormDraft",
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
                        ("version", models.PositiveSmallIntegerField(verbose_name="版次")),
                        ("cells", models.JSONField(default=dict, verbose_name="各格内容")),
                        (
                            "base",
                            models.CharField(blank=True, max_length=40, verbose_name="所见的版本"),
                        ),
                        ("saved_at", models.DateTimeField(verbose_name="保存时间")),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="form_drafts",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="填报人",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="form_drafts",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="form_drafts",
                                to="accounts.organisation",
                                verbose_name="街道",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "填报草稿",
                        "verbose_name_plural": "填报草稿",
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("street", "week_start", "version", "project", "person"),
                                name="form_draft_once_per_person_and_project",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportingContact",
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
                        ("person", models.CharField(max_length=40, verbose_name="联系人")),
                        ("phone", models.CharField(max_length=30, verbose_name="电话")),
                        ("updated_at", models.DateTimeField(verbose_name="更新时间")),
                        (
                            "street",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reporting_contact",
                                to="accounts.organisation",
                                verbose_name="街道",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="更新人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "报送联系人",
                        "verbose_name_plural": "报送联系人",
                        "ordering": ["street"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("person", ""), _negated=True),
                                    models.Q(("phone", ""), _negated=True),
                                ),
                                name="reporting_contact_is_whole",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportingWeek",
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
                        ("is_asked", models.BooleanField(default=True, verbose_name="要求报送")),
                        ("opens_at", models.DateTimeField(verbose_name="开始")),
                        ("due_at", models.DateTimeField(null=True, verbose_name="截止")),
                        ("closes_at", models.DateTimeField(null=True, verbose_name="关闭")),
                        (
                            "frozen_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="锁定时间"),
                        ),
                        (
                            "bureau",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reporting_weeks",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "报送周",
                        "verbose_name_plural": "报送周",
                        "ordering": ["-week_start"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("bureau", "week_start"), name="reporting_week_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_asked", False),
                                    models.Q(
                                        ("closes_at__gte", models.F("due_at")),
                                        ("due_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="reporting_week_moments_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("week_start__gte", dt.date(2000, 1, 1)),
                                    ("week_start__lte", dt.date(2100, 12, 31)),
                                ),
                                name="reporting_week_in_known_years",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnOpening",
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
                        ("week_start", models.DateField(db_index=True, verbose_name="周一")),
                        ("version", models.PositiveSmallIntegerField(verbose_name="版次")),
                        ("opened_at", models.DateTimeField(verbose_name="首次打开时间")),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="return_openings",
                                to="accounts.organisation",
                                verbose_name="街道",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "首次打开",
                        "verbose_name_plural": "首次打开",
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("street", "week_start", "version"),
                                name="return_opening_once",
                            )
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="followup",
            name="weekly_return",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="follow_ups",
                to="weekly.weeklyreturn",
                verbose_name="周报",
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
    ]
