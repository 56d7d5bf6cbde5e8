"""Words of the ledger that are fixed by national documents or by the portal's own rules."""

from django.db import models


class RenovationType(models.TextChoices):
    """Four types of renovation (一区一案、四类改造)."""

    BASIC = "basic", "基础完善型"
    ENVIRONMENT = "environment", "环境美化型"
    FUNCTION = "function", "功能提升型"
    INTEGRATED = "integrated", "整合提升型"


class PartyRole(models.TextChoices):
    RESPONSIBLE = "responsible", "责任单位"
    CONTACT_LEADER = "contact_leader", "包联领导"
    OWNER = "owner", "建设单位"
    CONTRACTOR = "contractor", "施工单位"
    SUPERVISOR = "supervisor", "监理单位"
    DESIGNER = "designer", "设计单位"
    AGENT = "agent", "代建单位"
    SITE_CONTACT = "site_contact", "项目联系"


class GateKind(models.TextChoices):
    """Gates from the survey of the estates to hand-over (DOMAIN.md §2.2, 工程阶段), in order."""

    SURVEYED = "surveyed", "摸底"
    CONSULTED = "consulted", "意愿征询"
    PROGRAMMED = "programmed", "列入计划"
    APPROVED = "approved", "立项批复"
    DESIGNED = "designed", "方案确定"
    DRAWN = "drawn", "施工图预算评审"
    TENDERED = "tendered", "招投标"
    PERMITTED = "permitted", "施工许可"
    STARTED = "started", "开工"
    COMPLETED = "completed", "完工"
    ACCEPTED = "accepted", "竣工验收"
    AUDITED = "audited", "结算审计"
    HANDED_OVER = "handed_over", "移交管养"


#: What residents said, what the programme says, and the works themselves: never left out by a promise (容缺), which
#: is for formalities alone.
NEVER_PROMISED = frozenset(
    {
        GateKind.CONSULTED,
        GateKind.PROGRAMMED,
        GateKind.STARTED,
        GateKind.COMPLETED,
        GateKind.ACCEPTED,
    }
)

#: Gates that count only once their evidence file is attached.
EVIDENCE_REQUIRED = frozenset({GateKind.STARTED, GateKind.COMPLETED, GateKind.ACCEPTED})


class BaselineState(models.TextChoices):
    DRAFT = "draft", "草案"
    APPROVED = "approved", "已批准"


class ExceptionState(models.TextChoices):
    """States of a recorded exception from a check of a gate."""

    ASKED = "asked", "待批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    REVOKED = "revoked", "已撤销"


class ExceptionAct(models.TextChoices):
    APPROVE = "approve", "批准"
    REFUSE = "refuse", "不批准"
    REVOKE = "revoke", "撤销"


class BuildingStructure(models.TextChoices):
    """What a building is made of (房屋结构)."""

    BRICK_CONCRETE = "brick_concrete", "砖混"
    BRICK_WOOD = "brick_wood", "砖木"
    FRAME = "frame", "框架"
    SHEAR_WALL = "shear_wall", "剪力墙"
    OTHER = "other", "其他"


#: Roles that one party at a time holds in a project; two at once are warned of.
SOLE_ROLES = frozenset(
    {
        PartyRole.RESPONSIBLE,
        PartyRole.CONTACT_LEADER,
        PartyRole.OWNER,
        PartyRole.CONTRACTOR,
        PartyRole.SUPERVISOR,
        PartyRole.AGENT,
    }
)


class PhotoStage(models.TextChoices):
    """Before, during and after the works (改造前、改造中、改造后)."""

    BEFORE = "before", "改造前"
    DURING = "during", "改造中"
    AFTER = "after", "改造后"


class StandardGroup(models.TextChoices):
    """The two groups of the 20 standards (建办城〔2021〕50号)."""

    BOTTOM_LINE = "bottom_line", "底线要求"
    BREAKTHROUGH = "breakthrough", "攻坚要求"


class Verdict(models.TextChoices):
    """How a project stands by a standard."""

    MET = "met", "符合"
    UNMET = "unmet", "不符合"
    NOT_APPLICABLE = "not_applicable", "不适用"


class SurveyKind(models.TextChoices):
    """两清两访: what is there and what is needed made clear; households visited before and after."""

    CONDITION = "condition", "现状清"
    NEEDS = "needs", "需求清"
    VISIT = "visit", "改造前入户走访"
    REVISIT = "revisit", "改造后入户回访"


