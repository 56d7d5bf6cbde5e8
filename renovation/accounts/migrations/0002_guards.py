"""Wordings and acceptances of 真实性承诺, appointments of stand-ins (AB岗) and hand-overs (交接) are only ever added;
an appointment may end early."""

from django.db import migrations

from renovation.core.triggers import refuse

FIXED = (
    "id",
    "principal_id",
    "deputy_id",
    "organisation_id",
    "role",
    "valid_from",
    "valid_to",
    "reason",
    "appointed_by_id",
    "appointed_at",
)
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in FIXED)


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0003_first_pledge_texts"),
    ]

    dependencies = [("accounts", "0001_tables")]

    operations = [
        refuse(
            "pledge_text_update",
            "accounts_pledgetext",
            "UPDATE",
            "承诺书的每一版都不能修改，请公布新的一版。",
        ),
        refuse("pledge_text_delete", "accounts_pledgetext", "DELETE", "承诺书的每一版都不能删除。"),
        refuse("pledge_update", "accounts_pledge", "UPDATE", "承诺记录不能修改。"),
        refuse("pledge_delete", "accounts_pledge", "DELETE", "承诺记录不能删除。"),
        refuse(
            "stand_in_update",
            "accounts_standin",
            "UPDATE",
            "代岗登记以后不能修改，只能提前结束。",
            when=f"OLD.ended_at IS NOT NULL OR {CHANGED}",
        ),
        refuse("stand_in_delete", "accounts_standin", "DELETE", "代岗登记不能删除。"),
        refuse("hand_over_update", "accounts_handover", "UPDATE", "交接登记以后不能修改。"),
        refuse("hand_over_delete", "accounts_handover", "DELETE", "交接登记不能删除。"),
    ]
