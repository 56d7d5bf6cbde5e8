"""A district's plan table comes in: what it writes, what it leaves, and that its export changes nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from projects.ledger.baselining import BaselineValues, values_of
from projects.ledger.changes import ChangeValues, Decision, decide_change, draft_change
from projects.ledger.enrolment import entries_waiting
from projects.ledger.enums import (
    BaselineState,
    ChangeAct,
    ChangeKind,
    ChangeState,
    GateKind,
    RenovationType,
    WorkKind,
)
from projects.ledger.intake import ROSTER
from projects.ledger.models import Baseline, Estate, Gate, Project, ProjectChange
from projects.ledger.roster.approving import approve_roster
from projects.ledger.roster.context import load
from projects.ledger.services import approve_baseline, discard_baseline
from renovation.accounts.scope import scope_of
from renovation.core.errors import Fault, Forbidden, Refusal, Severity, StateConflict
from renovation.core.periods import Month
from renovation.intake import preview
from renovation.intake import services as intake
from renovation.intake.models import UploadState
from renovation.records.models import AuditEntry

from .scene import NOW, Scene, edited, faults, make_scene, table

pytestmark = pytest.mark.django_db
#: The projects that the district's own table brings.
NEW = ["ZC2025-21", "ZC2025-22", "ZC2025-23"]


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def approve(
    scene: Scene,
    drafts: list[Baseline],
    entries: Sequence[ProjectChange] = (),
    by: object = None,
    **decision: str,
) -> tuple[int, int]:
    user = by or scene.reviewer
    return approve_roster(
        entries=entries,
        baselines=drafts,
        approved_on=date(2025, 5, 7),
        scope=scope_of(user, on=date(2025, 5, 7)),
        by=user,
        now=NOW,
        **decision,
    )


def page(scene: Scene, upload: object) -> preview.Preview:
    about = ROSTER.describe(scene.target, NOW)
    return preview.build(upload, ROSTER, about)  # type: ignore[arg-type]


def notices(upload: object) -> list[str]:
    found = [Fault.from_json(fault) for fault in upload.faults]  # type: ignore[attr-defined]
    return [fault.message for fault in found if fault.severity is Severity.NOTICE]


def test_a_districts_own_table_is_read_whole(scene: Scene) -> None:
    """Titles above, 万㎡ in the header, merged projects, 小计, 其中, 合计 and the signatures below."""
    upload = scene.upload(table())
    assert (upload.state, faults(upload)) == (UploadState.PREVIEW, [])
    assert [(row["row"], row["key"]) for row in upload.rows] == [
        (4, "ZC2025-21　文昌里小区"),
        (5, "ZC2025-22　东关一区"),
        (6, "ZC2025-22　东关二区"),
        (8, "ZC2025-23　钟楼北村"),
    ]
    assert notices(upload) == [
        "文件不是本平台下载的模板，已按所选的单位和期次读取。",
        (
            "钟楼街道与计划下达数不同（按表内各行全部写入算）：项目写入后 1 个，下达 2 个，少 1 个；户数写入后 150 户，"
            "下达 396 户，少 246 户；面积写入后 13,500.00 ㎡，下达 36,732.00 ㎡，少 23,232.00 ㎡。"
        ),
        "台账里有、本表没有的，保持不变，不会删除：柳泉小区、建材一宿舍。",
    ]
    assert scene.commit(upload).taken == 4
    first, second, third = Project.objects.filter(code__in=["ZC2025-21", "ZC2025-22", "ZC2025-23"])
    assert (first.name, first.street.short_name, first.plan_code, first.budget_code) == (
        "文昌里小区",
        "般阳路街道",
        "P21",
        "B21",
    )
    assert (second.renovation_type, second.approved_on) == (RenovationType.FUNCTION, None)
    entry = second.changes.get()
    assert (entry.kind, entry.state, entry.effective_on, entry.document_number) == (
        ChangeKind.ENTER,
        ChangeState.DRAFT,
        scene.programme.approved_on,
        scene.programme.document_number,
    )
    estate = first.estates.get()
    assert estate.community is not None
    assert (estate.community.name, estate.year_built) == ("文昌社区", 1996)
    assert [
        (e.name, e.building_count, e.household_count, e.area_sqm) for e in second.estates.all()
    ] == [
        ("东关一区", 6, 180, Decimal("17100.00")),
        ("东关二区", 3, 96, Decimal("8832.00")),
    ]
    plan = second.baselines.get()
    assert (plan.version, plan.state, plan.planned_investment_fen, plan.area_sqm) == (
        1,
        BaselineState.DRAFT,
        620_000_000,
        Decimal("25932.00"),
    )
    assert (plan.planned_start_on, plan.planned_completion_on, plan.drafted_by) == (
        date(2025, 4, 1),
        date(2025, 12, 10),
        scene.clerk,
    )
    assert third.baselines.get().planned_start_on == date(2025, 3, 1)
    assert Gate.objects.filter(project=first, kind=GateKind.PROGRAMMED).exists()
    acts = AuditEntry.objects.values_list("act", flat=True)
    assert [
        list(acts).count(act) for act in ("project.create", "estate.create", "baseline.draft")
    ] == [3, 4, 3]
    assert list(scene.known.estates.values_list("area_sqm", flat=True)) == [Decimal("9200.50")]


def test_the_page_shows_new_rows_and_earlier_figures(scene: Scene) -> None:
    upload = scene.upload(edited(scene.template(), {"J4": 120, "N4": date(2025, 3, 9)}))
    shown = page(scene, upload)
    assert (shown.changes, shown.additions) == (2, 0)
    assert shown.result.outlook("2025年度") == "1 行写入2025年度，其余 1 行没有变化。"
    assert shown.result.button == "写入 1 行，其余 1 行没有变化"
    first, second = shown.rows
    assert [(c.label, c.before, c.now, c.change) for c in first.compared] == [
        ("楼栋（栋）", "3", "3", "—"),
        ("户数（户）", "100", "120", "+20"),
        ("面积（㎡）", "9200.50", "9200.50", "—"),
        ("计划投资（万元）", "300.00", "300.00", "—"),
    ]
    assert [said.text for said in first.said] == [
        "柳泉小区",
        "原“2025年3月1日”，改为“2025年3月9日”",
    ]
    assert (first.tag, second.tag) == ("", "没有变化")
    assert [(c.name, c.value) for c in shown.strip][-1] == ("与台账相比", "改动 2 处")


def test_a_row_that_is_added_to_a_template_is_none_too_many(scene: Scene) -> None:
    added = {"D6": scene.known.code, "F6": "柳泉北院"}
    shown = page(scene, scene.upload(edited(scene.template(), added)))
    read = next(cell for cell in shown.strip if cell.name == "读到")
    assert (read.value, read.note, read.alarm) == (
        "3 行 / 应有 3 行",
        "行数相符，没有重复行",
        False,
    )
    assert shown.additions == 1


def test_the_export_comes_back_and_changes_nothing(scene: Scene) -> None:
    scene.commit(scene.upload(table()))
    before, acts = scene.stored(), AuditEntry.objects.count()
    upload = scene.upload(scene.template(), "导出.xlsx")
    assert (upload.state, faults(upload)) == (UploadState.PREVIEW, [])
    shown = page(scene, upload)
    assert (len(shown.rows), shown.changes, shown.additions) == (6, 0, 0)
    assert scene.commit(upload).taken == 6
    assert scene.stored() == before
    # Receiving, reading and confirming are acts; nothing else was done.
    assert AuditEntry.objects.count() == acts + 3


def test_the_same_bytes_are_the_same_upload(scene: Scene) -> None:
    content = table()
    upload = scene.upload(content)
    scene.commit(upload)
    before = scene.stored()
    assert scene.upload(content) == upload
    assert scene.commit(upload).taken == 4
    assert scene.stored() == before


@pytest.mark.parametrize(
    ("cell", "value", "field"),
    [
        ("F4", "柳泉新村", "estate"),
        ("E4", "柳泉小区项目", "name"),
        ("G4", "般阳路 9 号", "address"),
        ("H4", 1989, "year_built"),
        ("I4", 4, "building_count"),
        ("J4", 99, "household_count"),
        ("K4", 9210.5, "area_sqm"),
        ("L4", "功能提升型", "renovation_type"),
        ("M4", 301, "planned_investment"),
        ("O4", date(2025, 12, 1), "planned_completion_on"),
        ("Q4", "P-99", "plan_code"),
        ("S4", "续建", "note"),
    ],
)
def test_an_edited_cell_is_one_change(scene: Scene, cell: str, value: object, field: str) -> None:
    """Renaming an estate is a change of it too: the portal's number tells which one it is."""
    estates = Estate.objects.count()
    upload = scene.upload(edited(scene.template(), {cell: value, "T4": "按批复调整"}))
    shown = page(scene, upload)
    assert (shown.changes, shown.additions) == (1, 0)
    scene.commit(upload)
    assert page(scene, scene.upload(scene.template(), "再导出.xlsx")).changes == 0
    assert Estate.objects.count() == estates
    from projects.ledger.roster.context import present_values

    known = load(scene.target, (), NOW).projects["ZC2025-06"]
    (estate,) = known.estates.values()
    now = present_values(known, estate)[field]
    assert now == (Decimal(str(value)) if isinstance(value, float) else value)


