"""The tab of what a project takes from the menu; 拆违 and 管线 are parts of it."""

from projects.ledger.tabs import ProjectTab
from renovation.accounts.enums import Permission

TABS = [
    ProjectTab(
        label="改造内容", url_name="works:project", place=45, permission=Permission.LEDGER_READ
    )
]
