"""The pages of an upload: without scripts, in scope, and never a 500."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from renovation.intake import services
from renovation.intake.models import Upload, UploadState
from renovation.intake.pipelines import RuleScope
from renovation.records.models import AuditEntry
from supervision.weekly.intake import WEEKLY
from supervision.weekly.models import WeeklyReturn
from tests.conftest import Clock
from tests.factories.weekly import WeeklyReturnFactory
from tests.workbooks.cases import CASES, Case
from tests.workbooks.scene import NOW, WEEK, Scene, make_scene, put, shift

PICTURE = put(I6="=G6+3", I7=61, J7=214.8, J9="98.5O", P10="2025年9月31日", S7="两个班组同周完成")


@pytest.fixture(autouse=True)
def _now(clock: Clock) -> None:
    clock.at("2025-09-19 10:24")


def signed_in(scene: Scene, user: str = "songlinglu") -> Client:
    client = Client()
    client.force_login(scene.district.users[user])
    return client


def upload_href(street: str = "songlinglu", week: str = WEEK.key) -> str:
    return reverse("weekly:upload", kwargs={"week_start": week, "street": street})


def send(client: Client, content: bytes, name: str = "周报.xlsx", **place: str) -> Any:
    return client.post(upload_href(**place), {"file": SimpleUploadedFile(name, content)})


def text_of(response: Any) -> str:
    """What a reader sees, blanks folded."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", body)


def test_a_return_sent_in_time_and_mended_is_not_called_late(scene: Scene, clock: Clock) -> None:
    clock.at("2025-09-20 10:00")  # between due and closing
    client = signed_in(scene)

    def shown() -> str:
        send(client, scene.filled(put(I6=30)))
        upload = Upload.objects.order_by("-pk")[0]
        services.read(upload_id=upload.pk, now=upload.received_at)
        return text_of(client.get(reverse("intake:upload", args=[upload.pk])))

    assert "截止 9月19日 17:00 已过，9月22日 12:00 关闭，现在报送为迟报" in shown()
    WeeklyReturnFactory(
        street=scene.district.street("songlinglu"), week_start=WEEK.start, is_submitted=True
    )
    WeeklyReturn.objects.filter(state="submitted").update(state="sent_back")
    page = shown()
    assert "截止 9月19日 17:00 已按时报过，9月22日 12:00 关闭以前改好再报不算迟报" in page
    assert "现在报送为迟报" not in page


def test_a_question_on_a_faulty_row_is_not_called_explained(scene: Scene) -> None:
    client = signed_in(scene)

    def shown(spoil: Any) -> str:
        send(client, scene.filled(spoil))
        upload = Upload.objects.order_by("-pk").first()
        assert upload is not None
        services.read(upload_id=upload.pk, now=upload.received_at)
        return text_of(client.get(reverse("intake:upload", args=[upload.pk])))

    assert "已填说明" not in shown(put(I6=30, J6="=1+1"))
    answered = shown(put(I6=30, J6="=1+1", S6="监理复核后调低"))
    assert "另有 1 处已填说明：周报!I6" in answered


# -- from the form to the return, without scripts ----------------------------------------------------
def test_a_clerk_uploads_looks_confirms(scene: Scene) -> None:
    client = signed_in(scene)
    page = client.get(upload_href())
    assert "第 2 步，共 4 步" in text_of(page)
    answer = send(client, scene.filled(PICTURE), "松龄路第38周.xlsx")
    upload = Upload.objects.get()
    href = reverse("intake:upload", args=[upload.pk])
    assert (answer.status_code, answer["Location"]) == (302, href)

    waiting = client.get(href)
    assert "排队中" in text_of(waiting)
    assert b'<noscript><meta http-equiv="refresh"' in waiting.content
    assert client.get(reverse("intake:progress", args=[upload.pk])).content.count(b"hx-get") == 1
    services.read(upload_id=upload.pk, now=upload.received_at)
    done = client.get(reverse("intake:progress", args=[upload.pk]))
    assert (done.status_code, done["HX-Redirect"]) == (200, href)

    shown = client.get(href)
    words = text_of(shown)
    assert "3 处有错，改正后才能接收" in words
    assert "周报!J9 松龄东苑 累计完成投资（万元）不是数：98.5O" in words.replace("　", " ")
    assert "7 行 / 应有 7 行" in words
    assert "写入 4 行，暂留 3 行" in words
    assert shown.content.count(b'value="take" disabled') == 3
    assert b'name="reason-7"' in shown.content
    assert 'value="两个班组同周完成"'.encode() in shown.content

    answer = client.post(reverse("intake:confirm", args=[upload.pk]), {"act": "write"}, follow=True)
    assert "已写入 4 行，暂留 3 行。" in text_of(answer)
    assert set(scene.stored()) == {"ZC2025-06", "ZC2025-08", "ZC2025-09", "ZC2025-12"}
    assert b'name="decision-5"' not in answer.content


