"""Wordings and acceptances of 真实性承诺 are only ever added; bureaus that are there already get the first wording."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

from renovation.core.triggers import refuse

TEXT = (
    "本人承诺：所报送的项目进度、完成投资、开工完工日期等数据，均来自施工现场、监理记录和有关凭证，"
    "已经核对，真实、准确、完整；不虚报、不瞒报、不拒报、不迟报，不伪造、篡改数据；"
    "有误的及时更正，愿对报送内容的真实性负责。"
)


def plant(apps: Any, _editor: Any) -> None:
    """A first wording for every bureau of before this version."""
    texts = apps.get_model("accounts", "PledgeText")
    bureaus = apps.get_model("accounts", "Organisation").objects.filter(kind="bureau")
    texts.objects.bulk_create(
        texts(
            organisation_id=pk,
            version=1,
            text=TEXT,
            reason="启用时的承诺书",
            published_at=datetime.now(UTC),
        )
        for pk in bureaus.values_list("pk", flat=True)
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_pledges")]

    operations = [
        migrations.RunPython(plant, migrations.RunPython.noop),
        refuse(
            "pledge_text_update",
            "accounts_pledgetext",
            "UPDATE",
            "承诺书的每一版都不能修改，请公布新的一版。",
        ),
        refuse("pledge_text_delete", "accounts_pledgetext", "DELETE", "承诺书的每一版都不能删除。"),
        refuse("pledge_update", "accounts_pledge", "UPDATE", "承诺记录不能修改。"),
        refuse("pledge_delete", "accounts_pledge", "DELETE", "承诺记录不能删除。"),
    ]
