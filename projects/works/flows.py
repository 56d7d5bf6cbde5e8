"""The two workflows of the wing: the case of an illegal structure, and the plan of a utility."""

from renovation.accounts.enums import Permission
from renovation.core.flow import Act, Flow, Transition

from .enums import StructureAct, StructureState, UtilityAct, UtilityState

W = Permission.WORKS_WRITE

STRUCTURE = Flow(
    name="works.structure",
    label="拆违",
    states={state.value: str(state.label) for state in StructureState},
    acts={
        StructureAct.NOTIFY: Act("告知", "只有已发现、还没有告知的才登记告知。"),
        StructureAct.OBJECT: Act("登记异议", "只有已告知的才登记异议。"),
        StructureAct.UPHOLD: Act("维持拆除", "只有提出了异议的才登记维持拆除。"),
        StructureAct.DISMISS: Act("核销", "只有还没有拆除的才能核销。"),
        StructureAct.REMOVE: Act("拆除", "只有已发现或已告知的才登记拆除；有异议的先答复。"),
        StructureAct.RESTORE: Act("恢复防水", "只有已拆除的才登记恢复防水。"),
        StructureAct.CLOSE: Act("无需恢复，结案", "只有已拆除的才能结案。"),
    },
    transitions={
        (StructureState.FOUND, StructureAct.NOTIFY): Transition(StructureState.NOTIFIED, W),
        # The owner takes it down before any notice.
        (StructureState.FOUND, StructureAct.REMOVE): Transition(
            StructureState.REMOVED, W, label="自行拆除"
        ),
        (StructureState.FOUND, StructureAct.DISMISS): Transition(
            StructureState.DISMISSED, W, needs_comment=True
        ),
        (StructureState.NOTIFIED, StructureAct.OBJECT): Transition(
            StructureState.OBJECTED, W, needs_comment=True
        ),
        (StructureState.NOTIFIED, StructureAct.REMOVE): Transition(StructureState.REMOVED, W),
        (StructureState.NOTIFIED, StructureAct.DISMISS): Transition(
            StructureState.DISMISSED, W, needs_comment=True
        ),
        (StructureState.OBJECTED, StructureAct.UPHOLD): Transition(
            StructureState.NOTIFIED, W, needs_comment=True
        ),
        (StructureState.OBJECTED, StructureAct.DISMISS): Transition(
            StructureState.DISMISSED, W, needs_comment=True
        ),
        (StructureState.REMOVED, StructureAct.RESTORE): Transition(StructureState.RESTORED, W),
        (StructureState.REMOVED, StructureAct.CLOSE): Transition(
            StructureState.CLOSED, W, needs_comment=True
        ),
    },
    initial=StructureState.FOUND,
    final=frozenset({StructureState.RESTORED, StructureState.CLOSED, StructureState.DISMISSED}),
)

UTILITY = Flow(
    name="works.utility",
    label="管线计划",
    states={state.value: str(state.label) for state in UtilityState},
    acts={
        UtilityAct.COORDINATE: Act("登记协调", "完成或退出的计划不再协调。"),
        UtilityAct.START: Act("开始施工", "只有计划或已协调的才登记开始施工。"),
        UtilityAct.FINISH: Act("完成", "只有施工中的才登记完成。"),
        UtilityAct.WITHDRAW: Act("退出", "只有还没有施工的计划才能退出。"),
    },
    transitions={
        (UtilityState.PLANNED, UtilityAct.COORDINATE): Transition(UtilityState.COORDINATED, W),
        (UtilityState.COORDINATED, UtilityAct.COORDINATE): Transition(
            UtilityState.COORDINATED, W, label="再次协调"
        ),
        (UtilityState.WORKING, UtilityAct.COORDINATE): Transition(
            UtilityState.WORKING, W, label="再次协调"
        ),
        (UtilityState.PLANNED, UtilityAct.START): Transition(UtilityState.WORKING, W),
        (UtilityState.COORDINATED, UtilityAct.START): Transition(UtilityState.WORKING, W),
        (UtilityState.WORKING, UtilityAct.FINISH): Transition(UtilityState.DONE, W),
        (UtilityState.PLANNED, UtilityAct.WITHDRAW): Transition(
            UtilityState.WITHDRAWN, W, needs_comment=True
        ),
        (UtilityState.COORDINATED, UtilityAct.WITHDRAW): Transition(
            UtilityState.WITHDRAWN, W, needs_comment=True
        ),
    },
    initial=UtilityState.PLANNED,
    final=frozenset({UtilityState.DONE, UtilityState.WITHDRAWN}),
)
