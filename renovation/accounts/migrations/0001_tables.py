"""The tables of the wing."""

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_pledges"),
        ("accounts", "0004_stand_ins"),
        ("accounts", "0005_hand_overs"),
    ]

    dependencies = []

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="User",
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
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "username",
                            models.CharField(
                                error_messages={"unique": "这个用户名已经有人用了。"},
                                max_length=60,
                                unique=True,
                                verbose_name="用户名",
                            ),
                        ),
                        (
                            "post_name",
                            models.CharField(
                                help_text="如“松龄路街道 填报岗”。",
                                max_length=60,
                                verbose_name="岗位",
                            ),
                        ),
                        (
                            "email",
                            models.EmailField(blank=True, max_length=254, verbose_name="邮箱"),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                        (
                            "must_change_password",
                            models.BooleanField(default=True, verbose_name="下次登录须改密码"),
                        ),
                        (
                            "password_changed_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="密码修改时间"
                            ),
                        ),
                        (
                            "created_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, verbose_name="建立时间"
                            ),
                        ),
                        ("is_demo", models.BooleanField(default=False, verbose_name="演示账号")),
                    ],
                    options={
                        "verbose_name": "用户",
                        "verbose_name_plural": "用户",
                        "ordering": ["username"],
                    },
                ),
                migrations.CreateModel(
                    name="ApiToken",
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
                            "digest",
                            models.CharField(max_length=64, unique=True, verbose_name="摘要"),
                        ),
                        ("hint", models.CharField(max_length=4, verbose_name="末四位")),
                        (
                            "scope",
                            models.CharField(
                                choices=[
                                    ("read", "读取"),
                                    ("returns", "周报"),
                                    ("work-orders", "工单"),
                                    ("documents", "文件"),
                                ],
                                max_length=16,
                                verbose_name="范围",
                            ),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="签发时间")),
                        ("expires_at", models.DateTimeField(verbose_name="到期时间")),
                        (
                            "last_used_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="最近使用"),
                        ),
                        (
                            "revoked_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="吊销时间"),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="api_tokens",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="用户",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "接口令牌",
                        "verbose_name_plural": "接口令牌",
                        "ordering": ["-created_at"],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalUser",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "username",
                            models.CharField(
                                db_index=True,
                                error_messages={"unique": "这个用户名已经有人用了。"},
                                max_length=60,
                                verbose_name="用户名",
                            ),
                        ),
                        (
                            "post_name",
                            models.CharField(
                                help_text="如“松龄路街道 填报岗”。",
                                max_length=60,
                                verbose_name="岗位",
                            ),
                        ),
                        (
                            "email",
                            models.EmailField(blank=True, max_length=254, verbose_name="邮箱"),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                        (
                            "must_change_password",
                            models.BooleanField(default=True, verbose_name="下次登录须改密码"),
                        ),
                        (
                            "password_changed_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="密码修改时间"
                            ),
                        ),
                        (
                            "created_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, verbose_name="建立时间"
                            ),
                        ),
                        ("is_demo", models.BooleanField(default=False, verbose_name="演示账号")),
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
                        "verbose_name": "historical 用户",
                        "verbose_name_plural": "historical 用户",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Organisation",
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
                                    ("city", "市"),
                                    ("bureau", "区住房和城乡建设局"),
                                    ("street", "街道办事处"),
                                    ("community", "社区"),
                                    ("company", "企业"),
                                    ("council", "人大常委会"),
                                ],
                                max_length=16,
                                verbose_name="类别",
                            ),
                        ),
                        ("code", models.SlugField(max_length=40, unique=True, verbose_name="代码")),
                        ("name", models.CharField(max_length=80, verbose_name="全称")),
                        ("short_name", models.CharField(max_length=40, verbose_name="简称")),
                        (
                            "district_name",
                            models.CharField(
                                blank=True,
                                help_text="区局填所在区名，如“淄川区”，用于文件标题。",
                                max_length=40,
                                verbose_name="区划名称",
                            ),
                        ),
                        (
                            "document_prefix",
                            models.CharField(
                                blank=True,
                                help_text="如“淄建发”，用于文号。",
                                max_length=20,
                                verbose_name="发文代字",
                            ),
                        ),
                        ("order", models.PositiveIntegerField(default=0, verbose_name="排序")),
                        (
                            "valid_from",
                            models.DateField(blank=True, null=True, verbose_name="设立日期"),
                        ),
                        (
                            "valid_to",
                            models.DateField(blank=True, null=True, verbose_name="撤销日期"),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="children",
                                to="accounts.organisation",
                                verbose_name="parent",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "单位",
                        "verbose_name_plural": "单位",
                        "ordering": ["order", "code"],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalOrganisation",
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
                                    ("city", "市"),
                                    ("bureau", "区住房和城乡建设局"),
                                    ("street", "街道办事处"),
                                    ("community", "社区"),
                                    ("company", "企业"),
                                    ("council", "人大常委会"),
                                ],
                                max_length=16,
                                verbose_name="类别",
                            ),
                        ),
                        ("code", models.SlugField(max_length=40, verbose_name="代码")),
                        ("name", models.CharField(max_length=80, verbose_name="全称")),
                        ("short_name", models.CharField(max_length=40, verbose_name="简称")),
                        (
                            "district_name",
                            models.CharField(
                                blank=True,
                                help_text="区局填所在区名，如“淄川区”，用于文件标题。",
                                max_length=40,
                                verbose_name="区划名称",
                            ),
                        ),
                        (
                            "document_prefix",
                            models.CharField(
                                blank=True,
                                help_text="如“淄建发”，用于文号。",
                                max_length=20,
                                verbose_name="发文代字",
                            ),
                        ),
                        ("order", models.PositiveIntegerField(default=0, verbose_name="排序")),
                        (
                            "valid_from",
                            models.DateField(blank=True, null=True, verbose_name="设立日期"),
                        ),
                        (
                            "valid_to",
                            models.DateField(blank=True, null=True, verbose_name="撤销日期"),
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
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="parent",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 单位",
                        "verbose_name_plural": "historical 单位",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalMembership",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
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
                                verbose_name="角色",
                            ),
                        ),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="起")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="止")),
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
                            "user",
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
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 任职",
                        "verbose_name_plural": "historical 任职",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="PasswordRecord",
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
                        ("password", models.CharField(max_length=128)),
                        ("created_at", models.DateTimeField()),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="password_records",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at"],
                    },
                ),
                migrations.CreateModel(
                    name="PledgeText",
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
                        ("text", models.CharField(max_length=1000, verbose_name="承诺内容")),
                        ("reason", models.CharField(max_length=200, verbose_name="修改原因")),
                        ("published_at", models.DateTimeField(verbose_name="公布时间")),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pledge_texts",
                                to="accounts.organisation",
                                verbose_name="单位",
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
                                verbose_name="公布人",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "真实性承诺",
                        "verbose_name_plural": "真实性承诺",
                        "ordering": ["organisation", "-version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "version"), name="pledge_text_version_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("version__gte", 1),
                                    models.Q(("text", ""), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                name="pledge_text_is_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Pledge",
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
                        ("post_name", models.CharField(max_length=60, verbose_name="岗位")),
                        ("accepted_at", models.DateTimeField(verbose_name="承诺时间")),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pledges",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="承诺人",
                            ),
                        ),
                        (
                            "text",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pledges",
                                to="accounts.pledgetext",
                                verbose_name="承诺书",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "承诺记录",
                        "verbose_name_plural": "承诺记录",
                        "ordering": ["-accepted_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["user", "text", "accepted_at"],
                                name="accounts_pl_user_id_fa24bc_idx",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("post_name", ""), _negated=True),
                                name="pledge_names_the_post",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StandIn",
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
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="提前结束时间"
                            ),
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
                                condition=models.Q(
                                    ("deputy", models.F("principal")), _negated=True
                                ),
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
                                    models.Q(
                                        ("ended_at__isnull", False), ("ended_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="stand_in_ended_at_and_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
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
                                verbose_name="角色",
                            ),
                        ),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="起")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="止")),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="用户",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "任职",
                        "verbose_name_plural": "任职",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "organisation", "role"),
                                name="membership_once_per_role",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to", None),
                                    ("valid_from", None),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="membership_ends_after_start",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HandOver",
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
                        ("reason", models.CharField(max_length=200, verbose_name="原因")),
                        ("counts", models.JSONField(verbose_name="移交件数")),
                        ("left", models.JSONField(default=dict, verbose_name="未移交件数")),
                        ("rows", models.JSONField(verbose_name="事项")),
                        ("passed_count", models.PositiveIntegerField(verbose_name="移交合计")),
                        ("handed_at", models.DateTimeField(verbose_name="交接时间")),
                        (
                            "handed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="办理人",
                            ),
                        ),
                        (
                            "predecessor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="移交人",
                            ),
                        ),
                        (
                            "successor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="接收人",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hand_overs",
                                to="accounts.organisation",
                                verbose_name="单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "交接",
                        "verbose_name_plural": "交接",
                        "ordering": ["-handed_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("successor", models.F("predecessor")), _negated=True
                                ),
                                name="hand_over_to_another_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="hand_over_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("passed_count__gte", 1)),
                                name="hand_over_passes_something",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
