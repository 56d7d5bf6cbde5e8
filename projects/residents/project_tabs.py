"""The tab of what residents are told, ask and take over."""

from projects.ledger.tabs import ProjectTab
from renovation.accounts.enums import Permission

TABS = [
    ProjectTab(
        label="公示议事", url_name="residents:project", place=49, permission=Permission.LEDGER_READ
    )
]
