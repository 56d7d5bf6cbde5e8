"""The gallery shows everything, the head shows what one may open, the error pages stand alone."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from renovation.accounts.enums import Role
from renovation.accounts.models import Membership, Organisation
from renovation.face import navigation
from renovation.face.navigation import Navigation
from renovation.face.templatetags import face
from tests.factories.accounts import BureauFactory, make_user, scope_for

TEMPLATE = (navigation.settings.BASE_DIR / "templates" / "gallery.html").read_text(encoding="utf-8")


@pytest.fixture
def leader(client: Client, db: None) -> Client:
    client.force_login(
        make_user(BureauFactory(), Role.LEADER, "leader", must_change_password=False)
    )
    return client


def test_gallery_asks_for_sign_in(client: Client, db: None) -> None:
    assert client.get("/gallery/").status_code == 302


def test_gallery_shows_every_component(leader: Client) -> None:
    answer = leader.get("/gallery/")
    assert answer.status_code == 200
    not_components = {"script", "message_alert"}
    unseen = {
        tag
        for tag in face.register.tags
        if tag not in not_components and f"{{% {tag} " not in TEMPLATE + "{% field "
    }
    # Blocks without arguments are opened as {% lead %}; the frame of a field is drawn by {{ form }}.
    assert {tag for tag in unseen if f"{{% {tag} %}}" not in TEMPLATE} == set()


def test_gallery_obeys_the_policy(leader: Client) -> None:
    answer = leader.get("/gallery/")
    html = answer.content.decode()
    assert re.findall(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", html) == []
    assert re.findall(r"<script(?![^>]*src=)", html) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_gallery_has_no_doubled_ids_and_labels_reach_their_fields(leader: Client) -> None:
    html = leader.get("/gallery/").content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    for target in re.findall(r'<label[^>]*\sfor="([^"]+)"', html):
        assert target in ids


def test_gallery_measures_the_contrast_it_prints(leader: Client) -> None:
    html = leader.get("/gallery/").content.decode()
    found = re.findall(r"<b>([^<]+)</b><span>(#\w+)</span><span>([^<]*)</span>", html)
    assert ("墨", "#1a222b", "16.1 : 1") in found
    assert ("朱红底", "#fbefed", "墨 14.3 : 1") in found
    assert len(found) == 12


def _navigation(role: Role | None, path: str = "/") -> Navigation:
    request = RequestFactory().get(path)
    if role is not None:
        user = make_user(BureauFactory(), role, must_change_password=False)
        request.user = user
        request.scope = scope_for(user)  # type: ignore[attr-defined]
    return Navigation(request)


def test_sections_without_a_page_are_not_shown(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = navigation.Section("函件", "letters:none", frozenset())
    here = navigation.Section("样式", "face:gallery", frozenset())
    monkeypatch.setattr(navigation, "SECTIONS", (missing, here))
    entries = _navigation(Role.LEADER, "/gallery/").sections
    assert [(e.label, e.href, e.chosen) for e in entries] == [("样式", "/gallery/", True)]


def test_sections_follow_permissions(db: None) -> None:
    shown = {
        role: {e.label for e in _navigation(role).sections}
        for role in (Role.AUDITOR, Role.CONTRACTOR)
    }
    assert shown[Role.AUDITOR] == set()
    assert shown[Role.CONTRACTOR] == {"项目", "周调度"}
    assert _navigation(None).sections == []


def test_one_word_leads_each_to_the_page_that_is_theirs(db: None) -> None:
    """周调度: the meetings for bureau and streets, its own items for a company, the issued sheets for who reads papers
    alone."""
    hrefs = {
        role: [e.href for e in _navigation(role).sections if e.label == "周调度"]
        for role in (Role.BUREAU, Role.CLERK, Role.CONTRACTOR, Role.OFFICE)
    }
    assert hrefs == {
        Role.BUREAU: ["/dispatch/"],
        Role.CLERK: ["/dispatch/"],
        Role.CONTRACTOR: ["/dispatch/items/"],
        Role.OFFICE: ["/papers/sheets/"],
    }


def test_the_sheets_belong_to_the_section_of_the_meetings(db: None) -> None:
    nav = _navigation(Role.BUREAU)
    nav.request.path = "/papers/sheets/"
    assert [entry.label for entry in nav.sections if entry.chosen] == ["周调度"]


def test_who_must_change_the_password_is_offered_nothing_else(db: None) -> None:
    user = make_user(BureauFactory(), Role.LEADER, must_change_password=True)
    request = RequestFactory().get("/")
    request.user = user
    request.scope = scope_for(user)  # type: ignore[attr-defined]
    nav = Navigation(request)
    assert (nav.sections, nav.search_href, nav.todo_href) == ([], "", "")


def test_the_longest_address_is_the_chosen_section() -> None:
    hrefs = ["/", "/projects/", "/projects/wall/"]
    longest = Navigation._longest
    assert longest("/projects/wall/2025/", hrefs) == "/projects/wall/"
    assert longest("/projects/ZC2025-01/", hrefs) == "/projects/"
    assert longest("/", hrefs) == "/"
    assert longest("/weekly/", hrefs) == ""


def test_a_visitor_sees_the_bureau_only_where_there_is_one(db: None) -> None:
    BureauFactory(name="淄川区住房和城乡建设局", district_name="淄川区")
    assert _navigation(None).district_name == "淄川区"
    BureauFactory(name="博山区住房和城乡建设局", district_name="博山区")
    assert _navigation(None).organisation_name == ""
    assert Organisation.objects.count() == 2
    assert Membership.objects.count() == 0


@pytest.mark.parametrize("name", ["400", "403", "404", "409", "500", "csrf"])
def test_error_pages_stand_without_request_and_database(name: str) -> None:
    html = render_to_string(f"errors/{name}.html", {"error_id": "7d531857cdfc"})
    assert '<b class="num">7d531857cdfc</b>' in html
    assert "<h1>" in html


def test_error_page_says_the_given_sentence() -> None:
    assert "先更正第37周。" in render_to_string("errors/409.html", {"message": "先更正第37周。"})


def test_unknown_address_has_its_page(leader: Client) -> None:
    answer = leader.get("/nirgends/")
    assert answer.status_code == 404
    assert "<h1>没有这一页</h1>" in answer.content.decode()


def test_sign_in_page_shows_notices_and_no_navigation(client: Client, db: None) -> None:
    BureauFactory(name="淄川区住房和城乡建设局", district_name="淄川区")
    html = client.get("/accounts/sign-in/").content.decode()
    assert "<h1>淄川区老旧小区改造监督</h1>" in html
    assert "<h2>通知</h2>" in html
    assert 'class="sections"' not in html
    assert "指标解释" not in html


def test_a_wrong_password_is_said_once_and_the_name_stays(client: Client, db: None) -> None:
    answer = client.post("/accounts/sign-in/", {"username": "songlinglu", "password": "x"})
    html = answer.content.decode()
    assert html.count("用户名或密码不对。") == 1
    assert 'value="songlinglu"' in html


def test_too_much_at_once_is_a_413_with_the_limit(client: Client, db: None, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
    answer = client.post("/accounts/sign-in/", {"username": "x" * 1024 * 1025})
    assert answer.status_code == 413
    assert "一次最多提交 1 MB，没有写入任何数据。" in answer.text
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    assert client.post("/accounts/sign-in/", {str(n): "" for n in range(4)}).status_code == 413
    settings.ALLOWED_HOSTS = ["portal.example"]
    assert (
        client.get("/accounts/sign-in/", headers={"host": "elsewhere.example"}).status_code == 400
    )
