"""Pages of applications: list with rates, one application with its acts, a project's share, files, workbook."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.funding.enums import ApplicationState, Stage
from projects.funding.models import Application, FundingSource, GrantedAllocation
from projects.ledger.models import Project
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.funding import FundingEventFactory, make_application
from tests.factories.ledger import ProjectFactory
from tests.projects.ledger.test_gates import PDF

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
WAN = 1_000_000


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("文件.pdf", PDF, content_type="application/pdf")


def test_from_draft_to_the_linked_allocation(
    client_of: SignIn, district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    clock.at("2025-05-07 10:00")
    bureau, head = client_of("bureau"), client_of("reviewer")
    new = reverse("funding:application_new")
    assert head.get(new).status_code == 403
    form = {"source": source.pk, "title": "中央补助"}
    empty = bureau.post(new, form)
    assert empty.status_code == 422
    assert "至少给一个项目填申请金额" in empty.content.decode()
    assert bureau.post(new, form | {f"asked-{project.pk}": "100"}).status_code == 302
    made = Application.objects.get()
    page = reverse("funding:application", args=[made.pk])
    change = reverse("funding:application_change", args=[made.pk])
    asked = form | {f"asked-{project.pk}": "80", "version": "1"}
    assert bureau.post(change, asked).status_code == 302
    typed = asked | {f"asked-{project.pk}": "70", "title": "中央补助资金"}
    stale = bureau.post(change, typed)
    told = stale.content.decode()
    assert stale.status_code == 409
    assert (
        f"{district.users['bureau']}把 {project.code} 的申请由 100.00 万元改为 80.00 万元。" in told
    )
    assert "您填的都在下面，没有丢。" in told
    assert 'value="中央补助资金"' in told
    assert 'value="70"' in told
    assert 'name="version" value="2"' in told
    made.refresh_from_db()
    assert (made.title, made.items.get().asked_fen) == ("中央补助", 80 * WAN)
    assert bureau.post(change, typed | {"version": "2"}).status_code == 302
    assert made.items.get().asked_fen == 70 * WAN
    assert bureau.post(change, asked | {"version": "3"}).status_code == 302
    report = reverse("funding:application_report", args=[made.pk])
    assert bureau.post(report, {"reported_on": "2025-02-10"}).status_code == 422
    sent = {"reported_on": "2025-02-10", "document_number": "一号", "file": scan()}
    assert bureau.post(report, sent).status_code == 302
    grant = reverse("funding:application_grant", args=[made.pk])
    assert grant in head.get(page).content.decode()
    assert grant not in bureau.get(page).content.decode()
    assert bureau.get(grant).status_code == 403
    given = {
        "decided_on": "2025-03-10", "decision_number": "鲁财14号", f"granted-{project.pk}": "60",
    }  # fmt: skip
    assert head.post(grant, given).status_code == 302
    made.refresh_from_db()
    assert made.state == ApplicationState.GRANTED
    event = FundingEventFactory(
        project=project, source=source, stage=Stage.ALLOCATED, amount_fen=60 * WAN,
        occurred_on=date(2025, 3, 20),
    )  # fmt: skip
    link = reverse("funding:application_link", args=[made.pk])
    assert bureau.post(link, {"event": event.pk}).status_code == 302
    assert "60.00" in bureau.get(page).content.decode()
    row = GrantedAllocation.objects.get()
    unlink = reverse("funding:application_unlink", args=[made.pk, row.pk])
    assert bureau.post(unlink, {"reason": ""}).status_code == 422
    assert bureau.post(unlink, {"reason": "关联错了"}).status_code == 302
    extra = reverse("funding:application_add_file", args=[made.pk])
    assert bureau.post(extra, {"kind": "decision", "file": scan()}).status_code == 302
    kept = made.files.all()[0]
    address = reverse("funding:application_file", args=[made.pk, kept.pk])
    assert bureau.get(address).content == PDF
    assert client_of("songlinglu").get(address).status_code == 404


def test_refused_and_taken_back_on_the_pages(
    client_of: SignIn, district: District, project: Project, clock: Clock
) -> None:
    clock.at("2025-05-07 10:00")
    bureau, head = client_of("bureau"), client_of("reviewer")
    made = make_application(district.bureau, district.users["bureau"], asked={project: WAN})
    report = reverse("funding:application_report", args=[made.pk])
    sent = {"reported_on": "2025-02-10", "document_number": "一号"}
    bureau.post(report, sent)
    back = reverse("funding:application_take_back", args=[made.pk])
    assert bureau.post(back, {"comment": ""}).status_code == 422
    assert bureau.post(back, {"comment": "补材料"}).status_code == 302
    bureau.post(report, sent)
    refuse = reverse("funding:application_refuse", args=[made.pk])
    assert head.post(refuse, {"decided_on": "2025-03-01", "comment": ""}).status_code == 422
    assert head.post(refuse, {"decided_on": "2025-03-01", "comment": "未入库"}).status_code == 302
    page = head.get(reverse("funding:application", args=[made.pk])).content.decode()
    assert "未入库" in page
    assert refuse not in page


def test_list_project_and_workbook(
    client_of: SignIn, district: District, project: Project, source: FundingSource
) -> None:
    other = ProjectFactory(
        programme=project.programme, street=district.street("banyanglu"), name="般阳园"
    )
    make_application(
        district.bureau, district.users["bureau"], asked={project: WAN, other: 2 * WAN},
        source=source, title="两个项目",
    )  # fmt: skip
    bureau = client_of("bureau")
    page = bureau.get(reverse("funding:applications"), {"sort": "-asked"}).content.decode()
    assert "两个项目" in page
    assert "3.00" in page
    filtered = bureau.get(reverse("funding:applications"), {"state": "granted"}).content.decode()
    assert "没有符合条件的申请" in filtered
    here = client_of("zhonglou").get(
        reverse("funding:project_applications", args=[project.code])
    ).content.decode()  # fmt: skip
    assert "两个项目" in here
    theirs = client_of("zhonglou").get(reverse("funding:applications")).content.decode()
    assert "般阳园" not in theirs
    book = openpyxl.load_workbook(
        io.BytesIO(bureau.get(reverse("funding:applications_export")).content)
    )
    assert book.sheetnames == [
        "上级资金申请",
        "按资金",
        "按街道",
        "上级资金申请（可导入）",
        "_portal",
    ]
    cells = [cell.value for row in book["上级资金申请"].iter_rows() for cell in row]
    assert "两个项目" in cells
    assert client_of("contractor").get(reverse("funding:applications")).status_code == 403
    assert (
        client_of("npc").get(reverse("funding:applications")).content.decode().count("两个项目")
        == 0
    )


def test_papers_of_a_package_are_for_who_sees_all_of_it(
    client_of: SignIn, district: District, project: Project, source: FundingSource
) -> None:
    """They tell the money of every project in it, also of other streets."""
    other = ProjectFactory(programme=project.programme, street=district.street("banyanglu"))
    bureau = client_of("bureau")
    for asked, status in (({project: WAN}, 200), ({project: WAN, other: WAN}, 404)):
        made = make_application(
            district.bureau, district.users["bureau"], asked=asked, source=source
        )
        add = reverse("funding:application_add_file", args=[made.pk])
        assert bureau.post(add, {"kind": "asked", "file": scan()}).status_code == 302
        paper = made.files.get()
        address = reverse("funding:application_file", args=[made.pk, paper.pk])
        page = client_of("zhonglou").get(reverse("funding:application", args=[made.pk]))
        assert (address in page.content.decode()) is (status == 200)
        assert client_of("zhonglou").get(address).status_code == status
        assert bureau.get(address).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_queries(
    quiet_head: None, client_of: SignIn, district: District, project: Project,
    source: FundingSource, count: int, django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(count):
        make_application(
            district.bureau, district.users["bureau"], asked={project: WAN}, source=source,
            title=f"第{number}份",
        )  # fmt: skip
    client = client_of("bureau")
    client.get(reverse("funding:applications"))
    with django_assert_num_queries(LIST):
        client.get(reverse("funding:applications"))


#: Session, scope and head 8, filters 2, applications 1, items 1, links 1, measures 1.
LIST = 11
