"""The three workflows of the wing: a meeting, its minutes, an item."""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import ItemAct, ItemState, MeetingAct, MeetingState, MinutesAct, MinutesState

P = Permission

#: 拟定议题 → 已召开; what follows is the business of its minutes.
MEETING = Flow(
    name="dispatch.meeting",
    label="周调度会",
    states={state.value: str(state.label) for state in MeetingState},
    acts={
        MeetingAct.CHANGE: Act("修改安排", "只有还没有召开的会议才能改时间、地点。"),
        MeetingAct.HOLD: Act("开始记录", "只有还没有召开的会议才能开始记录。"),
        MeetingAct.CALL_OFF: Act("取消会议", "只有还没有召开的会议才能取消。"),
    },
    transitions={
        (MeetingState.AGENDA, MeetingAct.CHANGE): Transition(MeetingState.AGENDA, P.DISPATCH_WRITE),
        (MeetingState.AGENDA, MeetingAct.HOLD): Transition(MeetingState.HELD, P.DISPATCH_WRITE),
        (MeetingState.AGENDA, MeetingAct.CALL_OFF): Transition(
            MeetingState.CALLED_OFF, P.DISPATCH_WRITE, needs_comment=True
        ),
    },
    initial=MeetingState.AGENDA,
    final=frozenset({MeetingState.HELD, MeetingState.CALLED_OFF}),
)

#: 正在记录 → 纪要待签发 → 纪要已签发; a correction is a new version that goes the same way.
MINUTES = Flow(
    name="dispatch.minutes",
    label="会议纪要",
    states={state.value: str(state.label) for state in MinutesState},
    acts={
        MinutesAct.SUBMIT: Act("提请签发", "只有正在记录的纪要才能提请签发。"),
        MinutesAct.SIGN: Act("签发纪要", "只有待签发的纪要才能签发。"),
        MinutesAct.SEND_BACK: Act("退回修改", "只有待签发的纪要才能退回。"),
        MinutesAct.CORRECT: Act("更正纪要", "只有已签发的纪要才需要更正，还没有签发的直接改。"),
    },
    transitions={
        (MinutesState.RECORDING, MinutesAct.SUBMIT): Transition(
            MinutesState.SUBMITTED, P.DISPATCH_WRITE
        ),
        (MinutesState.SUBMITTED, MinutesAct.SIGN): Transition(MinutesState.SIGNED, P.DISPATCH_SIGN),
        (MinutesState.SUBMITTED, MinutesAct.SEND_BACK): Transition(
            MinutesState.RECORDING, P.DISPATCH_SIGN, needs_comment=True
        ),
        # The signed version stays as it is; its correction is a row of its own.
        (MinutesState.SIGNED, MinutesAct.CORRECT): Transition(
            MinutesState.SIGNED, P.DISPATCH_WRITE, needs_comment=True
        ),
    },
    initial=MinutesState.RECORDING,
)

_S, _A = ItemState, ItemAct
_OPEN = (_S.TO_ACCEPT, _S.WORKING, _S.REPORTED)

#: 待签收 → 办理中 → 已报办结 → 已办结; sent back it is worked on again, passed to another it waits to be signed for.
ITEM = Flow(
    name="dispatch.item",
    label="交办事项",
    states={state.value: str(state.label) for state in ItemState},
    acts={
        _A.ACCEPT: Act("签收", "只有待签收的事项才能签收。"),
        _A.NOTE: Act("报进展", "只有办理中的事项才能报进展。"),
        _A.REPORT: Act("报办结", "只有办理中的事项才能报办结，还没有签收的请先签收。"),
        _A.CLOSE: Act("办结", "只有已报办结的事项才能办结。"),
        _A.SEND_BACK: Act("退回重办", "只有已报办结的事项才能退回重办。"),
        _A.ASK_EXTENSION: Act("申请延期", "只有办理中的事项才能申请延期。"),
        _A.GRANT_EXTENSION: Act("准许延期", "只有办理中的事项才有延期要定。"),
        _A.REFUSE_EXTENSION: Act("不准延期", "只有办理中的事项才有延期要定。"),
        _A.TRANSFER: Act("转交", "只有没有报办结的事项才能转交。"),
        _A.REVISE: Act("修改", "交办已经生效，不能修改；要改的请撤销后另行交办。"),
        _A.ENFORCE: Act("生效", "只有等纪要签发的事项才用生效。"),
        _A.CANCEL: Act("撤销", "已办结或已撤销的事项不能撤销。"),
        _A.HAND_OVER: Act("换人跟办", "已办结或已撤销的事项不用换人跟办。"),
    },
    transitions={
        (_S.PLANNED, _A.REVISE): Transition(_S.PLANNED, P.DISPATCH_WRITE),
        # By the signature of the minutes, never offered on the item.
        (_S.PLANNED, _A.ENFORCE): Transition(_S.TO_ACCEPT),
        (_S.TO_ACCEPT, _A.ACCEPT): Transition(_S.WORKING, P.DISPATCH_ANSWER),
        (_S.WORKING, _A.NOTE): Transition(_S.WORKING, P.DISPATCH_ANSWER, needs_comment=True),
        (_S.WORKING, _A.REPORT): Transition(_S.REPORTED, P.DISPATCH_ANSWER, needs_comment=True),
        (_S.WORKING, _A.ASK_EXTENSION): Transition(
            _S.WORKING, P.DISPATCH_ANSWER, needs_comment=True
        ),
        (_S.WORKING, _A.GRANT_EXTENSION): Transition(_S.WORKING, P.DISPATCH_WRITE),
        (_S.WORKING, _A.REFUSE_EXTENSION): Transition(
            _S.WORKING, P.DISPATCH_WRITE, needs_comment=True
        ),
        (_S.REPORTED, _A.CLOSE): Transition(_S.DONE, P.DISPATCH_WRITE),
        (_S.REPORTED, _A.SEND_BACK): Transition(_S.WORKING, P.DISPATCH_WRITE, needs_comment=True),
        (_S.TO_ACCEPT, _A.TRANSFER): Transition(_S.TO_ACCEPT, P.DISPATCH_WRITE, needs_comment=True),
        (_S.WORKING, _A.TRANSFER): Transition(_S.TO_ACCEPT, P.DISPATCH_WRITE, needs_comment=True),
        **{
            (state, _A.CANCEL): Transition(_S.CANCELLED, P.DISPATCH_WRITE, needs_comment=True)
            for state in (_S.PLANNED, *_OPEN)
        },
        **{
            (state, _A.HAND_OVER): Transition(state, P.DISPATCH_WRITE)
            for state in (_S.PLANNED, *_OPEN)
        },
    },
    initial=_S.PLANNED,
    final=frozenset({_S.DONE, _S.CANCELLED}),
)