def test_a_changed_plan_is_a_new_draft_with_its_reason(scene: Scene) -> None:
    upload = scene.upload(edited(scene.template(), {"O4": date(2025, 10, 15)}))
    assert faults(upload) == [("R204", "O4")]
    with pytest.raises(Refusal) as caught:
        scene.commit(upload)
    assert caught.value.code == "upload.reason_missing"
    key = upload.rows[0]["key"]
    intake.answer(upload=upload, reasons=[(key, "R204", "汛期前完成外墙")], by=scene.clerk, now=NOW)
    scene.commit(upload)
    old, new = scene.known.baselines.order_by("version")
    assert (old.state, new.state, new.version, new.reason) == (
        BaselineState.APPROVED,
        BaselineState.DRAFT,
        2,
        "汛期前完成外墙",
    )
    # Monthly targets that still lie within the plan are kept.
    assert [t.month_end_on for t in new.targets.all()] == [
        t.month_end_on for t in old.targets.all() if t.month_end_on < date(2025, 10, 15)
    ]
    change = ProjectChange.objects.get()
    assert (change.kind, change.title, change.rationale, change.drafted_by) == (
        ChangeKind.TIME,
        "年度计划导入：调整计划完工",
        "汛期前完成外墙",
        scene.clerk,
    )
    assert (change.baseline, change.departs_from, change.state) == (new, old, ChangeState.DRAFT)
    assert (change.old_completion_on, change.new_completion_on) == (
        date(2025, 10, 31),
        date(2025, 10, 15),
    )
    assert (change.new_start_on, change.new_investment_fen, change.new_area_sqm) == (
        None,
        None,
        None,
    )


