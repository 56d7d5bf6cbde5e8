"""The row on top: which sections there are and who sees them.

A section is named by its URL name only, so nothing is imported from above; where no page answers to
the name, the section is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.models import Organisation
from renovation.accounts.scope import NOBODY, Scope, bureau_in


@dataclass(frozen=True, slots=True)
class Section:
    """A word in the row, the page it leads to, and the permissions of which one opens it. ``others`` are pages at
    other addresses that belong to it; who has ``unless`` is led elsewhere by a section of the same word."""

    label: str
    url_name: str
    permissions: frozenset[Permission]
    others: tuple[str, ...] = ()
    unless: Permission | None = None


def _section(
    label: str,
    url_name: str,
    *permissions: Permission,
    others: tuple[str, ...] = (),
    unless: Permission | None = None,
) -> Section:
    return Section(label, url_name, frozenset(permissions), others, unless)


#: In the order of the row. 问题, 12345 and 函件 join with their wings.
SECTIONS: Final[tuple[Section, ...]] = (
    _section("总览", "dashboards:overview", Permission.FIGURES_READ),
    _section("项目", "dashboards:projects", Permission.LEDGER_READ),
    _section("资金", "funding:overview", Permission.FIGURES_READ),
    _section("攻坚图", "dashboards:wall_chart", Permission.FIGURES_READ),
    _section("周报", "weekly:returns", Permission.RETURN_READ),
    _section("周调度", "dispatch:front", Permission.RETURN_READ, others=("papers:sheets",)),
    _section("周调度", "dispatch:items", Permission.DISPATCH_ANSWER, unless=Permission.RETURN_READ),
    _section(
        "周调度",
        "papers:sheets",
        Permission.PAPER_READ,
        Permission.PAPER_READ_DRAFT,
        unless=Permission.RETURN_READ,
    ),
    _section("通报", "papers:bulletins", Permission.PAPER_READ, Permission.PAPER_READ_DRAFT),
)

#: What stands behind the post's name, for who may.
POST_MENU: Final[tuple[Section, ...]] = (
    _section("消息", "messaging:desk"),
    _section("我的承诺", "console:pledge", Permission.RETURN_FILL),
    _section("真实性承诺", "console:pledges", Permission.RETURN_SEND_BACK, Permission.USERS_MANAGE),
    _section("定时发送", "delivery:schedules", Permission.DELIVERY_MANAGE),
    _section("后台任务", "jobs:runs", Permission.SETTINGS_MANAGE, Permission.DELIVERY_MANAGE),
    _section("用户和单位", "console:users", Permission.USERS_MANAGE),
    _section("AB岗", "console:stand_ins", Permission.USERS_MANAGE),
    _section("交接", "console:hand_overs", Permission.USERS_MANAGE),
    _section("参数和日历", "console:settings", Permission.SETTINGS_MANAGE),
    _section("审计日志", "console:audit", Permission.AUDIT_READ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A section as drawn."""

    label: str
    href: str
    chosen: bool


