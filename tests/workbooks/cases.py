"""One workbook per rule code: how it is spoiled, and exactly what must be said of it.

Each case starts from the soundly filled workbook of ``scene`` (or from bytes of its own) and breaks one
rule; the test asserts that this rule is reported, at this cell, in these words, and nothing else.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from supervision.weekly.enums import ReturnState
from tests.factories.weekly import make_return
from tests.workbooks.preparing import (
    namesake,
    received,
    resting,
    reused,
    steady,
    unchanged_from,
    written,
)
from tests.workbooks.scene import LAST_WEEK, Scene, put

PERCENT = "0—100 的数，一位小数，如 45.5"
MONEY = "不小于 0 的数，两位小数，如 98.50"
DAY = "存在的日期，不晚于本周日，如 2025-9-18"


@dataclass(frozen=True)
class Case:
    """``spoil`` changes the filled workbook, or ``content`` makes the bytes. ``places`` are (cell, message,
    found, expected) of every fault under the code; ``also`` are codes that rightly come with it."""

    code: str
    places: tuple[tuple[str, str, str, str], ...]
    spoil: Callable[[Any], None] | None = None
    content: Callable[[Scene], bytes] | None = None
    prepare: Callable[[Scene], None] | None = None
    severity: str = "error"
    also: tuple[str, ...] = ()
    name: str = ""
    refused: bool = False
    last_state: ReturnState = ReturnState.APPROVED

    def bytes(self, scene: Scene) -> bytes:
        """The workbook of the case."""
        if self.prepare is not None:
            self.prepare(scene)
        if self.content is not None:
            return self.content(scene)
        return scene.filled(self.spoil)


def _zip(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same zip with one part replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {each: source.read(each) for each in source.namelist()}
    return _zip(parts | {name: content})


def bomb(scene: Scene) -> bytes:
    """A workbook of some KB that unpacks to 300 MB."""
    return with_part(scene.template(), "xl/media/image1.bmp", bytes(300 * 1024 * 1024))


def many_rows(scene: Scene) -> bytes:
    """A sheet with 200,000 rows."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 200_001))
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    part = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    return with_part(scene.template(), "xl/worksheets/sheet1.xml", part.encode())


def many_columns(scene: Scene) -> bytes:
    """A cell far out."""
    return scene.filled(put(LA5="远"))


def many_sheets(scene: Scene) -> bytes:
    """51 sheets and more."""

    def spoil(book: Any) -> None:
        for number in range(50):
            book.create_sheet(f"表{number}")

    return scene.filled(spoil)


def with_macros(scene: Scene) -> bytes:
    """An .xlsm."""
    return with_part(scene.filled(), "xl/vbaProject.bin", b"not run")


def damaged(scene: Scene) -> bytes:
    """A workbook whose download broke off."""
    return scene.filled()[:4000]


def encrypted(scene: Scene) -> bytes:
    """A workbook that asks for a password."""
    from msoffcrypto.format.ooxml import OOXMLFile

    buffer = io.BytesIO()
    OOXMLFile(io.BytesIO(scene.filled())).encrypt("secret-1", buffer)
    return buffer.getvalue()


def other_street(scene: Scene) -> bytes:
    """The template of another street."""
    from renovation.intake.pipelines import Target
    from supervision.weekly.intake import WEEKLY
    from tests.workbooks.scene import NOW, WEEK

    target = Target(organisation=scene.district.street("banyanglu"), period_key=WEEK.key)
    return WEEKLY.template(target, NOW).content


def other_week(scene: Scene) -> bytes:
    """The template of the week before."""
    from renovation.intake.pipelines import Target
    from supervision.weekly.intake import WEEKLY
    from tests.workbooks.scene import LAST_WEEK, NOW

    target = Target(organisation=scene.street, period_key=LAST_WEEK.key)
    return WEEKLY.template(target, NOW).content


def _portal(book: Any, name: str, value: str) -> None:
    for row in book["_portal"].iter_rows(max_col=2):
        if row[0].value == name:
            row[1].value = value


def _other_kind(scene: Scene) -> bytes:
    """A manifest of another pipeline, with its checksum right."""
    from renovation.core.documents.xlsx import Book, Sheet, SheetCell, Style, write_workbook
    from renovation.intake.manifest import Manifest, sheet_of
    from supervision.weekly.columns import COLUMNS
    from tests.workbooks.scene import WEEK

    manifest = Manifest(
        pipeline="roster",
        street=scene.street.code,
        street_name=scene.street.short_name,
        week_start=WEEK.key,
        generated_at="2025-09-15T08:00:00+08:00",
    )
    head = tuple(SheetCell(column.header, Style()) for column in COLUMNS)
    return write_workbook(Book(sheets=(Sheet("周报", (head,)), sheet_of(manifest))))


