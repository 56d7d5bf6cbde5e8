"""In whose place somebody acted on a return (AB岗), and that nobody stands on two sides of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from renovation.core.triggers import refuse, room_to_remake

STAMPS = ("submitted_for_id", "reviewed_for_id", "approved_for_id", "sent_back_for_id")
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in STAMPS)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_stand_ins"),
        ("weekly", "0009_one_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        room_to_remake("weekly_weeklyreturn"),
        migrations.AddField(
            model_name="followupstep",
            name="stands_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="returnevent",
            name="stands_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="weeklyreturn",
            name="approved_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="weeklyreturn",
            name="reviewed_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="weeklyreturn",
            name="sent_back_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="weeklyreturn",
            name="submitted_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="weeklyreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("submitted_by", None),
                        ("reviewed_for", None),
                        models.Q(("submitted_by", models.F("reviewed_for")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("submitted_for", None),
                        ("reviewed_by", None),
                        models.Q(("submitted_for", models.F("reviewed_by")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("submitted_for", None),
                        ("reviewed_for", None),
                        models.Q(("submitted_for", models.F("reviewed_for")), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="return_reviewed_stands_for_nobody_submitted",
            ),
        ),
        migrations.AddConstraint(
            model_name="weeklyreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("submitted_by", None),
                        ("approved_for", None),
                        models.Q(("submitted_by", models.F("approved_for")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("submitted_for", None),
                        ("approved_by", None),
                        models.Q(("submitted_for", models.F("approved_by")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("submitted_for", None),
                        ("approved_for", None),
                        models.Q(("submitted_for", models.F("approved_for")), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="return_approved_stands_for_nobody_submitted",
            ),
        ),
        migrations.AddConstraint(
            model_name="weeklyreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("reviewed_by", None),
                        ("approved_for", None),
                        models.Q(("reviewed_by", models.F("approved_for")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("reviewed_for", None),
                        ("approved_by", None),
                        models.Q(("reviewed_for", models.F("approved_by")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("reviewed_for", None),
                        ("approved_for", None),
                        models.Q(("reviewed_for", models.F("approved_for")), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="return_approved_stands_for_nobody_reviewed",
            ),
        ),
        refuse(
            "weekly_return_stand_ins",
            "weekly_weeklyreturn",
            "UPDATE",
            "已核定的周报不能修改或删除，请用更正。",
            when=f"OLD.state IN ('approved', 'published') AND ({CHANGED})",
        ),
    ]
