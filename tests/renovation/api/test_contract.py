"""The API as a program outside uses it (CONTRACT.md)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from renovation.accounts.enums import TokenScope
from renovation.accounts.models import ApiToken, User
from renovation.accounts.services import issue_token
from renovation.intake import services as intake
from renovation.intake.models import Upload
from reports.figures.api import FigureOut
from supervision.weekly.models import WeeklyReturn
from tests.workbooks.scene import NOW, WEEK, Scene, make_scene, put

BASE = "/api/v1"
RETURNS = f"{BASE}/weeks/{WEEK.key}/returns"


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


class Caller:
    """A program with a token."""

    def __init__(self, user: User, scope: TokenScope = TokenScope.RETURNS) -> None:
        self.client = Client()
        _, self.token = issue_token(user=user, scope=scope, days=30, now=NOW)

    def _headers(self, key: str) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}"}
        return headers | ({"Idempotency-Key": key} if key else {})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query, headers=self._headers(""))

    def post(self, path: str, body: Any = None, key: str = "") -> Any:
        return self.client.post(
            path,
            json.dumps(body or {}),
            content_type="application/json",
            headers=self._headers(key),
        )

    def send(self, path: str, content: bytes, key: str = "", name: str = "a.xlsx") -> Any:
        return self.client.post(
            path, {"file": SimpleUploadedFile(name, content)}, headers=self._headers(key)
        )


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def caller(scene: Scene, clock: Any) -> Callable[..., Caller]:
    return lambda name, scope=TokenScope.RETURNS: Caller(scene.district.users[name], scope)


def read_upload(pk: int) -> None:
    """What the worker does with the nudge."""
    assert intake.read(upload_id=pk, now=NOW)


def test_a_week_goes_from_the_workbook_to_approved(
    scene: Scene, caller: Callable[..., Caller], clock: Any
) -> None:
    clerk = caller("songlinglu")
    fetched = clerk.get(f"{RETURNS}/songlinglu/workbook")
    assert fetched.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(fetched.content))
    assert book["_portal"].sheet_state == "veryHidden"

    sent = clerk.send(f"{RETURNS}/songlinglu/uploads", scene.filled(put(I7=61.0)))
    assert sent.status_code == 202
    assert sent.json()["state"] == "received"
    pk = sent.json()["id"]
    read_upload(pk)
    preview = clerk.get(f"{BASE}/uploads/{pk}").json()
    assert "state" in preview, preview
    assert preview["state"] == "preview"
    assert [row["project"] for row in preview["preview"]] == [
        f"ZC2025-{n:02d}" for n in range(6, 13)
    ]
    (issue,) = [each for each in preview["issues"] if each["severity"] == "reason"]
    assert (issue["sheet"], issue["cell"]) == ("周报", "I7")

    refused = clerk.post(f"{BASE}/uploads/{pk}/confirm", {"answers": []})
    assert refused.status_code == 422
    answer = {"code": issue["code"], "project": "ZC2025-08", "reason": "两个班组同周完成"}
    unseen = clerk.post(f"{BASE}/uploads/{pk}/confirm", {"answers": [answer], "seen": "别的"})
    assert (unseen.status_code, unseen.json()["code"]) == (409, "upload.stale")
    seen = {"answers": [answer], "seen": preview["seen"]}
    done = clerk.post(f"{BASE}/uploads/{pk}/confirm", seen)
    assert done.json() == {"id": pk, "state": "committed", "taken": 7, "held": 0}

    row = WeeklyReturn.objects.get(street=scene.street, week_start=WEEK.start)
    submitted = clerk.post(f"{BASE}/returns/{row.pk}/submit")
    assert submitted.json() == {
        "id": row.pk,
        "street": "songlinglu",
        "week_start": WEEK.key,
        "version": 1,
        "state": "submitted",
    }
    again = clerk.post(f"{BASE}/returns/{row.pk}/submit")
    assert (again.status_code, again.json()["state"]) == (409, "submitted")
    assert clerk.post(f"{BASE}/returns/{row.pk}/review").status_code == 403

    back = caller("songlinglu-head").post(
        f"{BASE}/returns/{row.pk}/send-back", {"comment": "请补外墙进度"}
    )
    assert back.json()["state"] == "sent_back"
    assert clerk.post(f"{BASE}/returns/{row.pk}/submit").json()["state"] == "submitted"
    reviewed = caller("songlinglu-head").post(f"{BASE}/returns/{row.pk}/review")
    assert reviewed.json()["state"] == "reviewed"
    approved = caller("reviewer").post(f"{BASE}/returns/{row.pk}/approve")
    assert approved.json()["state"] == "approved"
    corrected = clerk.post(f"{BASE}/returns/{row.pk}/correct", {"reason": "投资填错"})
    assert (corrected.status_code, corrected.json()["version"]) == (201, 2)

    (line,) = [each for each in clerk.get(RETURNS).json() if each["street"] == "songlinglu"]
    assert (line["state"], line["version"]) == ("draft", 2)


def test_another_street_does_not_exist(caller: Callable[..., Caller], scene: Scene) -> None:
    clerk = caller("banyanglu")
    assert clerk.get(f"{RETURNS}/songlinglu/workbook").status_code == 404
    assert clerk.send(f"{RETURNS}/songlinglu/uploads", b"x").status_code == 404
    assert (
        clerk.post(f"{BASE}/returns/{scene.last_return.pk}/correct", {"reason": "x"}).status_code
        == 404
    )
    assert [each["street"] for each in clerk.get(RETURNS).json()] == ["banyanglu"]
    codes = [
        each["code"]
        for each in Caller(scene.district.users["banyanglu"], TokenScope.READ)
        .get(f"{BASE}/projects")
        .json()["items"]
    ]
    assert codes == ["ZC2025-01"]


def test_what_is_no_workbook_is_an_issue_and_no_fault(
    scene: Scene, caller: Callable[..., Caller]
) -> None:
    clerk = caller("songlinglu")
    sent = clerk.send(f"{RETURNS}/songlinglu/uploads", b"not a workbook")
    read_upload(sent.json()["id"])
    seen = clerk.get(f"{BASE}/uploads/{sent.json()['id']}").json()
    assert seen["state"] == "refused"
    assert [each["code"] for each in seen["issues"]] == ["W003"]


def test_figures_are_as_shown(scene: Scene, caller: Callable[..., Caller]) -> None:
    reader = caller("leader", TokenScope.READ)
    rows = reader.get(f"{BASE}/figures", year=2025, as_of="2025-09-14").json()
    assert isinstance(rows, list), rows
    by_name = {row["measure"]: row for row in rows}
    assert by_name["项目数"]["value"] == "8"
    assert by_name["项目数"]["scope"]["code"] == "zichuan-bureau"
    assert by_name["更正率"] == by_name["更正率"] | {
        "value": "0.0",
        "numerator": "0",
        "denominator": "1",
    }
    lights = reader.get(f"{BASE}/figures", year=2025, as_of="2025-09-14", level="project").json()
    assert {row["value"] for row in lights if row["measure"] == "亮灯"} <= {"红", "黄", "绿", "灰"}
    assert reader.get(f"{BASE}/figures", year=1999).status_code == 422
    assert reader.get(f"{BASE}/figures", year=2030).status_code == 404


def test_figures_come_in_pages_where_pages_are_asked_for(
    scene: Scene, caller: Callable[..., Caller]
) -> None:
    reader = caller("leader", TokenScope.READ)
    asked = {"year": 2025, "as_of": "2025-09-14", "level": "project"}
    whole = reader.get(f"{BASE}/figures", **asked)
    assert whole.headers["X-Total-Count"] == "8"
    assert "Link" not in whole.headers
    assert all(FigureOut.model_validate(row) for row in whole.json())
    first = reader.get(f"{BASE}/figures", **asked, limit=5, measure="偏差")
    assert first.headers["X-Total-Count"] == "8"
    address = first.headers["Link"].removesuffix('>; rel="next"').removeprefix("<")
    assert "offset=5" in address
    rest = reader.get(address.removeprefix("http://testserver"))
    assert "Link" not in rest.headers
    assert (len(first.json()), len(rest.json())) == (5, 3)
    assert first.json() + rest.json() == [row for row in whole.json() if row["measure"] == "偏差"]
    assert reader.get(f"{BASE}/figures", **asked, measure="没有").status_code == 422
    assert reader.get(f"{BASE}/figures", **asked, limit=0).status_code == 422
    assert reader.get(f"{BASE}/figures", **asked, offset=8).json() == []


class TestTokens:
    def test_no_token_is_401_as_a_problem(self, scene: Scene) -> None:
        answer = Client().get(f"{BASE}/projects")
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "token.invalid"

    def test_a_reading_token_does_not_write(
        self, caller: Callable[..., Caller], scene: Scene
    ) -> None:
        reader = caller("songlinglu", TokenScope.READ)
        assert reader.post(f"{BASE}/returns/{scene.last_return.pk}/submit").status_code == 403
        assert reader.get(RETURNS).status_code == 200

    @pytest.mark.parametrize(
        "change",
        [
            lambda token: ApiToken.objects.update(expires_at=NOW - timedelta(seconds=1)),
            lambda token: ApiToken.objects.update(revoked_at=NOW),
            lambda token: User.objects.filter(username="leader").update(is_active=False),
        ],
    )
    def test_an_expired_revoked_or_orphaned_token_is_none(
        self, caller: Callable[..., Caller], change: Callable[[str], Any]
    ) -> None:
        reader = caller("leader", TokenScope.READ)
        assert reader.get(f"{BASE}/projects").status_code == 200
        change(reader.token)
        assert reader.get(f"{BASE}/projects").status_code == 401

    def test_a_token_is_kept_as_a_digest_and_printed_once(self, scene: Scene) -> None:
        out = io.StringIO()
        call_command("issue_token", user="leader", scope="read", days=3, stdout=out)
        token = out.getvalue().splitlines()[-1]
        assert token.startswith("rdp_")
        row = ApiToken.objects.get(user__username="leader")
        assert token not in (row.digest, row.hint)
        assert row.hint == token[-4:]


class TestIdempotency:
    def test_the_same_call_answers_the_same(
        self, scene: Scene, caller: Callable[..., Caller]
    ) -> None:
        clerk = caller("songlinglu")
        content = scene.filled()
        first = clerk.send(f"{RETURNS}/songlinglu/uploads", content, key="k1")
        second = clerk.send(f"{RETURNS}/songlinglu/uploads", content, key="k1")
        assert (first.status_code, second.status_code) == (202, 202)
        assert first.content == second.content
        assert second.headers["Idempotent-Replayed"] == "true"
        assert Upload.objects.count() == 1

    def test_another_body_under_the_key_is_409(
        self, scene: Scene, caller: Callable[..., Caller]
    ) -> None:
        clerk = caller("songlinglu")
        clerk.send(f"{RETURNS}/songlinglu/uploads", b"one", key="k1")
        other = clerk.send(f"{RETURNS}/songlinglu/uploads", b"two", key="k1")
        assert (other.status_code, other.json()["code"]) == (409, "idempotency")
        assert Upload.objects.count() == 1

    def test_a_key_is_per_user_and_path(self, scene: Scene, caller: Callable[..., Caller]) -> None:
        clerk = caller("songlinglu")
        sent = clerk.send(f"{RETURNS}/songlinglu/uploads", b"one", key="k1")
        read_upload(sent.json()["id"])
        other = caller("banyanglu").send(f"{RETURNS}/banyanglu/uploads", b"one", key="k1")
        assert other.status_code == 202
        assert other.json()["id"] != sent.json()["id"]

    def test_a_key_is_forgotten_after_seven_days(
        self, scene: Scene, caller: Callable[..., Caller], clock: Any
    ) -> None:
        clerk = caller("songlinglu")
        clerk.send(f"{RETURNS}/songlinglu/uploads", b"one", key="k1")
        clock.move_to(NOW + timedelta(days=7, seconds=1))
        later = clerk.send(f"{RETURNS}/songlinglu/uploads", b"two", key="k1")
        assert "Idempotent-Replayed" not in later.headers
        assert later.json().get("code") != "idempotency"


def test_the_schema_names_every_operation_of_the_contract(client: Client, db: None) -> None:
    schema = client.get(f"{BASE}/openapi.json").json()
    assert {
        (method.upper(), path.removeprefix(BASE))
        for path, operations in schema["paths"].items()
        for method in operations
    } == {
        ("GET", "/figures"),
        ("GET", "/projects"),
        ("GET", "/projects/{code}"),
        ("GET", "/weeks/{week_start}/returns"),
        ("GET", "/weeks/{week_start}/returns/{street}/workbook"),
        ("POST", "/weeks/{week_start}/returns/{street}/uploads"),
        ("GET", "/uploads/{pk}"),
        ("POST", "/uploads/{pk}/confirm"),
        ("POST", "/returns/{pk}/submit"),
        ("POST", "/returns/{pk}/review"),
        ("POST", "/returns/{pk}/approve"),
        ("POST", "/returns/{pk}/send-back"),
        ("POST", "/returns/{pk}/correct"),
        ("GET", "/documents"),
        ("GET", "/documents/{pk}"),
        ("GET", "/documents/{pk}/pdf"),
        ("GET", "/documents/{pk}/xlsx"),
    }


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (f"{BASE}/weeks/0001-01-01/returns", {}, 404),
        (f"{BASE}/weeks/9999-12-27/returns", {}, 404),
        (f"{BASE}/figures", {"as_of": "0001-01-03", "period": "week", "year": "2025"}, 422),
    ],
)
def test_a_day_beyond_the_known_years_is_refused(
    caller: Callable[..., Caller], path: str, query: dict[str, str], status: int
) -> None:
    scope = TokenScope.READ if path.endswith("figures") else TokenScope.RETURNS
    assert caller("bureau", scope).get(path, **query).status_code == status
