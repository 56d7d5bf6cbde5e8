"""The ledger's tabs over the pages of a project."""

from renovation.accounts.enums import Permission

from .models import ProjectChange
from .tabs import ProjectTab

TABS = [
    ProjectTab(label="关口", url_name="ledger:gates", place=20, permission=Permission.RETURN_READ),
    ProjectTab(
        label="计划", url_name="ledger:baselines", place=30, permission=Permission.RETURN_READ
    ),
    ProjectTab(
        label="变更",
        url_name="ledger:changes",
        place=35,
        permission=Permission.RETURN_READ,
        rows=ProjectChange.objects.all,
    ),
    ProjectTab(
        label="小区", url_name="ledger:estates", place=50, permission=Permission.RETURN_READ
    ),
    ProjectTab(
        label="参建单位", url_name="ledger:parties", place=60, permission=Permission.RETURN_READ
    ),
    ProjectTab(
        label="档案", url_name="ledger:documents", place=70, permission=Permission.LEDGER_READ
    ),
    ProjectTab(
        label="清单", url_name="ledger:standards", place=80, permission=Permission.RETURN_READ
    ),
]
