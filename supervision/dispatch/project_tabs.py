"""The tab of a project's items."""

from projects.ledger.tabs import ProjectTab
from renovation.accounts.enums import Permission

from .models import DispatchItem

TABS = [
    ProjectTab(
        label="交办事项",
        url_name="dispatch:project",
        place=85,
        permission=Permission.RETURN_READ,
        rows=lambda: DispatchItem.objects.unsettled(),
    )
]
