"""Users, organisations as a tree, memberships with roles, API tokens."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords
from tree_queries.models import TreeNode

from renovation.core.calendar import local_day
from renovation.core.wording import chinese_date

from .enums import OrganisationKind, Role, TokenScope
from .querysets import (
    ApiTokenQuerySet,
    HandOverQuerySet,
    MembershipQuerySet,
    OrganisationQuerySet,
    PledgeQuerySet,
    PledgeTextQuerySet,
    StandInQuerySet,
    UserQuerySet,
)


class Organisation(TreeNode):
    """市 › 区局 › 街道 › 社区, and beside them companies and the council (HOUSE.md §4.11)."""

    kind = models.CharField("类别", max_length=16, choices=OrganisationKind.choices)
    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("全称", max_length=80)
    short_name = models.CharField("简称", max_length=40)
    district_name = models.CharField(
        "区划名称",
        max_length=40,
        blank=True,
        help_text="区局填所在区名，如“淄川区”，用于文件标题。",
    )
    document_prefix = models.CharField(
        "发文代字", max_length=20, blank=True, help_text="如“淄建发”，用于文号。"
    )
    order = models.PositiveIntegerField("排序", default=0)
    valid_from = models.DateField("设立日期", null=True, blank=True)
    valid_to = models.DateField("撤销日期", null=True, blank=True)

    history = HistoricalRecords()
    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = verbose_name_plural = "单位"

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users; there is no superuser: what one may do follows from memberships."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """Create and return an active user with a hashed password (``None``: cannot sign in)."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find by user name, as ``authenticate`` does."""
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person's account. History keeps the post, not a person's name (CAPABILITIES.md V4)."""

    username = models.CharField(
        "用户名", max_length=60, unique=True, error_messages={"unique": "这个用户名已经有人用了。"}
    )
    post_name = models.CharField("岗位", max_length=60, help_text="如“松龄路街道 填报岗”。")
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", default=timezone.now)
    is_demo = models.BooleanField("演示账号", default=False)
    #: Some act of this person was another's (AB岗): only then is the audit log asked whose (records.acting).
    has_stood_in = models.BooleanField("代过岗", default=False, editable=False)

    #: While a request is made for another post (AB岗): in whose place. No column: the middleware sets it.
    standing_in: StandIn | None = None

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    history = HistoricalRecords(excluded_fields=["password", "last_login", "has_stood_in"])
    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        ordering: ClassVar = ["username"]
        verbose_name = verbose_name_plural = "用户"

    def __str__(self) -> str:
        return named(self, self.stands_for)

    @property
    def stands_for(self) -> User | None:
        """In whose place this person acts now, None for oneself."""
        return self.standing_in.principal if self.standing_in is not None else None

    @property
    def persons(self) -> frozenset[int]:
        """Whose acts count as this person's own where two must differ: oneself, and who is stood in for."""
        other = self.stands_for
        return frozenset({self.pk} if other is None else {self.pk, other.pk})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Signing in and acting for another are no changes of the account: they leave no row in the history."""
        written = set(kwargs.get("update_fields") or ())
        if not written or not written <= {"last_login", "has_stood_in"}:
            super().save(*args, **kwargs)
            return
        self.skip_history_when_saving = True
        try:
            super().save(*args, **kwargs)
        finally:
            del self.skip_history_when_saving


#: Both names of a stand-in fit into the label of an audit entry.
_NAME = 38


def named(user: User | None, stands_for: User | None) -> str:
    """Who did something: the post, of a stand-in both (甲岗（代乙岗）), 系统 for nobody."""
    if user is None:
        return "系统"
    own = user.post_name or user.username
    if stands_for is None:
        return own
    return f"{own[:_NAME]}（代{(stands_for.post_name or stands_for.username)[:_NAME]}）"


class PasswordRecord(models.Model):
    """A hash of a password once used, so that the last five are not used again (DOMAIN.md §8)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="password_records")
    password = models.CharField(max_length=128)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-created_at"]


class Membership(models.Model):
    """A role that a user holds in an organisation for a time."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name="用户")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name="单位"
    )
    role = models.CharField("角色", max_length=16, choices=Role.choices)
    valid_from = models.DateField("起", null=True, blank=True)
    valid_to = models.DateField("止", null=True, blank=True)

    history = HistoricalRecords()
    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], name="membership_once_per_role"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None)
                | Q(valid_from=None)
                | Q(valid_to__gte=models.F("valid_from")),
                name="membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.organisation} {self.get_role_display()}"


class ApiToken(models.Model):
    """A bearer token: hashed at rest, scoped, expiring, revocable (CAPABILITIES.md S4)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name="用户")
    digest = models.CharField("摘要", max_length=64, unique=True)
    hint = models.CharField("末四位", max_length=4)
    scope = models.CharField("范围", max_length=16, choices=TokenScope.choices)
    created_at = models.DateTimeField("签发时间")
    expires_at = models.DateTimeField("到期时间")
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = verbose_name_plural = "接口令牌"

    def __str__(self) -> str:
        return f"{self.user.username} …{self.hint}"