#: Surveys in which households are visited and counted.
VISITS = frozenset({SurveyKind.VISIT, SurveyKind.REVISIT})


class PublicationKind(models.TextChoices):
    """四公开: what a project makes public."""

    PLAN = "plan", "方案公开"
    INVESTMENT = "investment", "投资公开"
    PROGRESS = "progress", "进度公开"
    ACCEPTANCE = "acceptance", "验收公开"


class CommitmentKind(models.TextChoices):
    """How a project is carried (攻坚党支部、一把手责任、驻点办公、公职人员带头、积分)."""

    PARTY_BRANCH = "party_branch", "攻坚党支部"
    HEAD = "head", "一把手责任"
    ON_SITE = "on_site", "驻点办公"
    OFFICIALS = "officials", "公职人员带头"
    POINTS = "points", "贡献积分"


class LeadingRank(models.TextChoices):
    """Ranks of the bureau's leading group, in order."""

    HEAD = "head", "组长"
    DEPUTY = "deputy", "副组长"
    MEMBER = "member", "成员"
    OFFICE_HEAD = "office_head", "办公室主任"
    OFFICE_MEMBER = "office_member", "办公室成员"


class PromiseForm(models.TextChoices):
    """How a gate is passed without a paper that it asks for."""

    TOLERATED = "tolerated", "容缺办理"
    PLEDGED = "pledged", "告知承诺"


class Opinion(models.TextChoices):
    """What a department says in a joint review."""

    PENDING = "pending", "未出具"
    AGREED = "agreed", "同意"
    CONDITIONAL = "conditional", "有条件同意"
    OBJECTED = "objected", "不同意"


class WorkKind(models.TextChoices):
    """Kinds of work that rest, and that a month of the plan is mainly made of, in the order of
    先拆违后治理、先地下后地上 (黄石答复, “先四后四”)."""

    ALL = "all", "全部室外作业"
    DEMOLITION = "demolition", "拆违"
    UNDERGROUND = "underground", "地下管网"
    HEATING = "heating", "供热管网"
    ROOF = "roof", "屋面"
    WALL = "wall", "外墙"
    STAIRS = "stairs", "楼道"
    POWER = "power", "强弱电"
    ROAD = "road", "道路铺装"
    GREEN = "green", "绿化"


#: What lies under the ground; what lies on it is everything but 拆违 and these.
UNDERGROUND_KINDS = frozenset({WorkKind.UNDERGROUND, WorkKind.HEATING})
#: What a later trench would break up again.
SURFACE_KINDS = frozenset({WorkKind.ROAD, WorkKind.GREEN})


class RestCause(models.TextChoices):
    """Why work rests."""

    HEAT = "heat", "高温"
    FLOOD = "flood", "汛期"
    EVENT = "event", "重大活动"
    HEATING = "heating", "采暖期"
    FROST = "frost", "冬季低温"
    OTHER = "other", "其他"


class OpeningState(models.TextChoices):
    """A gate that was passed before the portal (期初), until a second person says so too."""

    PENDING = "pending", "待核"
    APPROVED = "approved", "已核定"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class OpeningAct(models.TextChoices):
    APPROVE = "approve", "核定"
    RETURN = "return", "退回"
    WITHDRAW = "withdraw", "撤回"


class ChangeKind(models.TextChoices):
    """What a change of a project is about (变更). Those of ``ENROLMENT`` say whether and where it counts."""

    ENTER = "enter", "列入计划"
    MOVE = "move", "移交街道"
    CANCEL = "cancel", "取消项目"
    RESTORE = "restore", "撤销取消"
    REPORT = "report", "更正开始报送"
    SCOPE = "scope", "范围"
    MONEY = "money", "金额"
    TIME = "time", "工期"
    DESIGN = "design", "设计"
    OTHER = "other", "其他"


#: Kinds that say from when, in which street and until when a project counts; the others are about its plan.
ENROLMENT = (
    ChangeKind.ENTER,
    ChangeKind.MOVE,
    ChangeKind.CANCEL,
    ChangeKind.RESTORE,
    ChangeKind.REPORT,
)


class ChangeState(models.TextChoices):
    DRAFT = "draft", "待批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


class ChangeAct(models.TextChoices):
    APPROVE = "approve", "批准"
    REFUSE = "refuse", "不批准"
    WITHDRAW = "withdraw", "撤回"