def _plan(baseline: Baseline) -> dict[str, object]:
    """What a plan says."""
    names = ("planned_start_on", "planned_completion_on", "planned_investment_fen", "area_sqm")
    return {
        **{name: getattr(baseline, name) for name in names},
        "targets": [
            (t.month_end_on, t.target_percent, t.task, t.work_kind) for t in baseline.targets.all()
        ],
        "nodes": [(node.gate, node.planned_on) for node in baseline.nodes.all()],
    }


def _add_nodes_and_kinds(scene: Scene) -> Baseline:
    """The known project's plan with an area of its own, frozen days and kinds of work."""
    project = scene.known
    clerk = scene.district.users["bureau2"]
    made = draft_change(
        project=project,
        values=ChangeValues(
            kind=ChangeKind.TIME,
            title="节点计划",
            rationale="核定节点",
            plan=BaselineValues(
                planned_start_on=date(2025, 3, 1),
                planned_completion_on=date(2025, 10, 31),
                planned_investment_fen=300_0000_00,
                area_sqm=Decimal("9000.00"),
                targets={Month(2025, 5): Decimal(30), Month(2025, 9): Decimal(90)},
                tasks={Month(2025, 5): "拆违"},
                work_kinds={Month(2025, 5): WorkKind.DEMOLITION},
                nodes={
                    GateKind.APPROVED: date(2025, 2, 20),
                    GateKind.ACCEPTED: date(2025, 11, 28),
                },
                reason="核定节点",
            ),
        ),
        by=clerk,
        now=NOW,
    )
    decide_change(
        change=made,
        decision=Decision(
            act=ChangeAct.APPROVE, approved_on=date(2025, 5, 7), document_number="淄建发〔2025〕9号"
        ),
        scope=scope_of(scene.reviewer, on=date(2025, 5, 7)),
        by=scene.reviewer,
        now=NOW,
    )
    return project.baselines.get(version=2)