def test_a_preview_that_would_write_nothing_does_not_offer_to_write(scene: Scene) -> None:
    client = signed_in(scene)
    upload = scene.upload(scene.filled(put(I5=101)))
    confirm = reverse("intake:confirm", args=[upload.pk])
    held = {f"decision-{row}": "hold" for row in range(6, 12)}
    refused = client.post(confirm, {"act": "write", **held})
    assert refused.status_code == 422
    words = text_of(refused)
    said = "没有行要写入：6 行选了暂留，1 行有错。 要写入的改为接收，有错的改正后重新上传。"
    assert said in words
    assert "没有行要写入，暂留 7 行。" in words
    assert ("按以上处理确认" in words, "写入 0 行" in words) == (True, False)
    assert scene.stored() == {}
    faulty = scene.upload(
        scene.filled(put(**{f"I{row}": 101 for row in range(5, 12)})), now=shift(NOW, minutes=1)
    )
    words = text_of(client.get(reverse("intake:upload", args=[faulty.pk])))
    assert ("没有可写入的行" in words, "写入 0 行" in words) == (True, False)


def test_decisions_and_reasons_are_kept_with_the_form(scene: Scene) -> None:
    client = signed_in(scene)
    upload = scene.upload(scene.filled(put(I8=33, I5=70.0)))
    confirm = reverse("intake:confirm", args=[upload.pk])

    refused = client.post(
        confirm, {"act": "write", "decision-5": "hold", "decision-8": "take", "reason-8": ""}
    )
    assert refused.status_code == 422
    assert "1 行还没有填情况说明：ZC2025-09。 填写说明，或把它们改为暂留。" in text_of(refused)
    assert "请填写说明，或改为暂留" in text_of(refused)
    assert "写入 6 行，暂留 1 行" in text_of(refused)
    assert scene.stored() == {}

    saved = client.post(
        confirm,
        {"act": "save", "decision-5": "hold", "decision-8": "take", "reason-8": "上周多报"},
        follow=True,
    )
    assert "说明和处理已保存。 还没有写入。" in text_of(saved)
    assert 'value="上周多报"'.encode() in saved.content

    written = client.post(
        confirm,
        {"act": "write", "decision-5": "take", "decision-8": "take", "reason-8": "上周多报"},
        follow=True,
    )
    assert "已写入 7 行。" in text_of(written)
    assert scene.stored()["ZC2025-09"]["explanation"] == "上周多报"


def test_looking_at_some_rows_keeps_what_was_typed(scene: Scene) -> None:
    client = signed_in(scene)
    upload = scene.upload(scene.filled(put(I8=33, J9="98.5O")))
    confirm = reverse("intake:confirm", args=[upload.pk])
    moved = client.post(confirm, {"show": "faulty", "decision-8": "take", "reason-8": "上周多报"})
    assert moved["Location"] == reverse("intake:upload", args=[upload.pk]) + "?show=faulty#rows"
    page = client.get(moved["Location"])
    assert b'id="r9"' in page.content
    assert b'id="r8"' not in page.content
    assert "写入 6 行，暂留 1 行" in text_of(page)
    client.post(confirm + "?show=faulty", {"act": "write"})
    assert scene.stored()["ZC2025-09"]["explanation"] == "上周多报"
    assert len(scene.stored()) == 6


