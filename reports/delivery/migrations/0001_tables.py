"""The tables of the wing."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("delivery", "0001_initial"),
    ]

    dependencies = [
        ("accounts", "0001_tables"),
        ("papers", "0001_tables"),
        ("records", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="HistoricalSubscription",
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
                                choices=[("dispatch_sheet", "周调度表"), ("bulletin", "季度通报")],
                                max_length=16,
                                verbose_name="文件种类",
                            ),
                        ),
                        (
                            "name",
                            models.CharField(
                                help_text="写岗位，如“般阳路街道办事处”。",
                                max_length=80,
                                verbose_name="收件人",
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, verbose_name="邮箱")),
                        ("is_active", models.BooleanField(default=True, verbose_name="启用")),
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
                            "subject",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.organisation",
                                verbose_name="内容范围",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 收件人",
                        "verbose_name_plural": "historical 收件人",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Subscription",
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
                                verbose_name="文件种类",
                            ),
                        ),
                        (
                            "name",
                            models.CharField(
                                help_text="写岗位，如“般阳路街道办事处”。",
                                max_length=80,
                                verbose_name="收件人",
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, verbose_name="邮箱")),
                        ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                        (
                            "bureau",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="subscriptions",
                                to="accounts.organisation",
                                verbose_name="区局",
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
                    ],
                    options={
                        "verbose_name": "收件人",
                        "verbose_name_plural": "收件人",
                        "ordering": ["kind", "name"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("bureau", "kind", "subject", "email"),
                                name="subscription_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
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
                        ("recipient", models.EmailField(max_length=254, verbose_name="地址")),
                        ("created_at", models.DateTimeField(verbose_name="建立时间")),
                        (
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="papers.document",
                            ),
                        ),
                        (
                            "mail",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="delivery",
                                to="records.message",
                            ),
                        ),
                        (
                            "subscription",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="delivery.subscription",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "发送记录",
                        "verbose_name_plural": "发送记录",
                        "ordering": ["document", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("document", "recipient"), name="delivery_once"
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
