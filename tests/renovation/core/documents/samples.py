"""A bulletin for tests of the layout: long enough to turn the page, with every part."""

from datetime import date
from decimal import Decimal

from renovation.core.documents.blocks import (
    BEHIND,
    FAR_BEHIND,
    ON_COURSE,
    Cell,
    Column,
    Heading,
    Kind,
    Paragraph,
    RowStyle,
    Table,
    row,
)
from renovation.core.documents.papers import Annex, OfficialPaper

FULL = "各街道要倒排工期挂图作战确保十月底前全部完成年度目标任务切实做到先地下后地上先拆违后治理主动接受居民监督"

TABLE = Table(
    (
        Column("序号", Kind.COUNT, 3),
        Column("街道", Kind.LABEL, 7),
        Column("形象进度", Kind.DECIMAL, 6, "%", group="进度", places=1),
        Column("偏差", Kind.CHANGE, 6, "百分点", group="进度", places=1),
        Column("亮灯", Kind.MARK, 7),
    ),
    (
        row(1, "般阳路街道", Decimal("76.4"), Decimal("-3.6"), ON_COURSE),
        row(2, "松龄路街道", Decimal("60.2"), Cell(Decimal("-19.8"), pending=True), BEHIND),
        row(3, "钟楼街道", Decimal("40"), Decimal("-40"), FAR_BEHIND),
    ),
    totals=row("", "合计", Decimal("60"), Decimal("-20"), "", style=RowStyle.TOTAL),
    caption="各街道进展情况",
    notes=("注：按形象进度从高到低排列。",),
)


def bulletin(**changes: object) -> OfficialPaper:
    given: dict[str, object] = {
        "issuer": "淄川区住房和城乡建设局文件",
        "title": "关于2025年第三季度全区老旧小区改造工作进展情况的通报",
        "number": "川住建发〔2025〕12号",
        "addressees": "各街道办事处，各有关单位",
        "body": (
            Paragraph(FULL + FULL[:26] + "。"),
            Heading("一、总体进展"),
            Paragraph(
                "2025年第三季度，各街道围绕区人大常委会专项工作评议，严格按照攻坚图月度目标任务推进老旧小区改造。"
                "截至2025年9月30日，全区纳入年度计划的14个项目已全部开工，涉及居民2404户、建筑面积24.18万㎡。"
            ),
            Paragraph("各街道共报送周报39期。", lead="（一）报送情况。"),
            *[Paragraph(FULL + FULL + "。")] * 6,
        ),
        "signers": ("淄川区住房和城乡建设局",),
        "issued_on": date(2025, 10, 15),
        "annexes": (
            Annex("2025年老旧小区改造项目进展情况表", (TABLE,), landscape=True),
            Annex("滞后项目清单", (TABLE,)),
        ),
        "remark": "此件公开发布",
        "copies": "区委办公室，区人大常委会办公室，区政府办公室，区政协办公室，市住房和城乡建设局",
        "printed_by": "淄川区住房和城乡建设局办公室",
    }
    return OfficialPaper(**{**given, **changes})  # type: ignore[arg-type]