def _without(letter_of_column: int) -> Callable[[Any], None]:
    def spoil(book: Any) -> None:
        book["周报"].delete_cols(letter_of_column)

    return spoil


def _second_sheet(book: Any) -> None:
    book.copy_worksheet(book["周报"]).title = "周报（2）"


def _no_rows(book: Any) -> None:
    book["周报"].delete_rows(5, 7)


def _no_portal(book: Any) -> None:
    del book["_portal"]


def _merged(area: str) -> Callable[[Any], None]:
    def spoil(book: Any) -> None:
        book["周报"].merge_cells(area)

    return spoil


def _delete_row(row: int) -> Callable[[Any], None]:
    def spoil(book: Any) -> None:
        book["周报"].delete_rows(row)

    return spoil


def _corrected_since(scene: Scene) -> None:
    """After the template was made, last week's figure was corrected and the correction approved."""
    scene.made = scene.filled()
    rows = {
        report.project: (report.progress_percent or 0, report.completed_investment_fen or 0)
        for report in scene.last_return.reports.select_related("project")
    }
    rows[scene.projects["ZC2025-06"]] = (70, 308_2000_00)
    make_return(
        scene.street,
        rows,
        week_start=LAST_WEEK.start,
        version=2,
        supersedes=scene.last_return,
        correction_reason="重新丈量",
    )


def _completed_project(scene: Scene) -> None:
    from projects.ledger.enums import GateKind
    from tests.factories.ledger import GateFactory, make_project

    project = make_project(
        programme=scene.projects["ZC2025-06"].programme,
        street=scene.street,
        code="ZC2025-13",
        name="已完工小区",
    )
    GateFactory(project=project, kind=GateKind.COMPLETED, actual_on=date(2025, 8, 20))


def _new_project(scene: Scene) -> None:
    from tests.factories.ledger import make_project

    make_project(
        programme=scene.projects["ZC2025-06"].programme,
        street=scene.street,
        code="ZC2025-14",
        name="新开小区",
        started_on=date(2025, 9, 1),
    )


def _row(number: int, **cells: Any) -> Callable[[Any], None]:
    return put(**{f"{letter}{number}": value for letter, value in cells.items()})