def test_a_replanned_project_keeps_what_the_file_does_not_say(scene: Scene) -> None:
    """Nodes, kinds of work and the plan's own area stand; the file moves the completion and the money."""
    before = _plan(_add_nodes_and_kinds(scene))
    cells = {"O4": date(2025, 11, 20), "M4": 320, "T4": "外墙返工"}
    scene.commit(scene.upload(edited(scene.template(), cells)))
    made = scene.known.baselines.get(version=3)
    assert _plan(made) == before | {
        "planned_completion_on": date(2025, 11, 20),
        "planned_investment_fen": 320_0000_00,
    }
    change = ProjectChange.objects.get(baseline=made)
    assert (change.title, change.new_investment_fen) == (
        "年度计划导入：调整计划投资、计划完工",
        320_0000_00,
    )
    assert change.new_area_sqm is None


def test_a_plan_that_only_costs_more_is_a_change_of_money(scene: Scene) -> None:
    scene.commit(scene.upload(edited(scene.template(), {"M4": 320, "T4": "材料涨价"})))
    change = ProjectChange.objects.get()
    assert (change.kind, change.rationale) == (ChangeKind.MONEY, "材料涨价")
    assert (change.old_investment_fen, change.new_investment_fen) == (300_0000_00, 320_0000_00)


def test_a_completion_after_a_frozen_day_is_a_fault_of_its_cell(scene: Scene) -> None:
    _add_nodes_and_kinds(scene)
    upload = scene.upload(edited(scene.template(), {"O4": date(2025, 12, 5), "T4": "外墙返工"}))
    assert faults(upload, Severity.ERROR) == [("R158", "O4")]
    (said,) = [f for f in map(Fault.from_json, upload.faults) if f.code == "R158"]
    assert (said.message, said.expected) == (
        "与已批准的节点计划不合：“竣工验收”（2025年11月28日）早于前面的“完工”（2025年12月5日）",
        "与节点计划相合的日期；节点也要改的，在项目里登记变更",
    )


def test_drafts_are_approved_together_by_another(scene: Scene) -> None:
    scene.commit(scene.upload(table()))
    drafts = list(Baseline.objects.filter(state=BaselineState.DRAFT))
    assert len(drafts) == 4
    entries = list(entries_waiting(projects=Project.objects.all()))
    assert sorted(row.project.code for row in entries) == NEW

    with pytest.raises(Forbidden) as caught:
        approve(scene, drafts, entries, by=scene.clerk)
    assert caught.value.message.endswith("一项也没有批准。")
    assert Baseline.objects.filter(state=BaselineState.DRAFT).count() == 4
    assert not Project.objects.filter(code__in=NEW, approved_on__isnull=False).exists()
    scene.excuse(entries)
    assert approve(scene, drafts, entries) == (len(NEW), 4)
    assert not Baseline.objects.filter(state=BaselineState.DRAFT).exists()
    assert Project.objects.filter(code__in=NEW, approved_on__isnull=False).count() == len(NEW)
    with pytest.raises(StateConflict):
        approve(scene, drafts, entries)