def test_confirming_twice_writes_once(scene: Scene) -> None:
    client = signed_in(scene)
    upload = scene.upload(scene.filled())
    confirm = reverse("intake:confirm", args=[upload.pk])
    client.post(confirm, {"act": "write"})
    entries = AuditEntry.objects.count()
    again = client.post(confirm, {"act": "write"}, follow=True)
    assert again.status_code == 200
    assert AuditEntry.objects.count() == entries


def test_a_refused_confirmation_is_no_success(scene: Scene, clock: Clock) -> None:
    upload = scene.upload(scene.filled())
    clock.at("2025-09-22 12:00:01")  # the week has closed
    answer = signed_in(scene).post(reverse("intake:confirm", args=[upload.pk]), {"act": "write"})
    assert answer.status_code == 422
    assert "关闭" in text_of(answer)
    assert scene.stored() == {}


def test_a_superseded_file_points_to_the_newer_one(scene: Scene) -> None:
    client = signed_in(scene)
    old = scene.upload(scene.filled(put(I6=101)))
    new = scene.upload(scene.filled())
    page = client.get(reverse("intake:upload", args=[old.pk]))
    words = text_of(page)
    assert "<h1>文件已被代替</h1>" in page.content.decode()
    assert "之后上传的文件代替了“松龄路第38周.xlsx”，这一份没有写入，留存备查。" in words
    assert "请在新文件上核对。" in words
    assert f'href="{reverse("intake:upload", args=[new.pk])}"'.encode() in page.content
    assert b'value="write"' not in page.content


def test_a_refused_file_and_the_one_that_waits_name_each_other(scene: Scene) -> None:
    client = signed_in(scene)
    good = scene.upload(scene.filled(), name="第一份.xlsx")
    bad = scene.upload(b"%PDF-1.7", name="第二份.xlsx")
    good_href, bad_href = (reverse("intake:upload", args=[each.pk]) for each in (good, bad))
    refused = client.get(bad_href)
    assert "“第一份.xlsx”已读完，没有发现差错，还没有写入。" in text_of(refused)
    assert f'<a href="{good_href}">去核对“第一份.xlsx”</a>' in refused.content.decode()
    waiting = client.get(good_href)
    assert "后上传的“第二份.xlsx”读不了，没有代替这一份。" in text_of(waiting)
    assert f'<a href="{bad_href}">看“第二份.xlsx”</a>' in waiting.content.decode()
    assert b'value="write"' in waiting.content
    place = client.get(reverse("weekly:street_week", args=[WEEK.key, "songlinglu"]))
    words = text_of(place)
    assert "有一份文件等您确认。 “第一份.xlsx”" in words
    assert "最近上传的一份读不了。 “第二份.xlsx”" in words
    assert f'<a href="{good_href}">核对并确认</a>' in place.content.decode()
    listed = text_of(client.get(upload_href()))
    assert "第二份.xlsx 读不了" in listed
    assert "第一份.xlsx 待确认" in listed


def test_a_huge_number_and_a_day_are_said_in_words(scene: Scene) -> None:
    """No powers of ten, no day in the form of a program."""
    spoiled = scene.filled(put(I6=1e18, J6=1e30, J7=1e-7, P7="2025-09-25", E5="2025-06-01"))
    words = text_of(signed_in(scene).get(reverse("intake:upload", args=[scene.upload(spoiled).pk])))
    assert "本周累计形象进度（%）大于 100：1000000000000000000" in words
    assert "累计完成投资（万元）大于 999999.99：1000000000000000000000000000000" in words
    assert "累计完成投资（万元）小数位数过多：0.0000001" in words
    assert "实际开工日期晚于本周：2025年9月25日" in words
    assert "计划开工是锁定列，不能改：2025年6月1日" in words
    assert not re.search(r"\de[+-]\d", words)
    assert not re.search(r"20\d\d-\d\d-\d\d(?!/)", words)


def test_every_grade_is_counted_and_linked(scene: Scene) -> None:
    """Faults, reasons wanted (in faulty rows too) and remarks: each with its number and its places."""
    spoiled = scene.filled(put(I6=61, J6="98.5O", I7=62, U4="备注"))
    page = signed_in(scene).get(reverse("intake:upload", args=[scene.upload(spoiled).pk]))
    html, words = page.content.decode(), text_of(page)
    for href, grade in (
        ("#faults", "改正 1 处"),
        ("#questions", "说明 2 处"),
        ("#remarks", "提示 3 条"),
    ):
        assert f'<a href="{href}">{grade}</a>' in html
        assert html.count(f'id="{href[1:]}"') == 1
    assert "1 处有错，改正后才能接收" in words
    assert "2 处需要说明，填了说明就能接收。" in words
    assert words.count("（这一行有错，改正后重传时再说明）") == 1
    assert "提示 3 条，不影响写入。" in words
    assert html.count('<a href="#r6">') == 2
    assert html.count('<a href="#r7">') == 1