LONG = "长" * 501
CASES: tuple[Case, ...] = (
    # -- the file ----------------------------------------------------------------------------------
    Case("W001", (("", "文件是空的，请重新选择文件。", "0 字节", ""),), content=lambda s: b"", refused=True),
    Case(
        "W003", (("", "这是 PDF 文件，不是 Excel 工作簿，请上传 .xlsx、.xls 或 .et 工作簿。", "PDF 文件", ".xlsx、.xlsm、.xls、.et"),),
        content=lambda s: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", refused=True,
    ),
    Case(
        "W004", (("", "工作簿设有密码，请在 Excel 或 WPS 中取消密码、另存后再上传。", "", ""),),
        content=encrypted, refused=True,
    ),
    Case(
        "W005", (("", "文件解压后过大，已拒收，请用下载的模板重新填写。", "*", "解压后不超过 200 MB"),),
        content=bomb, refused=True,
    ),
    Case("W006", (("", "文件已损坏或不完整，无法读取，请重新导出后再上传。", "", ""),), content=damaged, refused=True),
    Case(
        "W007", (("", "工作簿有 52 张工作表，超过 50 张的上限，请只保留要上传的工作表。", "52 张", "不超过 50 张"),),
        content=many_sheets, refused=True,
    ),
    Case(
        "W008", (("", "工作表“周报”超过 20000 行，请只保留要上传的行。", "*", "不超过 20000 行"),),
        content=many_rows, refused=True,
    ),
    Case(
        "W009", (("", "工作表“周报”超过 300 列，请只保留要上传的列。", "*", "不超过 300 列"),),
        content=many_columns, refused=True,
    ),
    Case(
        "W010", (("", "文件里有宏，没有运行，只读取了数据。", "", ""),), content=with_macros, severity="notice",
        name="松龄路第38周.xlsm",
    ),
    # -- the sheet ---------------------------------------------------------------------------------
    Case(
        "W021", (("", "没有找到表头：没有一行写着“项目编号”，请用下载的模板填写。", "工作表：周报", "表头行中有“项目编号”"),),
        put(A4="编号"), refused=True,
    ),
    Case(
        "W022", (("", "有 2 张工作表都像是要上传的数据：“周报”、“周报（2）”，请只留一张。", "“周报”、“周报（2）”", "一张工作表"),),
        _second_sheet, refused=True,
    ),
    Case(
        "W023", (("", "表头不能合并单元格：工作表“周报”的 I4:J4，请取消合并。", "I4:J4", "表头每列一格"),),
        _merged("I4:J4"), refused=True,
    ),
    Case(
        "W024", (("", "表头“下周计划”出现了两次：M4 和 N4，请删去一列。", "M4 和 N4", "每个表头一列"),),
        put(M4="下周 计划"), refused=True,
    ),
    Case(
        "W025", (("", "缺少 1 列：本周完成情况，请用下载的模板填写。", "第 4 行的表头", "本周完成情况"),),
        _without(11), refused=True,
    ),
    Case(
        "W026", (("", "工作表“周报”的表头（第 4 行）下面没有数据，请填写后再上传。", "0 行", "每个项目一行"),),
        _no_rows, refused=True,
    ),
    Case(
        "W027", (("", "T 列“备注”不在模板内，未读取。", "T 列“备注”", ""),),
        put(T4="备注", T5="=1+1"), severity="notice",
    ),
    Case(
        "W031", (("", "这份工作簿是般阳路街道的，不是松龄路街道的，请上传松龄路街道的工作簿。", "般阳路街道", "松龄路街道"),),
        content=other_street, refused=True,
    ),
    Case(
        "W032", (("", "这份工作簿是第37周（9月8日—9月14日）的，不是第38周（9月15日—9月21日）的，请上传第38周（9月15日—9月21日）的工作簿。", "第37周（9月8日—9月14日）", "第38周（9月15日—9月21日）"),),
        content=other_week, refused=True,
    ),
    Case(
        "W033", (("", "工作簿里的校验信息（隐藏工作表“_portal”）被改动过，请重新下载模板，把数据复制过去再上传。", "校验值不符", "下载模板时的内容"),),
        lambda book: _portal(book, "week_start", "2025-09-22"), refused=True,
    ),
    Case("W034", (("", "这份工作簿不是“周报”的模板，请下载对应的模板。", "", ""),), content=_other_kind, refused=True),
    Case("W035", (("", "文件不是本平台下载的模板，已按所选的单位和期次读取。", "", ""),), _no_portal, severity="notice"),
    Case(
        "W036",
        (("G5", "上周累计形象进度（%）在下载模板后变了：当时是 69.0，现在是 70.0，按现在的核对", "69.0", "70.0"),),
        prepare=_corrected_since, content=lambda s: s.made, severity="notice",
    ),
    Case(
        "W041", (("", "缺少项目 育才巷小区（ZC2025-12）", "没有这一行", "本街道每个在报项目一行"),), _delete_row(11),
    ),
    # -- cells -------------------------------------------------------------------------------------
    Case(
        "W101",
        (
            ("I5", "本周累计形象进度（%）未填", "空", f"{PERCENT}；没有变化的，在“无变化”填“是”"),
            ("K6", "本周完成情况未填", "空", "本周做了什么，500 个字以内；没有变化的，在“无变化”填“是”"),
        ),
        put(I5=None, K6="　"),
    ),
    Case("W102", (("J9", "累计完成投资（万元）不是数：98.5O", "98.5O（末位是字母 O）", MONEY),), put(J9="98.5O")),
    Case("W103", (("I6", "本周累计形象进度（%）是公式：=G6+3", "=G6+3", f"{PERCENT}；不收公式，请填数值"),), put(I6="=G6+3")),
    Case("W104", (("J6", "累计完成投资（万元）是错误值：#N/A", "#N/A", MONEY),), put(J6="#N/A")),
    Case("W105", (("I5", "本周累计形象进度（%）小数位数过多：72.65", "72.65", PERCENT),), put(I5=72.65)),
    Case(
        "W106",
        (
            ("I5", "本周累计形象进度（%）小于 0：-1", "-1", PERCENT),
            ("J6", "累计完成投资（万元）小于 0：-5", "-5", MONEY),
        ),
        put(I5=-1, J6=-5),
    ),
    Case("W107", (("I5", "本周累计形象进度（%）大于 100：101", "101", PERCENT),), put(I5=101)),
    Case("W108", (("L5", "存在问题超过 500 个字", "501 个字", "不超过 500 个字"),), put(L5=LONG)),
    Case("W109", (("R5", "无变化只填“是”或不填：√", "√", "“是”，或不填"),), put(R5="√")),
    Case(
        "W110",
        (
            ("A7", "第 7 行有合并的单元格 L7:L8，请取消合并", "L7:L8", "每行每列一格"),
            ("A8", "第 8 行有合并的单元格 L7:L8，请取消合并", "L7:L8", "每行每列一格"),
        ),
        _merged("L7:L8"),
    ),
    Case("W111", (("G5", "上周累计形象进度（%）是锁定列，不能改：60.0", "60.0", "69.0"),), put(G5=60)),
    Case("W112", (("K5", "本周完成情况里有印不出来的字符", "\U0001f600", "规范汉字和常用符号，不用表情符号"),), put(K5="外墙完成\U0001f600")),
    Case("W131", (("P10", "实际开工日期不存在：2025年9月31日", "2025年9月31日", DAY),), put(P10="2025年9月31日")),
    Case("W132", (("P10", "实际开工日期看不懂：九月中旬", "九月中旬", DAY),), put(P10="九月中旬")),
    Case(
        "W133", (("P10", "实际开工日期不在 2000—2100 年之间：1900-01-05", "1900-01-05", DAY),),
        put(P10=datetime(1900, 1, 5)),
    ),
    Case("W134", (("P10", "实际开工日期晚于本周：2025年9月25日", "2025年9月25日", "已经发生的日期，不晚于 9月21日"),), put(P10=date(2025, 9, 25))),
    Case(
        "W135", (("Q5", "实际完工日期晚于本周：2025年9月25日", "2025年9月25日", "已经发生的日期，不晚于 9月21日"),),
        put(I5=100, Q5=date(2025, 9, 25), S5="收尾较快"), also=("W211",),
    ),
    Case(
        "W136", (("Q10", "实际完工日期早于开工：2025年9月10日", "2025年9月10日", "不早于开工日期 2025年9月16日"),),
        put(I10=100, Q10="2025.9.10", S10="改为只做外墙"), also=("W211", "W213"),
    ),
    # -- rows --------------------------------------------------------------------------------------
    Case("W141", (("A5", "项目编号未填", "空", "本街道在报项目的编号，如 ZC2025-06"),), put(A5=None), also=("W041",)),
    Case("W142", (("A5", "台账里没有项目编号 ZC2025-99", "ZC2025-99", "本街道在报项目的编号，如 ZC2025-06"),), put(A5="ZC2025-99"), also=("W041",)),
    Case("W143", (("A5", "ZC2025-01 是般阳路街道的项目，不是松龄路街道的", "般阳路街道", "松龄路街道"),), put(A5="ZC2025-01"), also=("W041",)),
    Case(
        "W144",
        (
            ("A5", "项目编号 ZC2025-07 出现了 2 次：第 5 行、第 6 行", "第 5 行、第 6 行", "每个项目一行"),
            ("A6", "项目编号 ZC2025-07 出现了 2 次：第 5 行、第 6 行", "第 5 行、第 6 行", "每个项目一行"),
        ),
        _row(5, A="ZC2025-07", B=None, D=None, G=None, H=None, I=45, J=178), also=("W041",),
    ),
    Case(
        "W145", (("A12", "已完工小区（ZC2025-13）本周不需要报送，请删去这一行", "ZC2025-13", "本周在报的项目"),),
        _row(12, A="ZC2025-13", I=100, J=300, K="已完工"), prepare=_completed_project,
    ),
    Case(
        "W151", (("I5", "填了“无变化”，本周累计形象进度（%）却与上周不同：72.6", "72.6，上周 69.0", "与上周相同的 69.0，或不填；有变化的，不填“无变化”"),),
        put(R5="是", J5=None),
    ),
    Case(
        "W152", (("R12", "填了“无变化”，但这个项目以前没有报过数", "以前没有数", "第一次填报，填本周的累计数"),),
        put(R12="是"), prepare=_new_project,
    ),
    Case(
        "W161", (("I5", "填了完工日期，本周累计形象进度（%）却是 72.6", "72.6", "完工的填 100.0；没有完工的，不填实际完工日期"),),
        put(Q5=date(2025, 9, 18)),
    ),
    Case("W201", (("I8", "本周累计形象进度（%）小于上周：33.0", "33.0，第37周 33.5", "不小于上周已核定的 33.5；确需调低的，说明原因"),), put(I8=33), severity="reason"),
    Case("W202", (("J8", "累计完成投资（万元）小于上周：120.00", "120.00，第37周 122.10", "不小于上周已核定的 122.10；确需调低的，说明原因"),), put(J8=120), severity="reason"),
    Case("W211", (("I7", "本周累计形象进度（%）一周增加 12.8 个百分点", "61.0，一周增加 12.8 百分点", "一周增加超过 10 百分点的，说明原因"),), put(I7=61), severity="reason"),
    Case("W212", (("J5", "累计完成投资（万元）超过计划投资：510.00", "510.00，计划投资 500.00", "不超过计划投资 500.00；确实超过的，说明原因"),), put(J5=510), severity="reason"),
    Case(
        "W213", (("J6", "本周累计形象进度（%）已到 100，累计完成投资（万元）只有计划投资的 35.6%", "178.00，计划投资 500.00", "不低于计划投资的 50%；确实这样的，说明原因"),),
        put(I6=100), severity="reason", also=("W211",),
    ),
    Case("W214", (("O6", "在场人数为 0，本周累计形象进度（%）却增加 3.0 个百分点", "0 人", "本周在场的人数；确实没有人的，说明进度从哪里来"),), put(O6=0), severity="reason"),
    Case(
        "W215", (("I5", "本周在停工期（重大活动，2025年9月1日至2025年9月30日），本周累计形象进度（%）却增加 3.6 个百分点", "增加 3.6 百分点", "停工期内没有进度；室内施工等的，说明情况"),),
        unchanged_from(6), prepare=resting, severity="reason",
    ),
    Case(
        "W301", (("P10", "有形象进度，但台账里没有开工日期；已经开工的，填实际开工日期并补开工依据", "空", DAY),),
        put(P10=None), severity="notice",
    ),
    Case(
        "W302", (("", "“上周”取第37周数；其中 7 个项目的数待核。", "", ""),), spoil=put(), severity="notice",
        last_state=ReturnState.SUBMITTED,
    ),
    Case(
        "W303", (("P5", "实际开工日期与台账不同，仍按台账的 2025年3月3日", "2025年3月5日", "2025年3月3日"),),
        put(P5="2025-3-5"), severity="notice",
    ),
    Case(
        "W304",
        (
            ("Q5", "填了实际完工日期，但台账里没有完工依据，暂不计入完工率", "2025年9月18日", "核定以后，在台账的关口里附上完工依据，即计入"),
            ("P10", "填了实际开工日期，但台账里没有开工依据，暂不计入开工率", "2025年9月16日", "核定以后，在台账的关口里附上开工依据，即计入"),
        ),
        put(I5=100, Q5=date(2025, 9, 18)), severity="notice", also=("W211",),
    ),
    Case(
        "W305", (("J5", "累计完成投资（万元） 326.40 超过到位资金 200.00，请核对是否有垫资或到位资金未登记", "326.40", "不超过到位资金 200.00"),),
        put(), prepare=received, severity="notice",
    ),
    Case(
        "W306", (("I5", "本周累计形象进度（%）一周增加 3.6 个百分点，以往 9 个有进度的周为 0.5，请核对", "增加 3.6 百分点", "以往一周增加 0.5 百分点"),),
        put(), prepare=steady, severity="notice", also=("W307", "W308"),
    ),
    Case(
        "W307", (("J5", "累计完成投资（万元）一周增加 18.20，以往 9 个有投资的周为 1.00，请核对", "增加 18.20", "以往一周增加 1.00"),),
        put(), prepare=steady, severity="notice", also=("W306", "W308"),
    ),
    Case(
        "W308", (("", "松龄路街道各项目完成投资本周共增加 55.90 万元，以往 9 周为 1.00 万元，请核对。", "", ""),),
        put(), prepare=steady, severity="notice", also=("W306", "W307"),
    ),
    Case(
        "W309", (("A5", "档案里有照片或关口依据与文昌园小区的是同一个文件，请核对是否传错", "柳泉小区", "每个项目用自己的照片和依据"),),
        put(), prepare=reused, severity="notice",
    ),
    Case(
        "W310", (("B5", "与般阳路街道的 ZC2025-01同名，请核对是否重复列项、街道有没有写错", "柳泉小区", "一个项目只在一个街道；确是两个项目的，不用改"),),
        put(), prepare=namesake, severity="notice",
    ),
    Case(
        "W311", (("I5", "未填，保留已写入的", "整行没填", "要改的，把这一行填上"),),
        put(I5=None, J5=None, K5=None, O5=None), prepare=written, severity="notice",
    ),
)  # fmt: skip

#: Codes that need no workbook, with the reason.
NO_WORKBOOK = {"W002": "refused by its size before it is kept"}