class PledgeText(models.Model):
    """A version of 真实性承诺 of a bureau or of the city above it. A new wording is a new version; from its moment
    everybody who sends is asked again. Append-only."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="pledge_texts", verbose_name="单位"
    )
    version = models.PositiveSmallIntegerField("版次")
    text = models.CharField("承诺内容", max_length=1000)
    reason = models.CharField("修改原因", max_length=200)
    published_at = models.DateTimeField("公布时间")
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公布人"
    )

    objects = PledgeTextQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organisation", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "version"], name="pledge_text_version_once"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1) & ~Q(text="") & ~Q(reason=""),
                name="pledge_text_is_whole",
            ),
        ]
        verbose_name = verbose_name_plural = "真实性承诺"

    def __str__(self) -> str:
        return f"真实性承诺第{self.version}版"


class Pledge(models.Model):
    """That a person accepted a version of 真实性承诺, and when; append-only. ``post_name`` is the post of then."""

    text = models.ForeignKey(
        PledgeText, models.PROTECT, related_name="pledges", verbose_name="承诺书"
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="pledges", verbose_name="承诺人")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="单位"
    )
    post_name = models.CharField("岗位", max_length=60)
    accepted_at = models.DateTimeField("承诺时间")

    objects = PledgeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-accepted_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["user", "text", "accepted_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(post_name=""), name="pledge_names_the_post"),
        ]
        verbose_name = verbose_name_plural = "承诺记录"

    def __str__(self) -> str:
        return f"{self.post_name} {self.text}"


class StandIn(models.Model):
    """AB岗: ``deputy`` acts in the post of ``principal`` (a role in an organisation) on given days, both ends
    included, by an appointment that is never rewritten; ended earlier where ``ended_at`` says so (ADR 32)."""

    principal = models.ForeignKey(
        User, models.PROTECT, related_name="stood_in_for", verbose_name="A岗（被代）"
    )
    deputy = models.ForeignKey(
        User, models.PROTECT, related_name="stand_ins", verbose_name="B岗（代班）"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="stand_ins", verbose_name="单位"
    )
    role = models.CharField("代哪个角色", max_length=16, choices=Role.choices)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止")
    reason = models.CharField("原因", max_length=200)
    appointed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="指定人")
    appointed_at = models.DateTimeField("指定时间")
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提前结束人"
    )
    ended_at = models.DateTimeField("提前结束时间", null=True, blank=True)

    objects = StandInQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-valid_from", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(deputy=models.F("principal")), name="stand_in_is_another_person"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=models.F("valid_from")), name="stand_in_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="stand_in_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="stand_in_ended_at_and_by",
            ),
        ]
        verbose_name = verbose_name_plural = "代岗"

    def __str__(self) -> str:
        return named(self.deputy, self.principal)

    def is_in_force(self, day: date) -> bool:
        """Whether the deputy may act on a day."""
        return self.ended_at is None and self.valid_from <= day <= self.valid_to


class HandOver(models.Model):
    """交接: everything open of ``predecessor`` that ``successor`` may take passed to them in one act; append-only.

    ``counts`` is kind → how many passed, ``left`` kind → how many stayed, ``rows`` what both are in words as they
    stood then: ``{"kind", "name", "detail", "left"}``, ``left`` the reason why a row stayed, "" where it passed.
    """

    predecessor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="移交人")
    successor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="接收人")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="hand_overs", verbose_name="单位"
    )
    reason = models.CharField("原因", max_length=200)
    counts = models.JSONField("移交件数")
    left = models.JSONField("未移交件数", default=dict)
    rows = models.JSONField("事项")
    passed_count = models.PositiveIntegerField("移交合计")
    handed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    handed_at = models.DateTimeField("交接时间")

    objects = HandOverQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-handed_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(successor=models.F("predecessor")),
                name="hand_over_to_another_person",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hand_over_has_a_reason"),
            models.CheckConstraint(
                condition=Q(passed_count__gte=1), name="hand_over_passes_something"
            ),
        ]
        verbose_name = verbose_name_plural = "交接"

    def __str__(self) -> str:
        day = chinese_date(local_day(self.handed_at))
        return f"{day}{self.predecessor}移交{self.successor}"

    @property
    def left_count(self) -> int:
        """How many stayed with the predecessor."""
        return sum(int(count) for count in self.left.values())