def test_downloads(scene: Scene) -> None:
    client = signed_in(scene)
    content = scene.filled(put(J9="98.5O"))
    upload = scene.upload(content)
    assert client.get(reverse("intake:original", args=[upload.pk])).content == content
    marked = client.get(reverse("intake:annotated", args=[upload.pk]))
    assert marked["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert marked.content[:2] == b"PK"
    template = client.get(
        reverse("weekly:workbook", kwargs={"week_start": WEEK.key, "street": "songlinglu"})
    )
    assert template.content[:2] == b"PK"


def test_the_page_of_rules_lists_every_rule(scene: Scene) -> None:
    from supervision.weekly.checks import RULES

    page = signed_in(scene).get(reverse("weekly:rules"))
    assert re.findall(r'<tr id="(W\d+)"', page.content.decode()) == sorted(
        (rule.code for rule in RULES),
        key=lambda code: next(
            (["file", "sheet", "row", "cell"].index(rule.scope.value), rule.code)
            for rule in RULES
            if rule.code == code
        ),
    )


# -- bad input ---------------------------------------------------------------------------------------
REFUSED = [case for case in CASES if case.refused]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.code)
def test_bad_input_is_a_page_with_one_sentence(scene: Scene, case: Case) -> None:
    client = signed_in(scene)
    content = case.bytes(scene)
    returns = WeeklyReturn.objects.count()
    answer = send(client, content, "松龄路第38周.xlsx")
    assert answer.status_code == 302
    upload = Upload.objects.get()
    services.read(upload_id=upload.pk, now=upload.received_at)
    page = client.get(answer["Location"])
    assert page.status_code == 200
    words = text_of(page)
    assert case.places[0][1] in words
    assert words.count(case.places[0][1]) == 1
    unreadable = WEEKLY.rule(case.code).scope is RuleScope.FILE
    title = "文件读不了" if unreadable else "文件没有采用"
    assert f"<h1>{title}</h1>" in page.content.decode()
    assert ("文件能打开，但整份不能用，没有写入任何数据" in words) is not unreadable
    assert ("没有从这份文件读到内容，没有写入任何数据" in words) is unreadable
    assert "原来的数据没有变，这份文件留存备查。" in words
    assert client.get(reverse("intake:original", args=[upload.pk])).content == content
    assert (upload.rows, WeeklyReturn.objects.count()) == ([], returns)
    late = client.post(reverse("intake:confirm", args=[upload.pk]), {"act": "write"}, follow=True)
    assert late.status_code == 200
    assert scene.stored() == {}


@pytest.mark.parametrize("case", [c for c in CASES if not c.refused], ids=lambda case: case.code)
def test_every_finding_is_shown(db: None, case: Case) -> None:
    scene = make_scene(case.last_state)
    upload = scene.upload(case.bytes(scene))
    page = signed_in(scene).get(reverse("intake:upload", args=[upload.pk]))
    assert page.status_code == 200
    words = text_of(page)
    for cell, message, found, _ in case.places:
        assert case.code in words or not cell
        if case.severity == "error" or not cell:
            assert message.replace("&", "&amp;") in words
        else:
            assert found in words
        if cell:
            assert f"周报!{cell}" in words


def test_no_file_and_too_large_a_file_stay_with_the_form(scene: Scene) -> None:
    client = signed_in(scene)
    nothing = client.post(upload_href(), {})
    assert nothing.status_code == 422
    assert "请选择要上传的工作簿。" in text_of(nothing)
    huge = send(client, b"PK\x03\x04" + bytes(20 * 1024 * 1024 + 1))
    assert huge.status_code == 422
    assert "文件有 20.0 MB，不超过 20 MB 才能上传" in text_of(huge)
    long_name = send(client, scene.filled(), "长" * 201 + ".xlsx")
    assert "文件名太长" in text_of(long_name)
    assert Upload.objects.count() == 0


