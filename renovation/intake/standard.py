"""The rules that hold for every workbook: the file, the sheet, the header, and single cells.

A wing puts them in front of its own under its letter: ``W102`` is to the weekly return what ``H102`` is to
another workbook. Codes are stable; 001–099 refuse or remark on the file and sheet, 101–149 a cell or row.
"""

from __future__ import annotations

from renovation.core.errors import Severity

from .pipelines import Rule, RuleScope

_FILE, _SHEET, _ROW, _CELL = RuleScope.FILE, RuleScope.SHEET, RuleScope.ROW, RuleScope.CELL
_NOTICE = Severity.NOTICE

#: number, dotted code of reading, scope, severity, title, sentence, example
_TABLE: tuple[tuple[str, str, RuleScope, Severity, str, str, str], ...] = (
    ("001", "file.empty", _FILE, Severity.ERROR, "空文件", "文件里要有内容。", "0 字节的文件"),
    ("002", "file.too_large", _FILE, Severity.ERROR, "文件过大", "文件不超过 20 MB。", "夹带大量照片的工作簿"),
    (
        "003", "file.type", _FILE, Severity.ERROR, "不是工作簿",
        "只收 .xlsx、.xlsm、.xls 和内容相同的 .et；看内容，不看文件名。", "改名为 .xlsx 的 PDF",
    ),
    ("004", "file.password", _FILE, Severity.ERROR, "设有密码", "工作簿不能设打开密码。", "加密的工作簿"),
    (
        "005", "file.bomb", _FILE, Severity.ERROR, "解压后过大",
        "解压后的大小要与文件相称。", "解压后几百 MB 的小文件",
    ),
    ("006", "file.corrupt", _FILE, Severity.ERROR, "文件损坏", "文件要完整。", "没有下载完的工作簿"),
    ("007", "sheet.too_many", _FILE, Severity.ERROR, "工作表过多", "不超过 50 张工作表。", "51 张工作表"),
    ("008", "sheet.too_many_rows", _FILE, Severity.ERROR, "行数过多", "每张工作表不超过 20000 行。", "20 万行的工作表"),
    ("009", "sheet.too_many_columns", _FILE, Severity.ERROR, "列数过多", "每张工作表不超过 300 列。", "一直填到 XFD 列"),
    ("010", "file.macros", _FILE, _NOTICE, "带有宏", "宏不会运行，只读数据。", "带宏的 .xlsm"),
    (
        "021", "sheet.no_header", _SHEET, Severity.ERROR, "没有表头",
        "表头行要写着作为行名的那一列（如“项目编号”）。", "删去了表头的工作表",
    ),
    (
        "022", "sheet.several", _SHEET, Severity.ERROR, "多张数据表",
        "只留一张有表头的可见工作表。", "“周报”和“周报（2）”",
    ),
    ("023", "header.merged", _SHEET, Severity.ERROR, "表头合并", "表头每列一格，不合并。", "I4:J4 合并为一格"),
    ("024", "header.doubled", _SHEET, Severity.ERROR, "表头重复", "每个表头只出现一次。", "两列都叫“下周计划”"),
    ("025", "header.missing", _SHEET, Severity.ERROR, "缺列", "必填的列要在。", "删去了“本周完成情况”列"),
    ("026", "sheet.no_rows", _SHEET, Severity.ERROR, "没有数据", "表头下面要有数据。", "只有表头的工作表"),
    ("027", "header.unknown", _SHEET, _NOTICE, "多余的列", "模板以外的列不读取。", "自己加的“备注”列"),
    (
        "031", "portal.other_organisation", _SHEET, Severity.ERROR, "别单位的工作簿",
        "上传本单位的工作簿。", "松龄路街道上传了钟楼街道的模板",
    ),
    (
        "032", "portal.other_period", _SHEET, Severity.ERROR, "别期的工作簿",
        "上传这一期的工作簿。", "第38周上传了第37周的模板",
    ),
    (
        "033", "portal.damaged", _SHEET, Severity.ERROR, "校验信息被改",
        "不要改动隐藏工作表“_portal”。", "取消隐藏后改了其中的内容",
    ),
    ("034", "portal.other_kind", _SHEET, Severity.ERROR, "别类模板", "用这一类数据的模板。", "用别的导入模板报周报"),
    (
        "035", "portal.missing", _SHEET, _NOTICE, "不是下载的模板",
        "没有校验信息的工作簿，按所选的单位和期次读取。", "自己做的表格",
    ),
    (
        "036", "portal.changed", _CELL, _NOTICE, "台账已变",
        "下载模板后台账有变化的，按现在的核对。", "下载后上周数据被更正",
    ),
    (
        "102", "number.unreadable", _CELL, Severity.ERROR, "不是数",
        "数字列只填数；全角数字、千分位逗号、45% 都认得。", "98.5O（末位是字母 O）",
    ),
    ("103", "cell.formula", _CELL, Severity.ERROR, "公式", "填数值，不收公式。", "=G6+3"),
    ("104", "cell.error", _CELL, Severity.ERROR, "错误值", "单元格不能是错误值。", "#N/A"),
    (
        "105", "number.too_many_decimals", _CELL, Severity.ERROR, "小数位数过多",
        "小数位数不超过该列的规定，平台不替您四舍五入。", "进度 45.55",
    ),
    ("106", "number.too_small", _CELL, Severity.ERROR, "数过小", "不小于该列的下限。", "投资 -5"),
    ("107", "number.too_large", _CELL, Severity.ERROR, "数过大", "不大于该列的上限。", "进度 101"),
    ("108", "text.too_long", _CELL, Severity.ERROR, "文字过长", "文字不超过该列的字数。", "超过 500 个字"),
    ("109", "choice.unknown", _CELL, Severity.ERROR, "选填不对", "只填“是”“否”，或不填。", "√"),
    ("110", "cell.merged", _ROW, Severity.ERROR, "数据合并", "数据行不合并单元格。", "两行的完成情况合并为一格"),
    ("111", "cell.locked", _CELL, Severity.ERROR, "锁定列被改", "平台填好的灰色列不改。", "改了上周的数"),
    ("112", "text.unprintable", _CELL, Severity.ERROR, "有印不出的字符", "文字用规范汉字和常用符号，不用表情符号。", "完成情况里有表情符号"),
    ("131", "date.not_real", _CELL, Severity.ERROR, "日期不存在", "日期要存在。", "2025年9月31日"),
    (
        "132", "date.unreadable", _CELL, Severity.ERROR, "日期看不懂",
        "日期写成 2025-5-9、2025.5.9、2025年5月9日，或设为日期格式。", "五月上旬",
    ),
    (
        "133", "date.out_of_range", _CELL, Severity.ERROR, "日期离谱",
        "日期在 2000—2100 年之间。", "1900-1-5",
    ),
    ("141", "key.missing", _ROW, Severity.ERROR, "没有编号", "每行都要有编号。", "项目编号为空的行"),
    ("144", "key.doubled", _ROW, Severity.ERROR, "编号重复", "同一编号只有一行。", "同一项目填了两行"),
)  # fmt: skip


def standard_rules(letter: str) -> tuple[Rule, ...]:
    """The rules under a wing's letter, in the order of their codes."""
    return tuple(
        Rule(
            code=letter + number,
            title=title,
            sentence=sentence,
            example=example,
            scope=scope,
            severity=severity,
            catches=(caught,),
        )
        for number, caught, scope, severity, title, sentence, example in _TABLE
    )
