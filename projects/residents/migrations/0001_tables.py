"""The tables of the wing."""

import django.db.models.deletion
import django.db.models.expressions
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("residents", "0001_notices"),
        ("residents", "0003_meetings"),
        ("residents", "0005_aftercare_and_sharing"),
        ("residents", "0007_contributions_confirmed"),
        ("residents", "0008_contributions_recorded"),
        ("residents", "0009_contributions_signed"),
    ]

    dependencies = [
        ("ledger", "0001_tables"),
        ("records", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Evaluation",
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
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "待确认"),
                                    ("confirmed", "已确认"),
                                    ("withdrawn", "已作废"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "confirmed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="确认时间"),
                        ),
                        (
                            "withdrawn_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="作废原因"),
                        ),
                        (
                            "withdrawn_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        ("held_on", models.DateField(verbose_name="共评日期")),
                        ("resident_count", models.PositiveIntegerField(verbose_name="居民（人）")),
                        (
                            "representative_count",
                            models.PositiveIntegerField(verbose_name="居民代表（人）"),
                        ),
                        (
                            "street_count",
                            models.PositiveSmallIntegerField(verbose_name="街道社区（人）"),
                        ),
                        (
                            "bureau_count",
                            models.PositiveSmallIntegerField(verbose_name="区局（人）"),
                        ),
                        ("base_count", models.PositiveIntegerField(verbose_name="参评人数（人）")),
                        ("satisfied_count", models.PositiveIntegerField(verbose_name="满意（人）")),
                        ("basic_count", models.PositiveIntegerField(verbose_name="基本满意（人）")),
                        (
                            "unsatisfied_count",
                            models.PositiveIntegerField(verbose_name="不满意（人）"),
                        ),
                        ("summary", models.CharField(max_length=500, verbose_name="评价结论")),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="确认人",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="共评记录",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evaluations",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="作废人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "共同评价",
                        "verbose_name_plural": "共同评价",
                        "ordering": ["project", "-held_on", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "draft"),
                                        ("confirmed_at", None),
                                        ("confirmed_by", None),
                                    ),
                                    models.Q(
                                        ("state", "confirmed"),
                                        ("confirmed_at__isnull", False),
                                        ("confirmed_by__isnull", False),
                                        ("file__isnull", False),
                                    ),
                                    models.Q(
                                        ("state", "withdrawn"),
                                        models.Q(
                                            models.Q(
                                                ("confirmed_at", None), ("confirmed_by", None)
                                            ),
                                            models.Q(
                                                ("confirmed_at__isnull", False),
                                                ("confirmed_by__isnull", False),
                                                ("file__isnull", False),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="evaluation_confirmed_in_full",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confirmed_by", None),
                                    models.Q(
                                        ("confirmed_by", models.F("recorded_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="evaluation_confirmed_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("state", "withdrawn"), _negated=True),
                                        ("withdrawn_at", None),
                                        ("withdrawn_by", None),
                                        ("withdrawn_reason", ""),
                                    ),
                                    models.Q(
                                        ("state", "withdrawn"),
                                        ("withdrawn_at__isnull", False),
                                        ("withdrawn_by__isnull", False),
                                        models.Q(("withdrawn_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="evaluation_withdrawn_says_why",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["draft", "confirmed"])),
                                fields=("project", "held_on"),
                                name="evaluation_once_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "base_count__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("satisfied_count"),
                                                "+",
                                                models.F("basic_count"),
                                            ),
                                            "+",
                                            models.F("unsatisfied_count"),
                                        ),
                                    )
                                ),
                                name="evaluation_verdicts_within_base",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("base_count__gte", 1),
                                    (
                                        "base_count__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("resident_count"),
                                            "+",
                                            models.F("representative_count"),
                                        ),
                                    ),
                                ),
                                name="evaluation_base_took_part",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeeCollection",
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
                        ("from_on", models.DateField(verbose_name="起")),
                        ("to_on", models.DateField(verbose_name="止")),
                        ("due_fen", models.PositiveBigIntegerField(verbose_name="应收（分）")),
                        (
                            "collected_fen",
                            models.PositiveBigIntegerField(verbose_name="实收（分）"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "estate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="fee_collections",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "物业费收缴",
                        "verbose_name_plural": "物业费收缴",
                        "ordering": ["estate", "-to_on", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("estate", "from_on"), name="fee_period_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("to_on__gt", models.F("from_on"))),
                                name="fee_period_has_length",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("collected_fen__lte", models.F("due_fen")), ("due_fen__gte", 1)
                                ),
                                name="fee_collected_of_due",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FundEntry",
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
                            "move",
                            models.CharField(
                                choices=[
                                    ("established", "建立"),
                                    ("topped_up", "续筹"),
                                    ("used", "支用"),
                                ],
                                max_length=12,
                                verbose_name="事项",
                            ),
                        ),
                        ("moved_on", models.DateField(verbose_name="日期")),
                        ("amount_fen", models.PositiveBigIntegerField(verbose_name="金额（分）")),
                        (
                            "household_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="累计交存户数（户）"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=120, verbose_name="说明")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "estate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="fund_entries",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "维修资金",
                        "verbose_name_plural": "维修资金",
                        "ordering": ["estate", "moved_on", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("move", "established")),
                                fields=("estate",),
                                name="fund_established_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gte", 1)),
                                name="fund_amount_above_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("household_count", None),
                                        ("move", "used"),
                                        models.Q(("note", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("move", "used"), _negated=True),
                                        ("household_count__gte", 1),
                                        ("household_count__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="fund_says_who_paid_or_what_for",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Handover",
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
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "待确认"),
                                    ("confirmed", "已确认"),
                                    ("withdrawn", "已作废"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "confirmed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="确认时间"),
                        ),
                        (
                            "withdrawn_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="作废原因"),
                        ),
                        (
                            "withdrawn_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        ("handed_on", models.DateField(verbose_name="移交日期")),
                        ("handed_by", models.CharField(max_length=80, verbose_name="移交单位")),
                        ("taken_by", models.CharField(max_length=80, verbose_name="接收单位")),
                        ("items", models.JSONField(default=list, verbose_name="移交清单")),
                        (
                            "note",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="遗留问题和约定"
                            ),
                        ),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="确认人",
                            ),
                        ),
                        (
                            "estate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="handovers",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="移交文件",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="作废人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "移交管养",
                        "verbose_name_plural": "移交管养",
                        "ordering": ["estate", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "draft"),
                                        ("confirmed_at", None),
                                        ("confirmed_by", None),
                                    ),
                                    models.Q(
                                        ("state", "confirmed"),
                                        ("confirmed_at__isnull", False),
                                        ("confirmed_by__isnull", False),
                                        ("file__isnull", False),
                                    ),
                                    models.Q(
                                        ("state", "withdrawn"),
                                        models.Q(
                                            models.Q(
                                                ("confirmed_at", None), ("confirmed_by", None)
                                            ),
                                            models.Q(
                                                ("confirmed_at__isnull", False),
                                                ("confirmed_by__isnull", False),
                                                ("file__isnull", False),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="handover_confirmed_in_full",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confirmed_by", None),
                                    models.Q(
                                        ("confirmed_by", models.F("recorded_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="handover_confirmed_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("state", "withdrawn"), _negated=True),
                                        ("withdrawn_at", None),
                                        ("withdrawn_by", None),
                                        ("withdrawn_reason", ""),
                                    ),
                                    models.Q(
                                        ("state", "withdrawn"),
                                        ("withdrawn_at__isnull", False),
                                        ("withdrawn_by__isnull", False),
                                        models.Q(("withdrawn_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="handover_withdrawn_says_why",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["draft", "confirmed"])),
                                fields=("estate",),
                                name="handover_one_standing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("handed_by", ""), _negated=True),
                                    models.Q(("taken_by", ""), _negated=True),
                                ),
                                name="handover_names_both",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalCommittee",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("renewal", "自改委"),
                                    ("owners", "业主委员会"),
                                    ("management", "物业管理委员会"),
                                ],
                                max_length=12,
                                verbose_name="形式",
                            ),
                        ),
                        ("since_on", models.DateField(verbose_name="成立日期")),
                        (
                            "until_on",
                            models.DateField(blank=True, null=True, verbose_name="任期届满"),
                        ),
                        (
                            "member_count",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="人数（人）"
                            ),
                        ),
                        (
                            "filing_number",
                            models.CharField(blank=True, max_length=60, verbose_name="备案号"),
                        ),
                        (
                            "contact",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="联系岗位和电话"
                            ),
                        ),
                        (
                            "ended_on",
                            models.DateField(blank=True, null=True, verbose_name="终止日期"),
                        ),
                        (
                            "end_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="终止原因"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
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
                            "estate",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="备案文件",
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
                    ],
                    options={
                        "verbose_name": "historical 自治组织",
                        "verbose_name_plural": "historical 自治组织",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalContribution",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "待确认"),
                                    ("confirmed", "已确认"),
                                    ("withdrawn", "已作废"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "confirmed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="确认时间"),
                        ),
                        (
                            "withdrawn_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="作废原因"),
                        ),
                        (
                            "withdrawn_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        ("given_on", models.DateField(verbose_name="日期")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("money", "出资"),
                                    ("labour", "投劳"),
                                    ("material", "捐物"),
                                ],
                                max_length=8,
                                verbose_name="类别",
                            ),
                        ),
                        ("purpose", models.CharField(max_length=100, verbose_name="用途")),
                        (
                            "household_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="户数（户）"
                            ),
                        ),
                        (
                            "people_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="人数（人）"
                            ),
                        ),
                        (
                            "amount_fen",
                            models.PositiveBigIntegerField(
                                blank=True, null=True, verbose_name="金额（分）"
                            ),
                        ),
                        (
                            "hours",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="工时（小时）"
                            ),
                        ),
                        (
                            "things",
                            models.CharField(blank=True, max_length=100, verbose_name="物品"),
                        ),
                        (
                            "is_in_funding",
                            models.BooleanField(
                                default=False, verbose_name="已记入资金台账“居民出资”"
                            ),
                        ),
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
                            "confirmed_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="确认人",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="凭据",
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
                            "project",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="作废人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 居民投入",
                        "verbose_name_plural": "historical 居民投入",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalEvaluation",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "待确认"),
                                    ("confirmed", "已确认"),
                                    ("withdrawn", "已作废"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "confirmed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="确认时间"),
                        ),
                        (
                            "withdrawn_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="作废原因"),
                        ),
                        (
                            "withdrawn_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        ("held_on", models.DateField(verbose_name="共评日期")),
                        ("resident_count", models.PositiveIntegerField(verbose_name="居民（人）")),
                        (
                            "representative_count",
                            models.PositiveIntegerField(verbose_name="居民代表（人）"),
                        ),
                        (
                            "street_count",
                            models.PositiveSmallIntegerField(verbose_name="街道社区（人）"),
                        ),
                        (
                            "bureau_count",
                            models.PositiveSmallIntegerField(verbose_name="区局（人）"),
                        ),
                        ("base_count", models.PositiveIntegerField(verbose_name="参评人数（人）")),
                        ("satisfied_count", models.PositiveIntegerField(verbose_name="满意（人）")),
                        ("basic_count", models.PositiveIntegerField(verbose_name="基本满意（人）")),
                        (
                            "unsatisfied_count",
                            models.PositiveIntegerField(verbose_name="不满意（人）"),
                        ),
                        ("summary", models.CharField(max_length=500, verbose_name="评价结论")),
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
                            "confirmed_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="确认人",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="共评记录",
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
                            "project",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="作废人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 共同评价",
                        "verbose_name_plural": "historical 共同评价",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalFeeCollection",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("from_on", models.DateField(verbose_name="起")),
                        ("to_on", models.DateField(verbose_name="止")),
                        ("due_fen", models.PositiveBigIntegerField(verbose_name="应收（分）")),
                        (
                            "collected_fen",
                            models.PositiveBigIntegerField(verbose_name="实收（分）"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
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
                            "estate",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.estate",
                                verbose_name="小区",
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
                    ],
                    options={
                        "verbose_name": "historical 物业费收缴",
                        "verbose_name_plural": "historical 物业费收缴",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalFundEntry",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "move",
                            models.CharField(
                                choices=[
                                    ("established", "建立"),
                                    ("topped_up", "续筹"),
                                    ("used", "支用"),
                                ],
                                max_length=12,
                                verbose_name="事项",
                            ),
                        ),
                        ("moved_on", models.DateField(verbose_name="日期")),
                        ("amount_fen", models.PositiveBigIntegerField(verbose_name="金额（分）")),
                        (
                            "household_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="累计交存户数（户）"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=120, verbose_name="说明")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
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
                            "estate",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.estate",
                                verbose_name="小区",
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
                    ],
                    options={
                        "verbose_name": "historical 维修资金",
                        "verbose_name_plural": "historical 维修资金",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalHandover",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "待确认"),
                                    ("confirmed", "已确认"),
                                    ("withdrawn", "已作废"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "confirmed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="确认时间"),
                        ),
                        (
                            "withdrawn_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="作废原因"),
                        ),
                        (
                            "withdrawn_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        ("handed_on", models.DateField(verbose_name="移交日期")),
                        ("handed_by", models.CharField(max_length=80, verbose_name="移交单位")),
                        ("taken_by", models.CharField(max_length=80, verbose_name="接收单位")),
                        ("items", models.JSONField(default=list, verbose_name="移交清单")),
                        (
                            "note",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="遗留问题和约定"
                            ),
                        ),
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
                            "confirmed_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="确认人",
                            ),
                        ),
                        (
                            "estate",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="移交文件",
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
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="作废人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 移交管养",
                        "verbose_name_plural": "historical 移交管养",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalManagement",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "form",
                            models.CharField(
                                choices=[
                                    ("professional", "专业物业"),
                                    ("public", "国有物业托底"),
                                    ("community", "社区代管"),
                                    ("unit", "单位自管"),
                                    ("residents", "居民自管"),
                                ],
                                max_length=14,
                                verbose_name="管理方式",
                            ),
                        ),
                        ("manager", models.CharField(max_length=80, verbose_name="管理单位")),
                        ("since_on", models.DateField(verbose_name="合同起")),
                        (
                            "until_on",
                            models.DateField(blank=True, null=True, verbose_name="合同止"),
                        ),
                        (
                            "fee_fen",
                            models.PositiveBigIntegerField(
                                blank=True, null=True, verbose_name="物业费（分/㎡·月）"
                            ),
                        ),
                        (
                            "contact",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="联系岗位和电话"
                            ),
                        ),
                        (
                            "ended_on",
                            models.DateField(blank=True, null=True, verbose_name="终止日期"),
                        ),
                        (
                            "end_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="终止原因"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
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
                            "estate",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="服务合同",
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
                    ],
                    options={
                        "verbose_name": "historical 管理方式",
                        "verbose_name_plural": "historical 管理方式",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalMeeting",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("held_on", models.DateField(verbose_name="日期")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("council", "居民议事会"),
                                    ("bench", "板凳会"),
                                    ("building", "楼栋座谈"),
                                    ("owners", "业主大会"),
                                    ("other", "其他"),
                                ],
                                max_length=10,
                                verbose_name="形式",
                            ),
                        ),
                        ("place", models.CharField(max_length=60, verbose_name="地点")),
                        ("attended", models.PositiveIntegerField(verbose_name="到会人数（人）")),
                        ("summary", models.TextField(max_length=1000, verbose_name="议题和结论")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
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
                            "file",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="签到或纪要",
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
                            "project",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 议事",
                        "verbose_name_plural": "historical 议事",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalNotice",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "point",
                            models.CharField(
                                choices=[
                                    ("launch", "项目启动"),
                                    ("scheme", "方案确定"),
                                    ("contractor", "施工单位选定"),
                                    ("node", "重要节点施工前"),
                                    ("acceptance", "竣工验收"),
                                ],
                                max_length=12,
                                verbose_name="节点",
                            ),
                        ),
                        (
                            "node",
                            models.CharField(blank=True, max_length=40, verbose_name="施工内容"),
                        ),
                        (
                            "number",
                            models.PositiveSmallIntegerField(default=1, verbose_name="版次"),
                        ),
                        ("body", models.TextField(max_length=2000, verbose_name="告知内容")),
                        (
                            "tells_investment",
                            models.BooleanField(default=False, verbose_name="公示计划投资"),
                        ),
                        (
                            "period_days",
                            models.PositiveSmallIntegerField(verbose_name="公示期（工作日）"),
                        ),
                        ("channels", models.JSONField(default=list, verbose_name="公示渠道")),
                        ("place", models.CharField(max_length=80, verbose_name="张贴地点")),
                        ("feedback", models.CharField(max_length=120, verbose_name="意见反馈方式")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "草稿"),
                                    ("published", "公示中"),
                                    ("concluded", "已结束"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "told",
                            models.JSONField(default=dict, editable=False, verbose_name="台账内容"),
                        ),
                        ("drafted_at", models.DateTimeField(verbose_name="拟定时间")),
                        (
                            "posted_on",
                            models.DateField(blank=True, null=True, verbose_name="张贴日期"),
                        ),
                        (
                            "closes_on",
                            models.DateField(blank=True, null=True, verbose_name="期满日期"),
                        ),
                        (
                            "published_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="发布时间"),
                        ),
                        (
                            "concluded_on",
                            models.DateField(blank=True, null=True, verbose_name="结束日期"),
                        ),
                        (
                            "conclusion",
                            models.CharField(blank=True, max_length=300, verbose_name="公示结果"),
                        ),
                        (
                            "concluded_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="结束时间"),
                        ),
                        (
                            "withdrawn_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="撤回原因"),
                        ),
                        (
                            "withdrawn_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
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
                            "concluded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="结束人",
                            ),
                        ),
                        (
                            "drafted_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="拟定人",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="附图",
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
                            "photo",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="张贴照片",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="发布人",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="撤回人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 公示",
                        "verbose_name_plural": "historical 公示",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalOpinion",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("content", models.CharField(max_length=300, verbose_name="意见")),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("taken", "采纳"),
                                    ("partly", "部分采纳"),
                                    ("explained", "解释说明"),
                                    ("declined", "不采纳"),
                                ],
                                max_length=10,
                                verbose_name="处理结果",
                            ),
                        ),
                        (
                            "answer",
                            models.CharField(blank=True, max_length=300, verbose_name="办理情况"),
                        ),
                        (
                            "answered_on",
                            models.DateField(blank=True, null=True, verbose_name="办理日期"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
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
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "evaluation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="residents.evaluation",
                                verbose_name="共同评价",
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
                    ],
                    options={
                        "verbose_name": "historical 共评意见",
                        "verbose_name_plural": "historical 共评意见",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Management",
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
                            "form",
                            models.CharField(
                                choices=[
                                    ("professional", "专业物业"),
                                    ("public", "国有物业托底"),
                                    ("community", "社区代管"),
                                    ("unit", "单位自管"),
                                    ("residents", "居民自管"),
                                ],
                                max_length=14,
                                verbose_name="管理方式",
                            ),
                        ),
                        ("manager", models.CharField(max_length=80, verbose_name="管理单位")),
                        ("since_on", models.DateField(verbose_name="合同起")),
                        (
                            "until_on",
                            models.DateField(blank=True, null=True, verbose_name="合同止"),
                        ),
                        (
                            "fee_fen",
                            models.PositiveBigIntegerField(
                                blank=True, null=True, verbose_name="物业费（分/㎡·月）"
                            ),
                        ),
                        (
                            "contact",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="联系岗位和电话"
                            ),
                        ),
                        (
                            "ended_on",
                            models.DateField(blank=True, null=True, verbose_name="终止日期"),
                        ),
                        (
                            "end_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="终止原因"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "estate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="managements",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="服务合同",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "管理方式",
                        "verbose_name_plural": "管理方式",
                        "ordering": ["estate", "since_on", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_on", None)),
                                fields=("estate",),
                                name="management_one_standing",
                            ),
                            models.UniqueConstraint(
                                fields=("estate", "since_on"), name="management_one_since"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until_on", None),
                                    ("until_on__gte", models.F("since_on")),
                                    _connector="OR",
                                ),
                                name="management_term_ahead",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("end_reason", ""), ("ended_on", None)),
                                    models.Q(
                                        ("ended_on__gt", models.F("since_on")),
                                        ("ended_on__isnull", False),
                                        models.Q(("end_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="management_end_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("manager", ""), _negated=True),
                                name="management_names_manager",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("form", "professional"), _negated=True),
                                    models.Q(
                                        ("fee_fen__isnull", False), ("until_on__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="management_professional_has_contract",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Meeting",
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
                        ("held_on", models.DateField(verbose_name="日期")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("council", "居民议事会"),
                                    ("bench", "板凳会"),
                                    ("building", "楼栋座谈"),
                                    ("owners", "业主大会"),
                                    ("other", "其他"),
                                ],
                                max_length=10,
                                verbose_name="形式",
                            ),
                        ),
                        ("place", models.CharField(max_length=60, verbose_name="地点")),
                        ("attended", models.PositiveIntegerField(verbose_name="到会人数（人）")),
                        ("summary", models.TextField(max_length=1000, verbose_name="议题和结论")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="签到或纪要",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="meetings",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "议事",
                        "verbose_name_plural": "议事",
                        "ordering": ["-held_on", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("attended__gte", 1)),
                                name="meeting_somebody_came",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("place", ""), _negated=True),
                                name="meeting_has_place",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Matter",
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
                        ("content", models.CharField(max_length=200, verbose_name="问题")),
                        ("owner", models.CharField(max_length=60, verbose_name="解决单位或岗位")),
                        ("due_on", models.DateField(verbose_name="期限")),
                        (
                            "solved_on",
                            models.DateField(blank=True, null=True, verbose_name="解决日期"),
                        ),
                        (
                            "result",
                            models.CharField(blank=True, max_length=300, verbose_name="解决情况"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "evidence",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="佐证",
                            ),
                        ),
                        (
                            "solved_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="matters",
                                to="residents.meeting",
                                verbose_name="议事",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "议事问题",
                        "verbose_name_plural": "议事问题",
                        "ordering": ["meeting", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("evidence", None),
                                        ("result", ""),
                                        ("solved_by", None),
                                        ("solved_on", None),
                                    ),
                                    models.Q(
                                        models.Q(("result", ""), _negated=True),
                                        ("evidence__isnull", False),
                                        ("solved_by__isnull", False),
                                        ("solved_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="matter_solved_in_full",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("content", ""), _negated=True),
                                    models.Q(("owner", ""), _negated=True),
                                ),
                                name="matter_says_what_and_who",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalMatter",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("content", models.CharField(max_length=200, verbose_name="问题")),
                        ("owner", models.CharField(max_length=60, verbose_name="解决单位或岗位")),
                        ("due_on", models.DateField(verbose_name="期限")),
                        (
                            "solved_on",
                            models.DateField(blank=True, null=True, verbose_name="解决日期"),
                        ),
                        (
                            "result",
                            models.CharField(blank=True, max_length=300, verbose_name="解决情况"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
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
                            "evidence",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="佐证",
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
                            "solved_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="residents.meeting",
                                verbose_name="议事",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 议事问题",
                        "verbose_name_plural": "historical 议事问题",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Notice",
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
                            "point",
                            models.CharField(
                                choices=[
                                    ("launch", "项目启动"),
                                    ("scheme", "方案确定"),
                                    ("contractor", "施工单位选定"),
                                    ("node", "重要节点施工前"),
                                    ("acceptance", "竣工验收"),
                                ],
                                max_length=12,
                                verbose_name="节点",
                            ),
                        ),
                        (
                            "node",
                            models.CharField(blank=True, max_length=40, verbose_name="施工内容"),
                        ),
                        (
                            "number",
                            models.PositiveSmallIntegerField(default=1, verbose_name="版次"),
                        ),
                        ("body", models.TextField(max_length=2000, verbose_name="告知内容")),
                        (
                            "tells_investment",
                            models.BooleanField(default=False, verbose_name="公示计划投资"),
                        ),
                        (
                            "period_days",
                            models.PositiveSmallIntegerField(verbose_name="公示期（工作日）"),
                        ),
                        ("channels", models.JSONField(default=list, verbose_name="公示渠道")),
                        ("place", models.CharField(max_length=80, verbose_name="张贴地点")),
                        ("feedback", models.CharField(max_length=120, verbose_name="意见反馈方式")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "草稿"),
                                    ("published", "公示中"),
                                    ("concluded", "已结束"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "told",
                            models.JSONField(default=dict, editable=False, verbose_name="台账内容"),
                        ),
                        ("drafted_at", models.DateTimeField(verbose_name="拟定时间")),
                        (
                            "posted_on",
                            models.DateField(blank=True, null=True, verbose_name="张贴日期"),
                        ),
                        (
                            "closes_on",
                            models.DateField(blank=True, null=True, verbose_name="期满日期"),
                        ),
                        (
                            "published_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="发布时间"),
                        ),
                        (
                            "concluded_on",
                            models.DateField(blank=True, null=True, verbose_name="结束日期"),
                        ),
                        (
                            "conclusion",
                            models.CharField(blank=True, max_length=300, verbose_name="公示结果"),
                        ),
                        (
                            "concluded_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="结束时间"),
                        ),
                        (
                            "withdrawn_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="撤回原因"),
                        ),
                        (
                            "withdrawn_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "concluded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="结束人",
                            ),
                        ),
                        (
                            "drafted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="拟定人",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="附图",
                            ),
                        ),
                        (
                            "photo",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="张贴照片",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notices",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="发布人",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="撤回人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "公示",
                        "verbose_name_plural": "公示",
                        "ordering": ["project", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("posted_on__isnull", False)),
                                fields=("project", "point", "node", "number"),
                                name="notice_number_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "draft")),
                                fields=("project", "point", "node"),
                                name="notice_one_draft_per_point",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["published", "concluded"])),
                                fields=("project", "point", "node"),
                                name="notice_one_standing_per_point",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("node__gt", ""), ("point", "node")),
                                    models.Q(
                                        models.Q(("point", "node"), _negated=True), ("node", "")
                                    ),
                                    _connector="OR",
                                ),
                                name="notice_names_its_node",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("period_days__gte", 1)),
                                name="notice_period_above_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("closes_on", None),
                                        ("posted_on", None),
                                        ("published_at", None),
                                        ("published_by", None),
                                    ),
                                    models.Q(
                                        ("closes_on__gt", models.F("posted_on")),
                                        ("posted_on__isnull", False),
                                        ("published_at__isnull", False),
                                        ("published_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="notice_posted_has_publisher",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "withdrawn"),
                                    models.Q(("posted_on", None), ("state", "draft")),
                                    models.Q(
                                        ("state__in", ["published", "concluded"]),
                                        ("posted_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="notice_state_fits_posting",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("published_by", None),
                                    models.Q(
                                        ("published_by", models.F("drafted_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="notice_publisher_did_not_draft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("state", "concluded"), _negated=True),
                                        models.Q(
                                            ("state", "withdrawn"),
                                            models.Q(
                                                ("concluded_at", None), ("concluded_on", None)
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("concluded_at__isnull", False),
                                        ("concluded_by__isnull", False),
                                        ("concluded_on__gt", models.F("closes_on")),
                                        ("photo__isnull", False),
                                        ("state", "concluded"),
                                    ),
                                    _connector="OR",
                                ),
                                name="notice_concluded_after_its_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("state", "withdrawn"), _negated=True),
                                        ("withdrawn_at", None),
                                        ("withdrawn_by", None),
                                        ("withdrawn_reason", ""),
                                    ),
                                    models.Q(
                                        ("state", "withdrawn"),
                                        ("withdrawn_at__isnull", False),
                                        ("withdrawn_by__isnull", False),
                                        models.Q(("withdrawn_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="notice_withdrawn_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Objection",
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
                        ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                        ("raised_on", models.DateField(verbose_name="提出日期")),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("visit", "当面"),
                                    ("phone", "电话"),
                                    ("letter", "书面"),
                                    ("chat", "微信群"),
                                    ("online", "网上留言"),
                                ],
                                max_length=8,
                                verbose_name="提出方式",
                            ),
                        ),
                        (
                            "who_sealed",
                            models.BinaryField(blank=True, null=True, verbose_name="提出人"),
                        ),
                        ("content", models.CharField(max_length=500, verbose_name="内容")),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("taken", "采纳"),
                                    ("partly", "部分采纳"),
                                    ("explained", "解释说明"),
                                    ("declined", "不采纳"),
                                ],
                                max_length=10,
                                verbose_name="处理结果",
                            ),
                        ),
                        (
                            "answer",
                            models.CharField(blank=True, max_length=500, verbose_name="答复"),
                        ),
                        (
                            "answer_way",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("visit", "当面"),
                                    ("phone", "电话"),
                                    ("letter", "书面"),
                                    ("chat", "微信群"),
                                    ("online", "网上留言"),
                                ],
                                max_length=8,
                                verbose_name="答复方式",
                            ),
                        ),
                        (
                            "answered_on",
                            models.DateField(blank=True, null=True, verbose_name="答复日期"),
                        ),
                        (
                            "answered_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="答复登记时间"
                            ),
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
                            "notice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="objections",
                                to="residents.notice",
                                verbose_name="公示",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "公示异议",
                        "verbose_name_plural": "公示异议",
                        "ordering": ["notice", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("notice", "number"), name="objection_number_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("content", ""), _negated=True),
                                name="objection_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answer", ""),
                                        ("answer_way", ""),
                                        ("answered_at", None),
                                        ("answered_by", None),
                                        ("answered_on", None),
                                        ("outcome", ""),
                                    ),
                                    models.Q(
                                        models.Q(("outcome", ""), _negated=True),
                                        models.Q(("answer", ""), _negated=True),
                                        models.Q(("answer_way", ""), _negated=True),
                                        ("answered_at__isnull", False),
                                        ("answered_by__isnull", False),
                                        ("answered_on__gte", models.F("raised_on")),
                                    ),
                                    _connector="OR",
                                ),
                                name="objection_answered_in_full",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Opinion",
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
                        ("content", models.CharField(max_length=300, verbose_name="意见")),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("taken", "采纳"),
                                    ("partly", "部分采纳"),
                                    ("explained", "解释说明"),
                                    ("declined", "不采纳"),
                                ],
                                max_length=10,
                                verbose_name="处理结果",
                            ),
                        ),
                        (
                            "answer",
                            models.CharField(blank=True, max_length=300, verbose_name="办理情况"),
                        ),
                        (
                            "answered_on",
                            models.DateField(blank=True, null=True, verbose_name="办理日期"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "evaluation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="opinions",
                                to="residents.evaluation",
                                verbose_name="共同评价",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "共评意见",
                        "verbose_name_plural": "共评意见",
                        "ordering": ["evaluation", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("content", ""), _negated=True),
                                name="opinion_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answer", ""),
                                        ("answered_by", None),
                                        ("answered_on", None),
                                        ("outcome", ""),
                                    ),
                                    models.Q(
                                        models.Q(("outcome", ""), _negated=True),
                                        models.Q(("answer", ""), _negated=True),
                                        ("answered_by__isnull", False),
                                        ("answered_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="opinion_answered_in_full",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Committee",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("renewal", "自改委"),
                                    ("owners", "业主委员会"),
                                    ("management", "物业管理委员会"),
                                ],
                                max_length=12,
                                verbose_name="形式",
                            ),
                        ),
                        ("since_on", models.DateField(verbose_name="成立日期")),
                        (
                            "until_on",
                            models.DateField(blank=True, null=True, verbose_name="任期届满"),
                        ),
                        (
                            "member_count",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="人数（人）"
                            ),
                        ),
                        (
                            "filing_number",
                            models.CharField(blank=True, max_length=60, verbose_name="备案号"),
                        ),
                        (
                            "contact",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="联系岗位和电话"
                            ),
                        ),
                        (
                            "ended_on",
                            models.DateField(blank=True, null=True, verbose_name="终止日期"),
                        ),
                        (
                            "end_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="终止原因"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "estate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="committees",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="备案文件",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "自治组织",
                        "verbose_name_plural": "自治组织",
                        "ordering": ["estate", "since_on", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_on", None)),
                                fields=("estate",),
                                name="committee_one_standing",
                            ),
                            models.UniqueConstraint(
                                fields=("estate", "since_on"), name="committee_one_since"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until_on", None),
                                    ("until_on__gte", models.F("since_on")),
                                    _connector="OR",
                                ),
                                name="committee_term_ahead",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("end_reason", ""), ("ended_on", None)),
                                    models.Q(
                                        ("ended_on__gt", models.F("since_on")),
                                        ("ended_on__isnull", False),
                                        models.Q(("end_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="committee_end_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contribution",
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
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "待确认"),
                                    ("confirmed", "已确认"),
                                    ("withdrawn", "已作废"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "confirmed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="确认时间"),
                        ),
                        (
                            "withdrawn_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="作废原因"),
                        ),
                        (
                            "withdrawn_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        ("given_on", models.DateField(verbose_name="日期")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("money", "出资"),
                                    ("labour", "投劳"),
                                    ("material", "捐物"),
                                ],
                                max_length=8,
                                verbose_name="类别",
                            ),
                        ),
                        ("purpose", models.CharField(max_length=100, verbose_name="用途")),
                        (
                            "household_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="户数（户）"
                            ),
                        ),
                        (
                            "people_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="人数（人）"
                            ),
                        ),
                        (
                            "amount_fen",
                            models.PositiveBigIntegerField(
                                blank=True, null=True, verbose_name="金额（分）"
                            ),
                        ),
                        (
                            "hours",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="工时（小时）"
                            ),
                        ),
                        (
                            "things",
                            models.CharField(blank=True, max_length=100, verbose_name="物品"),
                        ),
                        (
                            "is_in_funding",
                            models.BooleanField(
                                default=False, verbose_name="已记入资金台账“居民出资”"
                            ),
                        ),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="确认人",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="凭据",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contributions",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="作废人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "居民投入",
                        "verbose_name_plural": "居民投入",
                        "ordering": ["-given_on", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "draft"),
                                        ("confirmed_at", None),
                                        ("confirmed_by", None),
                                    ),
                                    models.Q(
                                        ("state", "confirmed"),
                                        ("confirmed_at__isnull", False),
                                        ("confirmed_by__isnull", False),
                                        ("file__isnull", False),
                                    ),
                                    models.Q(
                                        ("state", "withdrawn"),
                                        models.Q(
                                            models.Q(
                                                ("confirmed_at", None), ("confirmed_by", None)
                                            ),
                                            models.Q(
                                                ("confirmed_at__isnull", False),
                                                ("confirmed_by__isnull", False),
                                                ("file__isnull", False),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="contribution_confirmed_in_full",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confirmed_by", None),
                                    models.Q(
                                        ("confirmed_by", models.F("recorded_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="contribution_confirmed_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("state", "withdrawn"), _negated=True),
                                        ("withdrawn_at", None),
                                        ("withdrawn_by", None),
                                        ("withdrawn_reason", ""),
                                    ),
                                    models.Q(
                                        ("state", "withdrawn"),
                                        ("withdrawn_at__isnull", False),
                                        ("withdrawn_by__isnull", False),
                                        models.Q(("withdrawn_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="contribution_withdrawn_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount_fen__gte", 1),
                                        ("amount_fen__isnull", False),
                                        ("hours", None),
                                        ("kind", "money"),
                                        ("things", ""),
                                    ),
                                    models.Q(
                                        ("amount_fen", None),
                                        ("hours__gte", 1),
                                        ("hours__isnull", False),
                                        ("is_in_funding", False),
                                        ("kind", "labour"),
                                        ("things", ""),
                                    ),
                                    models.Q(
                                        ("hours", None),
                                        ("is_in_funding", False),
                                        ("kind", "material"),
                                        models.Q(("things", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="contribution_fits_its_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("household_count__gte", 1),
                                        ("household_count__isnull", False),
                                    ),
                                    models.Q(
                                        ("people_count__gte", 1), ("people_count__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="contribution_says_how_many",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("purpose", ""), _negated=True),
                                name="contribution_says_what_for",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
