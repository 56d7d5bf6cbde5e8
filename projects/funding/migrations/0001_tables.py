"""The tables of the wing."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("funding", "0001_initial"),
        ("funding", "0003_forecasts_applications_accounts_findings"),
        ("funding", "0006_owners_numbers_versions"),
        ("funding", "0008_finding_handed_over"),
    ]

    dependencies = [
        ("accounts", "0001_tables"),
        ("ledger", "0001_tables"),
        ("records", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Application",
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
                        ("title", models.CharField(max_length=80, verbose_name="名称")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "拟报"),
                                    ("reported", "已报"),
                                    ("granted", "批复"),
                                    ("refused", "未获批"),
                                ],
                                db_index=True,
                                default="draft",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="申报文号"),
                        ),
                        (
                            "reported_on",
                            models.DateField(blank=True, null=True, verbose_name="申报日期"),
                        ),
                        (
                            "decision_number",
                            models.CharField(blank=True, max_length=60, verbose_name="批复文号"),
                        ),
                        (
                            "decided_on",
                            models.DateField(blank=True, null=True, verbose_name="批复日期"),
                        ),
                        (
                            "refusal_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="未获批原因"),
                        ),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                        ("drafted_at", models.DateTimeField(verbose_name="拟报时间")),
                        (
                            "decided_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="登记批复时间"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "bureau",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="区局",
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
                                verbose_name="登记批复的人",
                            ),
                        ),
                        (
                            "drafted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="拟报人",
                            ),
                        ),
                        (
                            "reported_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="报送人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "上级资金申请",
                        "verbose_name_plural": "上级资金申请",
                        "ordering": ["-drafted_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "draft"),
                                    models.Q(
                                        ("reported_by__isnull", False),
                                        ("reported_on__isnull", False),
                                        models.Q(("document_number", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="application_reported_with_document",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["draft", "reported"]),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        ("decided_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="application_decided_on_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "granted"), _negated=True),
                                    models.Q(("decision_number", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="application_granted_by_document",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "refused"), _negated=True),
                                    models.Q(("refusal_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="application_refused_with_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_on", None),
                                    ("decided_on__gte", models.F("reported_on")),
                                    _connector="OR",
                                ),
                                name="application_decided_after_report",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", None),
                                    models.Q(
                                        ("decided_by", models.F("reported_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="application_decider_did_not_report",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApplicationFile",
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
                                choices=[("asked", "申报文件"), ("decision", "批复文件")],
                                max_length=8,
                                verbose_name="种类",
                            ),
                        ),
                        (
                            "application",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="files",
                                to="funding.application",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="AuditFinding",
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
                        ("number", models.CharField(max_length=20, verbose_name="编号")),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("following", "工程跟踪审计"),
                                    ("settlement", "竣工结算审计"),
                                    ("finance", "财政监督检查"),
                                    ("internal", "区局内部审计"),
                                    ("other", "其他检查"),
                                ],
                                max_length=12,
                                verbose_name="来源",
                            ),
                        ),
                        ("title", models.CharField(max_length=80, verbose_name="问题")),
                        (
                            "detail",
                            models.CharField(blank=True, max_length=500, verbose_name="具体情况"),
                        ),
                        ("found_on", models.DateField(verbose_name="发现日期")),
                        (
                            "amount_fen",
                            models.BigIntegerField(default=0, verbose_name="涉及金额（分）"),
                        ),
                        (
                            "severity",
                            models.CharField(
                                choices=[("minor", "一般"), ("major", "较重"), ("grave", "严重")],
                                max_length=8,
                                verbose_name="程度",
                            ),
                        ),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="审计文号"),
                        ),
                        ("responsible", models.CharField(max_length=80, verbose_name="责任单位")),
                        ("deadline_on", models.DateField(verbose_name="整改期限")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "待整改"),
                                    ("answered", "已报整改"),
                                    ("closed", "已销号"),
                                ],
                                db_index=True,
                                default="open",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "reopen_count",
                            models.PositiveSmallIntegerField(
                                default=0, verbose_name="重新整改次数"
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "closed_on",
                            models.DateField(blank=True, null=True, verbose_name="销号日期"),
                        ),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="报整改的人",
                            ),
                        ),
                        (
                            "bureau",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="区局",
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
                                verbose_name="销号人",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="责任岗位",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="audit_findings",
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
                            "report",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="审计文件",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "审计问题",
                        "verbose_name_plural": "审计问题",
                        "ordering": ["deadline_on", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("bureau", "number"), name="finding_number_once_per_bureau"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gte", 0)),
                                name="finding_amount_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("deadline_on__gte", models.F("found_on"))),
                                name="finding_deadline_after_finding",
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
                                name="finding_closed_on_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("closed_by", None),
                                    models.Q(("closed_by", models.F("owner")), _negated=True),
                                    _connector="OR",
                                ),
                                name="finding_closed_by_another_than_owner",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("closed_by", None),
                                    ("answered_by", None),
                                    models.Q(("closed_by", models.F("answered_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="finding_closed_by_another_than_answered",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FindingStep",
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
                                    ("record", "登记"),
                                    ("answer", "报整改"),
                                    ("send_back", "退回整改"),
                                    ("close", "销号"),
                                    ("reopen", "重新整改"),
                                    ("hand_over", "转交"),
                                ],
                                max_length=10,
                                verbose_name="操作",
                            ),
                        ),
                        (
                            "from_state",
                            models.CharField(blank=True, max_length=8, verbose_name="原状态"),
                        ),
                        ("to_state", models.CharField(max_length=8, verbose_name="新状态")),
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
                            "file",
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
                            "finding",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="funding.auditfinding",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Forecast",
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
                        ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                        ("quarter_number", models.PositiveSmallIntegerField(verbose_name="季度")),
                        ("version", models.PositiveSmallIntegerField(verbose_name="版次")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "待核"),
                                    ("approved", "已核定"),
                                    ("rejected", "已退回"),
                                ],
                                default="pending",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("made_at", models.DateTimeField(verbose_name="编制时间")),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="核定时间"),
                        ),
                        (
                            "comment",
                            models.CharField(blank=True, max_length=200, verbose_name="退回原因"),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="核定人",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="编制人",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="forecasts",
                                to="ledger.project",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "用款预测",
                        "verbose_name_plural": "用款预测",
                        "ordering": ["project", "year", "quarter_number", "version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("project", "year", "quarter_number", "version"),
                                name="forecast_version_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "pending")),
                                fields=("project", "year", "quarter_number"),
                                name="forecast_one_version_waits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("quarter_number__gte", 1), ("quarter_number__lte", 4)
                                ),
                                name="forecast_quarter_in_range",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "pending"),
                                    models.Q(
                                        ("decided_at__isnull", False), ("decided_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="forecast_decided_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", None),
                                    models.Q(("decided_by", models.F("made_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="forecast_approver_did_not_make",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FundingSource",
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
                        ("code", models.SlugField(max_length=30, verbose_name="代码")),
                        ("name", models.CharField(max_length=40, verbose_name="名称")),
                        ("is_fiscal", models.BooleanField(default=True, verbose_name="财政资金")),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
                        ("is_active", models.BooleanField(default=True, verbose_name="在用")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "bureau",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="funding_sources",
                                to="accounts.organisation",
                                verbose_name="区局",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "资金来源",
                        "verbose_name_plural": "资金来源",
                        "ordering": ["order", "code"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("bureau", None)),
                                fields=("code",),
                                name="funding_source_shared_code_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("bureau", None)),
                                fields=("name",),
                                name="funding_source_shared_name_once",
                            ),
                            models.UniqueConstraint(
                                fields=("bureau", "code"),
                                name="funding_source_code_once_per_bureau",
                            ),
                            models.UniqueConstraint(
                                fields=("bureau", "name"),
                                name="funding_source_name_once_per_bureau",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FundingPlan",
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
                        ("planned_fen", models.BigIntegerField(verbose_name="计划（分）")),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="funding_plans",
                                to="ledger.project",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="funding.fundingsource",
                                verbose_name="资金来源",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "资金计划",
                        "verbose_name_plural": "资金计划",
                        "ordering": ["project", "source__order"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("project", "source"), name="funding_plan_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("planned_fen__gte", 0)),
                                name="funding_plan_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FundingEvent",
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
                            "stage",
                            models.CharField(
                                choices=[
                                    ("allocated", "下达"),
                                    ("received", "到位"),
                                    ("released", "拨付"),
                                    ("paid", "支付"),
                                ],
                                max_length=10,
                                verbose_name="环节",
                            ),
                        ),
                        ("amount_fen", models.BigIntegerField(verbose_name="金额（分）")),
                        ("occurred_on", models.DateField(verbose_name="日期")),
                        ("effective_on", models.DateField(db_index=True, verbose_name="计入日期")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="文号"),
                        ),
                        (
                            "reason",
                            models.CharField(blank=True, max_length=200, verbose_name="更正原因"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "待核"),
                                    ("approved", "已核定"),
                                    ("rejected", "已退回"),
                                ],
                                default="pending",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "approved_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="核定时间"),
                        ),
                        ("is_opening", models.BooleanField(default=False, verbose_name="期初导入")),
                        (
                            "approved_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="核定人",
                            ),
                        ),
                        (
                            "corrects",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="funding.fundingevent",
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
                                verbose_name="依据文件",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="funding_events",
                                to="ledger.project",
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
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="funding.fundingsource",
                                verbose_name="资金来源",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "资金台账",
                        "verbose_name_plural": "资金台账",
                        "ordering": ["effective_on", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["project", "stage", "effective_on"],
                                name="funding_fun_project_fdaa1a_idx",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen", 0), _negated=True),
                                name="funding_event_not_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount_fen__gt", 0),
                                    ("corrects__isnull", False),
                                    _connector="OR",
                                ),
                                name="funding_event_negative_only_as_correction",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("corrects", None),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="funding_correction_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("corrects__isnull", False),
                                    ("effective_on", models.F("occurred_on")),
                                    _connector="OR",
                                ),
                                name="funding_event_counts_from_its_date",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "approved"), _negated=True),
                                    models.Q(
                                        ("approved_at__isnull", False),
                                        ("approved_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="funding_event_approved_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by", None),
                                    models.Q(
                                        ("approved_by", models.F("recorded_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="funding_approver_did_not_record",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ForecastLine",
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
                        ("amount_fen", models.BigIntegerField(verbose_name="预测支付（分）")),
                        (
                            "forecast",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="funding.forecast",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="funding.fundingsource",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["forecast", "source__order"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("forecast", "source"), name="forecast_line_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gte", 0)),
                                name="forecast_line_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GrantedAllocation",
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
                        ("linked_at", models.DateTimeField(verbose_name="关联时间")),
                        (
                            "application",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="allocations",
                                to="funding.application",
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="granted_allocation",
                                to="funding.fundingevent",
                            ),
                        ),
                        (
                            "linked_by",
                            models.ForeignKey(
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
                    name="HistoricalFundingPlan",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("planned_fen", models.BigIntegerField(verbose_name="计划（分）")),
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
                            "project",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.project",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="funding.fundingsource",
                                verbose_name="资金来源",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 资金计划",
                        "verbose_name_plural": "historical 资金计划",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalFundingSource",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=30, verbose_name="代码")),
                        ("name", models.CharField(max_length=40, verbose_name="名称")),
                        ("is_fiscal", models.BooleanField(default=True, verbose_name="财政资金")),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
                        ("is_active", models.BooleanField(default=True, verbose_name="在用")),
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
                            "bureau",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="区局",
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
                        "verbose_name": "historical 资金来源",
                        "verbose_name_plural": "historical 资金来源",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalProjectAccount",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="户名")),
                        ("bank", models.CharField(max_length=80, verbose_name="开户银行")),
                        (
                            "number_tail",
                            models.CharField(
                                editable=False, max_length=4, verbose_name="账号后四位"
                            ),
                        ),
                        ("purpose", models.CharField(max_length=200, verbose_name="用途")),
                        ("opened_on", models.DateField(verbose_name="开户日期")),
                        (
                            "closed_on",
                            models.DateField(blank=True, null=True, verbose_name="销户日期"),
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
                        "verbose_name": "historical 资金专户",
                        "verbose_name_plural": "historical 资金专户",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="ProjectAccount",
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
                        ("name", models.CharField(max_length=80, verbose_name="户名")),
                        ("bank", models.CharField(max_length=80, verbose_name="开户银行")),
                        ("number_sealed", models.BinaryField(verbose_name="账号（密文）")),
                        (
                            "number_hash",
                            models.CharField(
                                editable=False, max_length=64, unique=True, verbose_name="账号摘要"
                            ),
                        ),
                        (
                            "number_tail",
                            models.CharField(
                                editable=False, max_length=4, verbose_name="账号后四位"
                            ),
                        ),
                        ("purpose", models.CharField(max_length=200, verbose_name="用途")),
                        ("opened_on", models.DateField(verbose_name="开户日期")),
                        (
                            "closed_on",
                            models.DateField(blank=True, null=True, verbose_name="销户日期"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accounts",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "资金专户",
                        "verbose_name_plural": "资金专户",
                        "ordering": ["project", "opened_on", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("closed_on", None),
                                    ("closed_on__gte", models.F("opened_on")),
                                    _connector="OR",
                                ),
                                name="account_closes_after_opening",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AccountNaming",
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
                            "reason",
                            models.CharField(blank=True, max_length=200, verbose_name="改记原因"),
                        ),
                        ("named_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "named_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="account_namings",
                                to="funding.fundingevent",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="namings",
                                to="funding.projectaccount",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="StatementBalance",
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
                        ("month_end_on", models.DateField(verbose_name="月末")),
                        ("version", models.PositiveSmallIntegerField(verbose_name="版次")),
                        ("balance_fen", models.BigIntegerField(verbose_name="对账单余额（分）")),
                        (
                            "explanation",
                            models.CharField(blank=True, max_length=200, verbose_name="差额说明"),
                        ),
                        (
                            "reason",
                            models.CharField(blank=True, max_length=200, verbose_name="更正原因"),
                        ),
                        ("entered_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="statements",
                                to="funding.projectaccount",
                            ),
                        ),
                        (
                            "entered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "scan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="对账单扫描件",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "对账单余额",
                        "verbose_name_plural": "对账单余额",
                        "ordering": ["account", "month_end_on", "version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "month_end_on", "version"),
                                name="statement_version_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("balance_fen__gte", 0)),
                                name="statement_balance_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("version", 1),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="statement_correction_has_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VarianceExplanation",
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
                        ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                        ("quarter_number", models.PositiveSmallIntegerField(verbose_name="季度")),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("progress", "施工进度快于或慢于预测"),
                                    ("funds", "资金到位早于或晚于预测"),
                                    ("settlement", "计量、结算审核未完成"),
                                    ("papers", "发票或支付手续未齐"),
                                    ("scope", "改造内容或工程量变更"),
                                    ("forecast", "预测不准或漏报"),
                                    ("other", "其他"),
                                ],
                                max_length=12,
                                verbose_name="原因",
                            ),
                        ),
                        ("text", models.CharField(max_length=300, verbose_name="说明")),
                        (
                            "forecast_fen",
                            models.BigIntegerField(null=True, verbose_name="预测（分）"),
                        ),
                        ("actual_fen", models.BigIntegerField(verbose_name="实际（分）")),
                        ("explained_at", models.DateTimeField(verbose_name="说明时间")),
                        (
                            "explained_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="variance_explanations",
                                to="ledger.project",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="funding.fundingsource",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "偏差说明",
                        "verbose_name_plural": "偏差说明",
                        "ordering": ["pk"],
                        "indexes": [
                            models.Index(
                                fields=["project", "year", "quarter_number"],
                                name="funding_var_project_629fc5_idx",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("quarter_number__gte", 1), ("quarter_number__lte", 4)
                                ),
                                name="explanation_quarter_in_range",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="explanation_has_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApplicationItem",
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
                        ("asked_fen", models.BigIntegerField(verbose_name="申请（分）")),
                        (
                            "granted_fen",
                            models.BigIntegerField(
                                blank=True, null=True, verbose_name="批复（分）"
                            ),
                        ),
                        (
                            "application",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="funding.application",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="application_items",
                                to="ledger.project",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["application", "project__code"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("application", "project"), name="application_item_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("asked_fen__gt", 0)),
                                name="application_item_asks",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("granted_fen", None), ("granted_fen__gte", 0), _connector="OR"
                                ),
                                name="application_item_grant_not_negative",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="application",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="applications",
                to="funding.fundingsource",
                verbose_name="申请的资金",
            ),
        ),
    ]
