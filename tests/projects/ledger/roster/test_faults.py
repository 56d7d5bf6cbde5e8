"""More than sixty workbooks: every fault is named at its cell, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from projects.ledger.models import Project
from projects.ledger.roster.rules import ROW_RULES, RULES, SHEET_RULES
from renovation.core.errors import Fault, Severity
from renovation.intake.models import UploadState

from .scene import HEADERS, LINES, Scene, faults, make_scene, table

pytestmark = pytest.mark.django_db
REASON, NOTICE = (Severity.REASON,), (Severity.NOTICE,)
Expected = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Case:
    """Cells put into the sound table, and exactly what must be found: (code, cell) of errors and questions.
    ``message`` and ``expected`` are those of the first of them."""

    name: str
    cells: Mapping[str, Any] = field(default_factory=dict)
    found: Expected = ()
    message: str = ""
    expected: str = ""
    merged: tuple[str, ...] | None = None
    spoil: Callable[[Any], None] | None = None
    headers: tuple[str, ...] = HEADERS
    refused: bool = False


def _headers(**changed: str) -> tuple[str, ...]:
    letters = "ABCDEFGHIJKLMNOPQ"
    return tuple(changed.get(letters[place], text) for place, text in enumerate(HEADERS))


def _unmerge(sheet: Any) -> None:
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))


NO_MERGES: tuple[str, ...] = ()
SECOND = {"B6": "般阳路街道", "D6": "ZC2025-22", "E6": "东关片区"}

SOUND = (
    Case("as it is"),
    Case("projects repeated", SECOND, merged=NO_MERGES),
    Case("only the code repeated", {"D6": "ZC2025-22"}, merged=NO_MERGES),
    Case("the header repeated on a new page", {f"{letter}12": text for letter, text in zip("ABCDEFGHIJKLMNOPQ", HEADERS, strict=True)}),
    Case("㎡ in the header", {"J4": 10800, "J5": 17100, "J6": 8832, "J7": 36732, "J8": 13500}, headers=_headers(J="建筑面积（㎡）")),
    Case("平方米 in the header", {"J4": 10800, "J5": 17100, "J6": 8832, "J8": 13500}, headers=_headers(J="面积(平方米)")),
    Case("亿元 in the header", {"L4": 0.0311, "L5": 0.062, "L8": 0.04}, headers=_headers(L="计划投资(亿元)")),
    Case("plain headers", headers=_headers(F="小区", H="楼栋数", I="户数")),
    Case("other words in the headers", headers=_headers(B="所属街道", F="改造小区", K="改造类别", L="总投资(万元)")),
    Case("full-width digits", {"I4": "１２０", "L4": "３１０.5"}),
    Case("thousands separators", {"L5": "620.00", "J4": "1.0800"}),
    Case("dates in three ways", {"M4": "2025/3/10", "N4": date(2025, 11, 20), "M8": "2025-03-01"}),
    Case("no dates and no investment at all", {"L4": None, "M4": None, "N4": None}),
    Case("a column more than asked", spoil=lambda sheet: sheet.cell(3, 18, "包联领导")),
    Case("no serial numbers", {"A4": None, "A5": None, "A8": None}),
    Case("the full name of a street", {"B4": "般阳路街道办事处"}),
    Case("an estate without a year", {"G4": None, "G5": None}),
    Case("a known project said again", {"B4": "松龄路街道", "C4": None, "D4": "ZC2025-06", "E4": "柳泉小区", "F4": "柳泉小区", "G4": 1996, "H4": 3, "I4": 100, "J4": 0.92005, "L4": 300, "M4": date(2025, 3, 1), "N4": date(2025, 10, 31), "O4": "P06", "P4": None}),
    Case("a subtotal in another column", {"A7": None, "E7": "小计"}),
    Case("a total that names its street", {"A7": "般阳路街道合计"}),
    Case("a note below", {"A12": "注：面积按实测。"}),
)  # fmt: skip

FAULTY = (
    # -- the estate's own cells
    Case("no estate", {"F4": None}, (("R101", "F4"),), "小区未填"),
    Case("no buildings", {"H4": None}, (("R101", "H4"),), "楼栋数未填"),
    Case("no households", {"I4": None}, (("R101", "I4"),), "户数未填"),
    Case("no area", {"J4": None}, (("R101", "J4"),), "建筑面积（㎡）未填"),
    Case("no quantities", {"H4": None, "I4": None, "J4": None}, (("R101", "H4"), ("R101", "I4"), ("R101", "J4"))),
    Case("households with a letter O", {"I4": "12O"}, (("R102", "I4"),)),
    Case("households as a sentence", {"I4": "约一百二十户"}, (("R102", "I4"),)),
    Case("half a building", {"H4": 4.5}, (("R105", "H4"),)),
    Case("no household at all", {"I4": 0}, (("R106", "I4"),)),
    Case("a negative area", {"J4": -1.08}, (("R106", "J4"),)),
    Case("an area of nothing", {"J4": 0}, (("R106", "J4"),)),
    Case("too many decimals of 万㎡", {"J4": "1.08000001"}, (("R105", "J4"),)),
    Case("a formula", {"I4": "=60+60"}, (("R103", "I4"),)),
    Case("built in the last century but one", {"G4": 1896}, (("R106", "G4"),)),
    Case("built in the future", {"G4": 2096}, (("R107", "G4"),)),
    Case("built in words", {"G4": "九十年代"}, (("R102", "G4"),)),
    Case("a long name", {"F4": "长" * 81}, (("R108", "F4"),)),
    # -- names
    Case("a street almost right", {"B4": "般阳路街办"}, (("R142", "B4"),), "没有街道“般阳路街办”", "是否为“般阳路街道”？"),
    Case("another street almost right", {"B8": "钟楼办事处"}, (("R142", "B8"),), "没有街道“钟楼办事处”", "是否为“钟楼街道”？"),
    Case("a street far away", {"B4": "XYZ"}, (("R142", "B4"),), "没有街道“XYZ”", "般阳路街道、松龄路街道、钟楼街道"),
    Case("a type almost right", {"K4": "基础完善类"}, (("R143", "K4"),), "没有改造类型“基础完善类”", "是否为“基础完善型”？"),
    Case("no code", {"D4": None}, (("R141", "D4"),), "项目编号未填"),
    Case("a code that breaks addresses", {"D4": "ZC/2025 4"}, (("R122", "D4"),), "项目编号里有不能用的字符"),
    Case("a code of last year", {"D4": "ZC2024-03"}, (("R145", "D4"),), "项目编号 ZC2024-03 已用在2024 年度的计划里"),
    Case("an estate said twice", {"F6": "东关一区"}, (("R144", "D5"), ("R144", "D6")), "项目和小区 ZC2025-22　东关一区 出现了 2 次：第 5 行、第 6 行", "每个小区一行"),
    Case("a new project without a name", {"E4": None}, (("R121", "E4"),)),
    Case("a new project without a street", {"B4": None}, (("R121", "B4"),)),
    # -- the project's cells
    Case("two investments", {**SECOND, "L6": 600}, (("R151", "L6"),), "计划投资（万元）与第 5 行不同：同一项目 ZC2025-22", "第 5 行的 620.00，或空着", NO_MERGES),
    Case("two names", {**SECOND, "E6": "东关小区"}, (("R151", "E6"),), merged=NO_MERGES),
    Case("two streets", {**SECOND, "B6": "钟楼街道"}, (("R151", "B6"),), merged=NO_MERGES),
    Case("two starts", {**SECOND, "M6": "2025-4-2"}, (("R151", "M6"),), merged=NO_MERGES),
    Case("a plan code twice", {"O8": "P21"}, (("R152", "O8"),), "计划编码 P21 已是项目 ZC2025-21 的"),
    Case("a plan code of another project", {"O4": "P06"}, (("R152", "O4"),), "计划编码 P06 已是项目 ZC2025-06 的"),
    Case("a plan code of last year", {"O4": "P2024"}, (("R152", "O4"),), "计划编码 P2024 已是项目 ZC2024-03 的"),
    Case("a budget code twice", {"P8": "B21"}, (("R152", "P8"),), "预算编码 B21 已是项目 ZC2025-21 的"),
    Case("ends before it begins", {"N4": "2025-3-1"}, (("R153", "N4"),), "计划完工不晚于计划开工：2025年3月1日", "晚于2025年3月10日"),
    Case("ends on the day it begins", {"N4": "2025-3-10"}, (("R153", "N4"),)),
    Case("no end", {"N4": None}, (("R154", "N4"),), "计划完工未填，计划不全"),
    Case("no start", {"M4": None}, (("R154", "M4"),)),
    Case("no investment", {"L4": None}, (("R154", "L4"),)),
    Case("only an investment", {"M4": None, "N4": None}, (("R154", "M4"), ("R154", "N4"))),
    Case("no investment of anything", {"L4": 0}, (("R106", "L4"),)),
    Case("a start in words", {"M4": "三月上旬"}, (("R132", "M4"),)),
    Case("a day that is none", {"N4": "2025年11月31日"}, (("R131", "N4"),)),
    Case("a day far off", {"N4": "1925-11-20"}, (("R133", "N4"),)),
    # -- known projects
    Case("a draft waits", {"B4": "松龄路街道", "C4": None, "D4": "ZC2025-07", "E4": "建材一宿舍", "F4": "建材一宿舍", "H4": 3, "I4": 100, "J4": 0.92005, "L4": 310, "M4": None, "N4": None, "O4": None, "P4": None}, (("R156", "L4"),), "项目 ZC2025-07 已有一版待批准的计划，与本表不同"),
    Case("another plan than the approved one", {"B4": "松龄路街道", "C4": None, "D4": "ZC2025-06", "E4": "柳泉小区", "F4": "柳泉小区", "H4": 3, "I4": 100, "J4": 0.92005, "L4": 300, "M4": None, "N4": "2025-12-30", "O4": None, "P4": None}, (("R204", "N4"),)),
    # -- questions
    Case("㎡ taken for 万㎡", {"J4": 0.0108}, (("R201", "I4"), ("R203", "L4")), "户均面积 0.9 ㎡，不在常见的 74—124 ㎡之间"),
    Case("palaces", {"J4": 2.4}, (("R201", "I4"),)),
    Case("villas", {"H4": 30}, (("R202", "H4"),), "每栋户数 4.0 户，不在常见的 22—46 户之间"),
    Case("towers", {"H4": 2}, (("R202", "H4"),)),
    Case("元 taken for 万元", {"L4": 3105000}, (("R203", "L4"),)),
    Case("a cheap project", {"L4": 20}, (("R203", "L4"),)),
    Case("an estate of another project", {"F4": "东关一区"}, (("R205", "F5"),), "般阳路街道的小区“东关一区”已在项目 ZC2025-21 里"),
    Case("an estate of the ledger", {"B4": "松龄路街道", "F4": "柳泉小区"}, (("R205", "F4"),), "松龄路街道的小区“柳泉小区”已在项目 ZC2025-06 里"),
    Case("two projects of a name", {"E4": "东关片区"}, (("R206", "E5"),), "般阳路街道已有同名的项目 ZC2025-21“东关片区”"),
    Case("several at once", {"B4": "般阳街道", "I5": "12O", "N8": "2025年9月31日"}, (("R142", "B4"), ("R102", "I5"), ("R131", "N8"))),
    # -- the sheet
    Case("quantities merged", merged=("I5:I6",), cells=SECOND, found=(("R110", "D5"), ("R110", "D6"))),
    Case("merged across", merged=("K8:L8",), cells=SECOND, found=(("R110", "D8"),)),
    Case("no area column", headers=_headers(J="备用"), found=(("R025", ""),), refused=True),
    Case("no code column", headers=_headers(D="编号"), found=(("R021", ""),), refused=True),
    Case("two columns of households", headers=_headers(G="总户数"), found=(("R024", ""),), refused=True),
    Case("two columns of area", headers=_headers(G="建筑面积(㎡)"), found=(("R024", ""),), refused=True),
    Case("a merged header", merged=("K3:L3",), found=(("R023", ""),), refused=True),
)  # fmt: skip


def test_there_are_enough_of_them() -> None:
    assert len(SOUND) + len(FAULTY) >= 80
    assert len(FAULTY) >= 60


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def content(case: Case) -> bytes:
    merged = {} if case.merged is None else {"merged": case.merged}
    return table(LINES, headers=case.headers, cells=case.cells, spoil=case.spoil, **merged)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", SOUND, ids=lambda case: case.name)
def test_a_sound_table_in_another_shape_has_no_fault(scene: Scene, case: Case) -> None:
    upload = scene.upload(content(case))
    assert (upload.state, faults(upload)) == (UploadState.PREVIEW, [])
    assert len(upload.rows) == 4
    assert scene.commit(upload).taken == 4


@pytest.mark.parametrize("case", FAULTY, ids=lambda case: case.name)
def test_every_fault_is_named_at_its_cell_and_no_other(scene: Scene, case: Case) -> None:
    before = scene.stored()
    upload = scene.upload(content(case))
    assert upload.state == (UploadState.REFUSED if case.refused else UploadState.PREVIEW)
    assert sorted(faults(upload)) == sorted(case.found)
    first = next(
        fault for each in upload.faults if (fault := Fault.from_json(each)).code == case.found[0][0]
    )
    if case.message:
        assert first.message == case.message
    if case.expected:
        assert first.expected == case.expected
    assert scene.stored() == before


def test_every_rule_of_the_roster_has_its_workbook() -> None:
    """Those that only remark are in ``test_roster``."""
    tested = {code for case in FAULTY for code, _ in case.found}
    asked = {rule.code for rule in (*ROW_RULES, *SHEET_RULES) if rule.severity not in NOTICE}
    # By the portal's own number or by what the ledger says: see the tests below and test_roster.
    assert asked - tested == {"R146", "R157", "R158", "R159"}
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(rule.sentence and rule.example for rule in RULES)


def test_an_estate_cannot_be_moved_by_its_number(scene: Scene) -> None:
    from .scene import edited

    other = scene.drafted.estates.get().pk
    upload = scene.upload(edited(scene.template(), {"U4": other}))
    assert ("R157", "U4") in faults(upload)


def test_a_file_neither_moves_a_project_nor_changes_when_it_was_entered(scene: Scene) -> None:
    from .scene import edited

    changed = {"B4": "钟楼街道", "C4": None, "D4": scene.known.code}
    upload = scene.upload(edited(scene.template(), changed))
    assert ("R159", "B4") in faults(upload)
    assert not Project.objects.filter(street=scene.district.street("zhonglou")).exists()


def test_an_estate_by_number_and_by_name_is_one(scene: Scene) -> None:
    from .scene import edited

    line = {
        "B6": "松龄路街道",
        "D6": "ZC2025-06",
        "F6": "柳泉小区",
        "I6": 3,
        "J6": 100,
        "K6": 9200.5,
    }
    upload = scene.upload(edited(scene.template(), line))
    assert faults(upload) == [("R146", "F6")]


def test_a_name_of_another_street_is_a_remark(scene: Scene) -> None:
    """柳泉小区 is a project of 松龄路街道 already, and the file has it anew in 般阳路街道; and a name twice in the file."""
    upload = scene.upload(table(cells={"E4": "柳泉小区", "E8": "东关片区"}))
    found = [Fault.from_json(fault) for fault in upload.faults]
    told = [(each.cell, each.message) for each in found if each.code == "R305"]
    assert told == [
        ("E4", "与松龄路街道的 ZC2025-06同名，请核对是否重复列项、街道有没有写错"),
        ("E8", "与般阳路街道的 ZC2025-22同名，请核对是否重复列项、街道有没有写错"),
    ]
    assert faults(upload) == []
    scene.commit(upload)


def test_a_community_that_is_not_registered_is_a_remark(scene: Scene) -> None:
    upload = scene.upload(table(cells={"C4": "文昌居委"}))
    found = [Fault.from_json(fault) for fault in upload.faults]
    (fault,) = [each for each in found if each.code == "R304"]
    assert (fault.cell, fault.message, fault.expected) == (
        "C4",
        "般阳路街道没有登记社区“文昌居委”，小区先不挂社区",
        "是否为“文昌社区”？",
    )
    assert faults(upload) == []
    scene.commit(upload)


def test_new_projects_without_a_plan_are_remarked(scene: Scene) -> None:
    upload = scene.upload(table(cells={"L4": None, "M4": None, "N4": None}))
    messages = [fault["message"] for fault in upload.faults if fault["code"] == "R303"]
    assert messages == ["没有填计划投资和计划日期的新项目，只登记，不拟计划：ZC2025-21。"]