def test_a_change_is_approved_together_with_its_plan(scene: Scene) -> None:
    """Beside the first plans of new projects, in one act, with the document that approves it."""
    scene.commit(scene.upload(table()))
    template = scene.template()
    sheet = openpyxl.load_workbook(io.BytesIO(template))["年度计划"]
    row = next(cell.row for cell in sheet["D"] if cell.value == scene.known.code)
    cells = {f"O{row}": date(2025, 10, 15), f"T{row}": "汛期前完成外墙"}
    scene.commit(scene.upload(edited(template, cells), "改.xlsx"))
    drafts = list(Baseline.objects.filter(state=BaselineState.DRAFT))
    assert len(drafts) == 5
    with pytest.raises(Refusal) as caught:
        approve(scene, drafts)
    assert (caught.value.code, caught.value.message) == (
        "change.document",
        "柳泉小区：批准文号和变更文件至少填一样。一项也没有批准。",
    )
    assert Baseline.objects.filter(state=BaselineState.DRAFT).count() == 5
    assert approve(scene, drafts, document_number="淄建发〔2025〕31号") == (0, 5)
    change = ProjectChange.objects.get(kind=ChangeKind.TIME)
    assert (change.state, change.decided_by, change.approved_on, change.document_number) == (
        ChangeState.APPROVED,
        scene.reviewer,
        date(2025, 5, 7),
        "淄建发〔2025〕31号",
    )
    assert change.baseline is not None
    assert (change.baseline.state, change.baseline.approved_by) == (
        BaselineState.APPROVED,
        scene.reviewer,
    )
    assert not Baseline.objects.filter(state=BaselineState.DRAFT).exists()


def test_a_change_keeps_the_document_it_was_registered_with(scene: Scene) -> None:
    made = draft_change(
        project=scene.known,
        values=ChangeValues(
            kind=ChangeKind.MONEY,
            title="增加二次供水",
            rationale="居民要求",
            document_number="淄建发〔2025〕12号",
            plan=replace(
                values_of(baseline=scene.known.baselines.get()),
                planned_investment_fen=312_0000_00,
                reason="居民要求",
            ),
        ),
        by=scene.clerk,
        now=NOW,
    )
    approve(scene, [made.baseline], document_number="淄建发〔2025〕31号")
    made.refresh_from_db()
    assert made.document_number == "淄建发〔2025〕12号"


def test_held_rows_stay_out_and_a_project_needs_its_first_row(scene: Scene) -> None:
    upload = scene.upload(table(merged=(), cells={"D6": "ZC2025-22"}))
    keys = [row["key"] for row in upload.rows]
    intake.answer(upload=upload, held=[keys[1]], decided=keys, by=scene.clerk, now=NOW)
    with pytest.raises(Refusal) as caught:
        scene.commit(upload)
    assert caught.value.code == "roster.held"
    assert not Project.objects.filter(code="ZC2025-21").exists()
    intake.answer(upload=upload, held=[keys[1], keys[2]], decided=keys, by=scene.clerk, now=NOW)
    assert scene.commit(upload).held == 2
    assert Project.objects.filter(code__startswith="ZC2025-2").count() == 2


def test_what_changed_since_the_preview_is_shown_anew(scene: Scene) -> None:
    upload = scene.upload(edited(scene.template(), {"O5": date(2025, 10, 15)}))
    assert faults(upload) == [("R156", "O5")]
    # Meanwhile the draft is approved: now the change asks for a reason instead.
    approve_baseline(
        baseline=scene.drafted.baselines.get(),
        approved_on=date(2025, 5, 7),
        by=scene.reviewer,
        now=NOW,
    )
    with pytest.raises(StateConflict) as caught:
        scene.commit(upload)
    assert caught.value.code == "upload.stale"
    upload.refresh_from_db()
    assert (upload.state, faults(upload)) == (UploadState.PREVIEW, [("R204", "O5")])


def test_an_empty_cell_takes_nothing_away(scene: Scene) -> None:
    before = scene.stored()
    upload = scene.upload(
        edited(scene.template(), {"G4": None, "H4": None, "Q4": None, "I5": None})
    )
    assert (faults(upload), page(scene, upload).changes) == ([], 0)
    scene.commit(upload)
    assert scene.stored() == before


def test_a_draft_that_was_thrown_away_can_be_made_anew(scene: Scene) -> None:
    scene.commit(scene.upload(table()))
    draft = Baseline.objects.get(project__code="ZC2025-21")
    discard_baseline(baseline=draft, by=scene.reviewer, now=NOW)
    again = scene.upload(table(cells={"L4": 305}), "改.xlsx")
    assert faults(again) == []
    scene.commit(again)
    plan = Baseline.objects.get(project__code="ZC2025-21")
    assert (plan.version, plan.planned_investment_fen) == (1, 305_000_000)
