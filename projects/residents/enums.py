"""Words of the wing: points at which something is put on public notice, channels, objections and their states."""

from django.db import models


class NoticePoint(models.TextChoices):
    """The five points of a project that are put on public notice, in order ([黄石答复] 五节点公示)."""

    LAUNCH = "launch", "项目启动"
    SCHEME = "scheme", "方案确定"
    CONTRACTOR = "contractor", "施工单位选定"
    NODE = "node", "重要节点施工前"
    ACCEPTANCE = "acceptance", "竣工验收"


class NoticeState(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "公示中"
    CONCLUDED = "concluded", "已结束"
    WITHDRAWN = "withdrawn", "已撤回"


class NoticeAct(models.TextChoices):
    PUBLISH = "publish", "发布"
    CONCLUDE = "conclude", "结束公示"
    WITHDRAW = "withdraw", "撤回"


class Channel(models.TextChoices):
    """Where a notice can be read."""

    BOARD = "board", "小区公示栏"
    DOORWAY = "doorway", "单元门口"
    GATE = "gate", "施工现场公示牌"
    CHAT = "chat", "居民微信群"
    ACCOUNT = "account", "街道公众号"
    SITE = "site", "政府网站"


class Way(models.TextChoices):
    """How an objection came, or how it was answered."""

    VISIT = "visit", "当面"
    PHONE = "phone", "电话"
    LETTER = "letter", "书面"
    CHAT = "chat", "微信群"
    ONLINE = "online", "网上留言"


class Outcome(models.TextChoices):
    """What became of an objection; empty while it is open."""

    TAKEN = "taken", "采纳"
    PARTLY = "partly", "部分采纳"
    EXPLAINED = "explained", "解释说明"
    DECLINED = "declined", "不采纳"


#: What was on the wall: it stays what it was.
POSTED = (NoticeState.PUBLISHED, NoticeState.CONCLUDED)


class MeetingKind(models.TextChoices):
    """Forms in which residents meet."""

    COUNCIL = "council", "居民议事会"
    BENCH = "bench", "板凳会"
    BUILDING = "building", "楼栋座谈"
    OWNERS = "owners", "业主大会"
    OTHER = "other", "其他"


class CommitteeKind(models.TextChoices):
    """Who speaks for the owners of an estate ([淄川2025] 自改委→业委会; [黄石答复])."""

    RENEWAL = "renewal", "自改委"
    OWNERS = "owners", "业主委员会"
    MANAGEMENT = "management", "物业管理委员会"


class ManagementForm(models.TextChoices):
    """How an estate is looked after once it is renovated ([黄石答复] 长效管理)."""

    PROFESSIONAL = "professional", "专业物业"
    PUBLIC = "public", "国有物业托底"
    COMMUNITY = "community", "社区代管"
    UNIT = "unit", "单位自管"
    RESIDENTS = "residents", "居民自管"


class FundMove(models.TextChoices):
    """What happened to the maintenance fund (住宅专项维修资金) of an estate."""

    ESTABLISHED = "established", "建立"
    TOPPED_UP = "topped_up", "续筹"
    USED = "used", "支用"


class RecordState(models.TextChoices):
    """States of what one post records and another confirms: hand-overs and joint evaluations."""

    DRAFT = "draft", "待确认"
    CONFIRMED = "confirmed", "已确认"
    WITHDRAWN = "withdrawn", "已作废"


class RecordAct(models.TextChoices):
    CONFIRM = "confirm", "确认"
    WITHDRAW = "withdraw", "作废"


class Gift(models.TextChoices):
    """What residents bring in ([黄石答复] 五共: 共建)."""

    MONEY = "money", "出资"
    LABOUR = "labour", "投劳"
    MATERIAL = "material", "捐物"
