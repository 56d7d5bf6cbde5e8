"""The tab of a project's money."""

from projects.ledger.tabs import ProjectTab
from renovation.accounts.enums import Permission

TABS = [
    ProjectTab(
        label="资金", url_name="funding:project", place=40, permission=Permission.RETURN_READ
    )
]
