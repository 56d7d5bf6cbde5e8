"""Models of the wing: meetings with their topics and minutes, items with their steps and extensions."""

from .item import DispatchItem, ItemExtension, ItemStep
from .meeting import Attendee, Decision, DispatchMeeting, MeetingStep, Minutes, Topic

__all__ = [
    "Attendee",
    "Decision",
    "DispatchItem",
    "DispatchMeeting",
    "ItemExtension",
    "ItemStep",
    "MeetingStep",
    "Minutes",
    "Topic",
]
