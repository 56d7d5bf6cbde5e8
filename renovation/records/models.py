"""What every wing writes: stored files, audit entries and their seals, mail, settings, holidays."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from renovation.accounts.models import Organisation, User
from renovation.core.wording import chinese_date

from .querysets import (
    AuditEntryQuerySet,
    MessageChoiceQuerySet,
    MessageQuerySet,
    SettingQuerySet,
)


class WorkState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    MISSED = "missed", "已错过"


class Work(models.Model):
    """A row that is a job; the message on the queue only nudges (HOUSE.md §4.3)."""

    work_state = models.CharField(
        "进度", max_length=8, choices=WorkState.choices, default=WorkState.QUEUED, db_index=True
    )
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    error = models.CharField("失败原因", max_length=500, blank=True)
    not_before = models.DateTimeField("最早开始")
    claimed_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        abstract = True


class StoredFile(models.Model):
    """Bytes that came in or were made, kept under their SHA-256; private ones are encrypted at rest.

    Where the bytes had to be deleted the row stays and says when (``erased_at``).
    """

    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    path = models.CharField("存放位置", max_length=200)
    is_private = models.BooleanField("加密保存", default=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    stored_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="存入人"
    )
    stored_at = models.DateTimeField("存入时间")
    erased_at = models.DateTimeField("清除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件"

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """One act, written in the transaction of the act; append-only, sealed later in batches."""

    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="操作人"
    )
    actor_label = models.CharField("岗位", max_length=80)
    #: In whose place the actor acted (AB岗), None for oneself.
    stands_for = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代何岗"
    )
    act = models.CharField("操作", max_length=60, db_index=True)
    sentence = models.CharField("内容", max_length=500)
    object_type = models.CharField("对象类别", max_length=60, blank=True)
    object_id = models.CharField("对象编号", max_length=60, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    changes = models.JSONField("变化", default=dict)
    reason = models.CharField("原因", max_length=500, blank=True)
    request_id = models.CharField("请求编号", max_length=64, blank=True)
    run_id = models.CharField("任务编号", max_length=64, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["object_type", "object_id"])]
        verbose_name = verbose_name_plural = "审计记录"

    def __str__(self) -> str:
        return self.sentence


class AuditSeal(models.Model):
    """A batch of entries sealed into the hash chain by the tick (HOUSE.md §4.10)."""

    entry_count = models.PositiveIntegerField("条数")
    previous_digest = models.CharField("前一摘要", max_length=64, unique=True)
    digest = models.CharField("摘要", max_length=64, unique=True)
    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        ordering: ClassVar = ["pk"]


class SealedEntry(models.Model):
    """The place of an entry in the chain: its position within a seal and the digest up to it."""

    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="sealed")
    seal = models.ForeignKey(AuditSeal, models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["seal", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seal", "position"], name="sealed_entry_position_once")
        ]


class ChannelCode(models.TextChoices):
    """By which way a message goes."""

    DESK = "desk", "站内消息"
    MAIL = "mail", "邮件"
    GATEWAY = "gateway", "短信或办公群"


class MessageState(models.TextChoices):
    QUEUED = "queued", "排队中"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    UNKNOWN = "unknown", "结果不明"
    DROPPED = "dropped", "不再需要"


#: How a state is marked (docs/face.md, state mark).
MARK_OF_STATE: dict[str, str] = {
    MessageState.QUEUED: "waiting",
    MessageState.SENDING: "waiting",
    MessageState.SENT: "approved",
    MessageState.FAILED: "alarm",
    MessageState.UNKNOWN: "alarm",
    MessageState.DROPPED: "quiet",
}


class Message(models.Model):
    """One message to one recipient by one channel, under a key that makes it unique and a Message-ID that never
    changes: the one delivery log.

    ``person`` is None for an address outside the portal. ``kind`` is declared by a wing
    (``core.messages.MessageKind``); ``organisation`` and ``period_key`` say what it is about. ``told_by`` is who
    sent it by hand. ``unknown`` means that the process ended between handing the message over and knowing the
    answer; only a person resends it. ``dropped`` means that it was not wanted any more when its time came, with
    the reason in ``error``. ``read_at`` is the mark of who read it at the desk; ``settled_at`` is when what it
    reminds of was settled, with what became of it in ``settlement``: then nobody needs to read it any more.
    ``compiled_at`` is when what tells how things stand was written to leave.
    """

    key = models.CharField("唯一键", max_length=200, unique=True)
    channel = models.CharField(
        "方式", max_length=8, choices=ChannelCode.choices, default=ChannelCode.MAIL
    )
    kind = models.CharField("种类", max_length=40, blank=True, db_index=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    period_key = models.CharField("期", max_length=40, blank=True)
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name="用户"
    )
    told_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发送人"
    )
    recipient_name = models.CharField("收件人", max_length=80, blank=True)
    recipient = models.CharField("地址", max_length=254, blank=True)
    subject = models.CharField("主题", max_length=200)
    text = models.TextField("正文")
    html = models.TextField("网页正文", blank=True)
    link = models.CharField("相关页面", max_length=200, blank=True)
    attachments = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    state = models.CharField(
        "状态",
        max_length=8,
        choices=MessageState.choices,
        default=MessageState.QUEUED,
        db_index=True,
    )
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_attempt_at = models.DateTimeField("下次发送")
    claimed_at = models.DateTimeField("开始发送", null=True, blank=True)
    compiled_at = models.DateTimeField("成文时间", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    settled_at = models.DateTimeField("不用再看时间", null=True, blank=True)
    settlement = models.CharField("不用再看原因", max_length=200, blank=True)
    error = models.CharField("原因", max_length=500, blank=True)
    created_at = models.DateTimeField("建立时间")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-created_at"]),
            # The few that are open are asked for by the minute.
            models.Index(
                fields=["kind", "period_key"],
                condition=Q(channel="desk", state="sent", settled_at=None),
                name="message_open",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(channel="desk") & Q(person__isnull=False))
                | (~Q(channel="desk") & ~Q(recipient="")),
                name="message_reaches_somebody",
            ),
            models.CheckConstraint(
                condition=Q(read_at=None) | Q(channel="desk", state="sent"),
                name="message_is_read_at_the_desk",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settlement="")
                | (Q(settled_at__isnull=False, channel="desk", state="sent") & ~Q(settlement="")),
                name="message_is_settled_at_the_desk",
            ),
        ]
        verbose_name = verbose_name_plural = "消息"

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient_name or self.recipient}"

    @property
    def told_at(self) -> datetime:
        """When ``told_by`` told it: by this moment the audit log knows in whose place (``records.acting``)."""
        return self.created_at

    @property
    def mark(self) -> tuple[str, str]:
        """The word for its state and the kind of its mark (docs/face.md, state mark)."""
        if self.read_at is not None:
            return "已读", "approved"
        if self.settled_at is not None:
            return "不用再看", "quiet"
        return self.get_state_display(), MARK_OF_STATE[self.state]


class MessageChoice(models.Model):
    """By which channels a person wants to be told; without a row the defaults hold. The desk is always on."""

    person = models.OneToOneField(
        User, models.CASCADE, related_name="message_choice", verbose_name="用户"
    )
    reminders_by_mail = models.BooleanField("提醒发邮件", default=True)
    reminders_by_gateway = models.BooleanField("提醒发短信或办公群", default=True)
    results_by_mail = models.BooleanField("上传结果发邮件", default=True)
    gateway_address = models.CharField("手机号或办公群账号", max_length=60, blank=True)
    updated_at = models.DateTimeField("更新时间")

    history = HistoricalRecords()
    objects = MessageChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息设置"

    def __str__(self) -> str:
        return str(self.person)


class Setting(models.Model):
    """A value of a declared parameter for an organisation from a day on; rows are only added."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="settings", verbose_name="单位"
    )
    key = models.CharField("参数", max_length=80, db_index=True)
    value = models.TextField("值")
    effective_on = models.DateField("生效日期")
    reason = models.CharField("原因", max_length=200)
    created_at = models.DateTimeField("登记时间")
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )

    objects = SettingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["key", "-effective_on", "-pk"]
        verbose_name = verbose_name_plural = "参数"


class Holiday(models.Model):
    """A day that the official calendar treats otherwise than its weekday (国务院办公厅通知)."""

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40)
    source = models.CharField("依据", max_length=120, blank=True)
    is_provisional = models.BooleanField(
        "暂定", default=False, help_text="当年放假安排公布前按法定节日暂填。"
    )

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["day"]
        verbose_name = verbose_name_plural = "节假日"

    def __str__(self) -> str:
        return f"{chinese_date(self.day)} {self.name}"


class IdempotencyKey(models.Model):
    """What a POST under a key answered, so that the same key and body answer the same (CONTRACT.md)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    key = models.CharField(max_length=200)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "method", "path", "key"], name="idempotency_key_once"
            )
        ]
