"""Kinds of organisations, roles, and what each role may do."""

from django.db import models


class OrganisationKind(models.TextChoices):
    CITY = "city", "市"
    BUREAU = "bureau", "区住房和城乡建设局"
    STREET = "street", "街道办事处"
    COMMUNITY = "community", "社区"
    COMPANY = "company", "企业"
    COUNCIL = "council", "人大常委会"


class Role(models.TextChoices):
    """Posts that a person can hold in an organisation (CONTRACT.md, demo accounts)."""

    ADMIN = "admin", "系统管理员"
    BUREAU = "bureau", "区局经办"
    REVIEWER = "reviewer", "区局审核"
    LEADER = "leader", "局领导"
    OFFICE = "office", "办公室"
    CLERK = "clerk", "街道填报"
    STREET_HEAD = "street_head", "街道审核"
    CONTRACTOR = "contractor", "施工单位"
    SUPERVISOR = "supervisor", "监理单位"
    INSPECTOR = "inspector", "行风监督员"
    COUNCIL = "npc", "人大督导组"
    AUDITOR = "auditor", "安全审计"
    HOTLINE = "hotline", "热线平台"


_K = OrganisationKind
_BUREAU, _STREET = frozenset({_K.CITY, _K.BUREAU}), frozenset({_K.STREET, _K.COMMUNITY})

#: Role → the kinds of organisation in which it can be held: 街道填报 at the bureau would fill in every street.
KINDS_OF: dict[Role, frozenset[OrganisationKind]] = {
    Role.ADMIN: _BUREAU,
    Role.BUREAU: _BUREAU,
    Role.REVIEWER: _BUREAU,
    Role.LEADER: _BUREAU,
    Role.OFFICE: _BUREAU,
    Role.CLERK: _STREET,
    Role.STREET_HEAD: _STREET,
    Role.CONTRACTOR: frozenset({_K.COMPANY}),
    Role.SUPERVISOR: frozenset({_K.COMPANY}),
    Role.INSPECTOR: _BUREAU,
    Role.COUNCIL: frozenset({_K.COUNCIL}),
    Role.AUDITOR: _BUREAU,
    Role.HOTLINE: _BUREAU,
}


class Permission(models.TextChoices):
    """What may be done. Which rows it may be done to is the scope's business."""

    FIGURES_READ = "figures.read", "看总览和指标"
    LEDGER_READ = "ledger.read", "看项目台账"
    LEDGER_WRITE = "ledger.write", "改项目台账"
    LEDGER_APPROVE = "ledger.approve", "核定基线和台账"
    FUNDING_WRITE = "funding.write", "登记资金"
    FUNDING_APPROVE = "funding.approve", "核定资金"
    FINDING_ANSWER = "finding.answer", "报审计问题整改"
    WORKS_WRITE = "works.write", "登记改造内容、拆违和管线"
    RESIDENT_READ = "resident.read", "看住户名册（隐去姓名电话）"
    RESIDENT_REVEAL = "resident.reveal", "查看住户姓名电话"
    CONSENT_WRITE = "consent.write", "登记居民征询"
    CONSENT_DECIDE = "consent.decide", "开始和截止征询、认定答复"
    RESIDENTS_WRITE = "residents.write", "登记公示、议事和长效管理"
    NOTICE_DECIDE = "notice.decide", "发布、结束和撤回公示，确认移交和共评"
    RETURN_READ = "return.read", "看周报"
    RETURN_FILL = "return.fill", "填报周报"
    RETURN_REVIEW = "return.review", "街道审核周报"
    RETURN_APPROVE = "return.approve", "区局核定周报"
    RETURN_SEND_BACK = "return.send_back", "退回周报"
    EXCEPTION_GRANT = "exception.grant", "准许延后关闭"
    INQUIRY_WRITE = "inquiry.write", "发起临时收数"
    INQUIRY_APPROVE = "inquiry.approve", "批准临时收数"
    DISPATCH_WRITE = "dispatch.write", "办周调度会、交办和办结事项"
    DISPATCH_SIGN = "dispatch.sign", "签发周调度会纪要"
    DISPATCH_ANSWER = "dispatch.answer", "签收和办理交办事项"
    PAPER_READ = "paper.read", "看已印发的文件"
    PAPER_READ_DRAFT = "paper.read_draft", "看未印发的文件"
    PAPER_DRAFT = "paper.draft", "拟稿"
    PAPER_CHECK = "paper.check", "核稿"
    PAPER_APPROVE = "paper.approve", "审核文稿"
    PAPER_SIGN = "paper.sign", "签发"
    PAPER_NUMBER = "paper.number", "编文号、归档正本"
    DELIVERY_MANAGE = "delivery.manage", "管理邮件发送"
    MESSAGE_MANAGE = "message.manage", "看消息发送记录、重发"
    SHEET_ISSUE = "sheet.issue", "印发调度表"
    USERS_MANAGE = "users.manage", "管理用户和单位"
    SETTINGS_MANAGE = "settings.manage", "管理参数和日历"
    AUDIT_READ = "audit.read", "看审计日志"
    WORK_ORDER_PUSH = "work_order.push", "推送工单"


