"""The tables of the wing."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("records", "0001_initial"),
        ("records", "0003_erased_files"),
        ("records", "0004_messages"),
        ("records", "0005_message_channels"),
        ("records", "0006_kinds_of_mails"),
    ]

    dependencies = [
        ("accounts", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="AuditSeal",
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
                        ("entry_count", models.PositiveIntegerField(verbose_name="条数")),
                        (
                            "previous_digest",
                            models.CharField(max_length=64, unique=True, verbose_name="前一摘要"),
                        ),
                        (
                            "digest",
                            models.CharField(max_length=64, unique=True, verbose_name="摘要"),
                        ),
                        ("sealed_at", models.DateTimeField(verbose_name="封存时间")),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Holiday",
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
                        ("day", models.DateField(unique=True, verbose_name="日期")),
                        ("is_workday", models.BooleanField(verbose_name="上班")),
                        ("name", models.CharField(max_length=40, verbose_name="名称")),
                        (
                            "source",
                            models.CharField(blank=True, max_length=120, verbose_name="依据"),
                        ),
                        (
                            "is_provisional",
                            models.BooleanField(
                                default=False,
                                help_text="当年放假安排公布前按法定节日暂填。",
                                verbose_name="暂定",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "节假日",
                        "verbose_name_plural": "节假日",
                        "ordering": ["day"],
                    },
                ),
                migrations.CreateModel(
                    name="AuditEntry",
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
                        ("at", models.DateTimeField(db_index=True, verbose_name="时间")),
                        ("actor_label", models.CharField(max_length=80, verbose_name="岗位")),
                        (
                            "act",
                            models.CharField(db_index=True, max_length=60, verbose_name="操作"),
                        ),
                        ("sentence", models.CharField(max_length=500, verbose_name="内容")),
                        (
                            "object_type",
                            models.CharField(blank=True, max_length=60, verbose_name="对象类别"),
                        ),
                        (
                            "object_id",
                            models.CharField(blank=True, max_length=60, verbose_name="对象编号"),
                        ),
                        ("changes", models.JSONField(default=dict, verbose_name="变化")),
                        (
                            "reason",
                            models.CharField(blank=True, max_length=500, verbose_name="原因"),
                        ),
                        (
                            "request_id",
                            models.CharField(blank=True, max_length=64, verbose_name="请求编号"),
                        ),
                        (
                            "run_id",
                            models.CharField(blank=True, max_length=64, verbose_name="任务编号"),
                        ),
                        (
                            "actor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="操作人",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "审计记录",
                        "verbose_name_plural": "审计记录",
                        "ordering": ["-pk"],
                        "indexes": [
                            models.Index(
                                fields=["object_type", "object_id"],
                                name="records_aud_object__7e23c0_idx",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalHoliday",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField(db_index=True, verbose_name="日期")),
                        ("is_workday", models.BooleanField(verbose_name="上班")),
                        ("name", models.CharField(max_length=40, verbose_name="名称")),
                        (
                            "source",
                            models.CharField(blank=True, max_length=120, verbose_name="依据"),
                        ),
                        (
                            "is_provisional",
                            models.BooleanField(
                                default=False,
                                help_text="当年放假安排公布前按法定节日暂填。",
                                verbose_name="暂定",
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
                        "verbose_name": "historical 节假日",
                        "verbose_name_plural": "historical 节假日",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalMessageChoice",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "reminders_by_mail",
                            models.BooleanField(default=True, verbose_name="提醒发邮件"),
                        ),
                        (
                            "reminders_by_gateway",
                            models.BooleanField(default=True, verbose_name="提醒发短信或办公群"),
                        ),
                        (
                            "results_by_mail",
                            models.BooleanField(default=True, verbose_name="上传结果发邮件"),
                        ),
                        (
                            "gateway_address",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="手机号或办公群账号"
                            ),
                        ),
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
                            "person",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="用户",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 消息设置",
                        "verbose_name_plural": "historical 消息设置",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="IdempotencyKey",
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
                        ("method", models.CharField(max_length=8)),
                        ("path", models.CharField(max_length=300)),
                        ("key", models.CharField(max_length=200)),
                        ("body_digest", models.CharField(max_length=64)),
                        ("status", models.PositiveSmallIntegerField(null=True)),
                        ("content_type", models.CharField(blank=True, max_length=100)),
                        ("body", models.BinaryField(default=bytes)),
                        ("created_at", models.DateTimeField(db_index=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "method", "path", "key"),
                                name="idempotency_key_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MessageChoice",
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
                            "reminders_by_mail",
                            models.BooleanField(default=True, verbose_name="提醒发邮件"),
                        ),
                        (
                            "reminders_by_gateway",
                            models.BooleanField(default=True, verbose_name="提醒发短信或办公群"),
                        ),
                        (
                            "results_by_mail",
                            models.BooleanField(default=True, verbose_name="上传结果发邮件"),
                        ),
                        (
                            "gateway_address",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="手机号或办公群账号"
                            ),
                        ),
                        ("updated_at", models.DateTimeField(verbose_name="更新时间")),
                        (
                            "person",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="message_choice",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="用户",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "消息设置",
                        "verbose_name_plural": "消息设置",
                    },
                ),
                migrations.CreateModel(
                    name="SealedEntry",
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
                        ("position", models.PositiveIntegerField()),
                        ("digest", models.CharField(max_length=64)),
                        (
                            "entry",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sealed",
                                to="records.auditentry",
                            ),
                        ),
                        (
                            "seal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="records.auditseal",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["seal", "position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("seal", "position"), name="sealed_entry_position_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Setting",
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
                            "key",
                            models.CharField(db_index=True, max_length=80, verbose_name="参数"),
                        ),
                        ("value", models.TextField(verbose_name="值")),
                        ("effective_on", models.DateField(verbose_name="生效日期")),
                        ("reason", models.CharField(max_length=200, verbose_name="原因")),
                        ("created_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="settings",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "参数",
                        "verbose_name_plural": "参数",
                        "ordering": ["key", "-effective_on", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="StoredFile",
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
                        ("name", models.CharField(max_length=200, verbose_name="文件名")),
                        ("content_type", models.CharField(max_length=100, verbose_name="类型")),
                        ("size", models.PositiveBigIntegerField(verbose_name="字节数")),
                        (
                            "sha256",
                            models.CharField(db_index=True, max_length=64, verbose_name="SHA-256"),
                        ),
                        ("path", models.CharField(max_length=200, verbose_name="存放位置")),
                        ("is_private", models.BooleanField(default=False, verbose_name="加密保存")),
                        ("stored_at", models.DateTimeField(verbose_name="存入时间")),
                        (
                            "erased_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="清除时间"),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                        (
                            "stored_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="存入人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "文件",
                        "verbose_name_plural": "文件",
                    },
                ),
                migrations.CreateModel(
                    name="Message",
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
                            "key",
                            models.CharField(max_length=200, unique=True, verbose_name="唯一键"),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("desk", "站内消息"),
                                    ("mail", "邮件"),
                                    ("gateway", "短信或办公群"),
                                ],
                                default="mail",
                                max_length=8,
                                verbose_name="方式",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                blank=True, db_index=True, max_length=40, verbose_name="种类"
                            ),
                        ),
                        (
                            "period_key",
                            models.CharField(blank=True, max_length=40, verbose_name="期"),
                        ),
                        (
                            "recipient_name",
                            models.CharField(blank=True, max_length=80, verbose_name="收件人"),
                        ),
                        (
                            "recipient",
                            models.CharField(blank=True, max_length=254, verbose_name="地址"),
                        ),
                        ("subject", models.CharField(max_length=200, verbose_name="主题")),
                        ("text", models.TextField(verbose_name="正文")),
                        ("html", models.TextField(blank=True, verbose_name="网页正文")),
                        (
                            "link",
                            models.CharField(blank=True, max_length=200, verbose_name="相关页面"),
                        ),
                        (
                            "message_id",
                            models.CharField(
                                max_length=200, unique=True, verbose_name="Message-ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "排队中"),
                                    ("sending", "发送中"),
                                    ("sent", "已发送"),
                                    ("failed", "发送失败"),
                                    ("unknown", "结果不明"),
                                    ("dropped", "不再需要"),
                                ],
                                db_index=True,
                                default="queued",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "attempts",
                            models.PositiveSmallIntegerField(default=0, verbose_name="次数"),
                        ),
                        ("next_attempt_at", models.DateTimeField(verbose_name="下次发送")),
                        (
                            "claimed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="开始发送"),
                        ),
                        (
                            "sent_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="发出时间"),
                        ),
                        (
                            "read_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="阅读时间"),
                        ),
                        (
                            "error",
                            models.CharField(blank=True, max_length=500, verbose_name="原因"),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="建立时间")),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="用户",
                            ),
                        ),
                        (
                            "told_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="发送人",
                            ),
                        ),
                        (
                            "attachments",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="records.storedfile"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "消息",
                        "verbose_name_plural": "消息",
                        "ordering": ["pk"],
                        "indexes": [
                            models.Index(
                                fields=["organisation", "-created_at"],
                                name="records_mes_organis_0daa7d_idx",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("channel", "desk"), ("person__isnull", False)),
                                    models.Q(
                                        models.Q(("channel", "desk"), _negated=True),
                                        models.Q(("recipient", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="message_reaches_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("read_at", None),
                                    models.Q(("channel", "desk"), ("state", "sent")),
                                    _connector="OR",
                                ),
                                name="message_is_read_at_the_desk",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
