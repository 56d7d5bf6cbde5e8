"""Words of the works: where in the order of work an item stands, what it counts towards, why it is planned."""

from django.db import models


class Layer(models.TextChoices):
    """Where an item stands in the order of work (先四后四: 先拆违后治理、先地下后地上)."""

    UNDERGROUND = "underground", "地下管网"
    SURFACE = "surface", "地面"
    ENVELOPE = "envelope", "屋面外墙"
    OTHER = "other", "其他"


class Outcome(models.TextChoices):
    """What is counted as an outcome of renovation (DOMAIN.md §2.1 and [黄石答复]); units in ``outcomes``."""

    PIPES = "pipes", "老旧管线"
    LIFTS = "lifts", "加装电梯"
    PARKING = "parking", "停车位"
    CHARGERS = "chargers", "充电桩"
    SERVICES = "services", "社区服务设施"
    MARKETS = "markets", "便民市场"
    ROADS = "roads", "断头路"
    WATER = "water", "二次供水"


class Origin(models.TextChoices):
    """Why an item stands in the plan of a project."""

    REQUIRED = "required", "按计划必做"
    CHOSEN = "chosen", "居民选定"


class PlanState(models.TextChoices):
    PENDING = "pending", "待批准"
    APPROVED = "approved", "已批准"
    REJECTED = "rejected", "已退回"
