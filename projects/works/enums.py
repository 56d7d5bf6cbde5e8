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


class StructureKind(models.TextChoices):
    """Kinds of illegal structures met in old estates."""

    ROOF = "roof", "屋面加建"
    SUNROOM = "sunroom", "露台阳光房"
    BALCONY = "balcony", "外墙外挑"
    YARD = "yard", "圈占院落绿地"
    SHED = "shed", "棚屋储藏间"
    CELLAR = "cellar", "私挖地下空间"
    OTHER = "other", "其他"


class StructureState(models.TextChoices):
    FOUND = "found", "已发现"
    NOTIFIED = "notified", "已告知"
    OBJECTED = "objected", "有异议"
    REMOVED = "removed", "已拆除"
    RESTORED = "restored", "已恢复防水"
    CLOSED = "closed", "无需恢复"
    DISMISSED = "dismissed", "不属违建"


class StructureAct(models.TextChoices):
    FIND = "find", "发现"
    NOTIFY = "notify", "告知"
    OBJECT = "object", "登记异议"
    UPHOLD = "uphold", "维持拆除"
    DISMISS = "dismiss", "核销"
    REMOVE = "remove", "拆除"
    RESTORE = "restore", "恢复防水"
    CLOSE = "close", "无需恢复，结案"


#: A structure in one of these still stands.
STANDING = (StructureState.FOUND, StructureState.NOTIFIED, StructureState.OBJECTED)
#: A structure in one of these is gone.
GONE = (StructureState.REMOVED, StructureState.RESTORED, StructureState.CLOSED)


class UtilityKind(models.TextChoices):
    WATER = "water", "供水"
    DRAINAGE = "drainage", "排水"
    POWER = "power", "供电"
    GAS = "gas", "燃气"
    HEAT = "heat", "供热"
    TELECOM = "telecom", "通信"
    OTHER = "other", "其他"


class UtilityState(models.TextChoices):
    PLANNED = "planned", "计划"
    COORDINATED = "coordinated", "已协调"
    WORKING = "working", "施工"
    DONE = "done", "完成"
    WITHDRAWN = "withdrawn", "退出"


class UtilityAct(models.TextChoices):
    COORDINATE = "coordinate", "登记协调"
    START = "start", "开始施工"
    FINISH = "finish", "完成"
    WITHDRAW = "withdraw", "退出"


class CostBearer(models.TextChoices):
    OPERATOR = "operator", "专营单位出资"
    FISCAL = "fiscal", "财政出资"
    SHARED = "shared", "共同分担"
    RESIDENTS = "residents", "居民出资"
