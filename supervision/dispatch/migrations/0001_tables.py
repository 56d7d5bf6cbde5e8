"""The tables of the wing."""

from datetime import date
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_stand_ins_acts"),
        ("ledger", "0004_totals_of_estates_and_buildings"),
        ("records", "0003_stand_ins_acts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DispatchMeeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week_start", models.DateField(db_index=True, verbose_name="调度的周")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                (
                    "number",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="第几次"),
                ),
                (
                    "extra_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="加开原因"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("agenda", "拟定议题"),
                            ("held", "已召开"),
                            ("called_off", "已取消"),
                        ],
                        db_index=True,
                        default="agenda",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("meets_at", models.DateTimeField(verbose_name="开会时间")),
                ("place", models.CharField(max_length=60, verbose_name="地点")),
                ("chair", models.CharField(max_length=40, verbose_name="主持")),
                ("planned_at", models.DateTimeField(verbose_name="拟定时间")),
                (
                    "proposed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="议题更新时间"),
                ),
                (
                    "held_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="开始记录时间"),
                ),
                (
                    "called_off_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="取消时间"),
                ),
                (
                    "called_off_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="取消原因"),
                ),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatch_meetings",
                        to="accounts.organisation",
                        verbose_name="区局",
                    ),
                ),
                (
                    "called_off_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="取消人",
                    ),
                ),
                (
                    "held_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="记录人",
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="拟定人",
                    ),
                ),
            ],
            options={
                "verbose_name": "周调度会",
                "verbose_name_plural": "周调度会",
                "ordering": ["-week_start", "-meets_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="DispatchItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week_start", models.DateField(db_index=True, verbose_name="交办的周")),
                ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("meeting", "会议交办"),
                            ("phone", "电话交办"),
                            ("site", "现场交办"),
                        ],
                        max_length=8,
                        verbose_name="来源",
                    ),
                ),
                ("task", models.CharField(max_length=300, verbose_name="交办内容")),
                ("standard", models.CharField(max_length=200, verbose_name="完成标准")),
                (
                    "answerer_kind",
                    models.CharField(
                        choices=[
                            ("street", "街道"),
                            ("section", "局内科室"),
                            ("party", "参建单位"),
                        ],
                        max_length=8,
                        verbose_name="谁来办",
                    ),
                ),
                ("answerer_name", models.CharField(max_length=80, verbose_name="责任单位")),
                (
                    "co_names",
                    models.CharField(blank=True, max_length=120, verbose_name="其他配合单位"),
                ),
                ("first_due_on", models.DateField(verbose_name="最初期限")),
                ("due_on", models.DateField(db_index=True, verbose_name="办结期限")),
                ("limit_on", models.DateField(verbose_name="计时期限")),
                (
                    "extension_count",
                    models.PositiveSmallIntegerField(default=0, verbose_name="延期次数"),
                ),
                (
                    "send_back_count",
                    models.PositiveSmallIntegerField(default=0, verbose_name="退回重办次数"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "待纪要签发"),
                            ("to_accept", "待签收"),
                            ("working", "办理中"),
                            ("reported", "已报办结"),
                            ("done", "已办结"),
                            ("cancelled", "已撤销"),
                        ],
                        db_index=True,
                        default="planned",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("assigned_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "in_force_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="交办时间"),
                ),
                (
                    "accepted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="签收时间"),
                ),
                (
                    "reported_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="报办结时间"),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "cancelled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤销时间"),
                ),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="签收人",
                    ),
                ),
                (
                    "assigned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="交办人",
                    ),
                ),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatch_items",
                        to="accounts.organisation",
                        verbose_name="区局",
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
                (
                    "co_organisations",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="配合街道",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办结人",
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
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="跟办人",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.party",
                        verbose_name="参建单位",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatch_items",
                        to="ledger.project",
                        verbose_name="项目",
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
                        verbose_name="报办结的人",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="dispatch.dispatchmeeting",
                        verbose_name="会议",
                    ),
                ),
            ],
            options={
                "verbose_name": "交办事项",
                "verbose_name_plural": "交办事项",
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ItemExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_on_then", models.DateField(verbose_name="当时的期限")),
                ("wanted_on", models.DateField(verbose_name="申请延至")),
                ("reason", models.CharField(max_length=300, verbose_name="延期原因")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待批"),
                            ("granted", "已准许"),
                            ("refused", "未准许"),
                            ("dropped", "不再需要"),
                        ],
                        default="asked",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("granted_on", models.DateField(blank=True, null=True, verbose_name="准许延至")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="决定时间"),
                ),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="决定意见")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
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
                        verbose_name="决定人",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="dispatch.dispatchitem",
                    ),
                ),
            ],
            options={
                "verbose_name": "延期申请",
                "verbose_name_plural": "延期申请",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ItemStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("assign", "交办"),
                            ("revise", "修改"),
                            ("enforce", "生效"),
                            ("accept", "签收"),
                            ("note", "报进展"),
                            ("report", "报办结"),
                            ("close", "办结"),
                            ("send_back", "退回重办"),
                            ("ask_extension", "申请延期"),
                            ("grant_extension", "准许延期"),
                            ("refuse_extension", "不准延期"),
                            ("transfer", "转交"),
                            ("cancel", "撤销"),
                            ("hand_over", "换人跟办"),
                        ],
                        max_length=16,
                        verbose_name="操作",
                    ),
                ),
                ("from_state", models.CharField(blank=True, max_length=10, verbose_name="原状态")),
                ("to_state", models.CharField(max_length=10, verbose_name="新状态")),
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
                        verbose_name="附件",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="dispatch.dispatchitem",
                    ),
                ),
                (
                    "stands_for",
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
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="MeetingStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("plan", "拟定"),
                            ("change", "修改安排"),
                            ("hold", "召开"),
                            ("call_off", "取消会议"),
                            ("submit", "提请签发"),
                            ("send_back", "退回修改"),
                            ("sign", "签发纪要"),
                            ("correct", "更正纪要"),
                        ],
                        max_length=12,
                        verbose_name="操作",
                    ),
                ),
                ("from_state", models.CharField(blank=True, max_length=12, verbose_name="原状态")),
                ("to_state", models.CharField(max_length=12, verbose_name="新状态")),
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
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="dispatch.dispatchmeeting",
                    ),
                ),
                (
                    "stands_for",
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
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Minutes",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版次")),
                (
                    "correction_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="更正原因"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("recording", "正在记录"),
                            ("submitted", "纪要待审"),
                            ("signed", "纪要已签发"),
                        ],
                        db_index=True,
                        default="recording",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("met_at", models.DateTimeField(verbose_name="开会时间")),
                ("place", models.CharField(max_length=60, verbose_name="地点")),
                ("chair", models.CharField(max_length=40, verbose_name="主持")),
                ("recorder", models.CharField(max_length=40, verbose_name="记录")),
                ("summary", models.CharField(blank=True, max_length=1000, verbose_name="会议概况")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="提请时间"),
                ),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="签发时间")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="minutes",
                        to="dispatch.dispatchmeeting",
                    ),
                ),
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
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="签发人",
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
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="dispatch.minutes",
                    ),
                ),
            ],
            options={
                "verbose_name": "会议纪要",
                "verbose_name_plural": "会议纪要",
                "ordering": ["meeting", "version"],
            },
        ),
        migrations.CreateModel(
            name="Attendee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(verbose_name="次序")),
                (
                    "presence",
                    models.CharField(
                        choices=[("present", "出席"), ("excused", "请假"), ("attending", "列席")],
                        max_length=10,
                        verbose_name="到会",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="单位名称")),
                ("post", models.CharField(blank=True, max_length=40, verbose_name="职务")),
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
                    "minutes",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendees",
                        to="dispatch.minutes",
                    ),
                ),
            ],
            options={
                "verbose_name": "参会单位",
                "verbose_name_plural": "参会单位",
                "ordering": ["minutes", "place", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(verbose_name="次序")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("returns", "周报报送"),
                            ("item", "未了事项"),
                            ("red", "严重滞后"),
                            ("not_started", "应开未开"),
                            ("yellow", "滞后"),
                            ("overdue", "其他逾期"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="议题")),
                ("facts", models.CharField(blank=True, max_length=600, verbose_name="情况")),
                ("source_key", models.CharField(blank=True, max_length=60, verbose_name="来源")),
                ("added_at", models.DateTimeField(verbose_name="加入时间")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="修改时间")),
                ("struck_at", models.DateTimeField(blank=True, null=True, verbose_name="删去时间")),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="加入人",
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="修改人",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="dispatch.dispatchitem",
                        verbose_name="未了事项",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="dispatch.dispatchmeeting",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.project",
                        verbose_name="项目",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="街道",
                    ),
                ),
                (
                    "struck_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="删去人",
                    ),
                ),
            ],
            options={
                "verbose_name": "议题",
                "verbose_name_plural": "议题",
                "ordering": ["meeting", "place", "pk"],
            },
        ),
        migrations.AddField(
            model_name="dispatchitem",
            name="topic",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="dispatch.topic",
                verbose_name="议题",
            ),
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=600, verbose_name="议定事项")),
                (
                    "minutes",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="dispatch.minutes",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="dispatch.topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "议定事项",
                "verbose_name_plural": "议定事项",
                "ordering": ["minutes", "topic__place", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="dispatchmeeting",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("extra_reason", ""), models.Q(("state", "called_off"), _negated=True)
                ),
                fields=("bureau", "week_start"),
                name="dispatch_meeting_once_a_week",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchmeeting",
            constraint=models.UniqueConstraint(
                fields=("bureau", "year", "number"), name="dispatch_meeting_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", None), ("number__gte", 1), _connector="OR"),
                name="dispatch_meeting_from_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("week_start__gte", date(2000, 1, 1)),
                    ("week_start__lte", date(2100, 12, 31)),
                ),
                name="dispatch_meeting_in_known_years",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("place", ""), _negated=True), models.Q(("chair", ""), _negated=True)
                ),
                name="dispatch_meeting_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("held_at__isnull", False),
                        ("held_by__isnull", False),
                        ("number__isnull", False),
                        ("state", "held"),
                    ),
                    models.Q(
                        models.Q(("state", "held"), _negated=True),
                        ("held_at", None),
                        ("held_by", None),
                        ("number", None),
                    ),
                    _connector="OR",
                ),
                name="dispatch_meeting_held_is_numbered",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("called_off_at__isnull", False),
                        ("called_off_by__isnull", False),
                        ("state", "called_off"),
                        models.Q(("called_off_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "called_off"), _negated=True),
                        ("called_off_at", None),
                        ("called_off_by", None),
                        ("called_off_reason", ""),
                    ),
                    _connector="OR",
                ),
                name="dispatch_meeting_called_off_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemextension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("item",),
                name="dispatch_extension_one_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemextension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("wanted_on__gt", models.F("due_on_then")),
                    models.Q(("reason", ""), _negated=True),
                ),
                name="dispatch_extension_asks_for_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemextension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("granted_on__gt", models.F("due_on_then")), ("state", "granted")),
                    models.Q(models.Q(("state", "granted"), _negated=True), ("granted_on", None)),
                    _connector="OR",
                ),
                name="dispatch_extension_granted_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemextension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("state", "asked")),
                    models.Q(
                        models.Q(("state", "asked"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="dispatch_extension_decided_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemextension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["asked", "dropped"]),
                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="dispatch_extension_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="minutes",
            constraint=models.UniqueConstraint(
                fields=("meeting", "version"), name="dispatch_minutes_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="minutes",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("correction_reason", ""), ("supersedes", None), ("version", 1)),
                    models.Q(
                        ("supersedes__isnull", False),
                        ("version__gt", 1),
                        models.Q(("correction_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="dispatch_minutes_correction_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="minutes",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("place", ""), _negated=True),
                    models.Q(("chair", ""), _negated=True),
                    models.Q(("recorder", ""), _negated=True),
                ),
                name="dispatch_minutes_are_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="minutes",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_by", None),
                    models.Q(("signed_by", models.F("recorded_by")), _negated=True),
                    _connector="OR",
                ),
                name="dispatch_minutes_signer_did_not_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="minutes",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_by", None),
                    ("submitted_by", None),
                    models.Q(("signed_by", models.F("submitted_by")), _negated=True),
                    _connector="OR",
                ),
                name="dispatch_minutes_signer_did_not_submit",
            ),
        ),
        migrations.AddConstraint(
            model_name="minutes",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "recording"), ("submitted_at", None), ("submitted_by", None)
                    ),
                    models.Q(
                        models.Q(("state", "recording"), _negated=True),
                        ("submitted_at__isnull", False),
                        ("submitted_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="dispatch_minutes_submitted_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="minutes",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("signed_at__isnull", False),
                        ("signed_by__isnull", False),
                        ("state", "signed"),
                    ),
                    models.Q(
                        models.Q(("state", "signed"), _negated=True),
                        ("signed_at", None),
                        ("signed_by", None),
                    ),
                    _connector="OR",
                ),
                name="dispatch_minutes_signed_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendee",
            constraint=models.UniqueConstraint(
                fields=("minutes", "place"), name="dispatch_attendee_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="attendee",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="dispatch_attendee_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_key", ""), _negated=True),
                fields=("meeting", "source_key"),
                name="dispatch_topic_proposed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="dispatch_topic_has_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("struck_at", None), ("struck_by", None)),
                    models.Q(("struck_at__isnull", False), ("struck_by__isnull", False)),
                    _connector="OR",
                ),
                name="dispatch_topic_struck_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("edited_at", None), ("edited_by", None)),
                    models.Q(("edited_at__isnull", False), ("edited_by__isnull", False)),
                    _connector="OR",
                ),
                name="dispatch_topic_edited_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source_key", ""), _negated=True),
                    ("added_by__isnull", False),
                    _connector="OR",
                ),
                name="dispatch_topic_is_somebodys",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("item__isnull", False), ("kind", "item")),
                    models.Q(models.Q(("kind", "item"), _negated=True), ("item", None)),
                    _connector="OR",
                ),
                name="dispatch_topic_item_agrees",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchitem",
            constraint=models.UniqueConstraint(
                fields=("bureau", "week_start", "number"), name="dispatch_item_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("task", ""), _negated=True),
                    models.Q(("standard", ""), _negated=True),
                    models.Q(("answerer_name", ""), _negated=True),
                ),
                name="dispatch_item_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("meeting__isnull", False), ("origin", "meeting")),
                    models.Q(
                        models.Q(("origin", "meeting"), _negated=True),
                        ("meeting", None),
                        ("topic", None),
                    ),
                    _connector="OR",
                ),
                name="dispatch_item_origin_and_meeting_agree",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answerer_kind__in", ["street", "section"]),
                        ("organisation__isnull", False),
                        ("party", None),
                    ),
                    models.Q(
                        ("answerer_kind", "party"),
                        ("party__isnull", False),
                        ("project__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="dispatch_item_answerer_agrees",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_on__gte", models.F("limit_on")),
                    ("limit_on__gte", models.F("first_due_on")),
                ),
                name="dispatch_item_due_moves_later_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("in_force_at", None), ("state", "planned")),
                    ("state", "cancelled"),
                    models.Q(
                        models.Q(("state__in", ["planned", "cancelled"]), _negated=True),
                        ("in_force_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="dispatch_item_in_force_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("accepted_at", None),
                        ("accepted_by", None),
                        ("state__in", ["planned", "to_accept"]),
                    ),
                    models.Q(
                        ("accepted_at__isnull", False),
                        ("accepted_by__isnull", False),
                        ("state__in", ["working", "reported", "done"]),
                    ),
                    ("state", "cancelled"),
                    _connector="OR",
                ),
                name="dispatch_item_accepted_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("reported_at__isnull", False),
                        ("reported_by__isnull", False),
                        ("state__in", ["reported", "done"]),
                    ),
                    ("state", "cancelled"),
                    models.Q(
                        models.Q(("state__in", ["reported", "done", "cancelled"]), _negated=True),
                        ("reported_at", None),
                        ("reported_by", None),
                    ),
                    _connector="OR",
                ),
                name="dispatch_item_reported_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("done_at__isnull", False), ("done_by__isnull", False), ("state", "done")
                    ),
                    models.Q(
                        models.Q(("state", "done"), _negated=True),
                        ("done_at", None),
                        ("done_by", None),
                    ),
                    _connector="OR",
                ),
                name="dispatch_item_done_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cancelled_at__isnull", False),
                        ("cancelled_by__isnull", False),
                        ("state", "cancelled"),
                    ),
                    models.Q(
                        models.Q(("state", "cancelled"), _negated=True),
                        ("cancelled_at", None),
                        ("cancelled_by", None),
                    ),
                    _connector="OR",
                ),
                name="dispatch_item_cancelled_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("done_by", None),
                    models.Q(("done_by", models.F("reported_by")), _negated=True),
                    _connector="OR",
                ),
                name="dispatch_item_done_by_another_than_reported",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                fields=("minutes", "topic"), name="dispatch_decision_once_a_topic"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="dispatch_decision_says_something",
            ),
        ),
    ]
