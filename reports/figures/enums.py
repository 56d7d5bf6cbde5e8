"""States and directions of the alarm 支付与进度背离."""

from django.db import models


class AlarmState(models.TextChoices):
    OPEN = "open", "报警"
    EXPLAINED = "explained", "已说明"
    CLOSED = "closed", "已解除"


class Direction(models.TextChoices):
    AHEAD = "ahead", "付款快于进度"
    BEHIND = "behind", "付款慢于进度"