P = Permission
_READS = frozenset({P.FIGURES_READ, P.LEDGER_READ, P.RETURN_READ, P.PAPER_READ})

#: Role → permissions. The one table; policies and guard tests read it.
PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset({P.USERS_MANAGE, P.SETTINGS_MANAGE}),
    Role.BUREAU: _READS
    | {
        P.RESIDENT_READ,
        P.LEDGER_WRITE,
        P.FUNDING_WRITE,
        P.FINDING_ANSWER,
        P.WORKS_WRITE,
        P.RESIDENTS_WRITE,
        P.RETURN_SEND_BACK,
        P.INQUIRY_WRITE,
        P.DISPATCH_WRITE,
        P.DISPATCH_ANSWER,
        P.PAPER_READ_DRAFT,
        P.PAPER_DRAFT,
        P.PAPER_CHECK,
        P.SHEET_ISSUE,
        P.MESSAGE_MANAGE,
    },
    Role.REVIEWER: _READS
    | {
        P.RESIDENT_READ,
        P.LEDGER_APPROVE,
        P.FUNDING_APPROVE,
        P.RETURN_APPROVE,
        P.RETURN_SEND_BACK,
        P.EXCEPTION_GRANT,
        P.INQUIRY_APPROVE,
        P.DISPATCH_WRITE,
        P.DISPATCH_SIGN,
        P.PAPER_READ_DRAFT,
        P.PAPER_CHECK,
        P.PAPER_APPROVE,
        P.SHEET_ISSUE,
        P.MESSAGE_MANAGE,
    },
    Role.LEADER: _READS
    | {P.PAPER_READ_DRAFT, P.PAPER_SIGN, P.SHEET_ISSUE, P.INQUIRY_APPROVE, P.DISPATCH_SIGN},
    # Who reads a figure may follow it to its rows: the office reads the ledger too.
    Role.OFFICE: frozenset(
        {
            P.FIGURES_READ,
            P.LEDGER_READ,
            P.PAPER_READ,
            P.PAPER_READ_DRAFT,
            P.PAPER_NUMBER,
            P.DELIVERY_MANAGE,
            P.MESSAGE_MANAGE,
        }
    ),
    Role.CLERK: _READS
    | {
        P.RETURN_FILL,
        P.DISPATCH_ANSWER,
        P.FINDING_ANSWER,
        P.WORKS_WRITE,
        P.RESIDENT_READ,
        P.RESIDENT_REVEAL,
        P.CONSENT_WRITE,
        P.RESIDENTS_WRITE,
    },
    Role.STREET_HEAD: _READS
    | {
        P.RETURN_REVIEW,
        P.RETURN_SEND_BACK,
        P.DISPATCH_ANSWER,
        P.RESIDENT_READ,
        P.RESIDENT_REVEAL,
        P.CONSENT_WRITE,
        P.CONSENT_DECIDE,
        P.RESIDENTS_WRITE,
        P.NOTICE_DECIDE,
    },
    Role.CONTRACTOR: frozenset({P.LEDGER_READ, P.DISPATCH_ANSWER}),
    Role.SUPERVISOR: frozenset({P.LEDGER_READ, P.DISPATCH_ANSWER}),
    Role.INSPECTOR: frozenset({P.LEDGER_READ}),
    Role.COUNCIL: frozenset({P.FIGURES_READ, P.LEDGER_READ, P.PAPER_READ}),
    Role.AUDITOR: frozenset({P.AUDIT_READ}),
    Role.HOTLINE: frozenset({P.WORK_ORDER_PUSH}),
}

#: Roles that see figures and rows only once they are approved.
APPROVED_ONLY: frozenset[Role] = frozenset(
    {Role.CONTRACTOR, Role.SUPERVISOR, Role.INSPECTOR, Role.COUNCIL}
)


class TokenScope(models.TextChoices):
    """What an API token may be used for, never more than its user's roles (CONTRACT.md)."""

    READ = "read", "读取"
    RETURNS = "returns", "周报"
    WORK_ORDERS = "work-orders", "工单"
    DOCUMENTS = "documents", "文件"
