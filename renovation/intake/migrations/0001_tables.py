"""The tables of the wing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("intake", "0001_initial"),
        ("intake", "0002_a_file_displaces_once_read"),
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
                    name="Upload",
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
                        ("pipeline", models.CharField(max_length=40, verbose_name="用途")),
                        (
                            "period_key",
                            models.CharField(blank=True, max_length=40, verbose_name="期"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "已收到"),
                                    ("reading", "读取中"),
                                    ("refused", "没有采用"),
                                    ("preview", "待确认"),
                                    ("committed", "已写入"),
                                    ("superseded", "已被新文件代替"),
                                ],
                                default="received",
                                max_length=12,
                                verbose_name="状态",
                            ),
                        ),
                        ("received_at", models.DateTimeField(verbose_name="上传时间")),
                        (
                            "sheet",
                            models.CharField(blank=True, max_length=80, verbose_name="工作表"),
                        ),
                        (
                            "header_row",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="表头行"
                            ),
                        ),
                        ("columns", models.JSONField(default=dict, verbose_name="列")),
                        (
                            "expected_count",
                            models.PositiveIntegerField(default=0, verbose_name="应有行数"),
                        ),
                        ("rows", models.JSONField(default=list, verbose_name="读到的行")),
                        ("faults", models.JSONField(default=list, verbose_name="差错")),
                        ("answers", models.JSONField(default=dict, verbose_name="说明")),
                        (
                            "committed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="写入时间"),
                        ),
                        (
                            "committed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="写入人",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="文件",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="uploads",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                        (
                            "received_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="上传人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "上传",
                        "verbose_name_plural": "上传",
                        "ordering": ["-received_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["pipeline", "organisation", "period_key"],
                                name="intake_uplo_pipelin_5e3a88_idx",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["received", "reading"])),
                                fields=("pipeline", "organisation", "period_key"),
                                name="upload_one_unread_per_target",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "preview")),
                                fields=("pipeline", "organisation", "period_key"),
                                name="upload_one_preview_per_target",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("committed_at", None), ("committed_by", None)),
                                    models.Q(
                                        ("committed_at__isnull", False),
                                        ("committed_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="upload_committed_at_and_by",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
