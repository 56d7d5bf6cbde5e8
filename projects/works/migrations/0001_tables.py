"""The tables of the wing."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("works", "0001_menu_and_items"),
        ("works", "0003_structures_and_utilities"),
        ("works", "0005_versions"),
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
                    name="HistoricalIllegalStructure",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "building",
                            models.CharField(blank=True, max_length=20, verbose_name="楼栋"),
                        ),
                        ("location", models.CharField(max_length=80, verbose_name="位置")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("roof", "屋面加建"),
                                    ("sunroom", "露台阳光房"),
                                    ("balcony", "外墙外挑"),
                                    ("yard", "圈占院落绿地"),
                                    ("shed", "棚屋储藏间"),
                                    ("cellar", "私挖地下空间"),
                                    ("other", "其他"),
                                ],
                                max_length=8,
                                verbose_name="类型",
                            ),
                        ),
                        (
                            "area_sqm",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=8,
                                null=True,
                                verbose_name="面积（㎡）",
                            ),
                        ),
                        (
                            "needs_waterproofing",
                            models.BooleanField(default=False, verbose_name="拆后须恢复防水"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("found", "已发现"),
                                    ("notified", "已告知"),
                                    ("objected", "有异议"),
                                    ("removed", "已拆除"),
                                    ("restored", "已恢复防水"),
                                    ("closed", "无需恢复"),
                                    ("dismissed", "不属违建"),
                                ],
                                default="found",
                                max_length=10,
                                verbose_name="状态",
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
                        "verbose_name": "historical 违法建设",
                        "verbose_name_plural": "historical 违法建设",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalMenuClass",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=30, verbose_name="代码")),
                        ("name", models.CharField(max_length=20, verbose_name="名称")),
                        (
                            "meaning",
                            models.CharField(blank=True, max_length=120, verbose_name="含义"),
                        ),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
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
                        "verbose_name": "historical 改造类别",
                        "verbose_name_plural": "historical 改造类别",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalUtilityPlan",
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
                                    ("water", "供水"),
                                    ("drainage", "排水"),
                                    ("power", "供电"),
                                    ("gas", "燃气"),
                                    ("heat", "供热"),
                                    ("telecom", "通信"),
                                    ("other", "其他"),
                                ],
                                max_length=10,
                                verbose_name="专业",
                            ),
                        ),
                        ("operator", models.CharField(max_length=60, verbose_name="专营单位")),
                        (
                            "stretch",
                            models.CharField(blank=True, max_length=60, verbose_name="地段"),
                        ),
                        ("planned_from", models.DateField(verbose_name="计划开始")),
                        ("planned_to", models.DateField(verbose_name="计划完成")),
                        (
                            "opens_surface",
                            models.BooleanField(default=True, verbose_name="开挖路面"),
                        ),
                        (
                            "depth_cm",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="埋深（厘米）"
                            ),
                        ),
                        (
                            "cost_bearer",
                            models.CharField(
                                choices=[
                                    ("operator", "专营单位出资"),
                                    ("fiscal", "财政出资"),
                                    ("shared", "共同分担"),
                                    ("residents", "居民出资"),
                                ],
                                default="operator",
                                max_length=10,
                                verbose_name="费用承担",
                            ),
                        ),
                        ("contact", models.CharField(max_length=60, verbose_name="联系岗位")),
                        (
                            "phone",
                            models.CharField(blank=True, max_length=30, verbose_name="联系电话"),
                        ),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="文号"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "计划"),
                                    ("coordinated", "已协调"),
                                    ("working", "施工"),
                                    ("done", "完成"),
                                    ("withdrawn", "退出"),
                                ],
                                default="planned",
                                max_length=12,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "started_on",
                            models.DateField(blank=True, null=True, verbose_name="实际开始"),
                        ),
                        (
                            "finished_on",
                            models.DateField(blank=True, null=True, verbose_name="实际完成"),
                        ),
                        (
                            "withdrawal_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="退出原因"),
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
                                verbose_name="计划文件",
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
                        "verbose_name": "historical 管线计划",
                        "verbose_name_plural": "historical 管线计划",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="IllegalStructure",
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
                            "building",
                            models.CharField(blank=True, max_length=20, verbose_name="楼栋"),
                        ),
                        ("location", models.CharField(max_length=80, verbose_name="位置")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("roof", "屋面加建"),
                                    ("sunroom", "露台阳光房"),
                                    ("balcony", "外墙外挑"),
                                    ("yard", "圈占院落绿地"),
                                    ("shed", "棚屋储藏间"),
                                    ("cellar", "私挖地下空间"),
                                    ("other", "其他"),
                                ],
                                max_length=8,
                                verbose_name="类型",
                            ),
                        ),
                        (
                            "area_sqm",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=8,
                                null=True,
                                verbose_name="面积（㎡）",
                            ),
                        ),
                        (
                            "needs_waterproofing",
                            models.BooleanField(default=False, verbose_name="拆后须恢复防水"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        (
                            "owner_sealed",
                            models.BinaryField(blank=True, null=True, verbose_name="当事人"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("found", "已发现"),
                                    ("notified", "已告知"),
                                    ("objected", "有异议"),
                                    ("removed", "已拆除"),
                                    ("restored", "已恢复防水"),
                                    ("closed", "无需恢复"),
                                    ("dismissed", "不属违建"),
                                ],
                                default="found",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "estate",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="illegal_structures",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "违法建设",
                        "verbose_name_plural": "违法建设",
                        "ordering": ["project", "building", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("area_sqm", None), ("area_sqm__gt", 0), _connector="OR"
                                ),
                                name="structure_area_above_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("location", ""), _negated=True),
                                name="structure_has_location",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MenuClass",
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
                        ("name", models.CharField(max_length=20, verbose_name="名称")),
                        (
                            "meaning",
                            models.CharField(blank=True, max_length=120, verbose_name="含义"),
                        ),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
                        (
                            "bureau",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="menu_classes",
                                to="accounts.organisation",
                                verbose_name="区局",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "改造类别",
                        "verbose_name_plural": "改造类别",
                        "ordering": ["order", "code"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("bureau", None)),
                                fields=("code",),
                                name="menu_class_shared_once",
                            ),
                            models.UniqueConstraint(
                                fields=("bureau", "code"), name="menu_class_once_per_bureau"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalMenuItem",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=30, verbose_name="代码")),
                        ("name", models.CharField(max_length=30, verbose_name="名称")),
                        ("unit", models.CharField(max_length=8, verbose_name="计量单位")),
                        (
                            "places",
                            models.PositiveSmallIntegerField(default=0, verbose_name="小数位数"),
                        ),
                        (
                            "is_required",
                            models.BooleanField(default=False, verbose_name="应改尽改"),
                        ),
                        (
                            "layer",
                            models.CharField(
                                choices=[
                                    ("underground", "地下管网"),
                                    ("surface", "地面"),
                                    ("envelope", "屋面外墙"),
                                    ("other", "其他"),
                                ],
                                default="other",
                                max_length=12,
                                verbose_name="施工次序",
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("pipes", "老旧管线"),
                                    ("lifts", "加装电梯"),
                                    ("parking", "停车位"),
                                    ("chargers", "充电桩"),
                                    ("services", "社区服务设施"),
                                    ("markets", "便民市场"),
                                    ("roads", "断头路"),
                                    ("water", "二次供水"),
                                ],
                                max_length=12,
                                verbose_name="计入成果",
                            ),
                        ),
                        ("is_offered", models.BooleanField(default=True, verbose_name="可选用")),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
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
                        (
                            "menu_class",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="works.menuclass",
                                verbose_name="类别",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 改造条目",
                        "verbose_name_plural": "historical 改造条目",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="MenuItem",
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
                        ("name", models.CharField(max_length=30, verbose_name="名称")),
                        ("unit", models.CharField(max_length=8, verbose_name="计量单位")),
                        (
                            "places",
                            models.PositiveSmallIntegerField(default=0, verbose_name="小数位数"),
                        ),
                        (
                            "is_required",
                            models.BooleanField(default=False, verbose_name="应改尽改"),
                        ),
                        (
                            "layer",
                            models.CharField(
                                choices=[
                                    ("underground", "地下管网"),
                                    ("surface", "地面"),
                                    ("envelope", "屋面外墙"),
                                    ("other", "其他"),
                                ],
                                default="other",
                                max_length=12,
                                verbose_name="施工次序",
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("pipes", "老旧管线"),
                                    ("lifts", "加装电梯"),
                                    ("parking", "停车位"),
                                    ("chargers", "充电桩"),
                                    ("services", "社区服务设施"),
                                    ("markets", "便民市场"),
                                    ("roads", "断头路"),
                                    ("water", "二次供水"),
                                ],
                                max_length=12,
                                verbose_name="计入成果",
                            ),
                        ),
                        ("is_offered", models.BooleanField(default=True, verbose_name="可选用")),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
                        (
                            "bureau",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="menu_items",
                                to="accounts.organisation",
                                verbose_name="区局",
                            ),
                        ),
                        (
                            "menu_class",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="works.menuclass",
                                verbose_name="类别",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "改造条目",
                        "verbose_name_plural": "改造条目",
                        "ordering": ["menu_class__order", "order", "code"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("bureau", None)),
                                fields=("code",),
                                name="menu_item_shared_once",
                            ),
                            models.UniqueConstraint(
                                fields=("bureau", "code"), name="menu_item_once_per_bureau"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("places__lte", 2)),
                                name="menu_item_two_places_at_most",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalWorkItem",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
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
                            "menu_item",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="works.menuitem",
                                verbose_name="改造条目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 改造内容",
                        "verbose_name_plural": "historical 改造内容",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="StructureStep",
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
                                    ("find", "发现"),
                                    ("notify", "告知"),
                                    ("object", "登记异议"),
                                    ("uphold", "维持拆除"),
                                    ("dismiss", "核销"),
                                    ("remove", "拆除"),
                                    ("restore", "恢复防水"),
                                    ("close", "无需恢复，结案"),
                                ],
                                max_length=8,
                                verbose_name="办理",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("found", "已发现"),
                                    ("notified", "已告知"),
                                    ("objected", "有异议"),
                                    ("removed", "已拆除"),
                                    ("restored", "已恢复防水"),
                                    ("closed", "无需恢复"),
                                    ("dismissed", "不属违建"),
                                ],
                                max_length=10,
                                verbose_name="办理后状态",
                            ),
                        ),
                        ("occurred_on", models.DateField(verbose_name="日期")),
                        ("due_on", models.DateField(blank=True, null=True, verbose_name="限期")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "evidence",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="照片或文书",
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
                            "structure",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="works.illegalstructure",
                                verbose_name="违法建设",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "拆违办理",
                        "verbose_name_plural": "拆违办理",
                        "ordering": ["structure", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("due_on", None),
                                    ("due_on__gte", models.F("occurred_on")),
                                    _connector="OR",
                                ),
                                name="structure_step_due_after_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("due_on", None), ("act", "notify"), _connector="OR"
                                ),
                                name="structure_step_due_of_notice",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UtilityPlan",
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
                                    ("water", "供水"),
                                    ("drainage", "排水"),
                                    ("power", "供电"),
                                    ("gas", "燃气"),
                                    ("heat", "供热"),
                                    ("telecom", "通信"),
                                    ("other", "其他"),
                                ],
                                max_length=10,
                                verbose_name="专业",
                            ),
                        ),
                        ("operator", models.CharField(max_length=60, verbose_name="专营单位")),
                        (
                            "stretch",
                            models.CharField(blank=True, max_length=60, verbose_name="地段"),
                        ),
                        ("planned_from", models.DateField(verbose_name="计划开始")),
                        ("planned_to", models.DateField(verbose_name="计划完成")),
                        (
                            "opens_surface",
                            models.BooleanField(default=True, verbose_name="开挖路面"),
                        ),
                        (
                            "depth_cm",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="埋深（厘米）"
                            ),
                        ),
                        (
                            "cost_bearer",
                            models.CharField(
                                choices=[
                                    ("operator", "专营单位出资"),
                                    ("fiscal", "财政出资"),
                                    ("shared", "共同分担"),
                                    ("residents", "居民出资"),
                                ],
                                default="operator",
                                max_length=10,
                                verbose_name="费用承担",
                            ),
                        ),
                        ("contact", models.CharField(max_length=60, verbose_name="联系岗位")),
                        (
                            "phone",
                            models.CharField(blank=True, max_length=30, verbose_name="联系电话"),
                        ),
                        (
                            "document_number",
                            models.CharField(blank=True, max_length=60, verbose_name="文号"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "计划"),
                                    ("coordinated", "已协调"),
                                    ("working", "施工"),
                                    ("done", "完成"),
                                    ("withdrawn", "退出"),
                                ],
                                default="planned",
                                max_length=12,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "started_on",
                            models.DateField(blank=True, null=True, verbose_name="实际开始"),
                        ),
                        (
                            "finished_on",
                            models.DateField(blank=True, null=True, verbose_name="实际完成"),
                        ),
                        (
                            "withdrawal_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="退出原因"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "estate",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
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
                                verbose_name="计划文件",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="utility_plans",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "管线计划",
                        "verbose_name_plural": "管线计划",
                        "ordering": ["planned_from", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("planned_to__gte", models.F("planned_from"))),
                                name="utility_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("finished_on", None),
                                    models.Q(
                                        ("started_on__isnull", False),
                                        ("finished_on__gte", models.F("started_on")),
                                    ),
                                    _connector="OR",
                                ),
                                name="utility_finished_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "done"), _negated=True),
                                    ("finished_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="utility_done_has_date",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "withdrawn"), _negated=True),
                                    models.Q(("withdrawal_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="utility_withdrawn_has_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Coordination",
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
                        ("held_on", models.DateField(verbose_name="协调日期")),
                        ("participants", models.CharField(max_length=200, verbose_name="参加单位")),
                        ("agreed", models.CharField(max_length=300, verbose_name="商定事项")),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                                verbose_name="纪要",
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
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="coordinations",
                                to="works.utilityplan",
                                verbose_name="管线计划",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "管线协调",
                        "verbose_name_plural": "管线协调",
                        "ordering": ["plan", "held_on", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("participants", ""), _negated=True),
                                    models.Q(("agreed", ""), _negated=True),
                                ),
                                name="coordination_says_who_and_what",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WorkItem",
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
                            "estate",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.estate",
                                verbose_name="小区",
                            ),
                        ),
                        (
                            "menu_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="work_items",
                                to="works.menuitem",
                                verbose_name="改造条目",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="work_items",
                                to="ledger.project",
                                verbose_name="项目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "改造内容",
                        "verbose_name_plural": "改造内容",
                        "ordering": [
                            "project",
                            "menu_item__menu_class__order",
                            "menu_item__order",
                            "menu_item__code",
                            "pk",
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("estate", None)),
                                fields=("project", "menu_item"),
                                name="work_item_once_per_project",
                            ),
                            models.UniqueConstraint(
                                fields=("project", "estate", "menu_item"),
                                name="work_item_once_per_estate",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ItemPlan",
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
                            "quantity",
                            models.DecimalField(
                                decimal_places=2, max_digits=12, verbose_name="计划数量"
                            ),
                        ),
                        ("is_removed", models.BooleanField(default=False, verbose_name="取消")),
                        (
                            "origin",
                            models.CharField(
                                choices=[("required", "按计划必做"), ("chosen", "居民选定")],
                                default="required",
                                max_length=8,
                                verbose_name="来由",
                            ),
                        ),
                        (
                            "choice_round",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="征询轮次"
                            ),
                        ),
                        (
                            "planned_from",
                            models.DateField(blank=True, null=True, verbose_name="计划开始"),
                        ),
                        (
                            "planned_to",
                            models.DateField(blank=True, null=True, verbose_name="计划完成"),
                        ),
                        (
                            "reason",
                            models.CharField(blank=True, max_length=200, verbose_name="调整原因"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "待批准"),
                                    ("approved", "已批准"),
                                    ("rejected", "已退回"),
                                ],
                                default="pending",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("proposed_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "effective_on",
                            models.DateField(blank=True, null=True, verbose_name="生效日期"),
                        ),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="批准时间"),
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
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="plans",
                                to="works.workitem",
                                verbose_name="改造内容",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "改造内容计划",
                        "verbose_name_plural": "改造内容计划",
                        "ordering": ["item", "version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("item", "version"), name="item_plan_version_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "pending")),
                                fields=("item",),
                                name="item_plan_one_pending",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("is_removed", False), ("quantity__gt", 0)),
                                    models.Q(("is_removed", True), ("quantity", 0)),
                                    _connector="OR",
                                ),
                                name="item_plan_quantity_unless_removed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("version", 1),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="item_plan_change_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("origin", "chosen"), ("choice_round", None), _connector="OR"
                                ),
                                name="item_plan_round_only_where_chosen",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("planned_to", None),
                                    ("planned_from", None),
                                    ("planned_to__gte", models.F("planned_from")),
                                    _connector="OR",
                                ),
                                name="item_plan_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "approved"), _negated=True),
                                    ("effective_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="item_plan_approved_has_date",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("decided_by", None)),
                                    models.Q(
                                        ("decided_at__isnull", False), ("decided_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="item_plan_decided_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", None),
                                    models.Q(
                                        ("decided_by", models.F("proposed_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="item_plan_approver_did_not_propose",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Completion",
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
                            "quantity",
                            models.DecimalField(
                                decimal_places=2, max_digits=12, verbose_name="完成数量"
                            ),
                        ),
                        ("delivered_on", models.DateField(db_index=True, verbose_name="完成日期")),
                        (
                            "building",
                            models.CharField(blank=True, max_length=60, verbose_name="楼栋"),
                        ),
                        ("accepted_by", models.CharField(max_length=60, verbose_name="验收岗位")),
                        (
                            "explanation",
                            models.CharField(blank=True, max_length=200, verbose_name="情况说明"),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "withdrawn_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                        ),
                        (
                            "withdrawal_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="撤回原因"),
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
                                verbose_name="撤回人",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="completions",
                                to="works.workitem",
                                verbose_name="改造内容",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "完成登记",
                        "verbose_name_plural": "完成登记",
                        "ordering": ["delivered_on", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)),
                                name="completion_above_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("accepted_by", ""), _negated=True),
                                name="completion_was_accepted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("withdrawal_reason", ""),
                                        ("withdrawn_at", None),
                                        ("withdrawn_by", None),
                                    ),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        ("withdrawn_by__isnull", False),
                                        models.Q(("withdrawal_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="completion_withdrawn_at_by_and_why",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
