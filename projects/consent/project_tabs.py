"""The tab of a project's residents: rates for everybody who sees the project."""

from projects.ledger.tabs import ProjectTab
from renovation.accounts.enums import Permission

TABS = [
    ProjectTab(
        label="居民", url_name="consent:project", place=48, permission=Permission.LEDGER_READ
    )
]
