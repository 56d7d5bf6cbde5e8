"""Signing in, being locked out, and the first password that must go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from renovation.accounts.passwords import CharacterClassValidator, ReuseValidator
from renovation.accounts.services import set_password
from renovation.console.services import reset_password
from tests.conftest import Clock
from tests.factories.accounts import PASSWORD, District, UserFactory, make_district

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/sign-in/"
CHANGE = "/accounts/password/"
NEW = "Zhonglou#2026"


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


def attempt(client: Client, username: str = "banyanglu", password: str = "wrong") -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password})


def user_of(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_signing_in_leads_home_and_out_again(client: Client, district: District) -> None:
    answer = attempt(client, password=PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert user_of(client) == str(district.users["banyanglu"].pk)
    assert client.get(SIGN_IN).status_code == 302
    client.post("/accounts/sign-out/")
    assert user_of(client) is None
    asked = client.get(reverse("console:users"))
    assert (asked.status_code, asked["Location"]) == (302, f"{SIGN_IN}?next=/console/users/")


def test_a_stranger_is_not_sent_elsewhere(client: Client, district: District) -> None:
    answer = client.post(
        SIGN_IN,
        {"username": "banyanglu", "password": PASSWORD, "next": "https://evil.example/"},
    )
    assert answer["Location"] == "/"


@pytest.mark.parametrize("username", ["banyanglu", "nobody"])
def test_a_wrong_pair_says_no_more_than_that(
    client: Client, district: District, username: str
) -> None:
    answer = attempt(client, username)
    text = answer.content.decode()
    assert "用户名或密码不对。" in text
    assert "停用" not in text
    assert user_of(client) is None


def test_an_inactive_user_looks_like_a_wrong_password(client: Client, district: District) -> None:
    user = district.users["banyanglu"]
    user.is_active = False
    user.save()
    answer = attempt(client, password=PASSWORD)
    assert "用户名或密码不对。" in answer.content.decode()
    assert user_of(client) is None


def test_five_wrong_tries_lock_the_account_for_a_quarter_of_an_hour(
    client: Client, district: District, clock: Clock
) -> None:
    for _ in range(4):
        assert attempt(client).status_code == 200
    fifth = attempt(client)
    assert fifth.status_code == 429
    assert "15 分钟后可以再试" in fifth.content.decode()
    assert attempt(client, password=PASSWORD).status_code == 429
    clock.at("2025-05-07 10:14")
    assert attempt(client, password=PASSWORD).status_code == 429
    assert user_of(client) is None
    clock.at("2025-05-07 10:30")
    assert attempt(client, password=PASSWORD).status_code == 302
    assert user_of(client) == str(district.users["banyanglu"].pk)


@pytest.mark.parametrize("username", ["banyanglu", "nobody"])
def test_a_wrong_try_says_how_many_are_left(
    client: Client, district: District, username: str
) -> None:
    """The same of a name that nobody has."""
    assert "连续输错 5 次，锁定 15 分钟。" in client.get(SIGN_IN).content.decode()
    for left in (4, 3, 2, 1):
        words = attempt(client, username).content.decode()
        assert f"用户名或密码不对。再输错 {left} 次，锁定 15 分钟。" in words
    assert attempt(client, username).status_code == 429


def test_a_reset_password_lifts_the_lock(client: Client, district: District, clock: Clock) -> None:
    """The page of the lock says so: 着急的，请本单位管理员重置密码."""
    for _ in range(5):
        attempt(client)
    password = reset_password(
        user=district.users["banyanglu"],
        by=district.users["admin"],
        now=clock.at("2025-05-07 10:02"),
    )
    assert attempt(client, password=password).status_code == 302


def test_another_user_of_the_same_office_is_not_locked(client: Client, district: District) -> None:
    for _ in range(5):
        attempt(client)
    assert attempt(client, "songlinglu", PASSWORD).status_code == 302


def test_a_success_forgets_the_wrong_tries(client: Client, district: District) -> None:
    for _ in range(2):
        for _ in range(4):
            assert attempt(client).status_code == 200
        assert attempt(client, password=PASSWORD).status_code == 302
        client.post("/accounts/sign-out/")


def test_who_must_change_the_password_is_led_there(client: Client, district: District) -> None:
    user = district.users["banyanglu"]
    user.must_change_password = True
    user.save()
    client.force_login(user)
    for address in ("/", "/console/users/", "/weekly/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, CHANGE)
    assert "先改密码，再办事。" in client.get(CHANGE).content.decode()
    assert client.get("/healthz").status_code == 503

    answer = client.post(
        CHANGE, {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")
    user.refresh_from_db()
    assert (user.must_change_password, user.check_password(NEW)) == (False, True)
    assert client.get("/").status_code == 200
    assert "先改密码，再办事。" not in client.get(CHANGE).content.decode()


OLD, FIRST, SECOND = "old_password", "new_password1", "new_password2"
CLASSES = "密码须含小写字母、大写字母、数字、符号中的三类。"
SHORT = "密码至少 10 个字符。"


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", NEW, NEW, {OLD: ["现在的密码不对。"]}),
        (PASSWORD, NEW, f"{NEW}x", {SECOND: ["两次输入的新密码不一样。"]}),
        (PASSWORD, PASSWORD, PASSWORD, {FIRST: ["不能与最近 5 次用过的密码相同。"]}),
        (PASSWORD, "zhonglou2026", "zhonglou2026", {FIRST: [CLASSES]}),
        (PASSWORD, "Zl#2026aB", "Zl#2026aB", {FIRST: [SHORT]}),
        (
            PASSWORD,
            "Zl#2026aB",
            "Zl#2026aC",
            {FIRST: [SHORT], SECOND: ["两次输入的新密码不一样。"]},
        ),
    ],
)
def test_a_bad_new_password_is_refused_where_it_was_typed(
    client: Client, district: District, old: str, new: str, again: str, said: dict[str, list[str]]
) -> None:
    user = district.users["banyanglu"]
    client.force_login(user)
    answer = client.post(CHANGE, {OLD: old, FIRST: new, SECOND: again})
    assert answer.status_code == 422
    assert answer.context["form"].errors == said
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("lowerUPPER12", True),
        ("lower-and-12", True),
        ("UPPER-AND-12", True),
        ("lower-UPPER-", True),
        ("淄川lower12", True),
        ("lowerUPPER", False),
        ("lower123456", False),
        ("1234567890-", False),
        ("", False),
    ],
)
def test_three_classes_of_characters(password: str, is_good: bool) -> None:
    if is_good:
        CharacterClassValidator().validate(password)
    else:
        with pytest.raises(ValidationError) as refused:
            CharacterClassValidator().validate(password)
        assert refused.value.code == "password_classes"


def test_the_last_five_passwords_are_remembered_and_no_more(clock: Clock) -> None:
    now = clock.at("2025-05-07 10:00")
    user = UserFactory()
    other = UserFactory()
    for number in range(6):
        set_password(user=user, password=f"Number-{number}", now=now + timedelta(days=number))
    for number in range(1, 6):
        with pytest.raises(ValidationError) as refused:
            ReuseValidator().validate(f"Number-{number}", user)
        assert refused.value.code == "password_reused"
    ReuseValidator().validate("Number-0", user)
    ReuseValidator().validate(PASSWORD, user)
    ReuseValidator().validate("Number-5", other)
    ReuseValidator().validate("Number-5", None)
