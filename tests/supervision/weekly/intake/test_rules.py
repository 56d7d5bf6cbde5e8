"""Every rule code has a workbook that breaks it, and says so at its cell and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from supervision.weekly.checks import RULES
from supervision.weekly.intake import WEEKLY
from tests.workbooks.cases import CASES, NO_WORKBOOK, Case
from tests.workbooks.scene import NOW, WEEK, Scene, make_scene, put

#: What the soundly filled workbook says of itself: which week “上周” is, and a start without its evidence.
ALWAYS = ["W302", "W304"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_spoiled_workbook_is_told_at_its_cell(db: None, case: Case) -> None:
    scene = make_scene(case.last_state)
    upload = scene.upload(case.bytes(scene), name=case.name or "松龄路第38周.xlsx")
    assert upload.state == ("refused" if case.refused else "preview")
    told = [fault for fault in upload.faults if fault["code"] == case.code]
    assert [(f["cell"], f["message"], f["expected"]) for f in told] == [
        (cell, message, expected) for cell, message, _, expected in case.places
    ]
    for fault, (_, _, found, _) in zip(told, case.places, strict=True):
        assert fault["found"] == found or found == "*"
        assert fault["severity"] == case.severity
        assert fault["row"] == (
            int("".join(filter(str.isdigit, fault["cell"]))) if fault["cell"] else None
        )
    others = {fault["code"] for fault in upload.faults} - {case.code, *case.also}
    assert others <= set(ALWAYS)


def test_every_rule_has_its_workbook() -> None:
    assert {case.code for case in CASES} | NO_WORKBOOK.keys() == {rule.code for rule in RULES}
    assert not {case.code for case in CASES} & NO_WORKBOOK.keys()


def test_codes_are_unique_and_explained() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
    assert all(rule.title and rule.sentence.endswith("。") and rule.example for rule in RULES)
    assert all(bool(rule.catches) != bool(rule.check) for rule in RULES)


def test_a_sound_workbook_has_no_fault(scene: Scene) -> None:
    upload = scene.upload(scene.filled())
    assert sorted(fault["code"] for fault in upload.faults) == ALWAYS
    assert {fault["code"]: (fault["message"], fault["cell"]) for fault in upload.faults} == {
        "W302": ("“上周”取第37周已核定数。", ""),
        "W304": ("填了实际开工日期，但台账里没有开工依据，暂不计入开工率", "P10"),
    }


def test_every_sentence_is_chinese_and_full_width(scene: Scene) -> None:
    spoiled = scene.upload(scene.filled(put(I6="=G6+3", I8=33, J9="98.5O", P10="2025年9月31日")))
    for fault in spoiled.faults:
        assert any("\u4e00" <= character <= "\u9fff" for character in fault["message"])
        assert "," not in fault["message"]
        assert "(" not in fault["message"]


def test_the_rule_of_a_code_is_found() -> None:
    assert WEEKLY.rule("W211").title == "进度增加过多"
    with pytest.raises(KeyError):
        WEEKLY.rule("W999")


def test_the_picture(scene: Scene) -> None:
    """face/preview-1440.png: five findings at five cells."""
    upload = scene.upload(
        scene.filled(
            put(
                I6="=G6+3",
                I7=61,
                J7=214.8,
                I8=33,
                J9="98.5O",
                P10="2025年9月31日",
                T4="备注",
                S7="两个班组同周完成",
            )
        ),
        now=NOW,
    )
    assert [(f["code"], f["cell"], f["severity"]) for f in upload.faults if f["row"]] == [
        ("W103", "I6", "error"),
        ("W211", "I7", "reason"),
        ("W201", "I8", "reason"),
        ("W102", "J9", "error"),
        ("W131", "P10", "error"),
    ]
    assert [f["message"] for f in upload.faults if not f["row"]] == [
        "T 列“备注”不在模板内，未读取。",
        "“上周”取第37周已核定数。",
    ]


def test_a_row_that_names_another_street_names_both(scene: Scene) -> None:
    """Without the manifest the street's cell is all there is to go by."""

    def spoil(book: Any) -> None:
        del book["_portal"]
        book["周报"]["C6"] = "钟楼街道"
        book["周报"]["C7"] = "松龄路街道办事处"
        book["周报"]["C8"] = "松龄路"

    upload = scene.upload(scene.filled(spoil))
    told = [(f["code"], f["cell"], f["message"]) for f in upload.faults if f["severity"] == "error"]
    assert told == [("W143", "C6", "这一行写的是钟楼街道，项目却是松龄路街道的")]


def test_the_form_and_the_workbook_say_the_same(scene: Scene) -> None:
    from supervision.weekly.checks import check_report
    from supervision.weekly.comparison import load_context
    from supervision.weekly.values import ReportValues

    week = load_context(street=scene.street, week=WEEK)
    project = week.projects["ZC2025-09"]
    values = ReportValues(
        project_id=project.project_id,
        progress_percent=Decimal("33.0"),
        completed_investment_fen=120_0000_00,
        work_done="给水支管更换",
    )
    by_form = check_report(values, project, week.terms)
    upload = scene.upload(scene.filled(put(I8=33, J8=120)))
    by_workbook = [f for f in upload.faults if f["row"] == 8]
    assert [(f.code, f.message, f.found, f.expected, f.column) for f in by_form] == [
        (f["code"], f["message"], f["found"], f["expected"], f["column"]) for f in by_workbook
    ]
    explained = replace(values, explanation="上周多报")
    assert check_report(explained, project, week.terms) == []
