"""Words of messages that several wings use."""

from __future__ import annotations

from renovation.records.models import MessageState

#: What of the delivery log somebody must look at, as its address says it: did not leave, or nobody knows.
TROUBLED = "troubled"
TROUBLED_STATES = (MessageState.FAILED, MessageState.UNKNOWN)
