"""The tabs of a project whose pages join what several wings know."""

from projects.ledger.tabs import ProjectTab
from renovation.accounts.enums import Permission

TABS = [
    ProjectTab(
        label="概况", url_name="dashboards:project", place=10, permission=Permission.LEDGER_READ
    ),
    ProjectTab(
        label="沿革", url_name="dashboards:history", place=990, permission=Permission.LEDGER_READ
    ),
]
