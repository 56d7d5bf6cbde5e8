"""Pages of accounts: who sees and writes, numbers masked, one click to name an account, list and workbook."""

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

from projects.funding.accounts import services
from projects.funding.accounts.services import AccountValues
from projects.funding.enums import Stage
from projects.funding.models import FundingEvent, FundingSource, ProjectAccount, StatementBalance
from projects.ledger.models import Project
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.funding import make_chain
from tests.factories.ledger import ProjectFactory
from tests.projects.ledger.test_gates import PDF
from tests.projects.ledger.test_sheets import value_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture
def account(district: District, project: Project, clock: Clock) -> ProjectAccount:
    values = AccountValues(
        "文昌园改造专户", "齐鲁银行", "改造工程款", date(2025, 3, 1), "1603001209200456789"
    )
    return services.open_account(
        project=project, values=values, by=district.users["bureau"], now=clock.at("2025-05-07")
    )


@pytest.mark.parametrize(
    ("user", "read", "write", "listing"),
    [
        ("bureau", 200, 200, 200),
        ("reviewer", 200, 403, 200),
        ("zhonglou", 200, 403, 200),
        ("banyanglu", 404, 403, 200),
        ("npc", 403, 403, 403),
        ("contractor", 403, 403, 403),
        ("auditor", 403, 403, 403),
    ],
)
def test_who_sees_and_writes(
    client_of: SignIn, account: ProjectAccount, user: str, read: int, write: int, listing: int
) -> None:
    client = client_of(user)
    code = account.project.code
    for name, argument in (("account", account.pk), ("project_accounts", code)):
        assert client.get(reverse(f"funding:{name}", args=[argument])).status_code == read
    for name, argument in (
        ("account_new", code),
        ("account_change", account.pk),
        ("account_close", account.pk),
        ("statement", account.pk),
    ):
        assert client.get(reverse(f"funding:{name}", args=[argument])).status_code == write
    reopen = client.get(reverse("funding:account_reopen", args=[account.pk]))
    assert reopen.status_code == (302 if write == 200 else write)  # nothing to reopen
    for name in ("accounts", "accounts_export"):
        assert client.get(reverse(f"funding:{name}")).status_code == listing


def test_a_stale_form_of_an_account_is_told_what_was_changed(
    district: District, client_of: SignIn, account: ProjectAccount
) -> None:
    address = reverse("funding:account_change", args=[account.pk])
    opened = {
        "name": account.name,
        "bank": account.bank,
        "purpose": account.purpose,
        "opened_on": "2025-03-01",
        "seen_version": "1",
    }
    quick, slow = client_of("bureau"), client_of("bureau2")
    assert quick.post(address, opened | {"bank": "齐商银行"}).status_code == 302
    answer = slow.post(address, opened | {"purpose": "只用于文昌园工程款"})
    page = answer.content.decode()
    assert answer.status_code == 409
    who = district.users["bureau"]
    assert f"{who}把“开户银行”由“齐鲁银行”改为“齐商银行”。" in page
    assert value_in(page, "purpose") == "只用于文昌园工程款"
    account.refresh_from_db()
    assert (account.bank, account.purpose) == ("齐商银行", "改造工程款")
    again = opened | {"bank": "齐商银行", "purpose": "只用于文昌园工程款"}
    again["seen_version"] = value_in(page, "seen_version")
    assert slow.post(address, again).status_code == 302
    account.refresh_from_db()
    assert (account.bank, account.purpose) == ("齐商银行", "只用于文昌园工程款")


def test_a_closing_is_taken_back_on_its_page(client_of: SignIn, account: ProjectAccount) -> None:
    client = client_of("bureau")
    page, reopen = (
        reverse(f"funding:{name}", args=[account.pk]) for name in ("account", "account_reopen")
    )
    close = reverse("funding:account_close", args=[account.pk])
    assert reopen not in client.get(page).content.decode()
    assert client.post(reopen, {"reason": "漏记"}).status_code == 422
    assert client.post(close, {"closed_on": "2025-04-30"}).status_code == 302
    assert reopen in client.get(page).content.decode()
    assert client.get(reopen).status_code == 200
    empty = client.post(reopen, {"reason": ""})
    assert empty.status_code == 422
    assert "撤销原因未填。" in empty.content.decode()
    assert client.post(reopen, {"reason": "漏记一笔到位"}).status_code == 302
    account.refresh_from_db()
    assert account.closed_on is None
    assert account.history.first().history_change_reason == "漏记一笔到位"  # type: ignore[attr-defined]


def test_the_number_is_shown_once_on_demand(client_of: SignIn, account: ProjectAccount) -> None:
    client = client_of("bureau")
    page = client.get(reverse("funding:account", args=[account.pk]))
    assert "**** **** **** 6789" in page.content.decode()
    assert "0456789" not in page.content.decode()
    shown = client.post(reverse("funding:account_reveal", args=[account.pk]))
    assert "1603001209200456789" in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    assert (
        client_of("zhonglou").post(reverse("funding:account_reveal", args=[account.pk])).status_code
        == 403
    )


