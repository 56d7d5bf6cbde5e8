"""Of which kind the reason of a late return is; fixed like its words once the return is approved."""

from django.conf import settings
from django.db import migrations, models

from renovation.core.triggers import refuse


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("weekly", "0013_rule_waivers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="weeklyreturn",
            name="late_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("data", "资料晚报"),
                    ("check", "数据核对"),
                    ("people", "人员变动"),
                    ("system", "系统、网络或停电"),
                    ("work", "会议、检查等工作"),
                    ("other", "其他"),
                ],
                max_length=8,
                verbose_name="迟报类别",
            ),
        ),
        migrations.AddConstraint(
            model_name="weeklyreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("late_code", ""), models.Q(("late_reason", ""), _negated=True), _connector="OR"
                ),
                name="return_late_code_has_words",
            ),
        ),
        refuse(
            "return_late_code_approved",
            "weekly_weeklyreturn",
            "UPDATE",
            "已核定的周报不能修改或删除，请用更正。",
            when="OLD.state IN ('approved', 'published') AND OLD.late_code IS DISTINCT FROM NEW.late_code",
        ),
    ]
