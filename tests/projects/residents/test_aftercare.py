"""After-care: who follows whom, fees and fund, the hand-over by two people."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from projects.ledger.enums import GateKind
from projects.ledger.models import Estate, Project
from projects.residents.aftercare.register import Care, care_of
from projects.residents.aftercare.waiting import care_waiting
from projects.residents.enums import CommitteeKind, FundMove, ManagementForm, RecordState
from projects.residents.handover_items import parse_items, typed_items
from projects.residents.models import Committee, FeeCollection, FundEntry, Handover, Management
from projects.residents.services import aftercare, confirming
from projects.residents.services.private_files import encrypt_files
from renovation.core.calendar import local_moment
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry, StoredFile
from renovation.records.services import read_file, store_file
from tests.conftest import Clock
from tests.factories.accounts import District, scope_for
from tests.factories.aftercare import (
    ITEM,
    CommitteeFactory,
    ContributionFactory,
    EvaluationFactory,
    FeeCollectionFactory,
    HandoverFactory,
)
from tests.factories.ledger import EstateFactory, GateFactory

from .scene import PDF, client_of, scene

pytestmark = pytest.mark.django_db
TODAY = date(2025, 5, 7)
NOW = local_moment(TODAY, time(10))


@pytest.fixture
def placed(clock: Clock) -> tuple[District, Project]:
    clock.at("2025-05-07 10:00")
    return scene()


@pytest.fixture
def district(placed: tuple[District, Project]) -> District:
    return placed[0]


@pytest.fixture
def project(placed: tuple[District, Project]) -> Project:
    return placed[1]


@pytest.fixture
def estate(project: Project) -> Estate:
    """The one estate of the project, which was completed on 28 April."""
    GateFactory(project=project, kind=GateKind.COMPLETED, actual_on=date(2025, 4, 28))
    found: Estate = project.estates.get()
    return found


def save(district: District, row: Any, service: Any = aftercare.save_tenure) -> Any:
    """Saved as the clerk of the street would."""
    street = row.estate.project.street
    return service(
        row=row,
        organisation=street,
        of="文昌园",
        by=district.users["zhonglou"],
        now=NOW,
        seen_version=row.version if row.pk else 0,
    )


def care(estate: Estate, on: date = TODAY) -> Care:
    """How an estate stands on a day."""
    rows = Estate.objects.filter(pk=estate.pk)
    (found,) = care_of(estates=rows, on=on, handovers=Handover.objects.all())
    return found


# -- who follows whom ----------------------------------------------------------------------------------
def test_a_committee_is_followed_by_the_next_as_of_a_day(
    district: District, estate: Estate
) -> None:
    first = CommitteeFactory(estate=estate)
    CommitteeFactory(since_on=date(2025, 2, 1))
    save(
        district,
        Committee(estate=estate, kind=CommitteeKind.OWNERS, since_on=date(2025, 5, 1)),
    )
    first.refresh_from_db()
    assert (first.ended_on, first.end_reason) == (date(2025, 5, 1), "由业主委员会接替")
    assert first.history.count() == 2
    in_office = {}
    for day in (date(2025, 2, 28), date(2025, 4, 30), date(2025, 5, 1)):
        line = care(estate, day).committee
        in_office[day] = str(line.row) if line else None
    assert in_office == {
        date(2025, 2, 28): None,
        date(2025, 4, 30): "自改委",
        date(2025, 5, 1): "业主委员会",
    }
    acts = AuditEntry.objects.filter(act__startswith="committee.").order_by("pk")
    assert list(acts.values_list("act", flat=True)) == ["committee.update", "committee.create"]


def test_one_entered_later_ends_where_the_next_begins(district: District, estate: Estate) -> None:
    CommitteeFactory(estate=estate, kind=CommitteeKind.OWNERS, since_on=date(2025, 5, 1))
    earlier = save(
        district, Committee(estate=estate, kind=CommitteeKind.RENEWAL, since_on=date(2024, 5, 1))
    )
    assert (earlier.ended_on, earlier.end_reason) == (date(2025, 5, 1), "由业主委员会接替")


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"since_on": date(2025, 5, 1), "until_on": date(2025, 4, 1)}, "tenure.period", "until_on"),
        (
            {"since_on": date(2025, 5, 1), "ended_on": date(2025, 5, 1), "end_reason": "撤销"},
            "tenure.period",
            "ended_on",
        ),
        (
            {"since_on": date(2025, 5, 1), "ended_on": date(2025, 5, 2)},
            "tenure.reason",
            "end_reason",
        ),
        (
            {"since_on": date(2025, 5, 1), "ended_on": date(2025, 5, 8), "end_reason": "撤销"},
            "tenure.future",
            "ended_on",
        ),
        ({"since_on": date(2025, 3, 1)}, "tenure.twice", "since_on"),
        (
            {"since_on": date(2025, 1, 1), "ended_on": date(2025, 3, 2), "end_reason": "撤销"},
            "tenure.overlap",
            "ended_on",
        ),
        ({"since_on": date(2025, 3, 20)}, "tenure.overlap", "since_on"),
    ],
)
def test_a_term_is_refused_with_its_reason(
    district: District, estate: Estate, values: dict[str, Any], code: str, field: str
) -> None:
    CommitteeFactory(estate=estate, ended_on=date(2025, 4, 1))
    with pytest.raises(Refusal) as met:
        save(district, Committee(estate=estate, kind=CommitteeKind.OWNERS, **values))
    assert (met.value.code, met.value.field) == (code, field)
    assert Committee.objects.count() == 1


@pytest.mark.parametrize(("name", "lacks"), [("until_on", "合同止"), ("fee_fen", "物业费")])
def test_a_professional_manager_has_a_contract(
    district: District, estate: Estate, name: str, lacks: str
) -> None:
    values = {"until_on": date(2026, 4, 30), "fee_fen": 65} | {name: None}
    row = Management(
        estate=estate,
        form=ManagementForm.PROFESSIONAL,
        manager="某物业",
        since_on=date(2025, 5, 1),
        **values,
    )
    with pytest.raises(Refusal) as met:
        save(district, row)
    assert (met.value.code, met.value.message) == ("tenure.contract", f"专业物业须填{lacks}。")
    row.form = ManagementForm.COMMUNITY
    assert save(district, row).pk is not None


# -- fees and fund -------------------------------------------------------------------------------------
def test_what_was_collected_stands_beside_what_was_due(district: District, estate: Estate) -> None:
    FeeCollectionFactory(estate=estate)
    line = care(estate).collections[0]
    assert (line.rate, line.collected, line.due) == ("75.0", "9,000.00", "12,000.00")
    cases = {
        "fee.period": (date(2025, 4, 1), date(2025, 5, 31), 100, 50),
        "fee.amount": (date(2025, 4, 1), date(2025, 4, 30), 100, 101),
        "fee.overlap": (date(2025, 3, 31), date(2025, 4, 30), 100, 50),
    }
    for code, (start, end, due, collected) in cases.items():
        row = FeeCollection(
            estate=estate, from_on=start, to_on=end, due_fen=due, collected_fen=collected
        )
        with pytest.raises(Refusal) as met:
            save(district, row, aftercare.save_collection)
        assert met.value.code == code
    row = FeeCollection(
        estate=estate,
        from_on=date(2025, 4, 1),
        to_on=date(2025, 4, 30),
        due_fen=100,
        collected_fen=0,
    )
    save(district, row, aftercare.save_collection)
    assert [line.rate for line in care(estate).collections] == ["0.0", "75.0"]


def test_the_fund_is_founded_first_and_never_below_zero(district: District, estate: Estate) -> None:
    def entry(move: FundMove, day: int, fen: int, households: int | None, note: str = "") -> Any:
        row = FundEntry(
            estate=estate,
            move=move,
            moved_on=date(2025, 4, day),
            amount_fen=fen,
            household_count=households,
            note=note,
        )
        return save(district, row, aftercare.save_fund_entry)

    refused = {
        "fund.order": (FundMove.TOPPED_UP, 1, 100, 5, ""),
        "fund.households": (FundMove.ESTABLISHED, 1, 100, 295, ""),
        "fund.note": (FundMove.USED, 1, 100, None, " "),
        "fund.amount": (FundMove.ESTABLISHED, 1, 0, 5, ""),
    }
    for code, values in refused.items():
        with pytest.raises(Refusal) as met:
            entry(*values)
        assert met.value.code == code
    entry(FundMove.ESTABLISHED, 2, 50_000_00, 100)
    entry(FundMove.TOPPED_UP, 20, 10_000_00, 120)
    with pytest.raises(Refusal) as met:
        entry(FundMove.USED, 10, 50_000_01, None, "换水泵")
    assert (met.value.code, met.value.message) == (
        "fund.balance",
        "到 2025年4月10日 支用超过余额。",
    )
    entry(FundMove.USED, 20, 60_000_00, None, "换水泵")
    fund = care(estate).fund
    assert (fund.balance_fen, fund.household_count) == (0, 120)
    assert care(estate, date(2025, 4, 19)).fund.balance == "50,000.00"
    assert care(estate, date(2025, 4, 1)).fund.balance_fen is None


# -- the hand-over -------------------------------------------------------------------------------------
def test_a_list_is_read_line_by_line_and_written_back() -> None:
    typed = "路灯，24，盏，街道物业服务中心\n\n绿地\t1,2\n"
    with pytest.raises(Refusal) as met:
        parse_items(typed + "水泵，两,台,某物业\n门,0,扇,某物业")
    assert met.value.message == (
        "第 2 行应是“名称，数量，单位，接管单位”四项，现在是 3 项。"
        "第 3 行的数量“两”不是数。第 4 行的数量是 0。"
    )
    items = parse_items("路灯，24，盏，街道物业服务中心\n绿地\t35.5\t㎡\t社区居委会")
    assert items == [
        dict(ITEM),
        {"name": "绿地", "quantity": "35.5", "unit": "㎡", "keeper": "社区居委会"},
    ]
    assert parse_items(typed_items(items)) == items


def test_a_handover_is_recorded_on_its_page_and_confirmed_by_another(
    district: District, estate: Estate
) -> None:
    clerk, head = client_of(district, "zhonglou"), client_of(district, "zhonglou-head")
    new = reverse("residents:care_new", args=[estate.pk, "handover"])
    typed = {
        "handed_on": "2025-04-27",
        "handed_by": "钟楼街道办事处",
        "taken_by": "某物业服务公司",
        "items_typed": "路灯，24，盏，街道物业服务中心",
        "seen_version": "0",
    }
    early = clerk.post(new, typed)
    assert early.status_code == 422
    assert "移交日期不能早于完工日期 2025年4月28日。" in early.content.decode()
    assert clerk.post(new, typed | {"handed_on": "2025-04-28"}).status_code == 302
    row = Handover.objects.get()
    act = reverse("residents:handover_act", args=[row.pk, "confirm"])
    assert clerk.post(act).status_code == 403
    without = head.post(act, {"seen_version": "1"})
    assert without.status_code == 422
    assert "没有移交文件，请登记的人先补上再确认。" in without.content.decode()
    edit = reverse("residents:care_edit", args=["handover", row.pk])
    filed = typed | {"handed_on": "2025-04-28", "seen_version": "1"}
    paper = SimpleUploadedFile("移交清单.pdf", PDF)
    assert clerk.post(edit, filed | {"evidence": paper}).status_code == 302
    assert head.post(act, {"seen_version": "2"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.confirmed_by) == ("confirmed", district.users["zhonglou-head"])
    assert head.post(act).status_code == 409
    assert clerk.get(edit).status_code == 409
    shown = head.get(reverse("residents:handover", args=[row.pk])).content.decode()
    assert "完工当日移交" in shown
    assert head.get(reverse("residents:care_file", args=["handover", row.pk])).content == PDF
    withdraw = reverse("residents:handover_act", args=[row.pk, "withdraw"])
    assert clerk.post(withdraw, {"reason": "错"}).status_code == 403
    assert head.post(withdraw, {"reason": ""}).status_code == 422
    assert head.post(withdraw, {"reason": "清单漏项"}).status_code == 302
    assert care(estate).handover is None
    assert [each.withdrawn_reason for each in care(estate).withdrawn] == ["清单漏项"]


def test_who_changed_a_handover_last_does_not_confirm_it(
    district: District, estate: Estate
) -> None:
    head = district.users["zhonglou-head"]
    row = HandoverFactory(estate=estate, recorded_by=district.users["zhonglou"])
    row.taken_by = "别的物业公司"
    values: dict[str, Any] = {"organisation": estate.project.street, "of": "文昌园", "now": NOW}
    confirming.save_handover(row=row, by=head, seen_version=1, **values)
    row.refresh_from_db()
    assert (row.recorded_by, row.recorded_at, row.version) == (head, NOW, 2)
    with pytest.raises(Forbidden):
        confirming.confirm(row=row, scope=scope_for(head), by=head, now=NOW, seen_version=2)
    row.refresh_from_db()
    assert row.state == RecordState.DRAFT


def test_a_completion_without_its_evidence_is_none(district: District, project: Project) -> None:
    claim = GateFactory(
        project=project, kind=GateKind.COMPLETED, actual_on=date(2025, 4, 28), evidence=None
    )
    estate = project.estates.get()
    assert (care(estate).state, care(estate).completed_on) == ("not_due", None)
    scope = scope_for(district.users["zhonglou"])
    assert care_waiting(scope=scope, today=TODAY) == []
    row = Handover(
        estate=estate, handed_on=date(2025, 5, 1), handed_by="街道", taken_by="社区", items=[ITEM]
    )
    with pytest.raises(Refusal) as met:
        save(district, row, confirming.save_handover)
    assert (met.value.code, met.value.message) == (
        "confirmed.early",
        "“完工”还没有附依据，不计入；附上依据后再登记。",
    )
    claim.is_opening = True
    claim.save()
    assert care(estate).completed_on == date(2025, 4, 28)
    assert [each.title for each in care_waiting(scope=scope, today=TODAY)] == [
        "2025 年度完工小区长效管理没有落实 1 个"
    ]


def test_the_filing_of_a_committee_lies_encrypted_under_a_name_of_our_own(
    district: District, estate: Estate
) -> None:
    clerk = client_of(district, "zhonglou")
    new = reverse("residents:care_new", args=[estate.pk, "committee"])
    paper = SimpleUploadedFile("张三等五人名单.pdf", PDF)
    typed = {"kind": "owners", "since_on": "2025-05-01", "seen_version": "0", "evidence": paper}
    assert clerk.post(new, typed).status_code == 302
    row = Committee.objects.get()
    assert row.file is not None
    assert (row.file.is_private, row.file.name) == (True, "文昌园业主委员会备案文件.pdf")
    assert PDF not in (Path(settings.MEDIA_ROOT) / row.file.path).read_bytes()
    assert clerk.get(reverse("residents:care_file", args=["committee", row.pk])).content == PDF


def test_what_was_kept_open_before_is_encrypted_once(estate: Estate) -> None:
    def kept(content: bytes) -> StoredFile:
        return store_file(
            content=content, name="张三.pdf", content_type="application/pdf", by=None, now=NOW
        )

    committee = CommitteeFactory(estate=estate, file=kept(PDF))
    gift = ContributionFactory(project=estate.project, file=kept(PDF + b"1"))
    found = EvaluationFactory(
        project=estate.project, state=RecordState.CONFIRMED, file=kept(PDF + b"2")
    )
    handed = HandoverFactory(estate=estate, file=kept(PDF + b"3"))
    assert (encrypt_files(now=NOW), encrypt_files(now=NOW)) == (3, 0)
    for row in (committee, gift, found, handed):
        row.file.refresh_from_db()
    assert [row.file.is_private for row in (committee, gift, found, handed)] == [
        True,
        True,
        True,
        False,
    ]
    assert [row.file.name for row in (committee, gift, found)] == [
        "文昌园自改委备案文件.pdf",
        "文昌园2025年4月12日出资凭据.pdf",
        "文昌园2025年5月1日共评记录.pdf",
    ]
    assert read_file(file=found.file) == PDF + b"2"


def test_who_recorded_it_does_not_confirm_and_what_is_confirmed_stays(
    district: District, estate: Estate
) -> None:
    head = district.users["zhonglou-head"]
    row = HandoverFactory(estate=estate, recorded_by=head)
    with pytest.raises(Forbidden):
        confirming.confirm(row=row, scope=scope_for(head), by=head, now=NOW, seen_version=1)
    other = HandoverFactory(
        estate=EstateFactory(project=estate.project), state=RecordState.CONFIRMED
    )
    with pytest.raises(StateConflict):
        confirming.confirm(row=other, scope=scope_for(head), by=head, now=NOW, seen_version=1)
    rows = Handover.objects.filter(pk=other.pk)
    for act in (lambda: rows.update(taken_by="别人"), rows.delete):
        with (
            pytest.raises(DatabaseError, match="已确认的移交管养不能修改或删除"),
            transaction.atomic(),
        ):
            act()
    with pytest.raises(Refusal) as met:
        save(district, other, confirming.save_handover)
    assert met.value.code == "confirmed.state"
    again = Handover(
        estate=other.estate,
        handed_on=date(2025, 5, 1),
        handed_by="街道",
        taken_by="社区",
        items=[ITEM],
    )
    with pytest.raises(Refusal) as met:
        save(district, again, confirming.save_handover)
    assert met.value.code == "handover.twice"