def test_an_account_is_entered_and_the_next_receipt_asks_for_it(
    client_of: SignIn, project: Project, source: FundingSource, clock: Clock
) -> None:
    clock.at("2025-05-07 10:00")
    client = client_of("bureau")
    make_chain(project, source=source, allocated=100_000_000, received=0, released=0, paid=0)
    record = reverse("funding:record", args=[project.code])
    assert 'name="account"' not in client.get(record).content.decode()
    answer = client.post(
        reverse("funding:account_new", args=[project.code]),
        {
            "name": "专户", "bank": "齐鲁银行", "number": "6222 0202 0011 2233",
            "purpose": "工程款", "opened_on": "2025-03-01",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    account = ProjectAccount.objects.get()
    asked = {
        "source": source.pk,
        "stage": Stage.RECEIVED,
        "amount": "10",
        "occurred_on": "2025-4-1",
        "document_number": "进账单 0401",
    }
    refused = client.post(record, asked)
    assert refused.status_code == 422
    assert refused.content.decode().count("这个项目有专户，到位和支付须写明账户。") == 2
    assert client.post(record, asked | {"account": account.pk}).status_code == 302
    event = FundingEvent.objects.get(stage=Stage.RECEIVED)
    page = client.get(reverse("funding:event", args=[event.pk])).content.decode()
    assert "齐鲁银行（尾号 2233）" in page
    # A decision on paper goes through no account, whatever is chosen.
    released = asked | {"stage": Stage.RELEASED, "account": account.pk}
    assert client.post(record, released).status_code == 302


def test_an_old_receipt_is_named_from_the_list(
    client_of: SignIn, account: ProjectAccount, source: FundingSource
) -> None:
    events = make_chain(account.project, source=source, released=0, paid=0)
    client = client_of("bureau")
    page = client.get(reverse("funding:project_accounts", args=[account.project.code]))
    address = reverse("funding:account_name", args=[events[1].pk])
    assert address in page.content.decode()
    assert "1 笔收付未记账户" in page.content.decode()
    assert client.post(address, {"account": account.pk}).status_code == 302
    page = client.get(reverse("funding:project_accounts", args=[account.project.code]))
    assert address not in page.content.decode()


def test_a_statement_is_entered_with_its_scan(
    client_of: SignIn, account: ProjectAccount, clock: Clock
) -> None:
    clock.at("2025-05-07 10:00")
    client = client_of("bureau")
    address = reverse("funding:statement", args=[account.pk])
    values = {"month": "2025-04", "balance": "312.45"}
    file = SimpleUploadedFile("对账单.pdf", PDF, content_type="application/pdf")
    refused = client.post(address, values | {"scan": file})
    assert refused.status_code == 422
    assert "与台账余额相差 312.45 元，请说明差额。" in refused.content.decode()
    file = SimpleUploadedFile("对账单.pdf", PDF, content_type="application/pdf")
    answer = client.post(address, values | {"scan": file, "explanation": "存款利息"})
    assert answer.status_code == 302
    row = StatementBalance.objects.get()
    assert row.balance_fen == 31_245
    scan = reverse("funding:statement_scan", args=[row.pk])
    assert client.get(scan).content == PDF
    assert client_of("banyanglu").get(scan).status_code == 404
    assert client_of("npc").get(scan).status_code == 403


def test_the_list_filters_sorts_and_exports_the_same(
    client_of: SignIn, district: District, account: ProjectAccount, source: FundingSource
) -> None:
    make_chain(account.project, source=source, received=50_000_000, released=0, paid=0)
    bare = ProjectFactory(
        programme=account.project.programme, street=district.street("banyanglu"), name="无专户园"
    )
    make_chain(bare, source=source, received=90_000_000, released=0, paid=0)
    client = client_of("bureau")
    page = client.get(reverse("funding:accounts"), {"sort": "-received"}).content.decode()
    assert page.index("无专户园") < page.index("文昌园")
    assert "有到位资金，没有专户" in page
    only = client.get(reverse("funding:accounts"), {"show": "none"}).content.decode()
    assert "无专户园" in only
    assert "文昌园" not in only
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("funding:accounts_export"), {"show": "none"}).content)
    )
    cells = [cell.value for row in book["资金专户"].iter_rows() for cell in row]
    assert "无专户园" in cells
    assert "文昌园" not in cells
    theirs = client_of("zhonglou").get(reverse("funding:accounts")).content.decode()
    assert "文昌园" in theirs
    assert "无专户园" not in theirs


@pytest.mark.parametrize("count", [1, 3])
def test_queries(
    quiet_head: None,
    client_of: SignIn,
    district: District,
    project: Project,
    source: FundingSource,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
    clock: Clock,
) -> None:
    now = clock.at("2025-05-07 10:00")
    for number in range(count):
        each = ProjectFactory(programme=project.programme, street=project.street)
        values = AccountValues("甲", "乙", "丙", date(2025, 3, 1), f"62220202001122{number:02}")
        services.open_account(project=each, values=values, by=district.users["bureau"], now=now)
        make_chain(each, source=source, released=0, paid=0)
    client = client_of("bureau")
    client.get(reverse("funding:accounts"))
    with django_assert_num_queries(LIST):
        client.get(reverse("funding:accounts"))


#: Session 1, scope 4, head 1, streets 1, projects 1, accounts 1, events 1, namings 2, statements 1.
LIST = 12