def test_an_empty_file_is_told_in_words(scene: Scene) -> None:
    answer = send(signed_in(scene), b"", "空.xlsx")
    upload = Upload.objects.get()
    services.read(upload_id=upload.pk, now=upload.received_at)
    assert "文件是空的，请重新选择文件。" in text_of(signed_in(scene).get(answer["Location"]))


def test_a_week_that_takes_nothing_in_says_so(scene: Scene, clock: Clock) -> None:
    clock.at("2025-09-29 10:00")
    client = signed_in(scene)
    page = client.get(upload_href())
    assert page.status_code == 200
    assert "关闭" in text_of(page)
    answer = send(client, scene.filled())
    assert answer.status_code == 422
    assert Upload.objects.count() == 0


def test_markup_in_a_cell_stays_text(scene: Scene) -> None:
    upload = scene.upload(
        scene.filled(put(I5="<script>alert(1)</script>", K5="<b>粗</b>", R6="<img src=x>"))
    )
    page = signed_in(scene).get(reverse("intake:upload", args=[upload.pk])).content
    assert b"<script>alert" not in page
    assert b"<img src=x" not in page
    assert "<b>粗</b>".encode() not in page


# -- scope -------------------------------------------------------------------------------------------
def test_another_streets_clerk_finds_nothing(scene: Scene) -> None:
    upload = scene.upload(scene.filled())
    stranger = signed_in(scene, "banyanglu")
    for name in ("upload", "progress", "annotated", "original"):
        assert stranger.get(reverse(f"intake:{name}", args=[upload.pk])).status_code == 404
    for name in ("confirm", "read_again"):
        assert stranger.post(reverse(f"intake:{name}", args=[upload.pk])).status_code == 404
    assert stranger.get(upload_href()).status_code == 404
    assert send(stranger, scene.filled()).status_code == 404
    assert (
        stranger.get(
            reverse("weekly:workbook", kwargs={"week_start": WEEK.key, "street": "songlinglu"})
        ).status_code
        == 404
    )
    upload.refresh_from_db()
    assert upload.state == UploadState.PREVIEW


@pytest.mark.parametrize(
    ("user", "may_see"),
    [
        ("songlinglu-head", True), ("bureau", True), ("reviewer", True), ("leader", True),
        ("admin", False), ("office", False), ("auditor", False), ("npc", False),
    ],
)  # fmt: skip
def test_others_of_the_district_look_but_do_not_write(
    scene: Scene, user: str, may_see: bool
) -> None:
    upload = scene.upload(scene.filled(put(J9="98.5O")))
    client = signed_in(scene, user)
    page = client.get(reverse("intake:upload", args=[upload.pk]))
    assert page.status_code == (200 if may_see else 403)
    assert b'value="write"' not in page.content
    assert (
        client.post(reverse("intake:confirm", args=[upload.pk]), {"act": "write"}).status_code
        == 403
    )
    assert client.post(reverse("intake:read_again", args=[upload.pk])).status_code == 403
    assert client.get(upload_href()).status_code == 403
    assert scene.stored() == {}


@pytest.mark.parametrize(
    ("week", "street"),
    [
        ("2025-09-16", "songlinglu"),
        ("heute", "songlinglu"),
        (WEEK.key, "nirgends"),
        (WEEK.key, "zichuan-bureau"),
    ],
)
def test_what_is_no_week_or_street_is_not_found(scene: Scene, week: str, street: str) -> None:
    assert signed_in(scene).get(upload_href(street, week)).status_code == 404


def test_the_page_takes_a_constant_number_of_queries(
    scene: Scene, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.FACE_TODO_COUNT = ""  # the number beside 待办 has a budget of its own
    client = signed_in(scene)
    for rows in (6, 4):
        upload = scene.upload(
            scene.filled(lambda book, rows=rows: book["周报"].delete_rows(6, rows))
        )
        assert len(upload.rows) == 7 - rows
        page = reverse("intake:upload", args=[upload.pk])
        assert client.get(page).status_code == 200
        with django_assert_num_queries(16):
            client.get(page)
