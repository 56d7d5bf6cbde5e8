"""Audit entries and their seals are only ever added; so are the values of settings."""

from django.db import migrations

from renovation.core.triggers import refuse


class Migration(migrations.Migration):
    replaces = [
        ("records", "0002_triggers"),
    ]

    dependencies = [("records", "0001_tables")]

    operations = [
        *(
            refuse(f"{name}_{event.lower()}", table, event, message)
            for name, table, message in [
                ("audit_entry", "records_auditentry", "审计记录只能追加，不能修改或删除。"),
                ("audit_seal", "records_auditseal", "审计封存只能追加，不能修改或删除。"),
                ("sealed_entry", "records_sealedentry", "审计封存只能追加，不能修改或删除。"),
                ("setting", "records_setting", "参数只能追加新值，不能修改或删除旧值。"),
            ]
            for event in ("UPDATE", "DELETE")
        ),
    ]
