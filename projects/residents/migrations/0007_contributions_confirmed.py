"""A contribution is recorded by one person and confirmed by another, as hand-overs and evaluations are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = [("draft", "待确认"), ("confirmed", "已确认"), ("withdrawn", "已作废")]
MODELS = ("contribution", "historicalcontribution")


def _person(model, label, null=True):
    if model == "contribution":
        return models.ForeignKey(
            blank=null,
            null=null,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to=settings.AUTH_USER_MODEL,
            verbose_name=label,
        )
    return models.ForeignKey(
        blank=True,
        db_constraint=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        verbose_name=label,
    )


def _fields(model):
    return {
        "state": models.CharField(
            choices=STATES, default="draft", max_length=10, verbose_name="状态"
        ),
        "recorded_by": _person(model, "登记人"),
        "recorded_at": models.DateTimeField(null=True, verbose_name="登记时间"),
        "confirmed_by": _person(model, "确认人"),
        "confirmed_at": models.DateTimeField(blank=True, null=True, verbose_name="确认时间"),
        "withdrawn_reason": models.CharField(blank=True, max_length=200, verbose_name="作废原因"),
        "withdrawn_by": _person(model, "作废人"),
        "withdrawn_at": models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
    }


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0006_confirmed_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(model_name=model, name=name, field=field)
        for model in MODELS
        for name, field in _fields(model).items()
    ]
