"""What a person can do with a return now, in words: the buttons with their consequence, or whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from renovation.accounts.scope import Scope

from .detail import Detail
from .enums import ReturnAct, ReturnState
from .flow import FLOW
from .models import WeeklyReturn
from .policies import FILLABLE, can_act, can_fill
from .weeks import Phase

#: Act → the word in an address.
SLUGS: dict[ReturnAct, str] = {
    ReturnAct.SUBMIT: "submit",
    ReturnAct.REVIEW: "review",
    ReturnAct.APPROVE: "approve",
    ReturnAct.SEND_BACK: "send-back",
    ReturnAct.CORRECT: "correct",
}
CONSEQUENCES: dict[ReturnAct, str] = {
    ReturnAct.SUBMIT: "报送后由街道审核岗审核，不能再改；要改的，请审核岗退回。",
    ReturnAct.REVIEW: "审核通过后报区局核定。报送人和审核人须是两个人。",
    ReturnAct.APPROVE: (
        "核定后计入全区进度，不能再改，有误的只能更正。"
        "填报的实际开工、完工日期登记到台账，附上依据后计数。"
    ),
    ReturnAct.SEND_BACK: "退回后填报岗可以修改并重新报送；街道已审的须重新审核。",
    ReturnAct.CORRECT: (
        "建立新的一版，内容照抄现在这一版，改好后照样报送、审核、核定；新版核定以前，仍以现在这一版为准。"
    ),
}
PLEDGE_ASKED = "报送时请确认真实性承诺，确认一次管一年。"
#: Acts that ask for words have a page of their own.
WITH_WORDS = frozenset({ReturnAct.SEND_BACK, ReturnAct.CORRECT})
Look = Literal["main", "plain", "danger"]


@dataclass(frozen=True, kw_only=True)
class Button:
    """An act that is open to the reader: ``asks`` where it leads to a page that asks for words."""

    act: ReturnAct
    slug: str
    text: str
    look: Look
    consequence: str
    asks: bool


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """``title`` and ``sentence`` say where the return stands for this reader; ``buttons`` what is open;
    ``may_fill`` whether the form and the upload are."""

    title: str
    sentence: str
    buttons: tuple[Button, ...]
    may_fill: bool


_WAITING = {
    ReturnState.DRAFT: ("街道正在填报", "报送以后可以在这里审核。"),
    ReturnState.SENT_BACK: ("街道正在修改", "退回的周报改好后会重新报送。"),
    ReturnState.SUBMITTED: ("等待街道审核", "街道审核岗审核通过后，由区局核定。"),
    ReturnState.REVIEWED: ("等待区局核定", "区局审核岗核定后，数据计入全区进度。"),
    ReturnState.APPROVED: (
        "已核定",
        "数据已计入全区进度，随周调度表发布。有误的，由街道填报岗更正。",
    ),
    ReturnState.PUBLISHED: ("已发布", "数据已随周调度表印发。有误的，由街道填报岗更正。"),
}


def buttons_for(
    *, weekly_return: WeeklyReturn, scope: Scope, needs_words: bool
) -> tuple[Button, ...]:
    """The acts that the table and the policies open to a scope, in the order of the table."""
    found = []
    for act in SLUGS:
        if not FLOW.may(weekly_return.state, act):
            continue
        if not can_act(weekly_return=weekly_return, act=act, scope=scope):
            continue
        asks = act in WITH_WORDS or (act == ReturnAct.SUBMIT and needs_words)
        looks: dict[ReturnAct, Look] = {ReturnAct.SEND_BACK: "danger", ReturnAct.CORRECT: "plain"}
        found.append(
            Button(
                act=act,
                slug=SLUGS[act],
                text=FLOW.act_label(weekly_return.state, act),
                look=looks.get(act, "main"),
                consequence=CONSEQUENCES[act],
                asks=asks,
            )
        )
    return tuple(found)


def next_step(
    *,
    weekly_return: WeeklyReturn | None,
    detail: Detail,
    scope: Scope,
    phase: Phase,
    closed: str,
    may_open: bool,
    asks_pledge: bool = False,
) -> NextStep:
    """Where a return stands for a reader. ``closed`` is the sentence that holds a closed week, "" where it
    takes something in; ``may_open`` whether the reader fills in for the street; ``asks_pledge`` whether sending
    asks the reader for 真实性承诺."""
    if weekly_return is None:
        if may_open and not closed:
            return NextStep(
                title=f"{len(detail.rows)} 个项目待填报",
                sentence="可以下载模板填好后上传，也可以直接在网页填报。",
                buttons=(),
                may_fill=True,
            )
        title = "没有报送" if phase is Phase.CLOSED else "街道还没有填报"
        return NextStep(title=title, sentence=closed, buttons=(), may_fill=False)
    may_fill = not closed and can_fill(weekly_return=weekly_return, scope=scope)
    needs_reason = (
        phase is Phase.LATE
        and weekly_return.version == 1
        and weekly_return.first_submitted_at is None
    )
    buttons = buttons_for(
        weekly_return=weekly_return, scope=scope, needs_words=needs_reason or asks_pledge
    )
    if weekly_return.state in FILLABLE and may_open:
        if closed:
            return NextStep(title="本周已关闭", sentence=closed, buttons=(), may_fill=False)
        if detail.held:
            names = "、".join(row.context.name for row in detail.held[:6])
            more = "等" if len(detail.held) > 6 else ""
            return NextStep(
                title=f"还有 {len(detail.held)} 个项目要填或改正",
                sentence=f"{names}{more}。全部填好才能报送，已写入的不必重填。",
                buttons=(),
                may_fill=may_fill,
            )
        late = "已过截止时间，报送时请写明迟报原因。" if needs_reason else ""
        return NextStep(
            title=f"{len(detail.rows)} 个项目都已填好，可以报送",
            sentence=late + (PLEDGE_ASKED if asks_pledge else "") + CONSEQUENCES[ReturnAct.SUBMIT],
            buttons=buttons,
            may_fill=may_fill,
        )
    title, sentence = _WAITING[ReturnState(weekly_return.state)]
    if weekly_return.state == ReturnState.SUBMITTED and weekly_return.review_waiver_id is not None:
        title, sentence = _WAITING[ReturnState.REVIEWED]
    main = [button for button in buttons if button.look == "main"]
    if main:
        title, sentence = f"请{main[0].text}", main[0].consequence
    return NextStep(title=title, sentence=sentence, buttons=buttons, may_fill=may_fill)
