"""A contribution says who recorded it, and stays as it was confirmed (HOUSE.md §4.7)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from renovation.core.triggers import refuse

GIFT = "已确认的居民投入不能修改或删除，只能作废后重新登记。"
GIVEN = (
    "project_id",
    "given_on",
    "kind",
    "purpose",
    "household_count",
    "people_count",
    "amount_fen",
    "hours",
    "things",
    "is_in_funding",
    "file_id",
    "recorded_by_id",
    "recorded_at",
    "confirmed_by_id",
    "confirmed_at",
)
CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in GIVEN)
UNCONFIRMED = Q(confirmed_by=None, confirmed_at=None)
CONFIRMED = Q(confirmed_by__isnull=False, confirmed_at__isnull=False, file__isnull=False)
SIGNED = {
    "confirmed_in_full": (Q(state="draft") & UNCONFIRMED)
    | (Q(state="confirmed") & CONFIRMED)
    | (Q(state="withdrawn") & (UNCONFIRMED | CONFIRMED)),
    "confirmed_by_another": Q(confirmed_by=None) | ~Q(confirmed_by=F("recorded_by")),
    "withdrawn_says_why": (
        ~Q(state="withdrawn") & Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
    )
    | (
        Q(state="withdrawn", withdrawn_at__isnull=False, withdrawn_by__isnull=False)
        & ~Q(withdrawn_reason="")
    ),
}


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0008_contributions_recorded"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="contribution",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        *(
            migrations.AlterField(
                model_name=model,
                name="recorded_at",
                field=models.DateTimeField(verbose_name="登记时间"),
            )
            for model in ("contribution", "historicalcontribution")
        ),
        *(
            migrations.AddConstraint(
                model_name="contribution",
                constraint=models.CheckConstraint(condition=condition, name=f"contribution_{name}"),
            )
            for name, condition in SIGNED.items()
        ),
        refuse(
            "residents_contribution_update",
            "residents_contribution",
            "UPDATE",
            GIFT,
            when=f"(OLD.state <> 'draft' AND ({CHANGED})) OR OLD.state = 'withdrawn'",
        ),
        refuse("residents_contribution_delete", "residents_contribution", "DELETE", GIFT),
    ]
