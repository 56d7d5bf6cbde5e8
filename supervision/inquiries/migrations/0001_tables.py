"""The tables of the wing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("inquiries", "0001_initial"),
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
                    name="Inquiry",
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
                            "number",
                            models.SlugField(max_length=20, unique=True, verbose_name="编号"),
                        ),
                        ("title", models.CharField(max_length=40, verbose_name="名称")),
                        ("purpose", models.CharField(max_length=300, verbose_name="用途")),
                        (
                            "subject",
                            models.CharField(
                                choices=[("project", "项目"), ("street", "街道")],
                                max_length=8,
                                verbose_name="按什么填",
                            ),
                        ),
                        ("due_at", models.DateTimeField(verbose_name="最后期限")),
                        (
                            "first_due_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="批准时的期限"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "草稿"),
                                    ("submitted", "待批准"),
                                    ("open", "正在收数"),
                                    ("closed", "已结束"),
                                    ("cancelled", "已撤销"),
                                ],
                                db_index=True,
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("drafted_at", models.DateTimeField(verbose_name="拟定时间")),
                        (
                            "submitted_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="提请时间"),
                        ),
                        (
                            "approved_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="发出时间"),
                        ),
                        (
                            "closed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="结束时间"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "approved_by",
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
                            "bureau",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="inquiries",
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
                            "programme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="inquiries",
                                to="ledger.programme",
                                verbose_name="年度计划",
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
                                verbose_name="提请人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "临时收数",
                        "verbose_name_plural": "临时收数",
                        "ordering": ["-drafted_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("purpose", ""), _negated=True),
                                    models.Q(("title", ""), _negated=True),
                                ),
                                name="inquiry_has_purpose",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by", None),
                                    models.Q(
                                        ("approved_by", models.F("drafted_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="inquiry_approver_did_not_draft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by", None),
                                    ("submitted_by", None),
                                    models.Q(
                                        ("approved_by", models.F("submitted_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="inquiry_approver_did_not_submit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["open", "closed"]), _negated=True),
                                    models.Q(
                                        ("approved_at__isnull", False),
                                        ("approved_by__isnull", False),
                                        ("first_due_at__isnull", False),
                                        ("submitted_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="inquiry_open_is_approved",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("closed_by__isnull", False),
                                        ("state", "closed"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "closed"), _negated=True),
                                        ("closed_at", None),
                                        ("closed_by", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="inquiry_closed_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("first_due_at", None),
                                    ("due_at__gte", models.F("first_due_at")),
                                    _connector="OR",
                                ),
                                name="inquiry_due_moves_later_only",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FilledColumn",
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
                        ("code", models.CharField(max_length=80, verbose_name="已有的列")),
                        ("place", models.PositiveSmallIntegerField(verbose_name="次序")),
                        (
                            "inquiry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="filled_columns",
                                to="inquiries.inquiry",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "平台填好的列",
                        "verbose_name_plural": "平台填好的列",
                        "ordering": ["inquiry", "place"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("inquiry", "code"), name="filled_column_once"
                            ),
                            models.UniqueConstraint(
                                fields=("inquiry", "place"), name="filled_column_place_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("place__gte", 1), ("place__lte", 10)),
                                name="filled_column_at_most_ten",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AskedRow",
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
                            "filled",
                            models.JSONField(blank=True, default=dict, verbose_name="平台填好的"),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.project",
                            ),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "inquiry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="inquiries.inquiry",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["inquiry", "street__order", "project__code"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("project__isnull", False)),
                                fields=("inquiry", "project"),
                                name="asked_row_once_per_project",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("project", None)),
                                fields=("inquiry", "street"),
                                name="asked_row_once_per_street",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AskedColumn",
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
                        ("place", models.PositiveSmallIntegerField(verbose_name="次序")),
                        ("label", models.CharField(max_length=20, verbose_name="列名")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("integer", "整数"),
                                    ("decimal", "小数"),
                                    ("amount", "金额（万元）"),
                                    ("date", "日期"),
                                    ("yes_no", "是否"),
                                    ("choice", "选项"),
                                    ("text", "文字"),
                                ],
                                max_length=8,
                                verbose_name="填什么",
                            ),
                        ),
                        ("unit", models.CharField(blank=True, max_length=8, verbose_name="单位")),
                        (
                            "places",
                            models.PositiveSmallIntegerField(default=0, verbose_name="小数位数"),
                        ),
                        (
                            "minimum",
                            models.DecimalField(
                                blank=True,
                                decimal_places=4,
                                max_digits=15,
                                null=True,
                                verbose_name="不小于",
                            ),
                        ),
                        (
                            "maximum",
                            models.DecimalField(
                                blank=True,
                                decimal_places=4,
                                max_digits=15,
                                null=True,
                                verbose_name="不大于",
                            ),
                        ),
                        (
                            "earliest",
                            models.DateField(blank=True, null=True, verbose_name="不早于"),
                        ),
                        ("latest", models.DateField(blank=True, null=True, verbose_name="不晚于")),
                        (
                            "options",
                            models.JSONField(blank=True, default=list, verbose_name="选项"),
                        ),
                        (
                            "longest",
                            models.PositiveSmallIntegerField(default=200, verbose_name="最多字数"),
                        ),
                        ("is_required", models.BooleanField(default=True, verbose_name="必填")),
                        (
                            "hint",
                            models.CharField(blank=True, max_length=100, verbose_name="填写说明"),
                        ),
                        (
                            "near_code",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="相近的已有列"
                            ),
                        ),
                        (
                            "inquiry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="columns",
                                to="inquiries.inquiry",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "要填的列",
                        "verbose_name_plural": "要填的列",
                        "ordering": ["inquiry", "place"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("inquiry", "place"), name="asked_column_place_once"
                            ),
                            models.UniqueConstraint(
                                fields=("inquiry", "label"), name="asked_column_label_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("place__gte", 1), ("place__lte", 10)),
                                name="asked_column_at_most_ten",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("minimum", None),
                                    ("maximum", None),
                                    ("minimum__lte", models.F("maximum")),
                                    _connector="OR",
                                ),
                                name="asked_column_bounds_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("earliest", None),
                                    ("latest", None),
                                    ("earliest__lte", models.F("latest")),
                                    _connector="OR",
                                ),
                                name="asked_column_days_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "choice"), models.Q(("options", []), _negated=True)
                                    ),
                                    models.Q(
                                        models.Q(("kind", "choice"), _negated=True), ("options", [])
                                    ),
                                    _connector="OR",
                                ),
                                name="asked_column_choice_has_options",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InquiryEvent",
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
                                    ("draft", "拟定"),
                                    ("submit", "提请批准"),
                                    ("approve", "批准发出"),
                                    ("send_back", "退回修改"),
                                    ("extend", "延期"),
                                    ("close", "结束收数"),
                                    ("cancel", "撤销"),
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
                            models.CharField(blank=True, max_length=300, verbose_name="意见"),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "inquiry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="inquiries.inquiry",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="InquiryStreet",
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
                            "inquiry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="streets",
                                to="inquiries.inquiry",
                            ),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="街道",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["inquiry", "street__order", "street__code"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("inquiry", "street"), name="inquiry_street_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StreetAnswer",
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
                        ("version", models.PositiveSmallIntegerField(verbose_name="版次")),
                        ("answered_at", models.DateTimeField(verbose_name="填报时间")),
                        ("due_at_met", models.DateTimeField(verbose_name="当时的期限")),
                        ("is_complete", models.BooleanField(verbose_name="填齐")),
                        (
                            "answered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="填报人",
                            ),
                        ),
                        (
                            "inquiry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="inquiries.inquiry",
                            ),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="街道",
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
                    ],
                    options={
                        "verbose_name": "答复",
                        "verbose_name_plural": "答复",
                        "ordering": ["inquiry", "street__order", "version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("inquiry", "street", "version"), name="answer_version_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StreetAnswerRow",
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
                        ("values", models.JSONField(default=dict, verbose_name="填的内容")),
                        (
                            "answer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rows",
                                to="inquiries.streetanswer",
                            ),
                        ),
                        (
                            "row",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inquiries.askedrow",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["answer", "row"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("answer", "row"), name="answer_row_once"
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
