"""A visit at the door that was recorded wrongly is set aside with a reason and entered anew; neither is overwritten."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from renovation.core.triggers import refuse


VISIT = "上门记录不能修改或删除，登错了请更正或作废。"
_FIXED = (
    "household_id",
    "visited_on",
    "has_needs",
    "recorded_by_id",
    "recorded_at",
    "corrects_id",
)
_SERVED = ("served_on", "served_by_id")
_WITHDRAWN = ("withdrawn_by_id", "withdrawn_at", "withdrawal_reason")


def _any(names):
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in names)


def _rewritten(name):
    """What is sealed may be emptied when the time of retention is over, nothing else."""
    return f"(NEW.{name} IS DISTINCT FROM OLD.{name} AND length(NEW.{name}) > 0)"


#: A need is met once, while the entry stands, and it is set aside once.
_REFUSED = (
    f"{_any(_FIXED)} OR {_rewritten('needs_sealed')}"
    f" OR ((OLD.served_on IS NOT NULL OR OLD.withdrawn_at IS NOT NULL)"
    f" AND ({_any(_SERVED)} OR {_rewritten('served_sealed')}))"
    f" OR (OLD.withdrawn_at IS NOT NULL AND ({_any(_WITHDRAWN)}))"
)


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0003_schemes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="carevisit",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correction",
                to="consent.carevisit",
                verbose_name="更正的记录",
            ),
        ),
        migrations.AddField(
            model_name="carevisit",
            name="withdrawal_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="作废原因"),
        ),
        migrations.AddField(
            model_name="carevisit",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
        ),
        migrations.AddField(
            model_name="carevisit",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="作废人",
            ),
        ),
        migrations.AddField(
            model_name="historicalcarevisit",
            name="corrects",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="consent.carevisit",
                verbose_name="更正的记录",
            ),
        ),
        migrations.AddField(
            model_name="historicalcarevisit",
            name="withdrawal_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="作废原因"),
        ),
        migrations.AddField(
            model_name="historicalcarevisit",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
        ),
        migrations.AddField(
            model_name="historicalcarevisit",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="作废人",
            ),
        ),
        migrations.AddConstraint(
            model_name="carevisit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("withdrawal_reason", ""), ("withdrawn_at", None), ("withdrawn_by", None)
                    ),
                    models.Q(
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                        models.Q(("withdrawal_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="care_visit_withdrawn_at_by_and_why",
            ),
        ),
        refuse("consent_visit_update", "consent_carevisit", "UPDATE", VISIT, when=_REFUSED),
        refuse("consent_visit_delete", "consent_carevisit", "DELETE", VISIT),
    ]
