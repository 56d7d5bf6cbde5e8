"""The tables of the wing."""

import django.db.models.deletion
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("consent", "0001_initial"),
        ("consent", "0003_versions"),
        ("consent", "0004_one_form_of_homes"),
    ]

    dependencies = [
        ("ledger", "0001_tables"),
        ("records", "0001_tables"),
        ("works", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="HistoricalHousehold",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("building", models.CharField(max_length=20, verbose_name="楼栋")),
                        ("unit", models.CharField(blank=True, max_length=10, verbose_name="单元")),
                        ("room", models.CharField(max_length=20, verbose_name="室号")),
                        ("listed_at", models.DateTimeField(verbose_name="列入时间")),
                        (
                            "purged_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="清除时间"),
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
                        "verbose_name": "historical 住户",
                        "verbose_name_plural": "historical 住户",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Household",
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
                        ("building", models.CharField(max_length=20, verbose_name="楼栋")),
                        ("unit", models.CharField(blank=True, max_length=10, verbose_name="单元")),
                        ("room", models.CharField(max_length=20, verbose_name="室号")),
                        (
                            "name_sealed",
                            models.BinaryField(default=bytes, verbose_name="姓名（加密）"),
                        ),
                        ("name_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                        (
                            "phone_sealed",
                            models.BinaryField(default=bytes, verbose_name="电话（加密）"),
                        ),
                        ("phone_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                        (
                            "care",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "无"),
                                    ("elderly", "高龄"),
                                    ("disabled", "残疾"),
                                    ("both", "高龄、残疾"),
                                ],
                                max_length=8,
                                verbose_name="上门关注",
                            ),
                        ),
                        ("listed_at", models.DateTimeField(verbose_name="列入时间")),
                        (
                            "purged_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="清除时间"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "estate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="households",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "住户",
                        "verbose_name_plural": "住户",
                        "ordering": ["estate", "building", "unit", "room"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("estate", "building", "unit", "room"),
                                name="household_once_per_estate",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("building", ""), _negated=True),
                                    models.Q(("room", ""), _negated=True),
                                ),
                                name="household_has_building_and_room",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("purged_at", None),
                                    models.Q(
                                        ("care", ""),
                                        ("name_hash", ""),
                                        ("name_sealed", b""),
                                        ("phone_hash", ""),
                                        ("phone_sealed", b""),
                                    ),
                                    _connector="OR",
                                ),
                                name="household_purged_is_empty",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalCareVisit",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("visited_on", models.DateField(verbose_name="上门日期")),
                        ("has_needs", models.BooleanField(default=False, verbose_name="有需求")),
                        (
                            "served_on",
                            models.DateField(blank=True, null=True, verbose_name="办妥日期"),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
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
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="记录人",
                            ),
                        ),
                        (
                            "served_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="办理人",
                            ),
                        ),
                        (
                            "household",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="consent.household",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 上门记录",
                        "verbose_name_plural": "historical 上门记录",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="CareVisit",
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
                        ("visited_on", models.DateField(verbose_name="上门日期")),
                        (
                            "needs_sealed",
                            models.BinaryField(default=bytes, verbose_name="需求（加密）"),
                        ),
                        ("has_needs", models.BooleanField(default=False, verbose_name="有需求")),
                        (
                            "served_on",
                            models.DateField(blank=True, null=True, verbose_name="办妥日期"),
                        ),
                        (
                            "served_sealed",
                            models.BinaryField(default=bytes, verbose_name="办理情况（加密）"),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="记录人",
                            ),
                        ),
                        (
                            "served_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="办理人",
                            ),
                        ),
                        (
                            "household",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="visits",
                                to="consent.household",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "上门记录",
                        "verbose_name_plural": "上门记录",
                        "ordering": ["-visited_on", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("served_on", None),
                                    ("served_on__gte", models.F("visited_on")),
                                    _connector="OR",
                                ),
                                name="care_visit_served_after_visit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("served_by", None), ("served_on", None)),
                                    models.Q(
                                        ("served_by__isnull", False), ("served_on__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="care_visit_served_on_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("served_on", None), ("has_needs", True), _connector="OR"
                                ),
                                name="care_visit_served_was_needed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Round",
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
                        ("number", models.PositiveSmallIntegerField(verbose_name="轮次")),
                        (
                            "reference",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[("renovation", "改造意愿"), ("scheme", "方案意见")],
                                max_length=12,
                                verbose_name="征询事项",
                            ),
                        ),
                        (
                            "plan_version",
                            models.CharField(
                                help_text="给居民看的那一版，如“改造方案 2025年4月第二稿”。",
                                max_length=60,
                                verbose_name="方案版本",
                            ),
                        ),
                        ("question", models.CharField(max_length=200, verbose_name="问题")),
                        ("summary", models.TextField(max_length=2000, verbose_name="方案摘要")),
                        (
                            "most_items",
                            models.PositiveSmallIntegerField(default=0, verbose_name="每户最多选"),
                        ),
                        ("closes_on", models.DateField(verbose_name="截止日期")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "草稿"),
                                    ("open", "征询中"),
                                    ("closed", "已截止"),
                                ],
                                default="draft",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("drafted_at", models.DateTimeField(verbose_name="拟定时间")),
                        (
                            "opened_on",
                            models.DateField(blank=True, null=True, verbose_name="开始日期"),
                        ),
                        (
                            "opened_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="开始时间"),
                        ),
                        (
                            "closed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="截止时间"),
                        ),
                        (
                            "closed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="截止人",
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
                            "items",
                            models.ManyToManyField(
                                blank=True,
                                related_name="+",
                                to="works.menuitem",
                                verbose_name="群众点单条目",
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
                                verbose_name="开始人",
                            ),
                        ),
                        (
                            "plan_document",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="方案文件",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consent_rounds",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "征询轮次",
                        "verbose_name_plural": "征询轮次",
                        "ordering": ["project", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("project", "number"), name="round_number_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open")),
                                fields=("project", "purpose"),
                                name="round_one_open_per_purpose",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("opened_at", None),
                                        ("opened_by", None),
                                        ("opened_on", None),
                                        ("state", "draft"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "draft"), _negated=True),
                                        ("opened_at__isnull", False),
                                        ("opened_by__isnull", False),
                                        ("opened_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="round_open_has_opener",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("state", "closed"), _negated=True),
                                        ("closed_at", None),
                                        ("closed_by", None),
                                    ),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("closed_by__isnull", False),
                                        ("state", "closed"),
                                    ),
                                    _connector="OR",
                                ),
                                name="round_closed_has_closer",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("opened_by", None),
                                    models.Q(("opened_by", models.F("drafted_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="round_opener_did_not_draft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("opened_on", None),
                                    ("closes_on__gte", models.F("opened_on")),
                                    _connector="OR",
                                ),
                                name="round_closes_after_opening",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Link",
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
                        ("reference", models.UUIDField(unique=True)),
                        ("issued_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "household",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="links",
                                to="consent.household",
                            ),
                        ),
                        (
                            "issued_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "round",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="links",
                                to="consent.round",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("revoked_at", None)),
                                fields=("round", "household"),
                                name="link_one_valid_per_household_and_round",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
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
                            "choice",
                            models.CharField(
                                choices=[
                                    ("agree", "同意"),
                                    ("disagree", "不同意"),
                                    ("undecided", "有意见，暂不表态"),
                                ],
                                max_length=10,
                                verbose_name="答复",
                            ),
                        ),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("paper", "纸质意见表"),
                                    ("visit", "上门征询"),
                                    ("link", "扫码答复"),
                                ],
                                max_length=8,
                                verbose_name="方式",
                            ),
                        ),
                        ("answered_on", models.DateField(verbose_name="答复日期")),
                        (
                            "opinion_sealed",
                            models.BinaryField(default=bytes, verbose_name="意见（加密）"),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "replacement_reason",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="重新登记原因"
                            ),
                        ),
                        (
                            "standing",
                            models.CharField(
                                choices=[
                                    ("current", "计入"),
                                    ("replaced", "已由后来的答复代替"),
                                    ("held", "待定"),
                                    ("rejected", "不采用"),
                                    ("void", "作废"),
                                ],
                                default="current",
                                max_length=8,
                                verbose_name="效力",
                            ),
                        ),
                        (
                            "settled_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="认定时间"),
                        ),
                        (
                            "settled_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="认定原因"),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="扫描件",
                            ),
                        ),
                        (
                            "items",
                            models.ManyToManyField(
                                blank=True,
                                related_name="consent_answers",
                                to="works.menuitem",
                                verbose_name="点单",
                            ),
                        ),
                        (
                            "recorded_by",
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
                            "settled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="认定人",
                            ),
                        ),
                        (
                            "supersedes",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replacements",
                                to="consent.answer",
                            ),
                        ),
                        (
                            "witness",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="见证人",
                            ),
                        ),
                        (
                            "household",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="consent.household",
                                verbose_name="住户",
                            ),
                        ),
                        (
                            "round",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="consent.round",
                                verbose_name="轮次",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "答复",
                        "verbose_name_plural": "答复",
                        "ordering": ["answered_on", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["round", "household"], name="consent_ans_round_i_221d18_idx"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("standing", "current")),
                                fields=("round", "household"),
                                name="answer_one_current_per_household_and_round",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("recorded_by", None), ("way", "link")),
                                    models.Q(
                                        models.Q(("way", "link"), _negated=True),
                                        ("recorded_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="answer_is_recorded_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("way", "link"), ("file__isnull", False), _connector="OR"
                                ),
                                name="answer_has_its_scan",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("way", "visit"), _negated=True),
                                    ("witness__isnull", False),
                                    _connector="OR",
                                ),
                                name="answer_at_the_door_has_witness",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("witness", None),
                                    models.Q(("witness", models.F("recorded_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="answer_witness_is_another_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("standing__in", ["rejected", "void"]), _negated=True),
                                    models.Q(
                                        ("settled_at__isnull", False),
                                        ("settled_by__isnull", False),
                                        models.Q(("settled_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="answer_set_aside_with_reason",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
