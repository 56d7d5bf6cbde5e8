"""People and programs at work: every act goes through a page or the API, as it would from outside."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from projects.ledger.models import Project
from renovation.accounts.enums import TokenScope
from renovation.accounts.services import issue_token
from renovation.intake.models import Upload
from renovation.intake.tasks import read_upload
from supervision.weekly.models import WeeklyReturn
from tests.conftest import Clock
from tests.factories.accounts import PASSWORD, District

from .reading import form_of

API = "/api/v1"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def evidence(name: str = "依据.pdf") -> SimpleUploadedFile:
    """A file of proof; each is another file."""
    return SimpleUploadedFile(name, PDF + name.encode(), content_type="application/pdf")


@dataclass
class Hands:
    """The district's people in their browsers, and the programs that hold their tokens."""

    district: District
    clock: Clock
    now: datetime = field(init=False)
    browsers: dict[str, Client] = field(default_factory=dict)
    tokens: dict[tuple[str, str], tuple[datetime, str]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    program: Client = field(default_factory=Client)

    def at(self, moment: datetime) -> datetime:
        """Let it be that moment."""
        self.now = self.clock.at(moment.strftime("%Y-%m-%d %H:%M:%S"))
        return self.now

    # -- a browser -------------------------------------------------------------------------------
    def person(self, name: str) -> Client:
        """Somebody's browser, signed in through the page when first needed."""
        if name not in self.browsers:
            client = Client()
            user = self.district.users[name].username
            done = client.post("/accounts/sign-in/", {"username": user, "password": PASSWORD})
            assert done.status_code == 302, done.content.decode()
            self.browsers[name] = client
        return self.browsers[name]

    def see(self, name: str, path: str, **query: Any) -> str:
        """A page that somebody opens."""
        answer = self.person(name).get(path, query)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.content.decode())

    def post(self, name: str, path: str, fields: Mapping[str, Any] | None = None) -> str:
        """A form that somebody sends and that is taken; the address that follows."""
        answer = self.person(name).post(path, fields or {})
        said = re.findall(r'class="[^"]*(?:error|fault)[^"]*"[^>]*>(.*?)</', answer.content.decode(), re.DOTALL)  # fmt: skip
        assert answer.status_code == 302, (name, path, fields, answer.status_code, said)
        return str(answer.headers["Location"])

    def fill(self, name: str, path: str, naming: str, **typed: Any) -> str:
        """Open a page, change fields of the form that has the field ``naming``, send it."""
        return self.post(name, path, form_of(self.see(name, path), naming) | typed)

    def number(self, code: str) -> int:
        """A project's number in addresses and names of fields."""
        if code not in self.ids:
            self.ids[code] = Project.objects.get(code=code).pk
        return self.ids[code]

    # -- a program -------------------------------------------------------------------------------
    def headers(self, name: str, scope: TokenScope, key: str = "") -> dict[str, str]:
        since, token = self.tokens.get((name, scope), (self.now, ""))
        if not token or self.now - since > timedelta(days=300):  # a token lives a year at most
            user = self.district.users[name]
            _, token = issue_token(user=user, scope=scope, days=366, now=self.now)
            self.tokens[name, scope] = (self.now, token)
        found = {"Authorization": f"Bearer {token}"}
        return found | ({"Idempotency-Key": key} if key else {})

    def ask(self, name: str, path: str, **query: Any) -> Any:
        """What the API says to a token that reads figures."""
        answer = self.program.get(API + path, query, headers=self.headers(name, TokenScope.READ))
        assert answer.status_code == 200, (path, query, answer.content.decode())
        return json.loads(answer.content)

    def call(self, name: str, path: str, body: Any = None, *, file: bytes | None = None) -> Any:
        """A POST of a program under a key, sent twice: the second time answers what the first did."""
        key = f"{path}-{self.now:%Y%m%d%H%M%S}"
        answers = []
        for _ in range(2):
            sent: dict[str, Any] = {"headers": self.headers(name, TokenScope.RETURNS, key)}
            if file is None:
                answer = self.program.post(
                    API + path, json.dumps(body or {}), content_type="application/json", **sent
                )
            else:
                answer = self.program.post(
                    API + path, {"file": SimpleUploadedFile("周报.xlsx", file)}, **sent
                )
            assert answer.status_code in {200, 201, 202}, (path, answer.content.decode())
            answers.append(json.loads(answer.content))
        assert answers[0] == answers[1]
        return answers[0]

    # -- workbooks -------------------------------------------------------------------------------
    def bring(self, name: str, path: str, change: Callable[[Any], None]) -> Upload:
        """Download a page's template, write into it, upload it, confirm what was read."""
        given = self.person(name).get(f"{path}template/")
        if given.status_code == 404:
            given = self.person(name).get(f"{path}export/")
        assert given.status_code == 200, path
        return self.confirmed(name, self.uploaded(name, path, written(given.content, change)))

    def uploaded(self, name: str, path: str, content: bytes) -> Upload:
        """A workbook sent by a page and read as the worker does."""
        after = self.post(name, path, {"file": SimpleUploadedFile("表.xlsx", content)})
        (pk,) = re.findall(r"/uploads/(\d+)/", after)
        read_upload(upload_id=int(pk))
        return Upload.objects.get(pk=pk)

    def confirmed(self, name: str, upload: Upload) -> Upload:
        """What was read without a fault, written; a question is answered by what stands in its row."""
        faults = [fault for fault in upload.faults if fault["severity"] == "error"]
        assert (upload.state, faults) == ("preview", []), (upload.pipeline, faults)
        self.post(name, f"/uploads/{upload.pk}/confirm/", {"act": "write"})
        return upload

    def return_now(self, monday: date, street: str) -> WeeklyReturn:
        """The newest version of a return."""
        rows = WeeklyReturn.objects.filter(street__code=street, week_start=monday)
        return rows.order_by("-version")[0]

    def act(self, name: str, monday: date, street: str, act: str, **words: str) -> None:
        """An act on a return by its page."""
        self.post(name, f"/weekly/{monday}/{street}/act/{act}/", words)


def written(content: bytes, change: Callable[[Any], None]) -> bytes:
    """A workbook after somebody wrote into it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def columns_of(sheet: Any, naming: str) -> tuple[int, dict[str, int]]:
    """The row of the header that holds a word, and the columns by their words."""
    for row in sheet.iter_rows():
        if any(cell.value == naming for cell in row):
            return row[0].row, {str(cell.value): cell.column for cell in row if cell.value}
    raise AssertionError(f"no header “{naming}”")


def add_rows(naming: str, rows: list[dict[str, Any]]) -> Callable[[Any], None]:
    """Write rows under the header of the first sheet, by its words."""

    def change(book: Any) -> None:
        sheet = book.worksheets[0]
        head, columns = columns_of(sheet, naming)
        for number, row in enumerate(rows, start=1):
            for word, value in row.items():
                sheet.cell(head + number, columns[word]).value = value

    return change


def days_later(moment: datetime, days: int = 0, hours: int = 0) -> datetime:
    return moment + timedelta(days=days, hours=hours)
