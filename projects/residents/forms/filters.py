"""Filter bars over the lists of the whole bureau; the state stands in the address."""

from __future__ import annotations

from projects.ledger.filtering import ProjectListForm
from projects.residents.enums import ManagementForm, MeetingKind, NoticePoint
from renovation.face.filtering import choice


class NoticeFilterForm(ProjectListForm):
    """Notices by point and by how they stand; 该公示未公示 are points without one."""

    point = choice("节点", NoticePoint.choices)
    state = choice(
        "状态",
        [
            ("missing", "该公示未公示"),
            ("draft", "草稿"),
            ("running", "公示中"),
            ("ripe", "期满待结束"),
            ("objected", "异议待答复"),
            ("overdue", "异议逾期"),
            ("concluded", "已结束"),
            ("withdrawn", "已撤回"),
        ],
    )


class MeetingFilterForm(ProjectListForm):
    """Meetings by form, and by whether a matter of them is open or late."""

    kind = choice("形式", MeetingKind.choices)
    state = choice(
        "问题", [("open", "有未解决的"), ("overdue", "有逾期的"), ("solved", "已全部解决")]
    )


class CareFilterForm(ProjectListForm):
    """Estates by how they are looked after, and by what is lacking."""

    form = choice("管理方式", ManagementForm.choices)
    state = choice(
        "状态",
        [
            ("lacking", "没有落实"),
            ("unhanded", "没有移交到位"),
            ("expired", "任期、合同已到期"),
            ("ending", "任期、合同将到期"),
            ("no_fund", "没有维修资金"),
            ("complete", "已落实"),
            ("not_due", "没有完工"),
        ],
    )


class SharingFilterForm(ProjectListForm):
    """Projects by their joint evaluation, and by whether residents brought something in."""

    state = choice(
        "状态",
        [
            ("due", "待共评"),
            ("draft", "共评待确认"),
            ("done", "已共评"),
            ("open", "有意见没有办理"),
            ("given", "有居民投入"),
            ("unconfirmed", "居民投入待确认"),
            ("not_due", "没有完工"),
        ],
    )