def address(url_name: str) -> str:
    """The address of a page, "" where no page answers to the name yet."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


class Navigation:
    """What the head of every page shows. Nothing is computed, and no query made, before it is drawn."""

    search_name = "dashboards:search"
    todo_name = "dashboards:todo"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def scope(self) -> Scope:
        """The scope of the request; NOBODY where the request never met the middleware."""
        scope: Scope = getattr(self.request, "scope", NOBODY)
        return scope

    @cached_property
    def signed_in(self) -> bool:
        """Whether somebody has signed in."""
        return not self.scope.is_anonymous

    @cached_property
    def must_change_password(self) -> bool:
        """While a first password stands, only its page is open, so no other is offered."""
        user = getattr(self.request, "user", None)
        return bool(getattr(user, "must_change_password", False))

    @cached_property
    def sections(self) -> list[Entry]:
        """The sections that exist and that this scope may open."""
        return self._entries(SECTIONS, choose=True)

    @cached_property
    def post_menu(self) -> list[Entry]:
        """The pages behind the post's name."""
        return self._entries(POST_MENU, choose=False)

    @cached_property
    def stand_in_href(self) -> str:
        """Where somebody who was appointed as a stand-in (AB岗) for today begins to act, or comes back."""
        concerned = self.scope.may_stand_in or self.scope.for_user_id is not None
        return address("console:stand_ins") if concerned else ""

    @cached_property
    def post_name(self) -> str:
        """Who is signed in, as a post (松龄路街道 填报岗)."""
        return self.scope.post_name

    @cached_property
    def bureau(self) -> Organisation | None:
        """The district bureau whose name stands under the wordmark.

        A visitor sees it where there is only one; with several the page says no name.
        """
        if self.scope.bureau_id is not None:
            return bureau_in(self.scope)
        found = list(Organisation.objects.filter(kind=OrganisationKind.BUREAU)[:2])
        return found[0] if len(found) == 1 else None

    @cached_property
    def organisation_name(self) -> str:
        """The bureau's full name, "" where none applies."""
        return self.bureau.name if self.bureau else ""

    @cached_property
    def district_name(self) -> str:
        """The district's name for the letterhead (淄川区)."""
        return self.bureau.district_name if self.bureau else ""

    @cached_property
    def search_href(self) -> str:
        """Where 查找 leads."""
        return address(self.search_name) if self._may_read else ""

    @cached_property
    def todo_href(self) -> str:
        """Where 待办 leads."""
        return address(self.todo_name) if self._may_read else ""

    @cached_property
    def todo_count(self) -> int | None:
        """How many things wait for this person, by the function that the settings name; None where the page is to ask
        for it (``todo_number_href``)."""
        name: str = getattr(settings, "FACE_TODO_COUNT", "")
        found: int | None = import_string(name)(self.request) if name and self.signed_in else 0
        return found

    @cached_property
    def todo_number_href(self) -> str:
        """Where the number beside 待办 comes from, for the page to ask when it is there."""
        return address(f"{self.todo_name}_number")

    @cached_property
    def measures_href(self) -> str:
        """Where 指标解释 leads."""
        return address("figures:measures")

    @cached_property
    def handbook_href(self) -> str:
        """Where 使用手册 leads."""
        return address("handbook")

    @cached_property
    def change_password_href(self) -> str:
        """Where 修改密码 leads."""
        return address("accounts:change_password")

    @cached_property
    def sign_in_href(self) -> str:
        """Where signing in starts."""
        return address("accounts:sign_in")

    @cached_property
    def sign_out_href(self) -> str:
        """Where 退出 posts to."""
        return address("accounts:sign_out")

    @property
    def session_minutes(self) -> int:
        """How long one may do nothing before the session ends."""
        return int(settings.SESSION_COOKIE_AGE) // 60

    @property
    def _may_read(self) -> bool:
        reading = {Permission.FIGURES_READ, Permission.LEDGER_READ}
        return not self.must_change_password and bool(reading & self.scope.permissions)

    def _entries(self, sections: tuple[Section, ...], *, choose: bool) -> list[Entry]:
        if not self.signed_in or self.must_change_password:
            return []
        open_to_me = [
            (section, href)
            for section in sections
            if (not section.permissions or section.permissions & self.scope.permissions)
            and section.unless not in self.scope.permissions
            and (href := address(section.url_name))
        ]
        homes = {href: href for _, href in open_to_me}
        for section, href in open_to_me:
            homes |= {other: href for name in section.others if (other := address(name))}
        here = self._longest(self.request.path, list(homes)) if choose else ""
        return [Entry(section.label, href, homes.get(here) == href) for section, href in open_to_me]

    @staticmethod
    def _longest(path: str, hrefs: list[str]) -> str:
        """The address that the page's address begins with, the longest of several; the front page
        answers for itself only."""
        starts = [h for h in hrefs if path == h or (h != "/" and path.startswith(h))]
        return max(starts, key=len, default="")
