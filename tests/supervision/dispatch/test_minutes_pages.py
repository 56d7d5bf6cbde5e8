"""Pages of minutes: written on one page, submitted, signed by another, corrected."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from supervision.dispatch.enums import MinutesState
from supervision.dispatch.items import assigning
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.meetings import minutes as minuting
from supervision.dispatch.meetings import services
from supervision.dispatch.models import Minutes
from tests.factories.accounts import District
from tests.factories.dispatch import (
    item_values,
    make_held,
    make_item,
    make_recorded,
    make_signed,
    make_submitted,
    minutes_values,
)

Of = Callable[[str], Client]


def _text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def _page(client: Client, name: str, *args: Any, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(f"dispatch:{name}", args=args) + query)
    assert answer.status_code == status
    return _text(answer)


def _typed(district: District, minutes: Minutes, **changed: str) -> dict[str, str]:
    topic = minutes.meeting.topics.get(kind="other")
    typed = {
        "met_at": "2025-05-12T14:30",
        "place": "三楼会议室",
        "chair": "区局分管负责人",
        "recorder": "区局经办岗",
        "summary": "",
        "others": "列席 区财政局 经济建设科",
        f"decision_{topic.pk}": "周五前报清单。",
        "seen_version": str(minuting.minutes_seen(minutes=minutes)),
    }
    for street in district.streets:
        typed[f"presence_{street.code}"] = "present"
        typed[f"post_{street.code}"] = "分管负责人"
    return typed | changed


def test_minutes_are_written_on_one_page(district: District, client_of: Of, now: datetime) -> None:
    minutes, client = make_held(district), client_of("bureau")
    street = district.streets[2]
    typed = _typed(district, minutes, **{f"presence_{street.code}": "excused"})
    answer = client.post(reverse("dispatch:minutes", args=[minutes.meeting_id]), typed, follow=True)
    page = _text(answer)
    assert "已保存纪要" in page
    assert "周五前报清单。" in page
    assert "钟楼街道分管负责人" in page
    values = minuting.values_of(minutes)
    assert [each.words for each in values.attendees] == [
        "出席 般阳路街道分管负责人",
        "出席 松龄路街道分管负责人",
        "请假 钟楼街道分管负责人",
        "列席 区财政局经济建设科",
    ]


def test_everybody_is_seated_by_a_button_that_saves_nothing(
    district: District, client_of: Of, now: datetime
) -> None:
    minutes, client = make_held(district), client_of("bureau")
    first, second, third = district.streets
    typed = _typed(district, minutes, others="", summary="我写的概况")
    for street in district.streets:
        typed |= {f"presence_{street.code}": "", f"post_{street.code}": ""}
    typed |= {f"presence_{third.code}": "excused", f"post_{second.code}": "主任"}
    address = reverse("dispatch:minutes", args=[minutes.meeting_id])
    answer = client.post(address, typed | {"everybody": "1"})
    page = _text(answer)
    assert answer.status_code == 200
    assert "还没有保存" in page
    assert "我写的概况" in page
    assert not minutes.attendees.exists()
    form = answer.context["form"]
    seats = {seat.organisation: (seat.presence.value(), seat.post.value()) for seat in form.seats}
    assert seats == {
        district.bureau: ("present", "分管负责人"),
        first: ("present", "分管负责人"),
        second: ("present", "主任"),
        third: ("excused", ""),
    }
    # Who only types a decision has recorded nobody, and is told so before anybody signs.
    client.post(address, typed | {f"presence_{third.code}": ""})
    assert not minutes.attendees.exists()
    asked = client.post(reverse("dispatch:minutes_act", args=[minutes.meeting_id, "submit"]))
    assert asked.status_code == 422
    assert "还没有写谁出席" in _text(asked)


def test_the_first_button_of_the_minutes_saves(
    district: District, client_of: Of, now: datetime
) -> None:
    """A browser presses it at Enter; that must not be the one that seats everybody."""
    minutes = make_held(district)
    form = _page(client_of("bureau"), "minutes", minutes.meeting_id).split("data-guard novalidate")[
        1
    ]
    buttons = re.findall(r"<button[^>]*>([^<]*)<", form.split("</form>")[0])
    assert buttons == ["保存", "没有填的都填出席", "保存"]
    assert form.index("参会情况") < form.index("没有填的都填出席") < form.index("般阳路街道")


def test_words_about_a_topic_that_was_struck_meanwhile_come_back(
    district: District, client_of: Of, now: datetime
) -> None:
    minutes, client = make_held(district), client_of("bureau")
    typed = _typed(district, minutes)
    topic = minutes.meeting.topics.get(kind="other")
    services.strike(topic=topic, by=district.users["bureau2"], now=now)
    address = reverse("dispatch:minutes", args=[minutes.meeting_id])
    answer = client.post(address, typed)
    page = _text(answer)
    assert answer.status_code == 422
    assert "“雨季施工安全”已经删去，这段话没有地方保存" in page
    assert "周五前报清单。</textarea>" in page
    assert not minutes.attendees.exists()
    emptied = client.post(address, typed | {f"decision_{topic.pk}": " "})
    assert emptied.status_code == 302
    services.restore(topic=topic, by=district.users["bureau2"], now=now)
    assert client.post(address, typed).status_code == 409  # its own save came between
    fresh = {"seen_version": str(minuting.minutes_seen(minutes=minutes))}
    client.post(address, typed | fresh)
    assert minuting.values_of(minutes).decisions == {topic.pk: "周五前报清单。"}


def test_a_form_of_the_version_before_does_not_write_over_its_correction(
    district: District, client_of: Of, now: datetime
) -> None:
    minutes, bureau = make_recorded(district), district.users["bureau"]
    typed = _typed(district, minutes, summary="旧的说法")
    minuting.submit(minutes=minutes, by=bureau, now=now)
    minuting.sign(minutes=minutes, by=district.users["leader"], now=now)
    second = minuting.correct(minutes=minutes, reason="地点写错", by=bureau, now=now)
    answer = client_of("bureau").post(reverse("dispatch:minutes", args=[minutes.meeting_id]), typed)
    page = _text(answer)
    assert answer.status_code == 409
    assert "地点写错" in page
    assert "旧的说法" in page
    second.refresh_from_db()
    assert second.summary == "通报上周进度，逐项研究存在问题。"


def test_a_line_that_cannot_be_read_is_told(
    district: District, client_of: Of, now: datetime
) -> None:
    minutes = make_held(district)
    typed = _typed(district, minutes, others="区财政局来了一位")
    answer = client_of("bureau").post(reverse("dispatch:minutes", args=[minutes.meeting_id]), typed)
    assert answer.status_code == 422
    assert "“区财政局来了一位”看不懂" in _text(answer)
    assert not minutes.attendees.exists()


def test_who_saves_minutes_second_is_told_and_loses_nothing(
    district: District, client_of: Of, now: datetime
) -> None:
    minutes = make_recorded(district)
    typed = _typed(district, minutes, summary="我写的概况")
    minuting.record(
        minutes=minutes,
        values=minutes_values(district, minutes, place="一楼会议室"),
        by=district.users["bureau2"],
        now=now,
    )
    client = client_of("bureau")
    address = reverse("dispatch:minutes", args=[minutes.meeting_id])
    answer = client.post(address, typed)
    page = _text(answer)
    assert answer.status_code == 409
    assert "把“地点”由“区局三楼会议室”改为“一楼会议室”。" in page
    assert "我写的概况" in page
    assert "您填的都在下面，没有丢。" in page
    assert "再按一次" not in page
    assert Minutes.objects.get().summary != "我写的概况"
    seen = minuting.minutes_seen(minutes=minutes)
    client.post(address, typed | {"seen_version": str(seen)})
    assert Minutes.objects.get().summary == "我写的概况"


def test_minutes_are_submitted_sent_back_and_signed_by_another(
    district: District, client_of: Of, now: datetime
) -> None:
    minutes = make_recorded(district)
    waiting = make_item(district, meeting=minutes.meeting)
    pk = minutes.meeting_id
    bureau, leader = client_of("bureau"), client_of("leader")
    bureau.post(reverse("dispatch:minutes_act", args=[pk, "submit"]))
    answer = bureau.post(reverse("dispatch:minutes_act", args=[pk, "sign"]))
    assert answer.status_code == 403
    assert Minutes.objects.get().state == MinutesState.SUBMITTED
    page = _page(leader, "minutes_act", pk, "sign")
    assert "1 件交办事项同时生效" in page
    assert "各街道周五前报排查清单。" in page
    sent = leader.post(reverse("dispatch:minutes_act", args=[pk, "send-back"]), {"comment": ""})
    assert sent.status_code == 422
    leader.post(
        reverse("dispatch:minutes_act", args=[pk, "sign"]),
        {"seen_version": minuting.signing_seen(minutes=minutes)},
    )
    waiting.refresh_from_db()
    assert (Minutes.objects.get().state, waiting.state) == (MinutesState.SIGNED, "to_accept")
    page = _page(bureau, "meeting", pk)
    assert "截至5月12日 15:30，2025年第1次周调度会交办 1 件，办结 0 件。" in page
    assert bureau.get(reverse("dispatch:picture", args=[pk]))["Content-Type"] == "image/png"
    assert client_of("zhonglou").get(reverse("dispatch:picture", args=[pk])).status_code == 404


def test_the_recorder_reads_why_signing_is_not_offered(
    district: District, client_of: Of, now: datetime
) -> None:
    minutes = make_held(district)
    reviewer = district.users["reviewer"]
    minuting.record(minutes=minutes, values=minutes_values(district, minutes), by=reviewer, now=now)
    minuting.submit(minutes=minutes, by=reviewer, now=now)
    page = _page(client_of("reviewer"), "meeting", minutes.meeting_id)
    assert "请另一人签发" in page


def test_signed_words_that_changed_meanwhile_are_shown_again(
    district: District, client_of: Of, now: datetime
) -> None:
    minutes = make_submitted(district)
    answer = client_of("leader").post(
        reverse("dispatch:minutes_act", args=[minutes.meeting_id, "sign"]), {"seen_version": "0"}
    )
    assert answer.status_code == 409
    assert Minutes.objects.get().state == MinutesState.SUBMITTED


def test_an_item_that_changed_before_the_signature_is_shown_first(
    district: District, client_of: Of, now: datetime
) -> None:
    minutes = make_recorded(district)
    item = make_item(district, meeting=minutes.meeting)
    bureau, leader = district.users["bureau"], client_of("leader")
    assert "等纪要签发的交办还可以改" in _page(
        client_of("bureau"), "minutes_act", minutes.meeting_id, "submit"
    )
    minuting.submit(minutes=minutes, by=bureau, now=now)
    address = reverse("dispatch:minutes_act", args=[minutes.meeting_id, "sign"])
    opened = leader.get(address).context["form"]["seen_version"].value()
    other = Answerer.street(district.street("zhonglou"))
    assigning.revise(item=item, values=item_values(district, answerer=other), by=bureau, now=now)
    answer = leader.post(address, {"seen_version": opened})
    page = _text(answer)
    assert answer.status_code == 409
    assert f"修改：{item.code} {item.task}（钟楼街道，2025年5月19日前）。" in page
    assert "没有办：您打开以后有改动。" in page
    assert "还要办的，再按一次“签发纪要”。" in page
    assert "您填的都在下面" not in page
    table = page.split("其他交办")[1]
    assert "钟楼街道" in table
    assert "般阳路街道" not in table
    item.refresh_from_db()
    assert item.state == "planned"
    leader.post(address, {"seen_version": answer.context["form"]["seen_version"].value()})
    item.refresh_from_db()
    assert item.state == "to_accept"


def test_a_correction_stands_beside_what_it_corrects(
    district: District, client_of: Of, now: datetime
) -> None:
    minutes, client = make_signed(district), client_of("bureau")
    pk = minutes.meeting_id
    answer = client.post(
        reverse("dispatch:minutes_act", args=[pk, "correct"]), {"comment": "漏写列席单位"}
    )
    assert answer.url == reverse("dispatch:minutes", args=[pk])
    page = _page(client, "meeting", pk)
    assert "第2版" in page
    assert "漏写列席单位" in page
    assert "纪要已签发" not in _page(client, "meeting", pk)
    assert "第2版" not in _page(client_of("zhonglou"), "meeting", pk)  # not signed yet
    _page(client, "meeting", pk, query="?version=1")
    _page(client, "meeting", pk, query="?version=7", status=404)
