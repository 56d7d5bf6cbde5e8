"""街道审核停用: by whom, why and for which days; what was approved was reviewed, or sent while it was off."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from renovation.core.triggers import refuse, room_to_remake

FIXED = (
    "id",
    "street_id",
    "valid_from",
    "valid_to",
    "reason",
    "approved_by_id",
    "approved_at",
)
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in FIXED)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_stand_ins"),
        ("weekly", "0011_drafts_and_statements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        room_to_remake("weekly_weeklyreturn"),
        migrations.CreateModel(
            name="ReviewWaiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(verbose_name="止")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("approved_at", models.DateTimeField(verbose_name="批准时间")),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="提前结束时间"),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="批准人",
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
                    "street",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_waivers",
                        to="accounts.organisation",
                        verbose_name="街道",
                    ),
                ),
            ],
            options={
                "verbose_name": "街道审核停用",
                "verbose_name_plural": "街道审核停用",
                "ordering": ["-valid_from", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="weeklyreturn",
            name="review_waiver",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="weekly.reviewwaiver",
            ),
        ),
        migrations.AddConstraint(
            model_name="weeklyreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["reviewed", "approved", "published"]), _negated=True),
                    ("is_opening", True),
                    models.Q(("reviewed_at__isnull", False), ("reviewed_by__isnull", False)),
                    ("review_waiver__isnull", False),
                    _connector="OR",
                ),
                name="return_was_reviewed_or_waived",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewwaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                name="review_waiver_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewwaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="review_waiver_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewwaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="review_waiver_ended_at_and_by",
            ),
        ),
        refuse(
            "review_waiver_update",
            "weekly_reviewwaiver",
            "UPDATE",
            "街道审核停用登记以后不能修改，只能提前恢复。",
            when=f"OLD.ended_at IS NOT NULL OR {CHANGED}",
        ),
        refuse(
            "review_waiver_delete", "weekly_reviewwaiver", "DELETE", "街道审核停用登记不能删除。"
        ),
        refuse(
            "weekly_return_waiver",
            "weekly_weeklyreturn",
            "UPDATE",
            "已核定的周报不能修改或删除，请用更正。",
            when=(
                "OLD.state IN ('approved', 'published')"
                " AND OLD.review_waiver_id IS DISTINCT FROM NEW.review_waiver_id"
            ),
        ),
    ]
