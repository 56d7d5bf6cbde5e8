"""The tables of the wing."""

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
        ("ledger", "0001_initial"),
        ("ledger", "0003_gatekeeping"),
        ("ledger", "0004_estates_dossier_standards_duties"),
        ("ledger", "0006_gate_evidence_kinds"),
        ("ledger", "0007_formalities"),
        ("ledger", "0008_start_deadlines"),
        ("ledger", "0009_frozen_changes"),
        ("ledger", "0010_gate_openings"),
        ("ledger", "0011_enrolment"),
        ("ledger", "0012_first_weeks"),
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
                    name="Baseline",
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
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "草案"), ("approved", "已批准")],
                                default="draft",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("planned_start_on", models.DateField(verbose_name="计划开工")),
                        ("planned_completion_on", models.DateField(verbose_name="计划完工")),
                        (
                            "planned_investment_fen",
                            models.BigIntegerField(verbose_name="计划投资（分）"),
                        ),
                        (
                            "area_sqm",
                            models.DecimalField(
                                decimal_places=2, max_digits=12, verbose_name="建筑面积（㎡）"
                            ),
                        ),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="批准文号"),
                        ),
                        (
                            "reason",
                            models.CharField(blank=True, max_length=200, verbose_name="调整原因"),
                        ),
                        (
                            "approved_on",
                            models.DateField(blank=True, null=True, verbose_name="批准日期"),
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
                    ],
                    options={
                        "verbose_name": "基线",
                        "verbose_name_plural": "基线",
                        "ordering": ["project", "version"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("planned_completion_on__gt", models.F("planned_start_on"))
                                ),
                                name="baseline_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("planned_investment_fen__gt", 0)),
                                name="baseline_has_investment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("area_sqm__gt", 0)), name="baseline_has_area"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "draft"),
                                    ("approved_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="baseline_approved_has_date",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("version", 1),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="baseline_change_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by", None),
                                    ("drafted_by", None),
                                    models.Q(
                                        ("approved_by", models.F("drafted_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="baseline_approver_did_not_draft",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DocumentKind",
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
                        ("name", models.CharField(max_length=30, verbose_name="名称")),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
                        (
                            "required_at",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                help_text="项目过了这个关口还没有这类文件的，列为缺件；不选为可有可无。",
                                max_length=12,
                                verbose_name="过哪个关口须有",
                            ),
                        ),
                        (
                            "is_gate_evidence",
                            models.BooleanField(
                                default=False,
                                help_text="登记这个关口时附的依据文件算作这类文件，不必再归档一次。",
                                verbose_name="关口依据就是这类文件",
                            ),
                        ),
                        (
                            "is_plan",
                            models.BooleanField(
                                default=False,
                                help_text="这类文件在项目说明里作为改造方案列出。",
                                verbose_name="一区一案的方案",
                            ),
                        ),
                        (
                            "is_private",
                            models.BooleanField(
                                default=False,
                                help_text="加密保存，只给区局和街道看，如合同。",
                                verbose_name="不对外",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
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
                    ],
                    options={
                        "verbose_name": "文件种类",
                        "verbose_name_plural": "文件种类",
                        "ordering": ["order", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("bureau", "name"), name="document_kind_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Estate",
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
                        ("name", models.CharField(max_length=80, verbose_name="小区名称")),
                        (
                            "address",
                            models.CharField(blank=True, max_length=120, verbose_name="地址"),
                        ),
                        (
                            "year_built",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(1900),
                                    django.core.validators.MaxValueValidator(2030),
                                ],
                                verbose_name="建成年份",
                            ),
                        ),
                        (
                            "building_count",
                            models.PositiveIntegerField(verbose_name="楼栋数（栋）"),
                        ),
                        ("household_count", models.PositiveIntegerField(verbose_name="户数（户）")),
                        (
                            "area_sqm",
                            models.DecimalField(
                                decimal_places=2,
                                max_digits=12,
                                validators=[
                                    django.core.validators.MinValueValidator(Decimal("0.01"))
                                ],
                                verbose_name="建筑面积（㎡）",
                            ),
                        ),
                        (
                            "latitude",
                            models.DecimalField(
                                blank=True,
                                decimal_places=6,
                                max_digits=8,
                                null=True,
                                verbose_name="纬度",
                            ),
                        ),
                        (
                            "longitude",
                            models.DecimalField(
                                blank=True,
                                decimal_places=6,
                                max_digits=9,
                                null=True,
                                verbose_name="经度",
                            ),
                        ),
                        (
                            "outline",
                            models.JSONField(blank=True, default=list, verbose_name="轮廓"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "community",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="社区",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "小区",
                        "verbose_name_plural": "小区",
                        "ordering": ["project", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("area_sqm__gt", 0)), name="estate_has_area"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("latitude", None), ("longitude", None)),
                                    models.Q(
                                        ("latitude__isnull", False), ("longitude__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="estate_place_is_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Building",
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
                            models.CharField(
                                help_text="如“3号楼”“西 2 幢”。", max_length=20, verbose_name="楼号"
                            ),
                        ),
                        (
                            "unit_count",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="单元数（个）"
                            ),
                        ),
                        (
                            "floor_count",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="层数（层）"
                            ),
                        ),
                        ("household_count", models.PositiveIntegerField(verbose_name="户数（户）")),
                        (
                            "area_sqm",
                            models.DecimalField(
                                decimal_places=2, max_digits=12, verbose_name="建筑面积（㎡）"
                            ),
                        ),
                        (
                            "year_built",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="建成年份"
                            ),
                        ),
                        (
                            "structure",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("brick_concrete", "砖混"),
                                    ("brick_wood", "砖木"),
                                    ("frame", "框架"),
                                    ("shear_wall", "剪力墙"),
                                    ("other", "其他"),
                                ],
                                max_length=16,
                                verbose_name="结构",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "estate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="buildings",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "楼幢",
                        "verbose_name_plural": "楼幢",
                        "ordering": ["estate", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("estate", "number"), name="building_once_per_estate"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("area_sqm__gt", 0)), name="building_has_area"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalBuilding",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "number",
                            models.CharField(
                                help_text="如“3号楼”“西 2 幢”。", max_length=20, verbose_name="楼号"
                            ),
                        ),
                        (
                            "unit_count",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="单元数（个）"
                            ),
                        ),
                        (
                            "floor_count",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="层数（层）"
                            ),
                        ),
                        ("household_count", models.PositiveIntegerField(verbose_name="户数（户）")),
                        (
                            "area_sqm",
                            models.DecimalField(
                                decimal_places=2, max_digits=12, verbose_name="建筑面积（㎡）"
                            ),
                        ),
                        (
                            "year_built",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="建成年份"
                            ),
                        ),
                        (
                            "structure",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("brick_concrete", "砖混"),
                                    ("brick_wood", "砖木"),
                                    ("frame", "框架"),
                                    ("shear_wall", "剪力墙"),
                                    ("other", "其他"),
                                ],
                                max_length=16,
                                verbose_name="结构",
                            ),
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
                        "verbose_name": "historical 楼幢",
                        "verbose_name_plural": "historical 楼幢",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalDocumentKind",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=30, verbose_name="名称")),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
                        (
                            "required_at",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                help_text="项目过了这个关口还没有这类文件的，列为缺件；不选为可有可无。",
                                max_length=12,
                                verbose_name="过哪个关口须有",
                            ),
                        ),
                        (
                            "is_gate_evidence",
                            models.BooleanField(
                                default=False,
                                help_text="登记这个关口时附的依据文件算作这类文件，不必再归档一次。",
                                verbose_name="关口依据就是这类文件",
                            ),
                        ),
                        (
                            "is_plan",
                            models.BooleanField(
                                default=False,
                                help_text="这类文件在项目说明里作为改造方案列出。",
                                verbose_name="一区一案的方案",
                            ),
                        ),
                        (
                            "is_private",
                            models.BooleanField(
                                default=False,
                                help_text="加密保存，只给区局和街道看，如合同。",
                                verbose_name="不对外",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
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
                        "verbose_name": "historical 文件种类",
                        "verbose_name_plural": "historical 文件种类",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalLeadingPost",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "rank",
                            models.CharField(
                                choices=[
                                    ("head", "组长"),
                                    ("deputy", "副组长"),
                                    ("member", "成员"),
                                    ("office_head", "办公室主任"),
                                    ("office_member", "办公室成员"),
                                ],
                                max_length=16,
                                verbose_name="组内职务",
                            ),
                        ),
                        (
                            "post",
                            models.CharField(
                                help_text="写岗位，不写个人姓名，如“建管科科长”。",
                                max_length=40,
                                verbose_name="岗位",
                            ),
                        ),
                        (
                            "department",
                            models.CharField(
                                blank=True,
                                help_text="财审科、建管科、质安站、燃气科、清洁取暖科、行业发展科等。",
                                max_length=30,
                                verbose_name="科室",
                            ),
                        ),
                        ("answers_for", models.CharField(max_length=300, verbose_name="负责事项")),
                        ("valid_from", models.DateField(verbose_name="起")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="止")),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
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
                        "verbose_name": "historical 领导小组岗位",
                        "verbose_name_plural": "historical 领导小组岗位",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalProgramme",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                        ("name", models.CharField(max_length=80, verbose_name="名称")),
                        ("approved_on", models.DateField(verbose_name="批准日期")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="批准文号"),
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
                        "verbose_name": "historical 年度计划",
                        "verbose_name_plural": "historical 年度计划",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalRestWindow",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("heat", "高温"),
                                    ("flood", "汛期"),
                                    ("event", "重大活动"),
                                    ("heating", "采暖期"),
                                    ("frost", "冬季低温"),
                                    ("other", "其他"),
                                ],
                                max_length=10,
                                verbose_name="原因类别",
                            ),
                        ),
                        (
                            "work_kind",
                            models.CharField(
                                choices=[
                                    ("all", "全部室外作业"),
                                    ("demolition", "拆违"),
                                    ("underground", "地下管网"),
                                    ("heating", "供热管网"),
                                    ("roof", "屋面"),
                                    ("wall", "外墙"),
                                    ("stairs", "楼道"),
                                    ("power", "强弱电"),
                                    ("road", "道路铺装"),
                                    ("green", "绿化"),
                                ],
                                max_length=12,
                                verbose_name="停哪类作业",
                            ),
                        ),
                        ("from_on", models.DateField(verbose_name="起")),
                        ("to_on", models.DateField(verbose_name="止")),
                        ("reason", models.CharField(max_length=200, verbose_name="停工要求")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="依据文号"),
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
                        "verbose_name": "historical 停工期",
                        "verbose_name_plural": "historical 停工期",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalStandardItem",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "number",
                            models.PositiveSmallIntegerField(
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(99),
                                ],
                                verbose_name="条次",
                            ),
                        ),
                        (
                            "group",
                            models.CharField(
                                choices=[("bottom_line", "底线要求"), ("breakthrough", "攻坚要求")],
                                max_length=12,
                                verbose_name="类别",
                            ),
                        ),
                        ("text", models.CharField(max_length=200, verbose_name="内容")),
                        (
                            "hint",
                            models.CharField(blank=True, max_length=200, verbose_name="怎样算符合"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "retired_on",
                            models.DateField(blank=True, null=True, verbose_name="停用日期"),
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
                        "verbose_name": "historical 衡量标准",
                        "verbose_name_plural": "historical 衡量标准",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="JointReview",
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
                            "gate",
                            models.CharField(
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        ("title", models.CharField(max_length=80, verbose_name="名称")),
                        ("held_on", models.DateField(verbose_name="联审日期")),
                        (
                            "document_number",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="会议纪要或批复文号"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="联审意见",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "部门联审",
                        "verbose_name_plural": "部门联审",
                        "ordering": ["held_on", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalDepartmentOpinion",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("department", models.CharField(max_length=40, verbose_name="部门")),
                        (
                            "opinion",
                            models.CharField(
                                choices=[
                                    ("pending", "未出具"),
                                    ("agreed", "同意"),
                                    ("conditional", "有条件同意"),
                                    ("objected", "不同意"),
                                ],
                                default="pending",
                                max_length=12,
                                verbose_name="意见",
                            ),
                        ),
                        (
                            "given_on",
                            models.DateField(blank=True, null=True, verbose_name="出具日期"),
                        ),
                        (
                            "note",
                            models.CharField(blank=True, max_length=200, verbose_name="意见内容"),
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
                            "review",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.jointreview",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 部门意见",
                        "verbose_name_plural": "historical 部门意见",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="DepartmentOpinion",
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
                        ("department", models.CharField(max_length=40, verbose_name="部门")),
                        (
                            "opinion",
                            models.CharField(
                                choices=[
                                    ("pending", "未出具"),
                                    ("agreed", "同意"),
                                    ("conditional", "有条件同意"),
                                    ("objected", "不同意"),
                                ],
                                default="pending",
                                max_length=12,
                                verbose_name="意见",
                            ),
                        ),
                        (
                            "given_on",
                            models.DateField(blank=True, null=True, verbose_name="出具日期"),
                        ),
                        (
                            "note",
                            models.CharField(blank=True, max_length=200, verbose_name="意见内容"),
                        ),
                        (
                            "review",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="opinions",
                                to="ledger.jointreview",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "部门意见",
                        "verbose_name_plural": "部门意见",
                        "ordering": ["review", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("review", "department"), name="department_opinion_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("given_on", None), ("opinion", "pending")),
                                    models.Q(
                                        models.Q(("opinion", "pending"), _negated=True),
                                        ("given_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="department_opinion_given_has_date",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MonthlyTarget",
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
                        (
                            "target_percent",
                            models.DecimalField(
                                decimal_places=1,
                                max_digits=4,
                                validators=[
                                    django.core.validators.MinValueValidator(Decimal("0")),
                                    django.core.validators.MaxValueValidator(Decimal("100")),
                                ],
                                verbose_name="累计目标（%）",
                            ),
                        ),
                        (
                            "task",
                            models.CharField(blank=True, max_length=200, verbose_name="当月任务"),
                        ),
                        (
                            "work_kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("all", "全部室外作业"),
                                    ("demolition", "拆违"),
                                    ("underground", "地下管网"),
                                    ("heating", "供热管网"),
                                    ("roof", "屋面"),
                                    ("wall", "外墙"),
                                    ("stairs", "楼道"),
                                    ("power", "强弱电"),
                                    ("road", "道路铺装"),
                                    ("green", "绿化"),
                                ],
                                max_length=12,
                                null=True,
                                verbose_name="主要作业",
                            ),
                        ),
                        (
                            "baseline",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="targets",
                                to="ledger.baseline",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "月度目标",
                        "verbose_name_plural": "月度目标",
                        "ordering": ["baseline", "month_end_on"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("baseline", "month_end_on"),
                                name="monthly_target_once_per_month",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("target_percent__gte", 0), ("target_percent__lte", 100)
                                ),
                                name="monthly_target_in_range",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Programme",
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
                        ("name", models.CharField(max_length=80, verbose_name="名称")),
                        ("approved_on", models.DateField(verbose_name="批准日期")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="批准文号"),
                        ),
                        (
                            "bureau",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="programmes",
                                to="accounts.organisation",
                                verbose_name="区局",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "年度计划",
                        "verbose_name_plural": "年度计划",
                        "ordering": ["-year"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("bureau", "year"), name="programme_once_per_year"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalProject",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                db_index=True,
                                error_messages={"unique": "已有这个项目编号。"},
                                max_length=30,
                                verbose_name="项目编号",
                            ),
                        ),
                        (
                            "plan_code",
                            models.CharField(
                                blank=True,
                                db_index=True,
                                max_length=40,
                                null=True,
                                verbose_name="计划编码",
                            ),
                        ),
                        (
                            "budget_code",
                            models.CharField(
                                blank=True,
                                db_index=True,
                                max_length=40,
                                null=True,
                                verbose_name="预算编码",
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="项目名称")),
                        (
                            "renovation_type",
                            models.CharField(
                                choices=[
                                    ("basic", "基础完善型"),
                                    ("environment", "环境美化型"),
                                    ("function", "功能提升型"),
                                    ("integrated", "整合提升型"),
                                ],
                                default="basic",
                                max_length=12,
                                verbose_name="改造类型",
                            ),
                        ),
                        (
                            "feature",
                            models.CharField(
                                blank=True,
                                help_text="一小区一特色，一句话，如“口袋花园串起三个院子”。",
                                max_length=60,
                                verbose_name="特色",
                            ),
                        ),
                        ("is_model", models.BooleanField(default=False, verbose_name="示范样板")),
                        (
                            "model_on",
                            models.DateField(blank=True, null=True, verbose_name="定为样板日期"),
                        ),
                        (
                            "model_reason",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="定为样板的理由"
                            ),
                        ),
                        (
                            "approved_on",
                            models.DateField(blank=True, null=True, verbose_name="列入计划日期"),
                        ),
                        (
                            "cancelled_on",
                            models.DateField(blank=True, null=True, verbose_name="取消日期"),
                        ),
                        (
                            "cancellation_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="取消原因"),
                        ),
                        (
                            "reporting_from",
                            models.DateField(
                                blank=True,
                                help_text="不填从列入计划当周起报。",
                                null=True,
                                verbose_name="开始报送",
                            ),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="备注")),
                        ("is_demo", models.BooleanField(default=False, verbose_name="演示数据")),
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
                            "programme",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.programme",
                                verbose_name="年度计划",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 项目",
                        "verbose_name_plural": "historical 项目",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalProgrammeTotal",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("project_count", models.PositiveIntegerField(verbose_name="项目数（个）")),
                        ("household_count", models.PositiveIntegerField(verbose_name="户数（户）")),
                        (
                            "area_sqm",
                            models.DecimalField(
                                decimal_places=2, max_digits=12, verbose_name="建筑面积（㎡）"
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
                            "programme",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.programme",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 计划下达数",
                        "verbose_name_plural": "historical 计划下达数",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalGateDeadline",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "gate",
                            models.CharField(
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        ("due_on", models.DateField(verbose_name="期限")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="依据文号"),
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
                            "programme",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.programme",
                                verbose_name="年度计划",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 关口期限",
                        "verbose_name_plural": "historical 关口期限",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="GateDeadline",
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
                            "gate",
                            models.CharField(
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        ("due_on", models.DateField(verbose_name="期限")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="依据文号"),
                        ),
                        (
                            "programme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deadlines",
                                to="ledger.programme",
                                verbose_name="年度计划",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "关口期限",
                        "verbose_name_plural": "关口期限",
                        "ordering": ["programme", "due_on", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("programme", "gate"), name="gate_deadline_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProgrammeTotal",
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
                        ("project_count", models.PositiveIntegerField(verbose_name="项目数（个）")),
                        ("household_count", models.PositiveIntegerField(verbose_name="户数（户）")),
                        (
                            "area_sqm",
                            models.DecimalField(
                                decimal_places=2, max_digits=12, verbose_name="建筑面积（㎡）"
                            ),
                        ),
                        (
                            "programme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="totals",
                                to="ledger.programme",
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
                        "verbose_name": "计划下达数",
                        "verbose_name_plural": "计划下达数",
                        "ordering": ["street__order"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("programme", "street"),
                                name="programme_total_once_per_street",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Project",
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
                            "code",
                            models.CharField(
                                error_messages={"unique": "已有这个项目编号。"},
                                max_length=30,
                                unique=True,
                                verbose_name="项目编号",
                            ),
                        ),
                        (
                            "plan_code",
                            models.CharField(
                                blank=True,
                                max_length=40,
                                null=True,
                                unique=True,
                                verbose_name="计划编码",
                            ),
                        ),
                        (
                            "budget_code",
                            models.CharField(
                                blank=True,
                                max_length=40,
                                null=True,
                                unique=True,
                                verbose_name="预算编码",
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="项目名称")),
                        (
                            "renovation_type",
                            models.CharField(
                                choices=[
                                    ("basic", "基础完善型"),
                                    ("environment", "环境美化型"),
                                    ("function", "功能提升型"),
                                    ("integrated", "整合提升型"),
                                ],
                                default="basic",
                                max_length=12,
                                verbose_name="改造类型",
                            ),
                        ),
                        (
                            "feature",
                            models.CharField(
                                blank=True,
                                help_text="一小区一特色，一句话，如“口袋花园串起三个院子”。",
                                max_length=60,
                                verbose_name="特色",
                            ),
                        ),
                        ("is_model", models.BooleanField(default=False, verbose_name="示范样板")),
                        (
                            "model_on",
                            models.DateField(blank=True, null=True, verbose_name="定为样板日期"),
                        ),
                        (
                            "model_reason",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="定为样板的理由"
                            ),
                        ),
                        (
                            "approved_on",
                            models.DateField(blank=True, null=True, verbose_name="列入计划日期"),
                        ),
                        (
                            "cancelled_on",
                            models.DateField(blank=True, null=True, verbose_name="取消日期"),
                        ),
                        (
                            "cancellation_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="取消原因"),
                        ),
                        (
                            "reporting_from",
                            models.DateField(
                                blank=True,
                                help_text="不填从列入计划当周起报。",
                                null=True,
                                verbose_name="开始报送",
                            ),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="备注")),
                        ("is_demo", models.BooleanField(default=False, verbose_name="演示数据")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "programme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="projects",
                                to="ledger.programme",
                                verbose_name="年度计划",
                            ),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="projects",
                                to="accounts.organisation",
                                verbose_name="街道",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "项目",
                        "verbose_name_plural": "项目",
                        "ordering": ["street__order", "code"],
                        "indexes": [
                            models.Index(
                                fields=["programme", "street"],
                                name="ledger_proj_program_c0d60a_idx",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cancelled_on", None),
                                    models.Q(("cancellation_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="project_cancelled_with_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_model", False),
                                    models.Q(
                                        ("model_on__isnull", False),
                                        models.Q(("model_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="project_model_with_day_and_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Photo",
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
                            "removed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="撤下时间"),
                        ),
                        (
                            "removal_reason",
                            models.CharField(blank=True, max_length=100, verbose_name="撤下原因"),
                        ),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("before", "改造前"),
                                    ("during", "改造中"),
                                    ("after", "改造后"),
                                ],
                                max_length=8,
                                verbose_name="时期",
                            ),
                        ),
                        (
                            "spot",
                            models.CharField(
                                help_text="在小区的哪里，如“3号楼北侧”。",
                                max_length=40,
                                verbose_name="位置",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=100, verbose_name="说明")),
                        (
                            "width",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="宽"),
                        ),
                        (
                            "height",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="高"),
                        ),
                        (
                            "taken_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="拍摄时间"),
                        ),
                        (
                            "latitude",
                            models.DecimalField(
                                blank=True,
                                decimal_places=6,
                                max_digits=8,
                                null=True,
                                verbose_name="拍摄纬度",
                            ),
                        ),
                        (
                            "longitude",
                            models.DecimalField(
                                blank=True,
                                decimal_places=6,
                                max_digits=9,
                                null=True,
                                verbose_name="拍摄经度",
                            ),
                        ),
                        (
                            "look",
                            models.CharField(blank=True, max_length=16, verbose_name="图像指纹"),
                        ),
                        ("added_at", models.DateTimeField(verbose_name="上传时间")),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="上传人",
                            ),
                        ),
                        (
                            "alike",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="ledger.photo",
                                verbose_name="相像的照片",
                            ),
                        ),
                        (
                            "estate",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="photos",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                        (
                            "original",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="原件",
                            ),
                        ),
                        (
                            "picture",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="图片",
                            ),
                        ),
                        (
                            "removed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="撤下人",
                            ),
                        ),
                        (
                            "thumbnail",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="缩略图",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="photos",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "照片",
                        "verbose_name_plural": "照片",
                        "ordering": ["estate", "spot", "stage", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["project", "stage"], name="ledger_phot_project_e3f8d6_idx"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("removal_reason", ""),
                                        ("removed_at", None),
                                        ("removed_by", None),
                                    ),
                                    models.Q(
                                        ("removed_at__isnull", False),
                                        ("removed_by__isnull", False),
                                        models.Q(("removal_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="photo_removed_by_somebody_with_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("alike", None),
                                    models.Q(("alike", models.F("id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="photo_is_not_like_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Party",
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
                                    ("responsible", "责任单位"),
                                    ("contact_leader", "包联领导"),
                                    ("owner", "建设单位"),
                                    ("contractor", "施工单位"),
                                    ("supervisor", "监理单位"),
                                    ("designer", "设计单位"),
                                    ("agent", "代建单位"),
                                    ("site_contact", "项目联系"),
                                ],
                                max_length=16,
                                verbose_name="角色",
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="名称")),
                        (
                            "licence_number",
                            models.CharField(blank=True, max_length=40, verbose_name="资质证号"),
                        ),
                        (
                            "contact",
                            models.CharField(blank=True, max_length=60, verbose_name="联系岗位"),
                        ),
                        (
                            "phone",
                            models.CharField(blank=True, max_length=30, verbose_name="联系电话"),
                        ),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="起")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="止")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="单位账号",
                            ),
                        ),
                        (
                            "succeeds",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="successor",
                                to="ledger.party",
                                verbose_name="接替",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parties",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "参建单位",
                        "verbose_name_plural": "参建单位",
                        "ordering": ["project", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to", None),
                                    ("valid_from", None),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="party_ends_after_start",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LeadingPost",
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
                            "rank",
                            models.CharField(
                                choices=[
                                    ("head", "组长"),
                                    ("deputy", "副组长"),
                                    ("member", "成员"),
                                    ("office_head", "办公室主任"),
                                    ("office_member", "办公室成员"),
                                ],
                                max_length=16,
                                verbose_name="组内职务",
                            ),
                        ),
                        (
                            "post",
                            models.CharField(
                                help_text="写岗位，不写个人姓名，如“建管科科长”。",
                                max_length=40,
                                verbose_name="岗位",
                            ),
                        ),
                        (
                            "department",
                            models.CharField(
                                blank=True,
                                help_text="财审科、建管科、质安站、燃气科、清洁取暖科、行业发展科等。",
                                max_length=30,
                                verbose_name="科室",
                            ),
                        ),
                        ("answers_for", models.CharField(max_length=300, verbose_name="负责事项")),
                        ("valid_from", models.DateField(verbose_name="起")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="止")),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
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
                            "projects",
                            models.ManyToManyField(
                                blank=True,
                                related_name="leading_posts",
                                to="ledger.project",
                                verbose_name="负责项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "领导小组岗位",
                        "verbose_name_plural": "领导小组岗位",
                        "ordering": ["order", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to", None),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="leading_post_ends_after_start",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalSurvey",
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
                                    ("condition", "现状清"),
                                    ("needs", "需求清"),
                                    ("visit", "改造前入户走访"),
                                    ("revisit", "改造后入户回访"),
                                ],
                                max_length=12,
                                verbose_name="事项",
                            ),
                        ),
                        ("done_on", models.DateField(verbose_name="完成日期")),
                        (
                            "household_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="走访户数（户）"
                            ),
                        ),
                        ("finding", models.CharField(max_length=500, verbose_name="情况")),
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
                                verbose_name="材料",
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
                        "verbose_name": "historical 摸底走访",
                        "verbose_name_plural": "historical 摸底走访",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalPublication",
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
                                    ("plan", "方案公开"),
                                    ("investment", "投资公开"),
                                    ("progress", "进度公开"),
                                    ("acceptance", "验收公开"),
                                ],
                                max_length=12,
                                verbose_name="公开事项",
                            ),
                        ),
                        ("published_on", models.DateField(verbose_name="公开日期")),
                        (
                            "channel",
                            models.CharField(
                                help_text="如“小区公示栏”“街道微信公众号”“区政府网站”。",
                                max_length=60,
                                verbose_name="公开渠道",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
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
                                verbose_name="公示件",
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
                        "verbose_name": "historical 公开",
                        "verbose_name_plural": "historical 公开",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalProjectChange",
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
                                    ("enter", "列入计划"),
                                    ("move", "移交街道"),
                                    ("cancel", "取消项目"),
                                    ("restore", "撤销取消"),
                                    ("report", "更正开始报送"),
                                    ("scope", "范围"),
                                    ("money", "金额"),
                                    ("time", "工期"),
                                    ("design", "设计"),
                                    ("other", "其他"),
                                ],
                                max_length=8,
                                verbose_name="类别",
                            ),
                        ),
                        ("title", models.CharField(max_length=80, verbose_name="变更事项")),
                        ("rationale", models.CharField(max_length=500, verbose_name="变更理由")),
                        (
                            "old_text",
                            models.CharField(blank=True, max_length=500, verbose_name="变更前"),
                        ),
                        (
                            "new_text",
                            models.CharField(blank=True, max_length=500, verbose_name="变更后"),
                        ),
                        (
                            "old_start_on",
                            models.DateField(blank=True, null=True, verbose_name="原计划开工"),
                        ),
                        (
                            "new_start_on",
                            models.DateField(blank=True, null=True, verbose_name="新计划开工"),
                        ),
                        (
                            "old_completion_on",
                            models.DateField(blank=True, null=True, verbose_name="原计划完工"),
                        ),
                        (
                            "new_completion_on",
                            models.DateField(blank=True, null=True, verbose_name="新计划完工"),
                        ),
                        (
                            "old_investment_fen",
                            models.BigIntegerField(
                                blank=True, null=True, verbose_name="原计划投资（分）"
                            ),
                        ),
                        (
                            "new_investment_fen",
                            models.BigIntegerField(
                                blank=True, null=True, verbose_name="新计划投资（分）"
                            ),
                        ),
                        (
                            "old_area_sqm",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=12,
                                null=True,
                                verbose_name="原建筑面积（㎡）",
                            ),
                        ),
                        (
                            "new_area_sqm",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=12,
                                null=True,
                                verbose_name="新建筑面积（㎡）",
                            ),
                        ),
                        (
                            "effective_on",
                            models.DateField(blank=True, null=True, verbose_name="生效日期"),
                        ),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="批准文号"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "待批准"),
                                    ("approved", "已批准"),
                                    ("refused", "未批准"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("drafted_at", models.DateTimeField(verbose_name="拟定时间")),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="批准时间"),
                        ),
                        (
                            "approved_on",
                            models.DateField(blank=True, null=True, verbose_name="批准日期"),
                        ),
                        (
                            "comment",
                            models.CharField(blank=True, max_length=200, verbose_name="意见"),
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
                            "baseline",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.baseline",
                                verbose_name="新计划",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="批准人",
                            ),
                        ),
                        (
                            "departs_from",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.baseline",
                                verbose_name="原计划",
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
                                verbose_name="变更文件",
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
                            "to_street",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="移交到",
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
                        "verbose_name": "historical 变更",
                        "verbose_name_plural": "historical 变更",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalParty",
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
                                    ("responsible", "责任单位"),
                                    ("contact_leader", "包联领导"),
                                    ("owner", "建设单位"),
                                    ("contractor", "施工单位"),
                                    ("supervisor", "监理单位"),
                                    ("designer", "设计单位"),
                                    ("agent", "代建单位"),
                                    ("site_contact", "项目联系"),
                                ],
                                max_length=16,
                                verbose_name="角色",
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="名称")),
                        (
                            "licence_number",
                            models.CharField(blank=True, max_length=40, verbose_name="资质证号"),
                        ),
                        (
                            "contact",
                            models.CharField(blank=True, max_length=60, verbose_name="联系岗位"),
                        ),
                        (
                            "phone",
                            models.CharField(blank=True, max_length=30, verbose_name="联系电话"),
                        ),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="起")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="止")),
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
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="单位账号",
                            ),
                        ),
                        (
                            "succeeds",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.party",
                                verbose_name="接替",
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
                        "verbose_name": "historical 参建单位",
                        "verbose_name_plural": "historical 参建单位",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalLeadingPost_projects",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                        (
                            "history",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="ledger.historicalleadingpost",
                            ),
                        ),
                        (
                            "leadingpost",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_tablespace="",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.leadingpost",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_tablespace="",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.project",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "HistoricalLeadingPost_projects",
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalJointReview",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "gate",
                            models.CharField(
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        ("title", models.CharField(max_length=80, verbose_name="名称")),
                        ("held_on", models.DateField(verbose_name="联审日期")),
                        (
                            "document_number",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="会议纪要或批复文号"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
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
                                verbose_name="联审意见",
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
                        "verbose_name": "historical 部门联审",
                        "verbose_name_plural": "historical 部门联审",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalGatePromise",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "gate",
                            models.CharField(
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        (
                            "form",
                            models.CharField(
                                choices=[("tolerated", "容缺办理"), ("pledged", "告知承诺")],
                                default="tolerated",
                                max_length=10,
                                verbose_name="办理方式",
                            ),
                        ),
                        ("lacks", models.CharField(max_length=120, verbose_name="缺少的材料")),
                        (
                            "missing_gate",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="缺少的手续",
                            ),
                        ),
                        ("promised_by", models.CharField(max_length=80, verbose_name="承诺单位")),
                        ("promised_on", models.DateField(verbose_name="承诺日期")),
                        ("due_on", models.DateField(verbose_name="补齐期限")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="承诺书编号"),
                        ),
                        (
                            "received_on",
                            models.DateField(blank=True, null=True, verbose_name="补齐日期"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
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
                            "received_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="收件登记",
                            ),
                        ),
                        (
                            "received_file",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="补齐材料",
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
                        "verbose_name": "historical 容缺承诺",
                        "verbose_name_plural": "historical 容缺承诺",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalGateOpening",
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
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        ("actual_on", models.DateField(verbose_name="实际日期")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="文号"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "待核"),
                                    ("approved", "已核定"),
                                    ("returned", "已退回"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="pending",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="核定时间"),
                        ),
                        (
                            "comment",
                            models.CharField(blank=True, max_length=200, verbose_name="意见"),
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
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="核定人",
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
                        "verbose_name": "historical 期初关口",
                        "verbose_name_plural": "historical 期初关口",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalGateException",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "gate",
                            models.CharField(
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        ("check_code", models.CharField(max_length=60, verbose_name="核查事项")),
                        ("finding", models.CharField(max_length=300, verbose_name="不符合的情况")),
                        ("reason", models.CharField(max_length=300, verbose_name="理由")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="依据文号"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("asked", "待批准"),
                                    ("approved", "已批准"),
                                    ("refused", "未批准"),
                                    ("revoked", "已撤销"),
                                ],
                                default="asked",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("requested_at", models.DateTimeField(verbose_name="申请时间")),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="批准时间"),
                        ),
                        (
                            "comment",
                            models.CharField(blank=True, max_length=200, verbose_name="意见"),
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
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="批准人",
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
                                verbose_name="依据文件",
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
                            "requested_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="申请人",
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
                        "verbose_name": "historical 关口例外",
                        "verbose_name_plural": "historical 关口例外",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalGate",
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
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        (
                            "planned_on",
                            models.DateField(blank=True, null=True, verbose_name="计划日期"),
                        ),
                        (
                            "forecast_on",
                            models.DateField(blank=True, null=True, verbose_name="预计日期"),
                        ),
                        (
                            "actual_on",
                            models.DateField(blank=True, null=True, verbose_name="实际日期"),
                        ),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="文号"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("is_opening", models.BooleanField(default=False, verbose_name="期初导入")),
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
                                verbose_name="依据文件",
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
                        "verbose_name": "historical 关口",
                        "verbose_name_plural": "historical 关口",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalEstate",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="小区名称")),
                        (
                            "address",
                            models.CharField(blank=True, max_length=120, verbose_name="地址"),
                        ),
                        (
                            "year_built",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(1900),
                                    django.core.validators.MaxValueValidator(2030),
                                ],
                                verbose_name="建成年份",
                            ),
                        ),
                        (
                            "building_count",
                            models.PositiveIntegerField(verbose_name="楼栋数（栋）"),
                        ),
                        ("household_count", models.PositiveIntegerField(verbose_name="户数（户）")),
                        (
                            "area_sqm",
                            models.DecimalField(
                                decimal_places=2,
                                max_digits=12,
                                validators=[
                                    django.core.validators.MinValueValidator(Decimal("0.01"))
                                ],
                                verbose_name="建筑面积（㎡）",
                            ),
                        ),
                        (
                            "latitude",
                            models.DecimalField(
                                blank=True,
                                decimal_places=6,
                                max_digits=8,
                                null=True,
                                verbose_name="纬度",
                            ),
                        ),
                        (
                            "longitude",
                            models.DecimalField(
                                blank=True,
                                decimal_places=6,
                                max_digits=9,
                                null=True,
                                verbose_name="经度",
                            ),
                        ),
                        (
                            "outline",
                            models.JSONField(blank=True, default=list, verbose_name="轮廓"),
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
                            "community",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="社区",
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
                        "verbose_name": "historical 小区",
                        "verbose_name_plural": "historical 小区",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalCommitment",
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
                                    ("party_branch", "攻坚党支部"),
                                    ("head", "一把手责任"),
                                    ("on_site", "驻点办公"),
                                    ("officials", "公职人员带头"),
                                    ("points", "贡献积分"),
                                ],
                                max_length=16,
                                verbose_name="类别",
                            ),
                        ),
                        (
                            "who",
                            models.CharField(
                                help_text="写岗位或组织，不写个人姓名。",
                                max_length=60,
                                verbose_name="岗位或组织",
                            ),
                        ),
                        ("detail", models.CharField(max_length=300, verbose_name="内容")),
                        (
                            "schedule",
                            models.CharField(
                                blank=True,
                                help_text="驻点办公填，如“每周二、四 9:00—11:00”。",
                                max_length=60,
                                verbose_name="在场时间",
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="起")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="止")),
                        (
                            "points",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="积分（分）"
                            ),
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
                        "verbose_name": "historical 组织保障记录",
                        "verbose_name_plural": "historical 组织保障记录",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="GatePromise",
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
                            "gate",
                            models.CharField(
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        (
                            "form",
                            models.CharField(
                                choices=[("tolerated", "容缺办理"), ("pledged", "告知承诺")],
                                default="tolerated",
                                max_length=10,
                                verbose_name="办理方式",
                            ),
                        ),
                        ("lacks", models.CharField(max_length=120, verbose_name="缺少的材料")),
                        (
                            "missing_gate",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="缺少的手续",
                            ),
                        ),
                        ("promised_by", models.CharField(max_length=80, verbose_name="承诺单位")),
                        ("promised_on", models.DateField(verbose_name="承诺日期")),
                        ("due_on", models.DateField(verbose_name="补齐期限")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="承诺书编号"),
                        ),
                        (
                            "received_on",
                            models.DateField(blank=True, null=True, verbose_name="补齐日期"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "received_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="收件登记",
                            ),
                        ),
                        (
                            "received_file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="补齐材料",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="gate_promises",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "容缺承诺",
                        "verbose_name_plural": "容缺承诺",
                        "ordering": ["due_on", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["received_on", "due_on"],
                                name="ledger_gate_receive_30b1a7_idx",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("project", "gate", "lacks"),
                                name="gate_promise_once_per_paper",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("lacks", ""), _negated=True),
                                name="gate_promise_names_a_paper",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("promised_by", ""), _negated=True),
                                name="gate_promise_names_who_promised",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("due_on__gte", models.F("promised_on"))),
                                name="gate_promise_due_after_promised",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("received_on", None),
                                    ("received_on__gte", models.F("promised_on")),
                                    _connector="OR",
                                ),
                                name="gate_promise_received_after_promised",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GateOpening",
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
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        ("actual_on", models.DateField(verbose_name="实际日期")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="文号"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "待核"),
                                    ("approved", "已核定"),
                                    ("returned", "已退回"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="pending",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="核定时间"),
                        ),
                        (
                            "comment",
                            models.CharField(blank=True, max_length=200, verbose_name="意见"),
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
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gate_openings",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "期初关口",
                        "verbose_name_plural": "期初关口",
                        "ordering": ["project", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "pending")),
                                fields=("project", "kind"),
                                name="gate_opening_waits_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at", None),
                                        ("decided_by", None),
                                        ("state", "pending"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "pending"), _negated=True),
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="gate_opening_decided_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "approved"), _negated=True),
                                    models.Q(
                                        ("decided_by", models.F("recorded_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="gate_opening_approver_did_not_record",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GateException",
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
                            "gate",
                            models.CharField(
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        ("check_code", models.CharField(max_length=60, verbose_name="核查事项")),
                        ("finding", models.CharField(max_length=300, verbose_name="不符合的情况")),
                        ("reason", models.CharField(max_length=300, verbose_name="理由")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="依据文号"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("asked", "待批准"),
                                    ("approved", "已批准"),
                                    ("refused", "未批准"),
                                    ("revoked", "已撤销"),
                                ],
                                default="asked",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("requested_at", models.DateTimeField(verbose_name="申请时间")),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="批准时间"),
                        ),
                        (
                            "comment",
                            models.CharField(blank=True, max_length=200, verbose_name="意见"),
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
                            "requested_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="申请人",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="gate_exceptions",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "关口例外",
                        "verbose_name_plural": "关口例外",
                        "ordering": ["project", "-requested_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["asked", "approved"])),
                                fields=("project", "check_code"),
                                name="gate_exception_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="gate_exception_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("document_number", ""), _negated=True),
                                    ("file__isnull", False),
                                    _connector="OR",
                                ),
                                name="gate_exception_has_document",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at", None),
                                        ("decided_by", None),
                                        ("state", "asked"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "asked"), _negated=True),
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="gate_exception_decided_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "approved"), _negated=True),
                                    models.Q(
                                        ("decided_by", models.F("requested_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="gate_exception_approver_did_not_ask",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Gate",
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
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        (
                            "planned_on",
                            models.DateField(blank=True, null=True, verbose_name="计划日期"),
                        ),
                        (
                            "forecast_on",
                            models.DateField(blank=True, null=True, verbose_name="预计日期"),
                        ),
                        (
                            "actual_on",
                            models.DateField(blank=True, null=True, verbose_name="实际日期"),
                        ),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="文号"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("is_opening", models.BooleanField(default=False, verbose_name="期初导入")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "evidence",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="gates",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "关口",
                        "verbose_name_plural": "关口",
                        "ordering": ["project", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("project", "kind"), name="gate_once_per_project"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Commitment",
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
                                    ("party_branch", "攻坚党支部"),
                                    ("head", "一把手责任"),
                                    ("on_site", "驻点办公"),
                                    ("officials", "公职人员带头"),
                                    ("points", "贡献积分"),
                                ],
                                max_length=16,
                                verbose_name="类别",
                            ),
                        ),
                        (
                            "who",
                            models.CharField(
                                help_text="写岗位或组织，不写个人姓名。",
                                max_length=60,
                                verbose_name="岗位或组织",
                            ),
                        ),
                        ("detail", models.CharField(max_length=300, verbose_name="内容")),
                        (
                            "schedule",
                            models.CharField(
                                blank=True,
                                help_text="驻点办公填，如“每周二、四 9:00—11:00”。",
                                max_length=60,
                                verbose_name="在场时间",
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="起")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="止")),
                        (
                            "points",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="积分（分）"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="commitments",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "组织保障记录",
                        "verbose_name_plural": "组织保障记录",
                        "ordering": ["project", "starts_on", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on", None),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="commitment_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "points"), ("points__isnull", False)),
                                    models.Q(
                                        models.Q(("kind", "points"), _negated=True),
                                        ("points", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="commitment_points_where_they_belong",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "on_site"), _negated=True),
                                    models.Q(("schedule", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="commitment_on_site_says_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProjectChange",
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
                                    ("enter", "列入计划"),
                                    ("move", "移交街道"),
                                    ("cancel", "取消项目"),
                                    ("restore", "撤销取消"),
                                    ("report", "更正开始报送"),
                                    ("scope", "范围"),
                                    ("money", "金额"),
                                    ("time", "工期"),
                                    ("design", "设计"),
                                    ("other", "其他"),
                                ],
                                max_length=8,
                                verbose_name="类别",
                            ),
                        ),
                        ("title", models.CharField(max_length=80, verbose_name="变更事项")),
                        ("rationale", models.CharField(max_length=500, verbose_name="变更理由")),
                        (
                            "old_text",
                            models.CharField(blank=True, max_length=500, verbose_name="变更前"),
                        ),
                        (
                            "new_text",
                            models.CharField(blank=True, max_length=500, verbose_name="变更后"),
                        ),
                        (
                            "old_start_on",
                            models.DateField(blank=True, null=True, verbose_name="原计划开工"),
                        ),
                        (
                            "new_start_on",
                            models.DateField(blank=True, null=True, verbose_name="新计划开工"),
                        ),
                        (
                            "old_completion_on",
                            models.DateField(blank=True, null=True, verbose_name="原计划完工"),
                        ),
                        (
                            "new_completion_on",
                            models.DateField(blank=True, null=True, verbose_name="新计划完工"),
                        ),
                        (
                            "old_investment_fen",
                            models.BigIntegerField(
                                blank=True, null=True, verbose_name="原计划投资（分）"
                            ),
                        ),
                        (
                            "new_investment_fen",
                            models.BigIntegerField(
                                blank=True, null=True, verbose_name="新计划投资（分）"
                            ),
                        ),
                        (
                            "old_area_sqm",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=12,
                                null=True,
                                verbose_name="原建筑面积（㎡）",
                            ),
                        ),
                        (
                            "new_area_sqm",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=12,
                                null=True,
                                verbose_name="新建筑面积（㎡）",
                            ),
                        ),
                        (
                            "effective_on",
                            models.DateField(blank=True, null=True, verbose_name="生效日期"),
                        ),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="批准文号"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "待批准"),
                                    ("approved", "已批准"),
                                    ("refused", "未批准"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("drafted_at", models.DateTimeField(verbose_name="拟定时间")),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="批准时间"),
                        ),
                        (
                            "approved_on",
                            models.DateField(blank=True, null=True, verbose_name="批准日期"),
                        ),
                        (
                            "comment",
                            models.CharField(blank=True, max_length=200, verbose_name="意见"),
                        ),
                        (
                            "baseline",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="change",
                                to="ledger.baseline",
                                verbose_name="新计划",
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
                            "departs_from",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.baseline",
                                verbose_name="原计划",
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
                                verbose_name="变更文件",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                        (
                            "to_street",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="移交到",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "变更",
                        "verbose_name_plural": "变更",
                        "ordering": ["-drafted_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("rationale", ""), _negated=True),
                                name="change_has_rationale",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("new_text", ""), _negated=True),
                                    ("new_start_on__isnull", False),
                                    ("new_completion_on__isnull", False),
                                    ("new_investment_fen__isnull", False),
                                    ("new_area_sqm__isnull", False),
                                    ("baseline__isnull", False),
                                    ("state__in", ["refused", "withdrawn"]),
                                    _connector="OR",
                                ),
                                name="change_changes_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("new_start_on__isnull", True),
                                        ("old_start_on__isnull", True),
                                    ),
                                    models.Q(
                                        ("new_start_on__isnull", False),
                                        ("old_start_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="change_start_on_old_and_new",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("new_completion_on__isnull", True),
                                        ("old_completion_on__isnull", True),
                                    ),
                                    models.Q(
                                        ("new_completion_on__isnull", False),
                                        ("old_completion_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="change_completion_on_old_and_new",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("new_investment_fen__isnull", True),
                                        ("old_investment_fen__isnull", True),
                                    ),
                                    models.Q(
                                        ("new_investment_fen__isnull", False),
                                        ("old_investment_fen__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="change_investment_fen_old_and_new",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("new_area_sqm__isnull", True),
                                        ("old_area_sqm__isnull", True),
                                    ),
                                    models.Q(
                                        ("new_area_sqm__isnull", False),
                                        ("old_area_sqm__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="change_area_sqm_old_and_new",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind__in", ["enter", "cancel", "report"]), _negated=True
                                    ),
                                    ("effective_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="change_of_enrolment_has_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "move"), ("to_street__isnull", False)),
                                    models.Q(
                                        models.Q(("kind", "move"), _negated=True),
                                        ("to_street__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="change_moves_to_street",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("kind__in", ["enter", "move", "cancel", "restore", "report"]),
                                    ("state", "draft"),
                                ),
                                fields=("project",),
                                name="change_of_enrolment_waits_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at", None),
                                        ("decided_by", None),
                                        ("state", "draft"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "draft"), _negated=True),
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="change_decided_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "approved"), _negated=True),
                                    models.Q(
                                        ("approved_on__isnull", False),
                                        models.Q(
                                            models.Q(("document_number", ""), _negated=True),
                                            ("file__isnull", False),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="change_approved_has_date_and_document",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "approved"), _negated=True),
                                    models.Q(("decided_by", models.F("drafted_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="change_approver_did_not_draft",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormerStreet",
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
                            "until_on",
                            models.DateField(
                                help_text="从这一天起属于接收街道。", verbose_name="移交日期"
                            ),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="原属街道",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="former_streets",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                        (
                            "change",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.projectchange",
                                verbose_name="变更",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "原属街道",
                        "verbose_name_plural": "原属街道",
                        "ordering": ["project", "until_on"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("project", "until_on"), name="former_street_once_a_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProjectDocument",
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
                            "removed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="撤下时间"),
                        ),
                        (
                            "removal_reason",
                            models.CharField(blank=True, max_length=100, verbose_name="撤下原因"),
                        ),
                        ("title", models.CharField(max_length=100, verbose_name="题名")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="文号"),
                        ),
                        (
                            "dated_on",
                            models.DateField(blank=True, null=True, verbose_name="成文日期"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        (
                            "version",
                            models.PositiveSmallIntegerField(default=1, verbose_name="版次"),
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
                            "kind",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.documentkind",
                                verbose_name="种类",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                        (
                            "removed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="撤下人",
                            ),
                        ),
                        (
                            "supersedes",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="successor",
                                to="ledger.projectdocument",
                                verbose_name="取代",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "项目文件",
                        "verbose_name_plural": "项目文件",
                        "ordering": ["kind__order", "kind", "title", "-version"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("supersedes", None), ("version", 1)),
                                    models.Q(("supersedes__isnull", False), ("version__gt", 1)),
                                    _connector="OR",
                                ),
                                name="document_version_follows_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("removal_reason", ""),
                                        ("removed_at", None),
                                        ("removed_by", None),
                                    ),
                                    models.Q(
                                        ("removed_at__isnull", False),
                                        ("removed_by__isnull", False),
                                        models.Q(("removal_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="document_removed_by_somebody_with_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Publication",
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
                                    ("plan", "方案公开"),
                                    ("investment", "投资公开"),
                                    ("progress", "进度公开"),
                                    ("acceptance", "验收公开"),
                                ],
                                max_length=12,
                                verbose_name="公开事项",
                            ),
                        ),
                        ("published_on", models.DateField(verbose_name="公开日期")),
                        (
                            "channel",
                            models.CharField(
                                help_text="如“小区公示栏”“街道微信公众号”“区政府网站”。",
                                max_length=60,
                                verbose_name="公开渠道",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="公示件",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="publications",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "公开",
                        "verbose_name_plural": "公开",
                        "ordering": ["project", "published_on", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("channel", ""), _negated=True),
                                name="publication_has_channel",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RestWindow",
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
                            "cause",
                            models.CharField(
                                choices=[
                                    ("heat", "高温"),
                                    ("flood", "汛期"),
                                    ("event", "重大活动"),
                                    ("heating", "采暖期"),
                                    ("frost", "冬季低温"),
                                    ("other", "其他"),
                                ],
                                max_length=10,
                                verbose_name="原因类别",
                            ),
                        ),
                        (
                            "work_kind",
                            models.CharField(
                                choices=[
                                    ("all", "全部室外作业"),
                                    ("demolition", "拆违"),
                                    ("underground", "地下管网"),
                                    ("heating", "供热管网"),
                                    ("roof", "屋面"),
                                    ("wall", "外墙"),
                                    ("stairs", "楼道"),
                                    ("power", "强弱电"),
                                    ("road", "道路铺装"),
                                    ("green", "绿化"),
                                ],
                                max_length=12,
                                verbose_name="停哪类作业",
                            ),
                        ),
                        ("from_on", models.DateField(verbose_name="起")),
                        ("to_on", models.DateField(verbose_name="止")),
                        ("reason", models.CharField(max_length=200, verbose_name="停工要求")),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="依据文号"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "bureau",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rest_windows",
                                to="accounts.organisation",
                                verbose_name="区局",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "停工期",
                        "verbose_name_plural": "停工期",
                        "ordering": ["from_on", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("to_on__gte", models.F("from_on"))),
                                name="rest_window_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="rest_window_has_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StandardItem",
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
                            models.PositiveSmallIntegerField(
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(99),
                                ],
                                verbose_name="条次",
                            ),
                        ),
                        (
                            "group",
                            models.CharField(
                                choices=[("bottom_line", "底线要求"), ("breakthrough", "攻坚要求")],
                                max_length=12,
                                verbose_name="类别",
                            ),
                        ),
                        ("text", models.CharField(max_length=200, verbose_name="内容")),
                        (
                            "hint",
                            models.CharField(blank=True, max_length=200, verbose_name="怎样算符合"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "retired_on",
                            models.DateField(blank=True, null=True, verbose_name="停用日期"),
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
                    ],
                    options={
                        "verbose_name": "衡量标准",
                        "verbose_name_plural": "衡量标准",
                        "ordering": ["number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("bureau", "number"), name="standard_number_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StandardCheck",
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
                        ("item_version", models.PositiveIntegerField(verbose_name="标准版本")),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("met", "符合"),
                                    ("unmet", "不符合"),
                                    ("not_applicable", "不适用"),
                                ],
                                max_length=16,
                                verbose_name="结论",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("checked_at", models.DateTimeField(verbose_name="核对时间")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "checked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="核对人",
                            ),
                        ),
                        (
                            "evidence",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="standard_checks",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="checks",
                                to="ledger.standarditem",
                                verbose_name="标准",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "标准核对",
                        "verbose_name_plural": "标准核对",
                        "ordering": ["project", "item__number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("project", "item"), name="standard_check_once_per_project"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verdict", "met"),
                                    models.Q(("note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="standard_not_met_has_note",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("item_version__gte", 1)),
                                name="standard_check_has_version",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalStandardCheck",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("item_version", models.PositiveIntegerField(verbose_name="标准版本")),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("met", "符合"),
                                    ("unmet", "不符合"),
                                    ("not_applicable", "不适用"),
                                ],
                                max_length=16,
                                verbose_name="结论",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("checked_at", models.DateTimeField(verbose_name="核对时间")),
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
                            "checked_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="核对人",
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
                                verbose_name="依据文件",
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
                            "item",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.standarditem",
                                verbose_name="标准",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 标准核对",
                        "verbose_name_plural": "historical 标准核对",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Survey",
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
                                    ("condition", "现状清"),
                                    ("needs", "需求清"),
                                    ("visit", "改造前入户走访"),
                                    ("revisit", "改造后入户回访"),
                                ],
                                max_length=12,
                                verbose_name="事项",
                            ),
                        ),
                        ("done_on", models.DateField(verbose_name="完成日期")),
                        (
                            "household_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="走访户数（户）"
                            ),
                        ),
                        ("finding", models.CharField(max_length=500, verbose_name="情况")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="材料",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="surveys",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "摸底走访",
                        "verbose_name_plural": "摸底走访",
                        "ordering": ["project", "done_on", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind__in", ["revisit", "visit"]), _negated=True),
                                    ("household_count__isnull", False),
                                    _connector="OR",
                                ),
                                name="visit_counts_households",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BaselineNode",
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
                            "gate",
                            models.CharField(
                                choices=[
                                    ("surveyed", "摸底"),
                                    ("consulted", "意愿征询"),
                                    ("programmed", "列入计划"),
                                    ("approved", "立项批复"),
                                    ("designed", "方案确定"),
                                    ("drawn", "施工图预算评审"),
                                    ("tendered", "招投标"),
                                    ("permitted", "施工许可"),
                                    ("started", "开工"),
                                    ("completed", "完工"),
                                    ("accepted", "竣工验收"),
                                    ("audited", "结算审计"),
                                    ("handed_over", "移交管养"),
                                ],
                                max_length=12,
                                verbose_name="关口",
                            ),
                        ),
                        ("planned_on", models.DateField(verbose_name="计划日期")),
                        (
                            "baseline",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="nodes",
                                to="ledger.baseline",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "节点计划",
                        "verbose_name_plural": "节点计划",
                        "ordering": ["baseline", "planned_on", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("baseline", "gate"), name="baseline_node_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("gate__in", ["started", "completed"]), _negated=True
                                ),
                                name="baseline_node_is_not_of_the_plan_itself",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="jointreview",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="joint_reviews",
                to="ledger.project",
                verbose_name="项目",
            ),
        ),
        migrations.AddField(
            model_name="estate",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="estates",
                to="ledger.project",
                verbose_name="项目",
            ),
        ),
        migrations.AddField(
            model_name="baseline",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="baselines",
                to="ledger.project",
                verbose_name="项目",
            ),
        ),
        migrations.AddConstraint(
            model_name="jointreview",
            constraint=models.UniqueConstraint(
                fields=("project", "gate", "title"), name="joint_review_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="estate",
            constraint=models.UniqueConstraint(
                fields=("project", "name"), name="estate_once_per_project"
            ),
        ),
        migrations.AddConstraint(
            model_name="baseline",
            constraint=models.UniqueConstraint(
                fields=("project", "version"), name="baseline_version_once"
            ),
        ),
    ]
