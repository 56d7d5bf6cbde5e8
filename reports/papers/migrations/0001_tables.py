"""The tables of the wing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("papers", "0001_initial"),
        ("papers", "0003_accepted_when_signed"),
    ]

    dependencies = [
        ("accounts", "0001_tables"),
        ("records", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Document",
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
                                choices=[("dispatch_sheet", "周调度表"), ("bulletin", "季度通报")],
                                max_length=16,
                                verbose_name="种类",
                            ),
                        ),
                        ("period_key", models.CharField(max_length=40, verbose_name="期")),
                        (
                            "version",
                            models.PositiveSmallIntegerField(default=1, verbose_name="版次"),
                        ),
                        (
                            "correction_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="更正原因"),
                        ),
                        ("title", models.CharField(max_length=120, verbose_name="标题")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "拟稿"),
                                    ("checked", "已核稿"),
                                    ("approved", "已审核"),
                                    ("signed", "已签发"),
                                    ("issued", "已印发"),
                                    ("withdrawn", "已作废"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("snapshot", models.JSONField(default=dict, verbose_name="内容")),
                        ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                        ("compiled_at", models.DateTimeField(verbose_name="编制时间")),
                        ("texts", models.JSONField(default=dict, verbose_name="修改过的文字")),
                        (
                            "outside_figures",
                            models.JSONField(default=dict, verbose_name="非本通报指标"),
                        ),
                        (
                            "number",
                            models.CharField(
                                blank=True, max_length=60, null=True, verbose_name="文号"
                            ),
                        ),
                        (
                            "approved_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="审核时间"),
                        ),
                        (
                            "signed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="签发时间"),
                        ),
                        (
                            "issued_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="印发时间"),
                        ),
                        (
                            "issued_on",
                            models.DateField(blank=True, null=True, verbose_name="成文日期"),
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
                            "bureau",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="accounts.organisation",
                                verbose_name="制发单位",
                            ),
                        ),
                        (
                            "drafted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "issued_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "original",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="正本扫描件",
                            ),
                        ),
                        (
                            "signed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="内容范围",
                            ),
                        ),
                        (
                            "supersedes",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="superseded_by",
                                to="papers.document",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "文件",
                        "verbose_name_plural": "文件",
                        "ordering": ["-compiled_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "subject", "period_key", "version"),
                                name="document_version_once",
                            ),
                            models.UniqueConstraint(
                                fields=("bureau", "number"), name="document_number_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["signed", "issued"]), _negated=True),
                                    ("kind", "dispatch_sheet"),
                                    models.Q(
                                        ("approved_by__isnull", False),
                                        ("signed_at__isnull", False),
                                        ("signed_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="bulletin_signed_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("signed_by", None),
                                    ("approved_by", None),
                                    models.Q(("signed_by", models.F("approved_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="document_signer_did_not_approve",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "issued"), _negated=True),
                                    models.Q(
                                        ("issued_at__isnull", False), ("issued_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="document_issued_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "bulletin"), ("state", "issued"), _negated=True
                                    ),
                                    ("number__isnull", False),
                                    _connector="OR",
                                ),
                                name="bulletin_issued_with_number",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("version", 1),
                                    models.Q(("correction_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="document_correction_has_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DocumentStep",
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
                                    ("draft", "拟稿"),
                                    ("edit", "修改"),
                                    ("check", "核稿"),
                                    ("countersign", "会签"),
                                    ("approve", "审核"),
                                    ("send_back", "退回修改"),
                                    ("sign", "签发"),
                                    ("number", "编号印发"),
                                    ("issue", "印发"),
                                    ("file_original", "归档正本"),
                                    ("withdraw", "作废"),
                                    ("correct", "更正"),
                                ],
                                max_length=14,
                                verbose_name="环节",
                            ),
                        ),
                        ("by_label", models.CharField(max_length=80, verbose_name="岗位")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        (
                            "opinion",
                            models.CharField(blank=True, max_length=500, verbose_name="意见"),
                        ),
                        (
                            "digest",
                            models.CharField(blank=True, max_length=64, verbose_name="内容摘要"),
                        ),
                        (
                            "accepted",
                            models.CharField(
                                blank=True, default="", max_length=200, verbose_name="签发时知悉"
                            ),
                        ),
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
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="papers.document",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accepted", ""),
                                    models.Q(("act", "sign"), ("by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="step_accepted_by_who_signs",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Rendition",
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
                        (
                            "format",
                            models.CharField(
                                choices=[("pdf", "PDF"), ("xlsx", "Excel"), ("approval", "拟稿单")],
                                max_length=10,
                                verbose_name="格式",
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, verbose_name="内容摘要")),
                        (
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="renditions",
                                to="papers.document",
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
                                verbose_name="文件",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("document", "format", "digest"),
                                name="rendition_once_per_digest",
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
