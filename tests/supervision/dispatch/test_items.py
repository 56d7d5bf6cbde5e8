"""Items: assigned, signed for, followed to their end, with more time granted by another."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.ledger.models import Project
from projects.ledger.trail import Overtaken
from renovation.core.calendar import local_moment
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.periods import Week
from renovation.records.models import AuditEntry
from supervision.dispatch.enums import AnswererKind, ExtensionState, ItemOrigin, ItemState
from supervision.dispatch.items import assigning, moving, services
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.items.listing import weeks_of
from supervision.dispatch.models import DispatchItem, DispatchMeeting, ItemExtension, ItemStep
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.dispatch import (
    AFTER,
    item_values,
    make_done,
    make_held,
    make_item,
    make_meeting,
    make_reported,
    make_working,
)
from tests.factories.ledger import PartyFactory

PDF = NewFile(name="清单.pdf", content_type="application/pdf", content=b"%PDF-1.7 x")


# -- assigning ---------------------------------------------------------------------------------------
def test_a_telephone_call_is_in_force_at_once_and_coded(district: District) -> None:
    item = make_item(district)
    assert (item.code, item.state, item.in_force_at) == (
        "〔2025〕第20周-1",
        ItemState.TO_ACCEPT,
        AFTER,
    )
    assert (item.first_due_on, item.due_on, item.limit_on) == (date(2025, 5, 19),) * 3
    assert (item.answerer_kind, item.answerer_name) == (AnswererKind.STREET, "般阳路街道")
    assert make_item(district).number == 2
    assert make_item(district, now=AFTER + timedelta(days=7)).code == "〔2025〕第21周-1"


def test_the_code_names_the_week_that_the_meeting_is_about(district: District) -> None:
    """The meeting about week 19 is held on Monday of week 20, when the telephone rings too; both weeks have a series of
    their own, and what is assigned at the meeting a week later is of its series still."""
    meeting = make_held(district).meeting
    codes = [
        make_item(district, meeting=meeting).code,
        make_item(district).code,
        make_item(district, meeting=meeting, at_once=True).code,
        make_item(district, origin=ItemOrigin.SITE).code,
        make_item(district, meeting=meeting, now=AFTER + timedelta(days=7)).code,
    ]
    assert codes == [
        "〔2025〕第19周-1", "〔2025〕第20周-1", "〔2025〕第19周-2", "〔2025〕第20周-2", "〔2025〕第19周-3",
    ]  # fmt: skip


def test_the_usual_day_is_that_of_the_next_meeting(district: District) -> None:
    assert assigning.usual_due(bureau=district.bureau, now=AFTER) == date(2025, 5, 19)
    friday = AFTER + timedelta(days=5)  # a Saturday: its day rolls forward
    assert assigning.usual_due(bureau=district.bureau, now=friday) == date(2025, 5, 26)


def test_who_may_be_asked(district: District, projects: list[Project]) -> None:
    far = make_district("boshan-")
    party = PartyFactory(project=projects[0], name="某建设", organisation=district.contractor)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"due_on": date(2025, 5, 11)}, "dispatch.due_past"),
        ({"answerer": Answerer.street(far.street("zhonglou"))}, "dispatch.not_ours"),
        ({"co_organisations": (far.street("zhonglou"),)}, "dispatch.not_ours"),
        ({"answerer": Answerer.of_party(party)}, "dispatch.other_project"),
        (
            {"answerer": Answerer.of_party(party), "project": projects[1]},
            "dispatch.other_project",
        ),
    ]
    for values, code in wrong:
        with pytest.raises(Refusal) as refused:
            make_item(district, **values)
        assert refused.value.code == code
    assert not DispatchItem.objects.exists()
    made = make_item(district, answerer=Answerer.of_party(party), project=projects[0])
    assert (made.organisation, made.answerer_name) == (district.contractor, "某建设")


def test_only_a_meeting_that_was_held_assigns(district: District) -> None:
    with pytest.raises(StateConflict):
        make_item(district, meeting=make_meeting(district))


def test_an_item_is_changed_until_it_is_in_force(district: District) -> None:
    minutes = make_held(district)
    item = make_item(district, meeting=minutes.meeting)
    by = district.users["bureau"]
    values = item_values(district, street="zhonglou", task="改为报方案", due_on=date(2025, 5, 21))
    assigning.revise(item=item, values=values, by=by, now=AFTER)
    assert (item.task, item.answerer_name, item.first_due_on) == (
        "改为报方案",
        "钟楼街道",
        date(2025, 5, 21),
    )
    with pytest.raises(StateConflict, match="不能修改"):
        assigning.revise(item=make_item(district), values=values, by=by, now=AFTER)


# -- to its end --------------------------------------------------------------------------------------
def test_an_item_is_followed_to_its_end(district: District) -> None:
    item, street = make_item(district), district.users["banyanglu"]
    services.accept(item=item, by=street, now=AFTER)
    services.note(item=item, text="已排查两个小区", file=PDF, by=street, now=AFTER)
    services.report(item=item, text="全部排查完", by=street, now=AFTER)
    services.close(item=item, text="已核", by=district.users["bureau"], now=AFTER)
    assert (item.state, item.done_by) == (ItemState.DONE, district.users["bureau"])
    steps = list(ItemStep.objects.filter(item=item).values_list("act", "to_state"))
    assert steps == [
        ("assign", "to_accept"),
        ("accept", "working"),
        ("note", "working"),
        ("report", "reported"),
        ("close", "done"),
    ]
    kept = ItemStep.objects.get(item=item, act="note").file
    assert kept is not None
    assert (kept.name, kept.organisation) == ("清单.pdf", district.bureau)
    assert AuditEntry.objects.filter(act="dispatch.item.close").count() == 1


def test_who_reported_does_not_close(district: District) -> None:
    bureau = district.users["bureau"]
    item = make_item(district, answerer=Answerer.section(district.bureau, "质量安全科"))
    services.accept(item=item, by=bureau, now=AFTER)
    services.report(item=item, text="已办", by=bureau, now=AFTER)
    with pytest.raises(Forbidden, match="不能自己办结"):
        services.close(item=item, by=bureau, now=AFTER)
    services.close(item=item, by=district.users["bureau2"], now=AFTER)
    assert item.state == ItemState.DONE


def test_sent_back_it_is_worked_on_again_and_counted(district: District) -> None:
    item = make_reported(district)
    with pytest.raises(Refusal) as refused:
        services.send_back(item=item, text="", by=district.users["bureau"], now=AFTER)
    assert refused.value.code == "comment.missing"
    services.send_back(item=item, text="缺照片", by=district.users["bureau"], now=AFTER)
    assert (item.state, item.reported_by, item.send_back_count) == (ItemState.WORKING, None, 1)
    assert item.due_on == date(2025, 5, 19)


def test_it_is_reported_only_after_it_was_signed_for(district: District) -> None:
    with pytest.raises(StateConflict, match="请先签收"):
        services.report(
            item=make_item(district), text="已办", by=district.users["banyanglu"], now=AFTER
        )


def test_passed_to_another_it_waits_to_be_signed_for_on_its_old_clock(
    district: District,
) -> None:
    item, by = make_working(district), district.users["bureau"]
    with pytest.raises(Refusal) as refused:
        services.transfer(
            item=item, answerer=Answerer.street(district.street("banyanglu")), text="x", by=by, now=AFTER
        )  # fmt: skip
    assert refused.value.code == "dispatch.same_answerer"
    services.transfer(
        item=item,
        answerer=Answerer.street(district.street("zhonglou")),
        text="属地划转",
        by=by,
        now=AFTER,
    )
    assert (item.state, item.answerer_name, item.accepted_by) == (
        ItemState.TO_ACCEPT,
        "钟楼街道",
        None,
    )
    assert item.due_on == date(2025, 5, 19)
    last = item.steps.last()
    assert last is not None
    assert last.text == "由般阳路街道转交钟楼街道：属地划转"
    assert (last.from_kind, last.from_organisation, last.from_name) == (
        AnswererKind.STREET,
        district.street("banyanglu"),
        "般阳路街道",
    )


def test_it_is_passed_only_to_whom_it_could_be_assigned(
    district: District, projects: list[Project]
) -> None:
    far = make_district("boshan-")
    party = PartyFactory(project=projects[1], name="某建设", organisation=district.contractor)
    item = make_working(district, project=projects[0])
    for answerer, code in (
        (Answerer.street(far.street("zhonglou")), "dispatch.not_ours"),
        (Answerer.section(far.bureau, "质量安全科"), "dispatch.not_ours"),
        (Answerer.of_party(party), "dispatch.other_project"),
    ):
        with pytest.raises(Refusal) as refused:
            services.transfer(
                item=item, answerer=answerer, text="x", by=district.users["bureau"], now=AFTER
            )
        assert refused.value.code == code
    item.refresh_from_db()
    assert (item.state, item.answerer_name) == (ItemState.WORKING, "般阳路街道")


def test_cancelled_is_its_end(district: District) -> None:
    item = make_working(district)
    services.cancel(item=item, text="上级已定", by=district.users["bureau"], now=AFTER)
    for act in (services.note, services.cancel):
        with pytest.raises(StateConflict):
            act(item=item, text="x", by=district.users["bureau"], now=AFTER)


def test_the_follower_passes_it_on(district: District) -> None:
    item, by = make_working(district), district.users["bureau"]
    services.hand_over(item=item, owner=district.users["bureau2"], by=by, now=AFTER)
    assert item.owner == district.users["bureau2"]
    with pytest.raises(Refusal) as refused:
        services.hand_over(item=item, owner=district.users["bureau2"], by=by, now=AFTER)
    assert refused.value.code == "dispatch.same_owner"


def test_who_acts_second_is_told_what_the_first_did(district: District) -> None:
    item = make_working(district)
    seen = moving.item_seen(item=item)
    services.note(item=item, text="办了一半", by=district.users["banyanglu-head"], now=AFTER)
    with pytest.raises(Overtaken) as refused:
        services.report(
            item=item, text="办完", seen=seen, by=district.users["banyanglu"], now=AFTER
        )
    assert refused.value.changes == [
        "般阳路街道 街道审核：报进展：〔2025〕第20周-1 排查在建小区脚手架，列出清单（办了一半）。"
    ]
    item.refresh_from_db()
    assert item.state == ItemState.WORKING


# -- more time ---------------------------------------------------------------------------------------
def test_time_granted_before_the_limit_moves_it_and_the_first_deadline_stays(
    district: District,
) -> None:
    item, street = make_working(district), district.users["banyanglu"]
    services.ask_extension(
        item=item, wanted_on=date(2025, 5, 30), text="材料未到", by=street, now=AFTER
    )
    with pytest.raises(Forbidden, match="不能自己批"):
        services.grant_extension(item=item, granted_on=date(2025, 5, 26), by=street, now=AFTER)
    services.grant_extension(
        item=item, granted_on=date(2025, 5, 26), text="只给一周", by=district.users["bureau"], now=AFTER
    )  # fmt: skip
    assert (item.first_due_on, item.due_on, item.limit_on, item.extension_count) == (
        date(2025, 5, 19),
        date(2025, 5, 26),
        date(2025, 5, 26),
        1,
    )
    extension = ItemExtension.objects.get()
    assert (extension.state, extension.granted_on, extension.words) == (
        ExtensionState.GRANTED,
        date(2025, 5, 26),
        "只给一周",
    )


def test_time_granted_after_the_limit_does_not_mend_the_measure(district: District) -> None:
    item, late = make_working(district), AFTER + timedelta(days=8)
    services.ask_extension(
        item=item, wanted_on=date(2025, 5, 30), text="材料未到", by=district.users["banyanglu"], now=late
    )  # fmt: skip
    services.grant_extension(
        item=item, granted_on=date(2025, 5, 30), by=district.users["bureau"], now=late
    )
    assert (item.due_on, item.limit_on) == (date(2025, 5, 30), date(2025, 5, 19))
    # Twice late: a second extension in time of the first does not give the limit back.
    services.ask_extension(
        item=item, wanted_on=date(2025, 6, 6), text="再等", by=district.users["banyanglu"], now=late
    )
    services.grant_extension(
        item=item, granted_on=date(2025, 6, 6), by=district.users["bureau"], now=late
    )
    assert (item.limit_on, item.extension_count) == (date(2025, 5, 19), 2)


@pytest.mark.parametrize("day", [date(2025, 5, 19), date(2025, 5, 11)])
def test_only_a_later_day_is_asked_for_and_granted(district: District, day: date) -> None:
    item = make_working(district)
    with pytest.raises(Refusal) as asked:
        services.ask_extension(
            item=item, wanted_on=day, text="x", by=district.users["banyanglu"], now=AFTER
        )
    assert (asked.value.code, asked.value.field) == ("dispatch.wanted_day", "wanted_on")
    services.ask_extension(
        item=item, wanted_on=date(2025, 5, 30), text="x", by=district.users["banyanglu"], now=AFTER
    )
    with pytest.raises(Refusal) as granted:
        services.grant_extension(item=item, granted_on=day, by=district.users["bureau"], now=AFTER)
    assert (granted.value.code, granted.value.field) == ("dispatch.granted_day", "granted_on")


def test_one_extension_waits_at_a_time_and_none_is_decided_without(district: District) -> None:
    item, street = make_working(district), district.users["banyanglu"]
    with pytest.raises(StateConflict, match="没有待批"):
        services.refuse_extension(item=item, text="x", by=district.users["bureau"], now=AFTER)
    services.ask_extension(
        item=item, wanted_on=date(2025, 5, 30), text="材料未到", by=street, now=AFTER
    )
    with pytest.raises(StateConflict, match="待批"):
        services.ask_extension(
            item=item, wanted_on=date(2025, 6, 30), text="再等", by=street, now=AFTER
        )
    services.refuse_extension(item=item, text="抓紧", by=district.users["bureau"], now=AFTER)
    assert (ItemExtension.objects.get().state, item.due_on) == (
        ExtensionState.REFUSED,
        date(2025, 5, 19),
    )


def test_what_is_reported_done_needs_no_more_time(district: District) -> None:
    item, street = make_working(district), district.users["banyanglu"]
    services.ask_extension(
        item=item, wanted_on=date(2025, 5, 30), text="材料未到", by=street, now=AFTER
    )
    services.report(item=item, text="办完了", by=street, now=AFTER)
    assert ItemExtension.objects.get().state == ExtensionState.DROPPED


# -- who sees what -----------------------------------------------------------------------------------
def test_everybody_sees_their_own(district: District, projects: list[Project]) -> None:
    party = PartyFactory(project=projects[0], name="某建设", organisation=district.contractor)
    mine = make_item(district)
    helped = make_item(
        district, street="zhonglou", co_organisations=(district.street("songlinglu"),)
    )
    built = make_item(district, answerer=Answerer.of_party(party), project=projects[0])
    planned = make_item(district, meeting=make_held(district).meeting)

    def seen(name: str) -> set[DispatchItem]:
        scope = scope_for(district.users[name], date(2025, 5, 12))
        return set(DispatchItem.objects.visible_to(scope))

    assert seen("bureau") == seen("leader") == {mine, helped, built, planned}
    assert seen("banyanglu") == {mine, built}
    assert seen("zhonglou-head") == {helped}
    assert seen("songlinglu") == {helped}
    assert seen("contractor") == {built}
    for name in ("supervisor", "inspector", "npc"):
        assert seen(name) == set()


def test_another_district_sees_nothing(district: District) -> None:
    make_item(district)
    far = make_district("boshan-")
    scope = scope_for(far.users["bureau"], date(2025, 5, 12))
    assert not DispatchItem.objects.visible_to(scope).exists()


# -- the database ------------------------------------------------------------------------------------
def _update(item: DispatchItem, **values: Any) -> None:
    DispatchItem.objects.filter(pk=item.pk).update(**values)


def test_what_was_assigned_stays(district: District) -> None:
    item = make_working(district)
    for values in (
        {"first_due_on": date(2025, 5, 18)},
        {"task": "x"},
        {"standard": "x"},
        {"number": 9},
        {"in_force_at": AFTER + timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            _update(item, **values)
    for change in (
        lambda: item.steps.update(text="x"),
        lambda: item.steps.all().delete(),
        lambda: DispatchItem.objects.filter(pk=item.pk).delete(),
        lambda: _update(make_done(district), due_on=date(2025, 6, 1)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_decided_extension_stays(district: District) -> None:
    item = make_working(district)
    services.ask_extension(
        item=item, wanted_on=date(2025, 5, 30), text="x", by=district.users["banyanglu"], now=AFTER
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemExtension.objects.update(wanted_on=date(2025, 6, 30))
    services.refuse_extension(item=item, text="抓紧", by=district.users["bureau"], now=AFTER)
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemExtension.objects.update(words="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemExtension.objects.all().delete()


def test_what_is_found_on_the_site_is_of_no_meeting_and_in_force_at_once(
    district: District, now: datetime
) -> None:
    item = make_item(district, origin=ItemOrigin.SITE, now=now)
    assert (item.get_origin_display(), item.state, item.in_force_at) == (
        "现场交办",
        ItemState.TO_ACCEPT,
        now,
    )
    assert (item.meeting, item.topic) == (None, None)


def test_at_the_turn_of_a_year_no_two_items_have_one_code(district: District) -> None:
    weeks = [Week(date(2027, 12, 27)), Week(date(2028, 12, 18)), Week(date(2028, 12, 25))]
    codes = []
    for week in weeks:
        now = local_moment(week.start, time(10))
        item = make_item(district, now=now, due_on=week.end)
        codes.append(item.code)
    assert codes == ["〔2027〕第52周-1", "〔2028〕第51周-1", "〔2028〕第52周-1"]
    scope = scope_for(district.users["bureau"], AFTER.date())
    assert weeks_of(scope) == [
        ("2028-12-25", "2028年第52周"),
        ("2028-12-18", "2028年第51周"),
        ("2027-12-27", "2027年第52周"),
    ]
    # A meeting that was not held yet is called by its week; held, it is counted in the year of the Sunday.
    meeting = DispatchMeeting(week_start=weeks[0].start, year=weeks[0].year.year)
    assert meeting.title == "2027年第52周调度会"
