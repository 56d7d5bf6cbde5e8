"""Sources and the numbers of findings belong to a bureau; an account has a version.

The sources that are there stay shared by all bureaus (``bureau`` NULL); a finding belongs to the bureau of its
project and keeps its number.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

from renovation.core.triggers import suspended


def fill_bureaus(apps, editor):
    """A closed finding is final, and none of its words are touched."""
    finding = apps.get_model("funding", "AuditFinding")
    project = apps.get_model("ledger", "Project")
    bureau = project.objects.filter(pk=OuterRef("project")).values("programme__bureau")[:1]
    with suspended("funding_finding_closed", "funding_auditfinding", editor.connection):
        finding.objects.update(bureau=Subquery(bureau))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("funding", "0005_sources"),
        ("ledger", "0009_frozen_changes"),
        ("records", "0003_erased_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="auditfinding",
            name="bureau",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="区局",
            ),
        ),
        migrations.RunPython(fill_bureaus, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="auditfinding",
            name="bureau",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="区局",
            ),
        ),
        migrations.AddField(
            model_name="fundingsource",
            name="bureau",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="funding_sources",
                to="accounts.organisation",
                verbose_name="区局",
            ),
        ),
        migrations.AddField(
            model_name="historicalfundingsource",
            name="bureau",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.organisation",
                verbose_name="区局",
            ),
        ),
        migrations.AddField(
            model_name="historicalprojectaccount",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AddField(
            model_name="projectaccount",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AlterField(
            model_name="auditfinding",
            name="number",
            field=models.CharField(max_length=20, verbose_name="编号"),
        ),
        migrations.AlterField(
            model_name="fundingsource",
            name="code",
            field=models.SlugField(max_length=30, verbose_name="代码"),
        ),
        migrations.AlterField(
            model_name="fundingsource",
            name="name",
            field=models.CharField(max_length=40, verbose_name="名称"),
        ),
        migrations.AlterField(
            model_name="historicalfundingsource",
            name="name",
            field=models.CharField(max_length=40, verbose_name="名称"),
        ),
        migrations.AddConstraint(
            model_name="auditfinding",
            constraint=models.UniqueConstraint(
                fields=("bureau", "number"), name="finding_number_once_per_bureau"
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingsource",
            constraint=models.UniqueConstraint(
                condition=models.Q(("bureau", None)),
                fields=("code",),
                name="funding_source_shared_code_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingsource",
            constraint=models.UniqueConstraint(
                condition=models.Q(("bureau", None)),
                fields=("name",),
                name="funding_source_shared_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingsource",
            constraint=models.UniqueConstraint(
                fields=("bureau", "code"), name="funding_source_code_once_per_bureau"
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingsource",
            constraint=models.UniqueConstraint(
                fields=("bureau", "name"), name="funding_source_name_once_per_bureau"
            ),
        ),
    ]
