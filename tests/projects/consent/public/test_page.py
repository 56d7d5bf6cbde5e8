"""The page behind a QR code: what it says, what it takes, what a guess learns, what the log keeps."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from projects.consent.public.limits import MOST_MISSES, MOST_POSTS
from projects.consent.public.models import PublicRound, Submission
from projects.consent.services import links, rounds
from renovation.records.logs import json_formatter
from tests.conftest import Clock
from tests.projects.consent.scene import CANARY_NAME, CANARY_PHONE, Scene, make_scene

pytestmark = pytest.mark.django_db
LINK_AGE = "2025-05-07 10:00"


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return make_scene()


@pytest.fixture
def token(scene: Scene, clock: Clock) -> str:
    return links.issue_links(
        found=scene.round,
        households=scene.households[:1],
        by=scene.user("zhonglou"),
        now=clock.at(LINK_AGE),
    )[0].token


def address(token: str) -> str:
    return reverse("consent_public:answer", args=[token])


def test_it_shows_place_plan_and_question_and_nobodys_name(client: Client, token: str) -> None:
    answer = client.get(address(token))
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in (
        "文昌园小区",
        "1号楼1单元101室",
        "改造方案第一稿",
        "您是否同意本小区列入改造？",
        "6月30日截止",
    ):
        assert words in page
    for secret in (CANARY_NAME, CANARY_PHONE, "欧**", "139****9876", "<script", "/sign-in/"):
        assert secret not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "strict-origin"  # the path is the link
    assert "no-store" in answer["Cache-Control"]


def test_an_answer_is_taken_once_and_the_page_says_so(client: Client, token: str) -> None:
    answer = client.post(
        address(token), {"choice": "agree", "opinion": "请留消防通道"}, follow=True
    )
    assert answer.redirect_chain == [(address(token), 302)]
    assert "这一户已经答复，谢谢。" in answer.content.decode()
    again = client.post(address(token), {"choice": "disagree"})
    assert (again.status_code, "已经答复" in again.content.decode()) == (200, True)
    assert Submission.objects.get().choice == "agree"
    assert "请留消防通道" not in again.content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "请选一项答复。"),
        ({"choice": "maybe"}, "请从所列答复中选一项。"),
        ({"choice": "undecided"}, "请写下您的意见。"),
        ({"choice": "agree", "opinion": "长" * 501}, "不超过 500 个字。"),
    ],
)
def test_a_faulty_answer_comes_back_with_what_was_typed(
    client: Client, token: str, given: dict[str, str], said: str
) -> None:
    answer = client.post(address(token), given)
    page = answer.content.decode()
    assert (answer.status_code, said in page) == (422, True)
    assert given.get("opinion", "") in page
    assert not Submission.objects.exists()


def test_a_menu_is_chosen_from_up_to_its_limit(client: Client, token: str) -> None:
    snapshot = PublicRound.objects.get()
    snapshot.content |= {
        "items": [
            {"id": 3, "name": "加装电梯"},
            {"id": 5, "name": "充电桩"},
            {"id": 8, "name": "停车位"},
        ],
        "most_items": 2,
    }
    snapshot.save()
    assert "最多选 2 项，可以不选。" in client.get(address(token)).content.decode()
    many = client.post(address(token), {"choice": "agree", "items": ["3", "5", "8"]})
    assert (many.status_code, "您选了 3 项" in many.content.decode()) == (422, True)
    strange = client.post(address(token), {"choice": "agree", "items": ["4"]})
    assert (strange.status_code, "请从所列内容中选。" in strange.content.decode()) == (422, True)
    client.post(address(token), {"choice": "agree", "items": ["3", "8"]})
    assert Submission.objects.get().items == [3, 8]


def test_every_guess_meets_the_same_answer(
    client: Client, scene: Scene, token: str, clock: Clock
) -> None:
    revoked = token
    links.issue_links(
        found=scene.round,
        households=scene.households[:1],
        by=scene.user("zhonglou"),
        now=clock.at(LINK_AGE),
    )
    guesses = ["x", "A" * 24, revoked[:-1], revoked, "A" * 500]
    answers = [client.get(address(guess)) for guess in guesses]
    answers += [client.post(address(guess), {"choice": "agree"}) for guess in guesses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "文昌园" not in answers[0].content.decode()
    assert not Submission.objects.exists()


def test_a_link_of_a_closed_round_and_an_expired_one_say_so_calmly(
    client: Client, scene: Scene, token: str, clock: Clock
) -> None:
    clock.at("2025-06-07 00:00")
    late = client.post(address(token), {"choice": "agree"})
    assert (late.status_code, "过了有效期" in late.content.decode()) == (200, True)
    rounds.close_round(
        found=scene.round, by=scene.user("zhonglou-head"), now=clock.at("2025-05-20 10:00")
    )
    over = client.get(address(token))
    assert (over.status_code, "这一轮征询已经结束" in over.content.decode()) == (200, True)
    assert not Submission.objects.exists()


def test_who_guesses_is_held_up_and_a_resident_elsewhere_is_not(client: Client, token: str) -> None:
    for _ in range(MOST_MISSES):
        assert client.get(address("x")).status_code == 404
    assert client.get(address("x")).status_code == 429
    assert client.get(address(token)).status_code == 429
    assert client.get(address(token), REMOTE_ADDR="198.51.100.7").status_code == 200


def test_posts_of_one_address_are_limited(client: Client, token: str) -> None:
    for _ in range(MOST_POSTS):
        assert client.post(address(token), {}).status_code == 422
    assert client.post(address(token), {"choice": "agree"}).status_code == 429


def test_a_post_without_its_csrf_token_is_refused(token: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address(token), {"choice": "agree"}).status_code == 403
    assert not Submission.objects.exists()


def test_neither_token_nor_words_reach_the_log(client: Client, token: str, capfd: Any) -> None:
    stream = logging.StreamHandler()
    stream.setFormatter(json_formatter())
    root = logging.getLogger()
    root.addHandler(stream)
    before = root.level
    root.setLevel(logging.DEBUG)
    try:
        client.get(address(token))
        client.get(address(token[:-1]))
        client.post(address(token), {"choice": "agree", "opinion": "金丝雀意见"})
    finally:
        root.removeHandler(stream)
        root.setLevel(before)
    written = capfd.readouterr().err
    assert "request_finished" in written
    assert "/c/…" in written
    for secret in (token, token[:-1], "金丝雀意见"):
        assert secret not in written
