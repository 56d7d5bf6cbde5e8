"""真实性承诺: its wordings, and who accepted which."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PledgeText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="版次")),
                ("text", models.CharField(max_length=1000, verbose_name="承诺内容")),
                ("reason", models.CharField(max_length=200, verbose_name="修改原因")),
                ("published_at", models.DateTimeField(verbose_name="公布时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pledge_texts",
                        to="accounts.organisation",
                        verbose_name="单位",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="公布人",
                    ),
                ),
            ],
            options={
                "verbose_name": "真实性承诺",
                "verbose_name_plural": "真实性承诺",
                "ordering": ["organisation", "-version"],
            },
        ),
        migrations.CreateModel(
            name="Pledge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("post_name", models.CharField(max_length=60, verbose_name="岗位")),
                ("accepted_at", models.DateTimeField(verbose_name="承诺时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="单位",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pledges",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="承诺人",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pledges",
                        to="accounts.pledgetext",
                        verbose_name="承诺书",
                    ),
                ),
            ],
            options={
                "verbose_name": "承诺记录",
                "verbose_name_plural": "承诺记录",
                "ordering": ["-accepted_at", "-pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="pledgetext",
            constraint=models.UniqueConstraint(
                fields=("organisation", "version"), name="pledge_text_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pledgetext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("version__gte", 1),
                    models.Q(("text", ""), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                ),
                name="pledge_text_is_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="pledge",
            index=models.Index(
                fields=["user", "text", "accepted_at"], name="accounts_pl_user_id_fa24bc_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="pledge",
            constraint=models.CheckConstraint(
                condition=models.Q(("post_name", ""), _negated=True), name="pledge_names_the_post"
            ),
        ),
    ]
