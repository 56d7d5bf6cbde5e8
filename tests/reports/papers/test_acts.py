"""The hands a bulletin passes through: different people, numbers, freezing, the scan, corrections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry
from renovation.records.services import read_file, set_value
from reports.papers import numbers, renditions, services
from reports.papers.enums import Format, PaperAct, PaperState
from reports.papers.flows import BULLETIN_FLOW, SHEET_FLOW
from reports.papers.models import Document, DocumentStep, Rendition
from reports.papers.parameters import OWN_SERIES
from reports.papers.rendering import approval_form, overlay_of, printed_digest
from reports.papers.schedules import KINDS
from reports.papers.snapshots import bulletin_of
from tests.factories.papers import AFTER_QUARTER, QUARTER, World, make_world

NOW = AFTER_QUARTER
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 64 + b"\xff\xd9"


def test_the_whole_way(world: World) -> None:
    document = world.issued()
    assert (document.state, document.number, str(document.issued_on)) == (
        "issued", "淄建发〔2025〕12号", "2025-10-09",
    )  # fmt: skip
    steps = [(step.act, step.by, step.digest) for step in document.steps.all()]
    users = world.users
    assert steps == [
        (PaperAct.DRAFT, users["bureau"], document.digest),
        (PaperAct.CHECK, users["bureau2"], document.digest),
        (PaperAct.APPROVE, users["reviewer"], document.digest),
        (PaperAct.SIGN, users["leader"], document.digest),
        (PaperAct.NUMBER, users["office"], document.digest),
    ]
    acts = AuditEntry.objects.filter(object_type="papers.document").order_by("pk")
    assert [entry.act for entry in acts] == [f"document.{act}" for act, _, _ in steps]


def test_the_approval_form_says_who(world: World) -> None:
    document = world.bulletin()
    document = services.check(document=document, by=world.users["bureau2"], now=NOW)
    document = services.countersign(
        document=document, by=world.users["reviewer"], now=NOW, opinion="资金部分已核"
    )
    document = services.approve(document=document, by=world.users["reviewer"], now=NOW)
    document = services.sign(document=document, by=world.users["leader"], now=NOW, opinion="发")
    form = approval_form(document, bulletin_of(document))
    assert (form.draft_by.name, form.check.name, form.sign.name, form.sign.opinion) == (
        "区住建局 区局经办", "区住建局 区局经办", "区住建局 局领导", "发",
    )  # fmt: skip
    assert [(s.label, s.opinion) for s in form.countersigns] == [
        ("审核", "同意"), ("会签", "资金部分已核"),
    ]  # fmt: skip


@pytest.mark.parametrize("hand", ["check", "approve", "sign"])
def test_the_drafter_does_nothing_further(world: World, hand: str) -> None:
    from renovation.accounts.enums import Role
    from renovation.accounts.models import Membership

    drafter = world.users["bureau"]
    for role in (Role.REVIEWER, Role.LEADER):
        Membership.objects.create(user=drafter, organisation=world.district.bureau, role=role)
    document = world.bulletin()
    if hand != "check":
        document = services.check(document=document, by=world.users["bureau2"], now=NOW)
    if hand == "sign":
        document = services.approve(document=document, by=world.users["reviewer"], now=NOW)
    with pytest.raises(Forbidden, match="拟稿人不能"):
        getattr(services, hand)(document=document, by=drafter, now=NOW)


def test_the_approver_does_not_sign(world: World) -> None:
    from renovation.accounts.enums import Role
    from renovation.accounts.models import Membership

    both = world.users["reviewer"]
    Membership.objects.create(user=both, organisation=world.district.bureau, role=Role.LEADER)
    document = services.check(document=world.bulletin(), by=world.users["bureau2"], now=NOW)
    document = services.approve(document=document, by=both, now=NOW)
    with pytest.raises(Forbidden, match="审核人不能签发"):
        services.sign(document=document, by=both, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(signed_by=both)


def test_what_the_machine_drafted_needs_a_drafter(world: World) -> None:
    document = services.compile_bulletin(bureau=world.district.bureau, quarter=QUARTER, now=NOW)
    with pytest.raises(Refusal) as refused:
        services.check(document=document, by=world.users["bureau2"], now=NOW)
    assert refused.value.code == "paper.without_drafter"
    taken = services.compile_again(document=document, by=world.users["bureau"], now=NOW)
    assert taken.drafted_by == world.users["bureau"]


@pytest.mark.parametrize(
    ("act", "user"),
    [
        ("approve", "reviewer"),
        ("sign", "leader"),
        ("countersign", "reviewer"),
    ],
)
def test_steps_come_in_order(world: World, act: str, user: str) -> None:
    with pytest.raises(StateConflict) as refused:
        getattr(services, act)(document=world.bulletin(), by=world.users[user], now=NOW)
    assert refused.value.state == "draft"
    assert "当前状态：拟稿。" in refused.value.message


@pytest.mark.parametrize("user", ["leader", "office", "banyanglu", "admin", "npc"])
def test_who_may_not_check(world: World, user: str) -> None:
    with pytest.raises(Forbidden):
        services.check(document=world.bulletin(), by=world.users[user], now=NOW)


def test_sending_back_needs_words_and_voids_the_approval(world: World) -> None:
    document = services.check(document=world.bulletin(), by=world.users["bureau2"], now=NOW)
    document = services.approve(document=document, by=world.users["reviewer"], now=NOW)
    with pytest.raises(Refusal) as refused:
        services.send_back(document=document, by=world.users["leader"], now=NOW, opinion=" ")
    assert refused.value.field == "comment"
    document = services.send_back(
        document=document, by=world.users["leader"], now=NOW, opinion="补充下步要求"
    )
    assert (document.state, document.approved_by) == (PaperState.DRAFT, None)
    edited = services.edit_text(
        document=document, key="lead", text="改过的导语。", by=world.users["bureau"], now=NOW
    )
    assert edited.digest != document.digest


def test_content_is_locked_once_checked(world: World) -> None:
    document = services.check(document=world.bulletin(), by=world.users["bureau2"], now=NOW)
    with pytest.raises(StateConflict):
        services.edit_text(
            document=document, key="lead", text="改。", by=world.users["bureau"], now=NOW
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(texts={"lead": "改。"})
    assert world.bulletin(now=NOW + timedelta(days=1)).digest == document.digest


def test_a_stale_page_changes_nothing(world: World) -> None:
    stale = world.bulletin()
    services.check(document=stale, by=world.users["bureau2"], now=NOW)
    with pytest.raises(StateConflict):
        services.check(document=stale, by=world.users["reviewer"], now=NOW)
    assert DocumentStep.objects.filter(document=stale, act="check").count() == 1


def sent_anew(world: World) -> tuple[Document, str]:
    """A bulletin that was checked, sent back, changed and checked again; with the digest of the first time."""
    users = world.users
    first = services.check(document=world.bulletin(), by=users["bureau2"], now=NOW)
    seen = first.digest
    back = services.send_back(document=first, by=users["reviewer"], now=NOW, opinion="补充要求")
    edited = services.edit_text(
        document=back, key="lead", text="改过的导语。", by=users["bureau"], now=NOW
    )
    return services.check(document=edited, by=users["bureau2"], now=NOW), seen


def test_an_approval_of_what_was_sent_anew_is_refused(world: World) -> None:
    document, seen = sent_anew(world)
    by = world.users["reviewer"]
    with pytest.raises(StateConflict) as refused:
        services.approve(document=document, by=by, now=NOW, seen=seen)
    assert (refused.value.code, refused.value.state) == ("paper.changed", "checked")
    stored = Document.objects.get(pk=document.pk)
    assert (stored.state, stored.approved_by) == (PaperState.CHECKED, None)
    approved = services.approve(document=document, by=by, now=NOW, seen=document.digest)
    assert approved.state == PaperState.APPROVED


@pytest.mark.parametrize("hand", ["check", "countersign", "approve", "sign"])
def test_each_hand_answers_for_what_it_read(world: World, hand: str) -> None:
    document = world.bulletin()
    way = {
        "check": [],
        "countersign": ["check"],
        "approve": ["check"],
        "sign": ["check", "approve"],
    }
    people = {
        "check": "bureau2",
        "countersign": "reviewer",
        "approve": "reviewer",
        "sign": "leader",
    }
    for step in way[hand]:
        document = getattr(services, step)(document=document, by=world.users[people[step]], now=NOW)
    with pytest.raises(StateConflict) as refused:
        getattr(services, hand)(
            document=document, by=world.users[people[hand]], now=NOW, seen="0" * 64
        )
    assert refused.value.code == "paper.changed"
    assert not document.steps.filter(act=hand).exists()


def test_who_edited_does_not_check(world: World) -> None:
    """Whoever changed the text has written it, also where somebody else drafted the paper."""
    document = world.bulletin()
    editor = world.users["bureau2"]
    edited = services.edit_text(
        document=document, key="lead", text="改过的导语。", by=editor, now=NOW
    )
    assert edited.drafted_by == world.users["bureau"]
    for hand in (services.check, services.countersign):
        if hand is services.countersign:
            edited = services.check(document=edited, by=world.users["reviewer"], now=NOW)
        with pytest.raises(Forbidden, match="修改过文字的人不能"):
            hand(document=edited, by=editor, now=NOW)
    assert Document.objects.get(pk=document.pk).state == PaperState.CHECKED


def test_who_declared_a_number_to_be_none_of_the_figures_does_not_check(world: World) -> None:
    document = world.bulletin()
    editor = world.users["bureau2"]
    services.edit_text(
        document=document, key="lead", text="48小时内回应。", by=world.users["bureau"], now=NOW
    )
    marked = services.mark_outside(
        document=document, place="lead:48小时", reason="办理时限", by=editor, now=NOW
    )
    with pytest.raises(Forbidden, match="修改过文字的人不能核稿"):
        services.check(document=marked, by=editor, now=NOW)


def test_a_renamed_account_or_bureau_changes_no_issued_paper(world: World) -> None:
    """The names on a paper are those of its day, whether or not it was rendered before the renaming."""
    document = world.issued()
    before = [printed_digest(document, each) for each in Format]
    for name in ("bureau", "office"):
        user = world.users[name]
        user.post_name = "改名后的岗位"
        user.save()
    bureau = world.district.bureau
    bureau.name, bureau.document_prefix = "改名后的局", "改字"
    bureau.save()
    stored = Document.objects.get(pk=document.pk)
    assert [printed_digest(stored, each) for each in Format] == before
    overlay = overlay_of(stored)
    assert (overlay.compiled_by, overlay.issued_by) == ("区住建局 区局经办", "区住建局 办公室")
    for row in stored.renditions.all():
        assert renditions.make(rendition_id=row.pk, now=NOW)
    assert set(renditions.finished(document=stored)) == {"pdf", "xlsx", "approval"}
    renditions.request(document=stored, formats=renditions.formats_of(stored), now=NOW)
    assert stored.renditions.count() == 3
    assert bulletin_of(stored).bureau_name == "淄川区住房和城乡建设局"


def test_a_sheet_keeps_the_name_of_who_issued_it(world: World) -> None:
    issued = services.issue_sheet(document=world.sheet(), by=world.users["reviewer"], now=NOW)
    user = world.users["reviewer"]
    user.post_name = "改名后的岗位"
    user.save()
    overlay = overlay_of(Document.objects.get(pk=issued.pk))
    assert (overlay.compiled_by, overlay.issued_by) == ("区住建局 区局经办", "区住建局 区局审核")


def test_signed_and_issued_papers_never_change(world: World) -> None:
    signed = world.signed()
    for change in (
        {"snapshot": {}}, {"digest": "0" * 64}, {"state": "draft"}, {"state": "approved"},
        {"signed_by": None, "signed_at": None}, {"approved_by": world.users["bureau2"]},
        {"outside_figures": {"x": "y"}},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=signed.pk).update(**change)
    issued = services.number(
        document=signed, number="淄建发〔2025〕12号", by=world.users["office"], now=NOW
    )
    for change in (
        {"number": "淄建发〔2025〕13号"},
        {"issued_on": "2025-10-10"},
        {"state": "withdrawn"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=issued.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=issued.pk)._raw_delete(using="default")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("淄建发2025年12号", "paper.number"),
        ("12", "paper.number"),
        ("淄建发〔2025〕012号", "paper.number"),
        ("淄建发〔2023〕12号", "paper.number_year"),
        ("淄建发〔2024〕12号", "paper.number_year"),
    ],
)
def test_a_number_has_its_form(world: World, typed: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        services.number(document=world.signed(), number=typed, by=world.users["office"], now=NOW)
    assert (refused.value.code, refused.value.field) == (code, "number")


@pytest.mark.parametrize(
    "typed", ["淄建发[2025]12号", " 淄建发〔２０２５〕１２号 ", "淄建发(2025)12号"]
)
def test_a_number_is_written_the_one_way(world: World, typed: str) -> None:
    assert world.issued(typed).number == "淄建发〔2025〕12号"


def test_a_number_is_given_once_in_a_bureau(world: World) -> None:
    first = world.issued()
    corrected = services.correct(
        document=first, reason="更正户数", by=world.users["bureau"], now=NOW
    )
    document = services.check(document=corrected, by=world.users["bureau2"], now=NOW)
    document = services.approve(document=document, by=world.users["reviewer"], now=NOW)
    document = services.sign(document=document, by=world.users["leader"], now=NOW)
    with pytest.raises(Refusal) as refused:
        services.number(
            document=document, number="淄建发〔2025〕12号", by=world.users["office"], now=NOW
        )
    assert refused.value.code == "paper.number_taken"
    assert first.title in refused.value.message
    issued = services.number(
        document=document, number="淄建发〔2025〕13号", by=world.users["office"], now=NOW
    )
    assert overlay_of(issued).correction == (
        "本件为第2版，更正并替代原件（淄建发〔2025〕12号）。更正原因：更正户数。"
    )
    other = make_world("boshan-")
    assert other.issued().number == "淄建发〔2025〕12号"


def test_an_own_series_has_no_gaps(world: World) -> None:
    set_value(
        key=OWN_SERIES, organisation=world.district.bureau, value="是",
        effective_on=NOW.date(), reason="专用文号", by=world.users["admin"], now=NOW,
    )  # fmt: skip
    with pytest.raises(Refusal) as refused:
        world.issued("淄建发〔2025〕7号")
    assert (refused.value.code, refused.value.expected) == (
        "paper.number_order",
        "淄建发〔2025〕1号",
    )
    document = Document.objects.get(state=PaperState.SIGNED)
    issued = services.number(
        document=document, number="淄建发〔2025〕1号", by=world.users["office"], now=NOW
    )
    assert issued.number == "淄建发〔2025〕1号"


def test_an_own_series_begins_anew_each_year_and_counts_its_own_bureau(world: World) -> None:
    bureau, other = world.district.bureau, make_world("boshan-")
    world.issued("淄建发〔2025〕1号")
    other.issued("淄建发〔2025〕9号")
    assert numbers.next_number(bureau=bureau, on=NOW.date()) == "淄建发〔2025〕2号"
    assert (
        numbers.next_number(bureau=bureau, on=NOW.date().replace(year=2026)) == "淄建发〔2026〕1号"
    )
    assert not numbers.is_own_series(bureau=bureau, on=NOW.date())


def test_withdrawing_leaves_room_for_a_new_draft(world: World) -> None:
    document = services.withdraw(
        document=world.signed(), by=world.users["leader"], now=NOW, opinion="改期"
    )
    assert document.state == PaperState.WITHDRAWN
    fresh = world.bulletin()
    assert (fresh.version, fresh.supersedes, fresh.state) == (2, document, PaperState.DRAFT)
    assert overlay_of(fresh).correction == ""
    with pytest.raises(StateConflict):
        services.withdraw(document=world.issued(), by=world.users["leader"], now=NOW, opinion="x")


def test_files_of_an_issued_paper_are_made_and_mailed(
    world: World, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    document = world.issued()
    rows = Rendition.objects.filter(document=document).order_by("format")
    assert [(row.format, row.work_state) for row in rows] == [
        ("approval", "queued"), ("pdf", "queued"), ("xlsx", "queued"),
    ]  # fmt: skip
    assert not services.is_ready_to_mail(document)
    with pytest.raises(Refusal, match="还在生成"):
        services.bytes_to_mail(document)
    for row in rows:
        assert renditions.make(rendition_id=row.pk, now=NOW)
        assert not renditions.make(rendition_id=row.pk, now=NOW)
    assert services.is_ready_to_mail(document)
    names = [file.name for file in services.bytes_to_mail(document)]
    assert names == [
        f"淄建发〔2025〕12号 {document.title}.pdf",
        f"淄建发〔2025〕12号 {document.title}.xlsx",
    ]
    kept = renditions.finished(document=document)
    assert read_file(file=kept["pdf"]).startswith(b"%PDF-")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(file=None)


def test_the_scan_is_what_is_mailed(world: World) -> None:
    document = world.issued()
    for row in document.renditions.exclude(format="approval"):
        renditions.make(rendition_id=row.pk, now=NOW)
    by = world.users["office"]
    filed = services.file_original(document=document, content=PDF, name="盖章.pdf", by=by, now=NOW)
    files = services.bytes_to_mail(filed)
    assert files[0] == filed.original
    assert (read_file(file=files[0]), files[1].name[-5:]) == (PDF, ".xlsx")
    with pytest.raises(Refusal) as refused:
        services.file_original(document=filed, content=JPG, name="盖章.jpg", by=by, now=NOW)
    assert (refused.value.code, refused.value.field) == ("paper.original_filed", "reason")
    again = services.file_original(
        document=filed, content=JPG, name="盖章.jpg", by=by, now=NOW, reason="扫描不清"
    )
    assert again.original is not None
    assert again.original.content_type == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "空.pdf", "original.empty"),
        (b"MZ\x90\x00" + b"\x00" * 200, "正本.pdf", "original.type"),
        (b"<html><script>1</script></html>", "正本.pdf", "original.type"),
        (b"%PDF-1.7" + b"0" * (20 * 1024 * 1024), "大.pdf", "original.too_large"),
    ],
)
def test_a_scan_is_looked_into(world: World, content: bytes, name: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        services.file_original(
            document=world.issued(), content=content, name=name, by=world.users["office"], now=NOW
        )
    assert (refused.value.code, refused.value.field) == (code, "file")


def test_a_glyph_that_no_face_has_is_said_on_the_row(world: World) -> None:
    document = services.edit_text(
        document=world.bulletin(), key="lead", text="现将𠮷情况通报如下。", by=world.users["bureau"],
        now=NOW,
    )  # fmt: skip
    row = renditions.request(document=document, formats=["pdf"], now=NOW)[0]
    renditions.make(rendition_id=row.pk, now=NOW)
    row.refresh_from_db()
    assert (row.work_state, "𠮷" in row.error) == ("failed", True)


def test_an_abandoned_rendering_is_healed(world: World) -> None:
    document = world.bulletin()
    row = renditions.request(document=document, formats=["xlsx"], now=NOW)[0]
    assert Rendition.objects.claim(row.pk, now=NOW)
    assert renditions.sweep(now=NOW + timedelta(minutes=5)) == 0
    later = NOW + renditions.LEASE + timedelta(minutes=1)
    assert renditions.sweep(now=later) == 1
    assert renditions.make(rendition_id=row.pk, now=later)
    row.refresh_from_db()
    assert (row.work_state, row.attempts) == ("done", 2)


def test_the_schedule_drafts_for_nobody_and_twice_makes_one(world: World) -> None:
    from renovation.core.schedules import RunContext

    for kind in KINDS:
        key = QUARTER.key if kind.code == "papers.bulletin" else "2025-09-22"
        context = RunContext(
            period_key=key, organisation_id=world.district.bureau.pk, now=NOW, run_id=1
        )
        assert kind.run(context) == kind.run(context)
    assert Document.objects.filter(kind="bulletin").count() == 1
    assert Document.objects.filter(kind="dispatch_sheet").count() == 4
    assert not Document.objects.exclude(drafted_by=None).exists()


def test_the_flows_are_total() -> None:
    assert (BULLETIN_FLOW.problems(), SHEET_FLOW.problems()) == ([], [])
