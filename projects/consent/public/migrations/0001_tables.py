"""The tables of the wing."""

import django.db.models.deletion
import uuid
from django.db import migrations, models
from renovation.core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("consent_public", "0001_initial"),
        ("consent_public", "0002_words_kept_once"),
    ]

    dependencies = []

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="PublicRound",
                    fields=[
                        (
                            "reference",
                            models.UUIDField(editable=False, primary_key=True, serialize=False),
                        ),
                        ("content", models.JSONField(verbose_name="内容")),
                        ("published_at", models.DateTimeField(verbose_name="发布时间")),
                        (
                            "closed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="截止时间"),
                        ),
                    ],
                    options={
                        "verbose_name": "征询页内容",
                        "verbose_name_plural": "征询页内容",
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "reference",
                            models.UUIDField(
                                default=uuid.uuid4,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("estate", models.CharField(max_length=80, verbose_name="小区")),
                        ("place", models.CharField(max_length=60, verbose_name="房号")),
                        ("expires_at", models.DateTimeField(verbose_name="到期时间")),
                        (
                            "revoked_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
                        ),
                        (
                            "round",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="consent_public.publicround",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "答复链接",
                        "verbose_name_plural": "答复链接",
                    },
                ),
                migrations.CreateModel(
                    name="Submission",
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
                            "choice",
                            models.CharField(
                                choices=[
                                    ("agree", "同意"),
                                    ("disagree", "不同意"),
                                    ("undecided", "有意见，暂不表态"),
                                ],
                                max_length=10,
                                verbose_name="答复",
                            ),
                        ),
                        ("items", models.JSONField(default=list, verbose_name="选择的项目")),
                        (
                            "opinion_sealed",
                            models.BinaryField(default=bytes, verbose_name="意见（加密）"),
                        ),
                        ("submitted_at", models.DateTimeField(verbose_name="提交时间")),
                        (
                            "taken_at",
                            models.DateTimeField(
                                blank=True, db_index=True, null=True, verbose_name="收入时间"
                            ),
                        ),
                        (
                            "invitation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="submission",
                                to="consent_public.invitation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "居民提交",
                        "verbose_name_plural": "居民提交",
                        "ordering": ["submitted_at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("choice__in", ["agree", "disagree", "undecided"])
                                ),
                                name="submission_choice_is_known",
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
